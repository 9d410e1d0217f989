"""The chain of a timeline: what every event's hash is over, and the digest of its body."""

import hashlib
import hmac
import json
import os
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from huiyin.matters.models import EventHeader

START: Final = bytes(32)  # what stands before the first event
SALT_BYTES: Final = 16
HASHED: Final = (
    "run_id", "seq", "action", "as_actor", "account_id", "post_id", "unit_id", "contact_id",
    "on_behalf_of", "recorded_at", "occurred_at", "from_state", "to_state", "is_pending", "effects",
)  # fmt: skip


def canonical(value: Any) -> bytes:
    """Return JSON that is the same for the same value: keys sorted, no spaces, UTF-8."""
    return _ENCODER.encode(value).encode()


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"a {type(value).__name__} has no canonical form")


_ENCODER: Final = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain, check_circular=False
)


def new_salt() -> bytes:
    """Return a fresh salt for one body."""
    return os.urandom(SALT_BYTES)


def digest_of(content: Any, salt: bytes) -> bytes:
    """Return the digest of a body: an HMAC, so that nobody can guess a redacted text back."""
    return hmac.digest(salt, canonical(content), "sha256")


def hash_of(event: EventHeader) -> bytes:
    """Return the hash of an event over its columns, its body's digest and the hash before it."""
    columns = {name: getattr(event, name) for name in HASHED}
    return hash_over(columns, bytes(event.body_digest), bytes(event.previous))


def hash_over(columns: dict[str, Any], body_digest: bytes, previous: bytes) -> bytes:
    """Return the hash over the columns HASHED, by name, and what goes with them."""
    return hashlib.sha256(canonical(columns) + body_digest + previous).digest()
