"""The one password of the demo's printed logins, made once for each installation."""

import json
import os
import secrets
import tempfile
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
        descriptor, name = tempfile.mkstemp(dir=var, prefix=f"{FILE}.")  # mode 0600
        draft = Path(name)
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
