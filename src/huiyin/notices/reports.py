"""What the gateway says later: a message arrived on the phone, or could not.

POST {"id", "status": "delivered" | "failed"} as JSON, signed like our own requests (people.sms):
X-Huiyin-Timestamp, X-Huiyin-Signature, with HUIYIN_SMS_SECRET. The same report may come twice.
"""

import hashlib
import hmac
import json
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db import transaction

from huiyin.notices.delivery import count_outcomes
from huiyin.notices.models import Notice, NoticeState
from huiyin.notices.texts import Channel

FRESH_SECONDS = 300
LARGEST_BODY = 4_000


class Status(StrEnum):
    """What a report can say."""

    DELIVERED = "delivered"
    FAILED = "failed"


class NotAReport(ValueError):
    """The body says nothing that can be read."""


def is_genuine(*, secret: str, timestamp: str, signature: str, body: bytes, at: datetime) -> bool:
    """Tell whether a request was signed with our secret within the last minutes."""
    if not secret or not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
        return False
    if abs(at.timestamp() - int(timestamp)) > FRESH_SECONDS:
        return False
    wanted = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256)
    return hmac.compare_digest(wanted.hexdigest().encode(), signature.encode())


def read_report(body: bytes) -> tuple[UUID, Status]:
    """Read a report. Raises NotAReport."""
    try:
        given = json.loads(body)
        return UUID(given["id"]), Status(given["status"])
    except (ValueError, TypeError, KeyError, AttributeError):
        raise NotAReport from None


def take_report(*, message_id: UUID, status: Status, at: datetime) -> bool:
    """Note what became of an SMS; answer whether it was one of ours and that was news.

    A message that arrived has arrived: a later "failed" changes nothing. A report may come before
    our own worker knows that the gateway took the message, and settles an unclear one.
    """
    is_delivered = status is Status.DELIVERED
    open_states = [NoticeState.QUEUED, NoticeState.SENT, NoticeState.UNKNOWN]
    if is_delivered:
        open_states += [NoticeState.REFUSED, NoticeState.DEAD]
    outcome = NoticeState.DELIVERED if is_delivered else NoticeState.REFUSED
    with transaction.atomic():
        changed = Notice.objects.filter(
            pk=message_id, channel=Channel.SMS.value, state__in=open_states
        ).update(
            state=outcome,
            settled_at=at,
            leased_until=None,
            reason="" if is_delivered else "phone_unreachable",
        )
        if changed:
            count_outcomes({(Channel.SMS.value, outcome.value): 1})
    return bool(changed)
