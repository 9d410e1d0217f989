"""Cursors: where a page ended, as one opaque word."""

import base64
import binascii
from datetime import UTC, datetime
from uuid import UUID

from huiyin.gateway.refusals import Invalid
from huiyin.ui.refusals import Refusal

LONGEST = 200


def cursor_of(*parts: object) -> str:
    """Return the cursor of a key."""
    text = "|".join(part.isoformat() if isinstance(part, datetime) else str(part) for part in parts)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def uuid_in(cursor: str) -> UUID | None:
    """Return the id in a cursor, None for the first page. Raises Invalid."""
    if not cursor:
        return None
    (text,) = _parts(cursor, 1)
    return _uuid(text)


def moment_in(cursor: str) -> tuple[datetime, UUID] | None:
    """Return the instant and id in a cursor, None for the first page. Raises Invalid."""
    if not cursor:
        return None
    at, text = _parts(cursor, 2)
    try:
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None:
            raise _wrong()
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise _wrong() from None
    return moment, _uuid(text)


def count_in(cursor: str) -> int:
    """Return how many rows of a counted list were passed, 0 for the first page. Raises Invalid."""
    if not cursor:
        return 0
    (text,) = _parts(cursor, 1)
    if not (text.isascii() and text.isdecimal() and len(text) <= 7):
        raise _wrong()
    return int(text)


def _parts(cursor: str, count: int) -> list[str]:
    try:
        padded = cursor[:LONGEST] + "=" * (-len(cursor[:LONGEST]) % 4)
        found = base64.b64decode(padded, altchars=b"-_", validate=True).decode().split("|")
    except (binascii.Error, UnicodeError, ValueError):
        raise _wrong() from None
    if len(found) != count:
        raise _wrong()
    return found


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise _wrong() from None


def _wrong() -> Refusal:
    return Invalid(errors={"query.cursor": "cursor"})
