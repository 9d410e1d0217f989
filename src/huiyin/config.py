"""Every setting of an installation: typed, from the environment only, in one table.

`SETTINGS` is the authority: `load_config` reads it, `huiyin settings --markdown` prints it, and
docs/settings.md is compared with it by a test. A secret may also come from a file (`NAME_FILE`).
"""

import base64
import binascii
import difflib
import json
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PREFIX = "HUIYIN_"
KEY_BYTES = 32
SECRET_MIN_CHARS = 40
MAKE_KEYS = "make new ones with: huiyin settings --new-keys"
_YES = ("yes", "true", "on", "1")
_NO = ("no", "false", "off", "0")
_HOURS = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]")
_KEY_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,19}")
_CHECKOUT = Path(__file__).resolve().parents[2]


class ConfigError(Exception):
    """A setting is wrong or missing; the text is one sentence that says what to do."""


class Kind(StrEnum):
    """How the text of a variable is read."""

    TEXT = "text"
    FLAG = "yes or no"
    WHOLE = "whole number"
    CHOICE = "one of"
    FOLDER = "folder"
    FILE = "file"
    LIST = "list, comma between"
    URL = "address"
    HOURS = "hours such as 21:00-08:00, or never"
    SECRET = "secret"  # noqa: S105 names a kind of setting
    KEY = "key, 32 bytes as base64"
    KEYS = "keys, id:base64 with a comma between, the current one first"


