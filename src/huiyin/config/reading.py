"""Reading one setting: its text from the environment or a file, and the value it stands for."""

import base64
import binascii
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from huiyin.config.kinds import NO, SECRET_MIN_CHARS, YES, ConfigError, Kind, Setting

KEY_BYTES: Final = 32
MAKE_KEYS: Final = "make new ones with: huiyin settings --new-keys"
_HOURS: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]")
_KEY_ID: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,19}")


def text_of(setting: Setting, environ: Mapping[str, str]) -> str:
    """Return what is written for a setting; of a secret also what its file holds."""
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


def read(setting: Setting, text: str) -> object:
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
    if text.lower() in YES:
        return True
    if text.lower() in NO or text == "":
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
