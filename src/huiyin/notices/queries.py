"""Lists of notices: one's own, those in trouble, what waits."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from huiyin.notices import quiet
from huiyin.notices.models import TROUBLED, Notice, NoticeRead, NoticeState, OutcomeCount
from huiyin.notices.texts import LANGUAGES, Channel
from huiyin.people.actors import Actor
from huiyin.people.models import Acting, Post

MOST_COUNTED = 99
FACTOR = 60


def inbox_of(actor: Actor, *, at: datetime) -> QuerySet[Notice]:
    """Return the notices an actor may read, the latest first, with `is_read` of this person.

    Their own, and those to the unit of the post they work in, from the day they have it: who comes
    new is not shown what others were told before.
    """
    mine = Q(account=actor.account_id)
    if actor.unit_id is not None and actor.post_id is not None:
        mine |= _of_unit(actor)
    return _told(actor, at).filter(mine).order_by("-pk")


def _told(actor: Actor, at: datetime) -> QuerySet[Notice]:
    told = Notice.objects.filter(channel=Channel.INBOX.value, due_at__lte=at, emptied_at=None)
    return told.annotate(is_read=_is_read(actor))


def _of_unit(actor: Actor) -> Q:
    """Return the condition: to the unit of their post, from the day they have it."""
    return Q(Exists(_held_since(actor)), unit=actor.unit_id)


def latest_of(
    actor: Actor, *, at: datetime, before: UUID | None = None, most: int
) -> list[Notice]:  # fmt: skip
    """Return the latest of these, before one of them where it is named. One query.

    Their own and those of the unit are each walked along an index: asked for both at once, all that
    they were ever told would be read, or all that anybody was.
    """
    told = _told(actor, at)
    if before is not None:
        told = told.filter(pk__lt=before)
    told = told.order_by("-pk")
    own = told.filter(account=actor.account_id)
    if actor.unit_id is None or actor.post_id is None:
        return list(own[:most])
    of_unit = told.filter(_of_unit(actor), account=None)
    return list(own[:most].union(of_unit[:most], all=True).order_by("-id")[:most])


def unread_of(actor: Actor, *, at: datetime) -> QuerySet[Notice]:
    """Return those of an actor's notices that this person has not read."""
    return inbox_of(actor, at=at).filter(~_is_read(actor))


def _is_read(actor: Actor) -> Exists:
    return Exists(NoticeRead.objects.filter(notice=OuterRef("pk"), account=actor.account_id))


def _held_since(actor: Actor) -> QuerySet[Post] | QuerySet[Acting]:
    begun = Q(valid_from=None) | Q(valid_from__lte=OuterRef("put_at__date"))
    if actor.acting_id is not None:
        return Acting.objects.filter(begun, pk=actor.acting_id)
    assert actor.post_id is not None  # noqa: S101 as the caller has looked
    return Post.objects.filter(begun, pk=actor.post_id)


def unread_count(actor: Actor, *, at: datetime) -> int:
    """Return how many of an actor's notices they have not read; counted up to a hundred."""
    unread = unread_of(actor, at=at).order_by()
    return unread.values("pk")[: MOST_COUNTED + 1].count()


def troubled(*, state: str = "") -> QuerySet[Notice]:
    """Return the notices that did not arrive or may not have, the latest first.

    Those somebody has laid aside are left out.
    """
    states = [state] if state in TROUBLED else list(TROUBLED)
    return (
        Notice.objects.filter(state__in=states, laid_aside_at=None)
        .select_related("account")
        .order_by("-pk")
    )


def troubled_counts() -> dict[str, int]:
    """Return how many there are in each of these states."""
    rows = troubled().order_by().values_list("state").annotate(count=Count("pk"))
    found = {str(state): count for state, count in rows}
    return {state.value: found.get(state.value, 0) for state in TROUBLED}


def words_of(notice: Notice, language: str) -> tuple[str, str, str]:
    """Return language, subject and body of a notice: in a language, or in the one it has."""
    if not notice.texts:
        return language, "", ""
    held = json.loads(notice.texts)
    for wanted in (language, notice.language, *LANGUAGES):
        if wanted in held:
            subject, body = held[wanted]
            return wanted, subject, body
    return language, "", ""


def told_to_address(index: bytes) -> QuerySet[Notice]:
    """Return what was sent to a phone or an e-mail address, by its blind index."""
    return Notice.objects.filter(address_index=index).order_by("-pk")


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is due and not sent yet: how many, and how long the first of them waits."""

    count: int
    oldest_seconds: float

    @property
    def is_late(self) -> bool:
        """Whether somebody has to look: the first waits longer than the installation allows."""
        return self.oldest_seconds > settings.HUIYIN.notice_alarm_minutes * FACTOR


def waiting(*, at: datetime) -> Waiting:
    """Return what should have been sent by now; what rests for the night is not late."""
    due = Notice.objects.filter(state=NoticeState.QUEUED, due_at__lte=at)
    if quiet.phones_rest(at):
        due = due.exclude(channel=Channel.SMS.value, urgent=False)
    found = due.aggregate(count=Count("pk"), first=Min("due_at"))
    first = found["first"]
    age = (at - first) if first else timedelta(0)
    return Waiting(found["count"], max(0.0, age.total_seconds()))


def outcomes() -> list[tuple[str, str, int]]:
    """Return channel, outcome and how often, since the installation began."""
    return list(
        OutcomeCount.objects.order_by("channel", "outcome").values_list(
            "channel", "outcome", "count"
        )
    )


def one_of(actor: Actor, pk: UUID, *, at: datetime) -> Notice | None:
    """Return one of an actor's notices, or None alike for a missing and for another's."""
    return inbox_of(actor, at=at).filter(pk=pk).first()
