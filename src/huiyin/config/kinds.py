"""What a setting is, and what may be written for it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

PREFIX: Final = "HUIYIN_"
SECRET_MIN_CHARS: Final = 40
YES: Final = ("yes", "true", "on", "1")
NO: Final = ("no", "false", "off", "0")


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
                return f"{', '.join(YES)} or {', '.join(NO)}"
            case Kind.WHOLE:
                return f"a whole number from {self.least} to {self.most}"
            case Kind.SECRET:
                return f"at least {SECRET_MIN_CHARS} random characters"
        return self.kind.value