@dataclass(frozen=True, slots=True)
class Setting:
    """One variable. `shown_default` replaces the default in the docs where it is computed."""

    name: str
    kind: Kind
    doc: str
    default: str = ""
    shown_default: str = ""
    secret: bool = False
    production_required: bool = False
    choices: tuple[str, ...] = ()
    least: int = 0
    most: int = 1_000_000_000

    @property
    def field(self) -> str:
        """The attribute of Config that holds it."""
        return self.name.removeprefix(PREFIX).lower()

    @property
    def accepts(self) -> str:
        """What may be written, in words for docs and errors."""
        match self.kind:
            case Kind.CHOICE:
                return ", ".join(self.choices[:-1]) + f" or {self.choices[-1]}"
            case Kind.FLAG:
                return f"{', '.join(_YES)} or {', '.join(_NO)}"
            case Kind.WHOLE:
                return f"a whole number from {self.least} to {self.most}"
            case Kind.SECRET:
                return f"at least {SECRET_MIN_CHARS} random characters"
        return self.kind.value


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "HUIYIN_MODE",
        Kind.CHOICE,
        "What this installation is. Only `production` may hold data of real people.",
        default="production",
        choices=("production", "demo", "test"),
    ),
    Setting(
        "HUIYIN_HOST",
        Kind.TEXT,
        "Network address the web server listens on.",
        default="127.0.0.1",
    ),
    Setting(
        "HUIYIN_PORT",
        Kind.WHOLE,
        "Port the web server listens on.",
        default="8000",
        least=1,
        most=65_535,
    ),
    Setting(
        "HUIYIN_VAR",
        Kind.FOLDER,
        "Folder for everything that changes: files, logs, lock, demo keys, own PostgreSQL.",
        shown_default="`var` in the checkout",
    ),
    Setting(
        "HUIYIN_FILES",
        Kind.FOLDER,
        "Folder for uploaded files.",
        shown_default="`files` in HUIYIN_VAR",
    ),
    Setting(
        "HUIYIN_POSTGRES_FOLDER",
        Kind.FOLDER,
        "Folder for the data of Huiyin's own PostgreSQL; not used with DATABASE_URL.",
        shown_default="`postgres` in HUIYIN_VAR; for root a folder under /var/lib/huiyin",
    ),
    Setting(
        "DATABASE_URL",
        Kind.URL,
        "PostgreSQL 16 or newer to use instead of Huiyin's own, signed in as the role of the "
        "running application: `postgresql://role:password@host/database`.",
        shown_default="own PostgreSQL",
        secret=True,
    ),
    Setting(
        "HUIYIN_OWNER_DATABASE_URL",
        Kind.URL,
        "The same database signed in as its owner, for migrations, backup and restore.",
        shown_default="DATABASE_URL",
        secret=True,
    ),
    Setting(
        "HUIYIN_APP_ROLE",
        Kind.TEXT,
        "Database role of the running application; it gets no right to change tables.",
        default="huiyin_app",
    ),
    Setting(
        "HUIYIN_SECRET_KEY",
        Kind.SECRET,
        "Signs sessions and forms. The demo makes its own.",
        secret=True,
        production_required=True,
    ),
    Setting(
        "HUIYIN_SEAL_KEYS",
        Kind.KEYS,
        "Encrypt sensitive columns. To change the key put a new one in front and keep the old.",
        secret=True,
        production_required=True,
    ),
    Setting(
        "HUIYIN_INDEX_KEY",
        Kind.KEY,
        "Makes the blind indexes that find a phone number again. It cannot be changed later.",
        secret=True,
        production_required=True,
    ),
    Setting(
        "HUIYIN_PUBLIC_URL",
        Kind.URL,
        "The address people type, such as `https://huiyin.example.gov.cn`; links in messages "
        "start with it.",
        shown_default="in the demo `http://localhost:PORT`",
        production_required=True,
    ),
    Setting(
        "HUIYIN_ALLOWED_HOSTS",
        Kind.LIST,
        "Host names the web server answers to.",
        shown_default="the host of HUIYIN_PUBLIC_URL, localhost and 127.0.0.1",
    ),
    Setting(
        "HUIYIN_BEHIND_PROXY",
        Kind.WHOLE,
        "Number of trusted proxies in front; 1 or more turns HSTS on and takes the visitor's "
        "address from X-Forwarded-For.",
        default="0",
        most=5,
    ),
    Setting(
        "HUIYIN_SECURE_COOKIES",
        Kind.FLAG,
        "Cookies only over https.",
        shown_default="yes in production, no in demo and test",
    ),
    Setting(
        "HUIYIN_IDLE_MINUTES",
        Kind.WHOLE,
        "Minutes without use after which a session of staff ends; residents stay for a week.",
        default="30",
        least=1,
        most=1_440,
    ),
    Setting(
        "HUIYIN_SESSION_HOURS",
        Kind.WHOLE,
        "Hours after which a session of staff ends in any case; residents stay for 30 days.",
        default="12",
        least=1,
        most=168,
    ),
    Setting(
        "HUIYIN_UPLOAD_MB_PER_FILE",
        Kind.WHOLE,
        "Largest file a person may upload, in MB.",
        default="20",
        least=1,
        most=2_000,
    ),
    Setting(
        "HUIYIN_UPLOAD_MB_PER_DAY",
        Kind.WHOLE,
        "How much one account or address may upload in a day, in MB.",
        default="200",
        least=1,
        most=100_000,
    ),
    Setting(
        "HUIYIN_RATE_PER_MINUTE",
        Kind.WHOLE,
        "Requests one account or address may make in a minute.",
        default="300",
        least=1,
    ),
    Setting(
        "HUIYIN_SMS_URL",
        Kind.URL,
        "Address of the SMS gateway (signed HTTP). The demo starts a fake one.",
        shown_default="no SMS",
    ),
    Setting(
        "HUIYIN_SMS_SECRET",
        Kind.SECRET,
        "Signs requests to the SMS gateway; needed with HUIYIN_SMS_URL.",
        secret=True,
    ),
    Setting(
        "HUIYIN_SMS_CODE_PER_PHONE_HOUR",
        Kind.WHOLE,
        "Sign-in codes one phone number may ask for in an hour.",
        default="5",
        least=1,
    ),
    Setting(
        "HUIYIN_SMS_CODE_PER_ADDRESS_HOUR",
        Kind.WHOLE,
        "Sign-in codes one network address may ask for in an hour.",
        default="20",
        least=1,
    ),
    Setting(
        "HUIYIN_SMS_CODE_PER_DAY",
        Kind.WHOLE,
        "Sign-in codes sent in one day, all phone numbers together.",
        default="5000",
        least=1,
    ),
    Setting(
        "HUIYIN_SMTP_HOST",
        Kind.TEXT,
        "Mail server that takes our e-mail.",
        shown_default="no e-mail",
    ),
    Setting("HUIYIN_SMTP_PORT", Kind.WHOLE, "Port of the mail server.", default="587", most=65_535),
    Setting(
        "HUIYIN_SMTP_SECURITY",
        Kind.CHOICE,
        "How the line to the mail server is encrypted.",
        default="starttls",
        choices=("starttls", "tls", "none"),
    ),
    Setting("HUIYIN_SMTP_USER", Kind.TEXT, "Name to sign in to the mail server with."),
    Setting("HUIYIN_SMTP_PASSWORD", Kind.TEXT, "Password for the mail server.", secret=True),
    Setting(
        "HUIYIN_MAIL_FROM",
        Kind.TEXT,
        "Sender of our e-mail, such as `回音 <no-reply@huiyin.example.gov.cn>`.",
        shown_default="`no-reply@` and the host of HUIYIN_PUBLIC_URL",
    ),
    Setting(
        "HUIYIN_NOTICE_QUIET_HOURS",
        Kind.HOURS,
        "Local times between which only urgent messages make phones ring; or `never`.",
        default="21:00-08:00",
    ),
    Setting(
        "HUIYIN_NOTICE_KEEP_DAYS",
        Kind.WHOLE,
        "Days after which words and addresses of messages that were sent are deleted.",
        default="180",
        least=1,
        most=3_650,
    ),
    Setting(
        "HUIYIN_KNOWLEDGE_GRACE_DAYS",
        Kind.WHOLE,
        "Days an entry of the knowledge base is still shown to residents after its day of review.",
        default="30",
        least=0,
        most=3_650,
    ),
    Setting(
        "HUIYIN_NOTICE_ALARM_MINUTES",
        Kind.WHOLE,
        "Minutes a message may be due without being sent before somebody is told to look.",
        default="10",
        least=1,
        most=1_440,
    ),
    Setting(
        "HUIYIN_CALENDAR",
        Kind.FILE,
        "Working days of our own as CSV, above the announced ones (docs/worktime.md); "
        "read once, at the start.",
        shown_default="the announced days",
    ),
    Setting(
        "HUIYIN_CLOCK_ALARM_MINUTES",
        Kind.WHOLE,
        "Minutes the keeper of limits may lag before somebody is told to look.",
        default="5",
        least=2,
        most=1_440,
    ),
    Setting(
        "HUIYIN_TILE_URL",
        Kind.URL,
        "Map tiles under Huiyin's own layers, such as "
        "`https://tiles.example.gov.cn/{z}/{x}/{y}.png`.",
        shown_default="no tiles",
    ),
    Setting("HUIYIN_TILE_ATTRIBUTION", Kind.TEXT, "The line the owner of the tiles asks for."),
    Setting(
        "HUIYIN_LOG_FORMAT",
        Kind.CHOICE,
        "Logs as readable lines or as one JSON object a line.",
        default="console",
        choices=("console", "json"),
    ),
    Setting(
        "HUIYIN_LOG_LEVEL",
        Kind.CHOICE,
        "The least important kind of log line that is written.",
        default="info",
        choices=("debug", "info", "warning", "error"),
    ),
    Setting(
        "HUIYIN_CITY_CODE",
        Kind.TEXT,
        "Division code (GB/T 2260, six digits) of the city.",
        default="371400",
    ),
    Setting("HUIYIN_CITY_NAME", Kind.TEXT, "Name of the city.", default="德州市"),
    Setting(
        "HUIYIN_WORKERS",
        Kind.WHOLE,
        "Web server processes; about one per core.",
        default="2",
        least=1,
        most=64,
    ),
    Setting(
        "HUIYIN_MOST_WAITING",
        Kind.WHOLE,
        "Requests that may wait in each process until one of its four places is free; more are "
        "answered 503 at once.",
        default="40",
        least=1,
        most=500,
    ),
    Setting(
        "HUIYIN_METRICS_TOKEN",
        Kind.TEXT,
        "Bearer token for /metrics; without it only this machine may read them.",
        secret=True,
    ),
    Setting(
        "HUIYIN_DEBUG_TRACE",
        Kind.FLAG,
        "Commands print the whole trace of an internal error.",
        default="no",
    ),
)


