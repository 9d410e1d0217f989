"""What people do about notices: read them, send them again, lay them aside, change their texts."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import yaml
from django.db import connection, transaction

from huiyin.notices import library, outage, outbox
from huiyin.notices.choosing import forget_texts
from huiyin.notices.models import TROUBLED, Notice, NoticeRead, NoticeState, TextVersion
from huiyin.notices.queries import unread_of
from huiyin.notices.reading import ReadingError, read_texts
from huiyin.notices.refusals import (
    BodyGone,
    NotAway,
    NotFound,
    NotPermitted,
    NotTroubled,
    TextFaulty,
)
from huiyin.people import access_log
from huiyin.people.actors import Actor

ADMINISTER = "notices.administer"
# Any fixed number of ours: two who change texts at once come one after the other.
_TEXTS_LOCK = 371_400_061


def mark_read(*, by: Actor, at: datetime, ids: Iterable[UUID] | None = None) -> int:
    """Mark notices as read by whoever asks: some of their own, or all; return how many were new.

    Others' notices among `ids` are passed over.
    """
    if by.account_id is None:
        return 0
    rows = unread_of(by, at=at)
    if ids is not None:
        rows = rows.filter(pk__in=list(ids))
    unread = list(rows.values_list("pk", flat=True))
    NoticeRead.objects.bulk_create(
        [NoticeRead(notice_id=pk, account_id=by.account_id, at=at) for pk in unread],
        ignore_conflicts=True,
    )
    return len(unread)


def resend(*, notice_id: UUID, by: Actor, at: datetime) -> Notice:
    """Send a notice again that did not arrive or may not have, under its old message id.

    Who has looked and decides so: an unclear one may arrive twice where a gateway or mail server
    does not honour ids. Its tries begin anew; it is sent at once, also in quiet hours.
    Raises NotPermitted, NotFound, NotTroubled, BodyGone.
    """
    with transaction.atomic():
        notice = _troubled_for_update(notice_id, by=by)
        if notice.emptied_at is not None:
            raise BodyGone()
        notice.state = NoticeState.QUEUED
        notice.tries = 0
        notice.due_at = at
        notice.urgent = True
        notice.settled_at = None
        notice.resent_at, notice.resent_by = at, by.account_id
        notice.save(
            update_fields=[
                "state", "tries", "due_at", "urgent", "settled_at", "resent_at", "resent_by",
            ]
        )  # fmt: skip
        outbox.wake_after_commit()
    return notice


def lay_aside(*, notice_id: UUID, by: Actor, at: datetime) -> Notice:
    """Take a notice off the list of those in trouble: the person was told in another way.

    Raises NotPermitted, NotFound, NotTroubled.
    """
    with transaction.atomic():
        notice = _troubled_for_update(notice_id, by=by)
        notice.laid_aside_at, notice.laid_aside_by = at, by.account_id
        notice.save(update_fields=["laid_aside_at", "laid_aside_by"])
    return notice


def try_now(*, channel: str, by: Actor, at: datetime) -> None:
    """Let the next batch try one message on a channel whose gateway took nothing.

    Without it the channel rests for up to five minutes. The access log says who asked.
    Raises NotPermitted, NotAway.
    """
    if not by.may(ADMINISTER):
        raise NotPermitted()
    with transaction.atomic():
        if not outage.try_at_once(channel, at=at):
            raise NotAway()
        access_log.record(
            by=by, at=at, action="try_channel", subject_type="channel", subject_id=channel
        )
        outbox.wake_after_commit()


def _troubled_for_update(notice_id: UUID, *, by: Actor) -> Notice:
    if not by.may(ADMINISTER):
        raise NotPermitted()
    notice = Notice.objects.select_for_update().filter(pk=notice_id).first()
    if notice is None:
        raise NotFound()
    if notice.state not in TROUBLED or notice.laid_aside_at is not None:
        raise NotTroubled()
    return notice


def change_text(*, name: str, texts: Mapping[str, Any], by: Actor, at: datetime) -> TextVersion:
    """Give a notice, or a shipped pattern, a text of the city's own, from now on.

    `texts`: as in a file, for the channels that differ; empty takes the shipped text again. It is
    checked as a shipped one is: facts there are, both languages, nothing telling outside.
    Raises NotPermitted, TextFaulty.
    """
    if not by.may(ADMINISTER):
        raise NotPermitted()
    if texts:
        _check(name, texts)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TEXTS_LOCK])
        last = TextVersion.objects.filter(name=name).order_by("-version").first()
        forget_texts()
        return TextVersion.objects.create(
            name=name,
            version=last.version + 1 if last else 1,
            texts=dict(texts),
            at=at,
            by=by.account_id,
        )


def _check(name: str, texts: Mapping[str, Any]) -> None:
    shipped = library.templates()
    try:
        read = read_texts(
            yaml.safe_dump({name: dict(texts)}, allow_unicode=True),
            file="text",
            names=library.notice_names(),
            discreet=library.discreet_procedures(),
        )
    except ReadingError as error:
        raise TextFaulty(faults=" ".join(str(fault) for fault in error.faults)) from error
    if name not in shipped and name not in library.notice_names():
        raise TextFaulty(faults=f"{name} is no notice of this installation.")
    if name in shipped and shipped[name].discreet and not read[name].discreet:
        raise TextFaulty(faults=f"{name} is told about confidential matters: add discreet: true.")
