"""The random passwords of the embedded cluster's roles, kept in a file only we can read."""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from huiyin.ops.errors import OperatorError


@dataclass(frozen=True, slots=True, repr=False)
class Passwords:
    """One password per role of the cluster."""

    postgres: str
    huiyin_owner: str
    huiyin_app: str


def load(path: Path) -> Passwords | None:
    """Return the passwords kept in `path`, None when there are none yet. Raises OperatorError."""
    try:
        return Passwords(**json.loads(path.read_text(encoding="ascii")))
    except FileNotFoundError:
        return None
    except PermissionError as error:
        raise OperatorError(
            f"{path} cannot be read: run this as the user who started Huiyin the first time."
        ) from error
    except (OSError, ValueError, TypeError):
        return None  # damaged: new ones are made and given to the roles


def make(path: Path) -> Passwords:
    """Make new passwords and keep them in `path`, complete or not at all."""
    made = Passwords(*(secrets.token_urlsafe(32) for _ in range(3)))
    write_private(path, json.dumps(asdict(made)))
    return made


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read; after a crash the old or the new text is there."""
    draft = path.with_name(f".{path.name}-{os.getpid()}-{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