@dataclass(frozen=True, slots=True, repr=False)
class Config:
    """The settings of this process. It has no repr: half of it is secret."""

    mode: str
    host: str
    port: int
    var: Path
    files: Path
    postgres_folder: Path | None
    database_url: str
    owner_database_url: str
    app_role: str
    secret_key: str
    seal_keys: tuple[tuple[str, bytes], ...]
    index_key: bytes
    public_url: str
    allowed_hosts: tuple[str, ...]
    behind_proxy: int
    secure_cookies: bool
    idle_minutes: int
    session_hours: int
    upload_mb_per_file: int
    upload_mb_per_day: int
    rate_per_minute: int
    sms_url: str
    sms_secret: str
    sms_code_per_phone_hour: int
    sms_code_per_address_hour: int
    sms_code_per_day: int
    smtp_host: str
    smtp_port: int
    smtp_security: str
    smtp_user: str
    smtp_password: str
    mail_from: str
    notice_quiet_hours: str
    notice_keep_days: int
    knowledge_grace_days: int
    notice_alarm_minutes: int
    calendar: Path | None
    clock_alarm_minutes: int
    tile_url: str
    tile_attribution: str
    log_format: str
    log_level: str
    city_code: str
    city_name: str
    workers: int
    most_waiting: int
    metrics_token: str
    debug_trace: bool


