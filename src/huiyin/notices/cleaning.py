"""Forgetting: the words and addresses of messages that are done with."""

from datetime import datetime, timedelta

from django.conf import settings

from huiyin.notices.models import Notice, NoticeState

BATCH = 1_000
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
