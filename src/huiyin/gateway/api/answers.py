"""Which answers an operation has: its own, and the one shape of every error."""

from typing import Any, Final

from huiyin.gateway.schemas.shared import Error

ALWAYS: Final = (400, 405, 413, 422, 429, 500, 503)
SIGNED_IN: Final = (401, 403)


def answers(model: Any, *codes: int, status: int = 200, signed_in: bool = True) -> dict[Any, Any]:
    """Return the answers of an operation; `codes`: the errors only some have."""
    known = sorted({*ALWAYS, *codes, *(SIGNED_IN if signed_in else (401, 403))})
    return {status: model, **dict.fromkeys(known, Error)}