def load_config(environ: Mapping[str, str]) -> Config:
    """Read every setting from `environ`. In demo mode the keys are made once, in `<var>/keys.json`.

    Raises ConfigError, one sentence naming the variable and what it accepts.
    """
    _refuse_unknown(environ)
    texts = {setting.name: _text_of(setting, environ) for setting in SETTINGS}
    mode = str(_read(_BY_NAME["HUIYIN_MODE"], texts["HUIYIN_MODE"]))
    var = _var_folder(texts["HUIYIN_VAR"])
    if mode == "production":
        _refuse_missing(texts)
    elif mode == "demo":
        texts = {**texts, **_missing_only(texts, demo_keys(var))}
    else:
        texts = {**texts, **_missing_only(texts, new_keys())}
    values: dict[str, Any] = {
        setting.field: _read(setting, texts[setting.name]) for setting in SETTINGS
    }
    values["mode"] = mode
    values["var"] = var
    values["files"] = values["files"] or var / "files"
    values["owner_database_url"] = values["owner_database_url"] or values["database_url"]
    if not values["public_url"]:
        values["public_url"] = f"http://localhost:{values['port']}"
    if not values["allowed_hosts"]:
        values["allowed_hosts"] = _default_hosts(values["public_url"], values["host"], mode)
    if texts["HUIYIN_SECURE_COOKIES"] == "":
        values["secure_cookies"] = mode == "production"
    if not values["mail_from"]:
        host = urlsplit(values["public_url"]).hostname or "localhost"
        values["mail_from"] = f"no-reply@{host}"
    if values["sms_url"] and not values["sms_secret"]:
        raise ConfigError("HUIYIN_SMS_SECRET is missing: the gateway at HUIYIN_SMS_URL needs it.")
    return Config(**values)


