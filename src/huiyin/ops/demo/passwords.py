"""The one password of the demo's printed logins, made once for each installation."""

import json
import os
import secrets
from pathlib import Path

FILE = "demo_logins.json"
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that reads like something else


def demo_password(var: Path) -> tuple[str, bool]:
    """Return the password and whether it was made just now; kept in `var`, for its owner only.

    Two processes that start at once agree: the file appears whole, and the first one wins.
    """
    path = var / FILE
    if not path.exists():
        made = "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))
        draft = var / f"{FILE}.{os.getpid()}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump({"password": made}, file)
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        else:
            return made, True
        finally:
            draft.unlink()
    return str(json.loads(path.read_text(encoding="utf-8"))["password"]), False
