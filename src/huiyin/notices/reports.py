"""What the gateway says later: a message arrived on the phone, or could not.

POST {"id", "status": "delivered" | "failed"} as JSON, or a list of up to 200 of them, signed like
our own requests (people.sms): X-Huiyin-Timestamp, X-Huiyin-Signature, with HUIYIN_SMS_SECRET. The
same report may come twice.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.db import transaction

from huiyin.notices.delivery import count_outcomes, lock_in_order
from huiyin.notices.models import Notice, NoticeState
from huiyin.notices.texts import Channel

FRESH_SECONDS = 300
LARGEST_BODY = 32_000
MOST_AT_ONCE = 200


class Status(StrEnum):
    """What a report can say."""

    DELIVERED = "delivered"
    FAILED = "failed"


_OUTCOMES: Final = {
    Status.DELIVERED: NoticeState.DELIVERED,
    Status.FAILED: NoticeState.REFUSED,
}


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


def read_reports(body: bytes) -> list[tuple[UUID, Status]]:
    """Read what one request reports. Raises NotAReport where any of it cannot be read."""
    try:
        given = json.loads(body)
        many = given if isinstance(given, list) else [given]
        found = [(UUID(one["id"]), Status(one["status"])) for one in many]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise NotAReport from None
    if not 0 < len(found) <= MOST_AT_ONCE:
        raise NotAReport
    return found


def take_report(*, message_id: UUID, status: Status, at: datetime) -> bool:
    """Note what became of one SMS; answer whether that was news. See `take_reports`."""
    return take_reports([(message_id, status)], at=at) > 0


def take_reports(reports: Iterable[tuple[UUID, Status]], *, at: datetime) -> int:
    """Note what became of SMS; answer how many were ours and that was news of them.

    A message that arrived has arrived: a later "failed" changes nothing. A report may come before
    our own worker knows that the gateway took the message, and settles an unclear one. Two
    statements, and one for each status.
    """
    given: dict[Status, list[UUID]] = {}
    for message_id, status in reports:
        given.setdefault(status, []).append(message_id)
    with transaction.atomic():
        lock_in_order([one for ids in given.values() for one in ids])
        # What has arrived comes first: a "failed" beside it changes nothing.
        taken = {one: _take(given[one], one, at) for one in sorted(given)}
        count_outcomes(
            {(Channel.SMS.value, _OUTCOMES[one].value): count for one, count in taken.items()}
        )
    return sum(taken.values())


def _take(ids: Sequence[UUID], status: Status, at: datetime) -> int:
    """Write one status of rows that are locked."""
    is_delivered = status is Status.DELIVERED
    open_states = [NoticeState.QUEUED, NoticeState.SENT, NoticeState.UNKNOWN]
    if is_delivered:
        open_states += [NoticeState.REFUSED, NoticeState.DEAD]
    rows = Notice.objects.filter(pk__in=ids, channel=Channel.SMS.value, state__in=open_states)
    return rows.update(
        state=_OUTCOMES[status], settled_at=at, leased_until=None,
        reason="" if is_delivered else "phone_unreachable",
    )  # fmt: skip
