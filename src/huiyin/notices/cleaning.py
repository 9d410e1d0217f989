"""Forgetting: the words and addresses of messages that are done with."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet

from huiyin.notices import outage
from huiyin.notices.models import Notice, NoticeState

BATCH = 1_000
REDACTED = "redacted"  # a code of `wording.REASONS`
# An unclear or dead one is somebody's work; it is kept until they have looked, at most so long.
KEEP_TROUBLED = timedelta(days=365)


def empty_bodies(*, at: datetime) -> int:
    """Empty up to a thousand messages that are older than the time they are kept; return how many.

    What stays: that somebody was told, when, by which channel and with what outcome.
    """
    old = at - timedelta(days=settings.HUIYIN.notice_keep_days)
    done = Notice.objects.filter(
        emptied_at=None,
        put_at__lt=old,
        due_at__lt=old,
        state__in=(NoticeState.SENT, NoticeState.DELIVERED, NoticeState.REFUSED),
    )
    very_old = Notice.objects.filter(
        emptied_at=None,
        put_at__lt=at - KEEP_TROUBLED,
        state__in=(NoticeState.UNKNOWN, NoticeState.DEAD),
    )
    ids = list(done.values_list("pk", flat=True)[:BATCH])
    ids += very_old.values_list("pk", flat=True)[: BATCH - len(ids)]
    return Notice.objects.filter(pk__in=ids).update(texts="", address="", link="", emptied_at=at)


def forget_outages(*, at: datetime) -> None:
    """Delete what is known of outages that were over before the time messages are kept."""
    outage.forget(before=at - timedelta(days=settings.HUIYIN.notice_keep_days))


def withdraw(keys_begin: Collection[str], *, at: datetime) -> int:
    """Empty what was told under keys that begin so, in the caller's transaction; return how many.

    What still waits is not sent any more: it counts as not deliverable, `redacted`, and as looked
    at. Nobody is told what was to be deleted.
    """
    told = _told(keys_begin)
    told.filter(state=NoticeState.QUEUED).update(
        state=NoticeState.REFUSED, reason=REDACTED, settled_at=at, laid_aside_at=at,
        leased_until=None, texts="", address="", link="", emptied_at=at,
    )  # fmt: skip
    return told.update(texts="", address="", link="", emptied_at=at)


def forget_people(
    keys_begin: Collection[str], *, account_ids: Collection[UUID], indexes: Collection[bytes]
) -> int:
    """Delete what was told under such keys to these accounts and addresses; return how many.

    In the caller's transaction: neither account nor address is left to say whose matter it was.
    """
    theirs = Q(account__in=account_ids) | Q(address_index__in=indexes)
    _total, by_model = _told(keys_begin).filter(theirs).delete()
    return by_model.get(Notice._meta.label, 0)


def _told(keys_begin: Collection[str]) -> QuerySet[Notice]:
    any_of = Q(pk=None)
    for beginning in keys_begin:
        any_of |= Q(key__startswith=beginning)
    return Notice.objects.filter(any_of)
