"""The settings of a process, read from its environment and completed."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from huiyin.config.keys import demo_keys, new_keys
from huiyin.config.kinds import PREFIX, ConfigError
from huiyin.config.reading import MAKE_KEYS, read, text_of
from huiyin.config.table import SETTINGS

_CHECKOUT: Final = Path(__file__).resolve().parents[3]
_BY_NAME: Final = {setting.name: setting for setting in SETTINGS}


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
    notice_alarm_minutes: int

    city_code: str
    city_name: str
    calendar: Path | None
    clock_alarm_minutes: int
    knowledge_grace_days: int
    tile_url: str
    tile_attribution: str

    workers: int
    most_waiting: int
    log_format: str
    log_level: str
    metrics_token: str
    debug_trace: bool


def load_config(environ: Mapping[str, str]) -> Config:
    """Read every setting from `environ`. In demo mode the keys are made once, in `<var>/keys.json`.

    Raises ConfigError, one sentence naming the variable and what it accepts.
    """
    _refuse_unknown(environ)
    texts = {setting.name: text_of(setting, environ) for setting in SETTINGS}
    mode = str(read(_BY_NAME["HUIYIN_MODE"], texts["HUIYIN_MODE"]))
    var = _var_folder(texts["HUIYIN_VAR"])
    if mode == "production":
        _refuse_missing(texts)
    elif mode == "demo":
        texts = {**texts, **_missing_only(texts, demo_keys(var))}
    else:
        texts = {**texts, **_missing_only(texts, new_keys())}
    values: dict[str, Any] = {
        setting.field: read(setting, texts[setting.name]) for setting in SETTINGS
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
