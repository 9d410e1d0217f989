"""Identifiers made in Python: time-ordered, so that inserts stay at the right end of an index."""

from uuid import UUID

import uuid_utils.compat


def new_id() -> UUID:
    """Return a fresh UUIDv7 (RFC 9562)."""
    return uuid_utils.compat.uuid7()