def new_keys() -> dict[str, str]:
    """Return fresh random keys, by variable name."""
    return {
        "HUIYIN_SECRET_KEY": secrets.token_urlsafe(48),
        "HUIYIN_SEAL_KEYS": f"k1:{_new_key()}",
        "HUIYIN_INDEX_KEY": _new_key(),
        "HUIYIN_SMS_SECRET": secrets.token_urlsafe(48),
    }


def demo_keys(var: Path) -> dict[str, str]:
    """Return the keys of the demo in `var`; made at the first call, private to their owner."""
    path = var / "keys.json"
    try:
        if not path.exists():
            var.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft = var / f".keys-{os.getpid()}-{secrets.token_hex(4)}"
            descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(new_keys(), file, indent=1)
                file.flush()
                os.fsync(file.fileno())
            try:
                # A link, not a rename: whoever comes first decides, also against another process.
                os.link(draft, path)
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        keys = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(
            f"The keys of the demo cannot be kept in {path} ({error.strerror}): "
            "make the folder writable or set HUIYIN_VAR."
        ) from error
    except ValueError as error:
        raise ConfigError(
            f"{path} is damaged: put it back from a copy, or start afresh with: make reset"
        ) from error
    return {str(name): str(value) for name, value in keys.items()}


def settings_markdown() -> str:
    """Return the page docs/settings.md."""
    lines = [
        "# Settings",
        "",
        "Everything an operator can set comes from the environment. This page is written by",
        "`huiyin settings --markdown`; a test compares the two.",
        "",
        "A name marked *secret* may also come from a file: set `NAME_FILE` to its path. In",
        "production a name marked *required* has no default and Huiyin does not start without it.",
        "A wrong value, or an unknown name that starts with `HUIYIN_`, stops the start with one",
        "sentence.",
        "",
        "| Name | Accepts | Default | Meaning |",
        "| --- | --- | --- | --- |",
    ]
    for setting in SETTINGS:
        marks = [
            mark
            for mark, wanted in (
                ("secret", setting.secret),
                ("required", setting.production_required),
            )
            if wanted
        ]
        name = f"`{setting.name}`" + (f" *{', '.join(marks)}*" if marks else "")
        default = setting.shown_default or (f"`{setting.default}`" if setting.default else "")
        lines.append(f"| {name} | {setting.accepts} | {default} | {setting.doc} |")
    return "\n".join(lines) + "\n"


# --- reading one value --------------------------------------------------------------------------

_BY_NAME = {setting.name: setting for setting in SETTINGS}


def _text_of(setting: Setting, environ: Mapping[str, str]) -> str:
    text = environ.get(setting.name, "").strip()
    file_name = environ.get(f"{setting.name}_FILE", "") if setting.secret else ""
    if file_name and text:
        raise ConfigError(
            f"{setting.name} and {setting.name}_FILE are both set: keep only one of them."
        )
    if file_name:
        try:
            text = Path(file_name).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(
                f"{setting.name}_FILE names {file_name}, which cannot be read: "
                "give the path of a text file this user may read."
            ) from error
    return text


def _refuse_unknown(environ: Mapping[str, str]) -> None:
    known = set(_BY_NAME) | {f"{setting.name}_FILE" for setting in SETTINGS if setting.secret}
    for name in sorted(environ):
        if name.startswith(PREFIX) and name not in known:
            close = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.6)
            hint = f"did you mean {close[0]}?" if close else "huiyin settings lists all of them."
            raise ConfigError(f"{name} is not a setting of Huiyin: {hint}")


def _refuse_missing(texts: Mapping[str, str]) -> None:
    missing = [s for s in SETTINGS if s.production_required and not texts[s.name]]
    if not missing:
        return
    names = ", ".join(setting.name for setting in missing)
    verb = "is" if len(missing) == 1 else "are"
    hint = f" ({MAKE_KEYS})" if any(setting.secret for setting in missing) else ""
    raise ConfigError(
        f"{names} {verb} missing: production needs {'it' if verb == 'is' else 'them'}{hint}; "
        "beside a demo city set HUIYIN_MODE=demo."
    )


