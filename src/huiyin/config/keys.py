"""Keys made at random: fresh ones, and those a demo keeps."""

import base64
import json
import os
import secrets
from pathlib import Path

from huiyin.config.kinds import ConfigError
from huiyin.config.reading import KEY_BYTES


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


def _new_key() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
