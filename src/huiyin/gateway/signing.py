"""The signature of a webhook, in the manner of Standard Webhooks. Pure.

    webhook-id: 01989f4e-…            the same however often the message is sent
    webhook-timestamp: 1767225600     when it is sent, in seconds
    webhook-signature: v1,BASE64      HMAC-SHA256 over "id.timestamp.body"

The receiver computes the same with its secret, compares in constant time, and refuses what is older
than five minutes.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Final

PREFIX: Final = "whsec_"
SECRET_BYTES: Final = 32
TOLERANCE: Final = timedelta(minutes=5)


def new_secret() -> str:
    """Return a fresh secret as the receiver keeps it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signature(*, secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """Return the value of webhook-signature. Raises ValueError for what is no secret."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("this is no secret of a webhook") from error
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def headers(*, secret: str, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """Return the three headers of one sending."""
    timestamp = int(at.timestamp())
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(
            secret=secret, message_id=message_id, timestamp=timestamp, body=body
        ),
    }


def is_genuine(
    *, secret: str, message_id: str, timestamp: str, given: str, body: bytes, at: datetime
) -> bool:
    """Tell whether a message is signed with this secret and fresh: what a receiver does."""
    if not timestamp.isdecimal():
        return False
    if abs(at.timestamp() - int(timestamp)) > TOLERANCE.total_seconds():
        return False
    own = signature(secret=secret, message_id=message_id, timestamp=int(timestamp), body=body)
    return any(hmac.compare_digest(own, one) for one in given.split(" "))