def _missing_only(texts: Mapping[str, str], keys: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in keys.items() if name in texts and not texts[name]}


def _read(setting: Setting, text: str) -> object:
    """Turn the text of a variable into its value; an empty one into its default."""
    text = text or setting.default
    match setting.kind:
        case Kind.FLAG:
            return _flag(setting, text)
        case Kind.WHOLE:
            return _whole(setting, text)
        case Kind.CHOICE:
            if text not in setting.choices:
                raise _wrong(setting, text)
            return text
        case Kind.FOLDER | Kind.FILE:
            return Path(text).expanduser().absolute() if text else None
        case Kind.LIST:
            return tuple(part.strip() for part in text.split(",") if part.strip())
        case Kind.URL:
            return _url(setting, text)
        case Kind.HOURS:
            if text != "never" and not _HOURS.fullmatch(text):
                raise _wrong(setting, text)
            return text
        case Kind.SECRET:
            return _secret(setting, text)
        case Kind.KEY:
            return _key(setting, text) if text else b""
        case Kind.KEYS:
            return _keys(setting, text)
    return text


def _wrong(setting: Setting, text: str) -> ConfigError:
    said = "its value" if setting.secret else repr(text)
    return ConfigError(f"{setting.name} is wrong: it accepts {setting.accepts}, not {said}.")


def _flag(setting: Setting, text: str) -> bool:
    if text.lower() in _YES:
        return True
    if text.lower() in _NO or text == "":
        return False
    raise _wrong(setting, text)


def _whole(setting: Setting, text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,10}", text, flags=re.ASCII):
        raise _wrong(setting, text)
    number = int(text)
    if not setting.least <= number <= setting.most:
        raise _wrong(setting, text)
    return number


def _url(setting: Setting, text: str) -> str:
    if not text:
        return ""
    schemes = (
        ("postgresql", "postgres") if setting.name.endswith("DATABASE_URL") else ("https", "http")
    )
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in schemes:
        raise ConfigError(
            f"{setting.name} is wrong: it must be an address that starts with {schemes[0]}://"
        )
    return text.rstrip("/") if setting.name == "HUIYIN_PUBLIC_URL" else text


def _secret(setting: Setting, text: str) -> str:
    if not text:
        return ""
    if len(text) < SECRET_MIN_CHARS or len(set(text)) < 10 or text.startswith("django-insecure"):
        raise ConfigError(
            f"{setting.name} is too easy to guess: it must be {setting.accepts}; {MAKE_KEYS}"
        )
    return text


def _key(setting: Setting, text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES or len(set(key)) < 8:
        raise ConfigError(
            f"{setting.name} is wrong: it must be {setting.kind.value}, made at random; {MAKE_KEYS}"
        )
    return key


def _keys(setting: Setting, text: str) -> tuple[tuple[str, bytes], ...]:
    keys: dict[str, bytes] = {}
    for part in text.split(",") if text else ():
        key_id, colon, encoded = part.strip().partition(":")
        if not colon or not _KEY_ID.fullmatch(key_id) or key_id in keys:
            raise ConfigError(
                f"{setting.name} is wrong: it must be {setting.kind.value}, every id once and of "
                f"small letters, digits, - or _; {MAKE_KEYS}"
            )
        keys[key_id] = _key(setting, encoded)
    return tuple(keys.items())


def _new_key() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def _var_folder(text: str) -> Path:
    if text:
        return Path(text).expanduser().absolute()
    home = _CHECKOUT if (_CHECKOUT / "pyproject.toml").exists() else Path.cwd()
    return home / "var"


def _default_hosts(public_url: str, host: str, mode: str) -> tuple[str, ...]:
    hosts = [urlsplit(public_url).hostname or "localhost", "localhost", "127.0.0.1", "[::1]"]
    if host not in ("", "0.0.0.0", "::"):  # noqa: S104 compared with, not listened on
        hosts.append(host)
    if mode == "test":
        hosts.append("testserver")
    return tuple(dict.fromkeys(hosts))
