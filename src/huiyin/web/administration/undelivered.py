"""What did not arrive or failed, of three sorts: messages to people, to other systems, and jobs.

Each may be tried again, or given up with a reason; the reason is kept with who gave it up.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import CharField, Exists, OuterRef, QuerySet
from django.db.models.functions import Cast
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateEvent, ProcrastinateJob

from huiyin.gateway.models import EventKind, Message, MessageState
from huiyin.gateway.outbox import wake_after_commit
from huiyin.gateway.stuck import answer_words
from huiyin.notices import queries, wording
from huiyin.notices import verbs as notice_verbs
from huiyin.notices.models import ChannelChoice, Notice, NoticeState
from huiyin.notices.recipients import masked
from huiyin.people.access_log import stated_purpose
from huiyin.people.actors import Actor
from huiyin.ui.refusals import Refusal
from huiyin.web.counting import counted
from huiyin.web.models import GivenUp

Kind = GivenUp.Kind
TABS: Final[Mapping[Kind, str | Promise]] = {
    Kind.NOTICE: gettext_lazy("To people"),
    Kind.WEBHOOK: gettext_lazy("To other systems"),
    Kind.JOB: gettext_lazy("Background jobs"),
}
# The words of a job are for an operator; what it does is for everybody.
JOBS: Final[Mapping[str, str | Promise]] = {
    "notices": gettext_lazy("Sending messages"),
    "gateway": gettext_lazy("Telling other systems"),
    "matters": gettext_lazy("Keeping limits and records"),
    "people": gettext_lazy("Tidying accounts and sessions"),
    "web": gettext_lazy("Tidying drafts"),
    "insight": gettext_lazy("Counting"),
    "ops": gettext_lazy("Filling the demo"),
}


@dataclass(frozen=True)
class Row:
    """One thing that failed, as the page shows it. `may_retry`: its words are still there."""

    ref: str
    what: str
    about: str
    reason: str
    tag: str
    at: datetime | None
    tries: int
    may_retry: bool = True


def counts() -> dict[Kind, int]:
    """Return how many of each sort wait for somebody to look, up to `MOST_COUNTED`. One query."""
    return dict(zip(Kind, counted(waiting(kind) for kind in Kind), strict=True))


def waiting(kind: Kind) -> QuerySet[Any]:
    """Return the rows of one sort that nobody has given up, the latest first."""
    if kind is Kind.NOTICE:
        return queries.troubled().order_by("-pk")
    given_up = GivenUp.objects.filter(kind=kind, ref=Cast(OuterRef("pk"), CharField()))
    if kind is Kind.WEBHOOK:
        dead = Message.objects.filter(state=MessageState.DEAD).select_related("subscription__token")
        return dead.filter(~Exists(given_up)).order_by("-pk")
    failed = ProcrastinateJob.objects.filter(status="failed")
    return failed.filter(~Exists(given_up)).order_by("-pk")


def rows(kind: Kind, found: Sequence[Any]) -> list[Row]:
    """Return what the page shows of them. At most one query."""
    if kind is Kind.NOTICE:
        return [_notice(row) for row in found]
    if kind is Kind.WEBHOOK:
        return [_message(row) for row in found]
    failed = ProcrastinateEvent.objects.filter(
        job__in=[job.pk for job in found], type__in=("failed", "aborted")
    )
    when: dict[int, datetime] = {}
    for job_id, at in failed.order_by("at").values_list("job_id", "at"):
        when[job_id] = at
    return [_job(job, when.get(job.pk) or job.scheduled_at) for job in found]


def _notice(row: Notice) -> Row:
    name = row.account.name if row.account and not row.confidential else ""
    to = masked(row.channel, row.address)
    return Row(
        ref=str(row.pk),
        what=f"{ChannelChoice(row.channel).label} {to} {name}".strip(),
        about=wording.about(row),
        reason=wording.reason_words(row.reason) if row.reason else "",
        tag=str(NoticeState(row.state).label),
        at=row.put_at,
        tries=row.tries,
        may_retry=row.emptied_at is None,
    )


def _message(row: Message) -> Row:
    return Row(
        ref=str(row.pk),
        what=row.subscription.url,
        about=str(EventKind(row.kind).label),
        reason=answer_words(row.last_status, row.reason),
        tag=row.subscription.token.label,
        at=row.put_at,
        tries=row.tries,
        may_retry=row.subscription.ended_at is None,
    )


def _job(job: ProcrastinateJob, at: datetime | None) -> Row:
    space = job.task_name.partition(".")[0]
    return Row(
        ref=str(job.pk),
        what=str(JOBS.get(space, job.task_name)),
        about=job.task_name,
        reason=_("It ended with an error; the log of the worker says which."),
        tag=_("job %(number)s") % {"number": job.pk},
        at=at,
        tries=job.attempts,
    )


# --- trying again, giving up --------------------------------------------------------------------


def retry(kind: Kind, refs: Collection[str], *, by: Actor, at: datetime) -> tuple[int, str]:
    """Try some of one sort again; return how many, and why one of the others is not."""
    return _each(kind, refs, lambda row: _RETRY[kind](row, by, at))


def give_up(
    kind: Kind, refs: Collection[str], *, reason: str, by: Actor, at: datetime
) -> tuple[int, str]:
    """Give some up for good, with a reason; return how many, and why one of the others is not.

    Raises ReasonMissing.
    """
    why = stated_purpose(reason)

    def done(row: Any) -> None:
        if kind is Kind.NOTICE:
            notice_verbs.lay_aside(notice_id=row.pk, by=by, at=at)
        GivenUp.objects.create(kind=kind, ref=str(row.pk), reason=why, at=at, by=by.account_id)

    return _each(kind, refs, done)


def _each(kind: Kind, refs: Collection[str], do: Callable[[Any], None]) -> tuple[int, str]:
    count, trouble = 0, ""
    for row in waiting(kind).filter(pk__in=_keys(kind, refs)):
        try:
            with transaction.atomic():
                do(row)
            count += 1
        except Refusal as refused:
            trouble = str(refused)
        except IntegrityError:  # the same job waits already, or somebody was faster
            trouble = _("One of them is being done already.")
    return count, trouble


def _keys(kind: Kind, refs: Collection[str]) -> list[Any]:
    if kind is Kind.JOB:
        return [int(ref) for ref in refs if ref.isascii() and ref.isdecimal() and len(ref) < 19]
    found = []
    for ref in refs:
        try:
            found.append(UUID(ref))
        except ValueError:
            continue
    return found


def _retry_notice(row: Notice, by: Actor, at: datetime) -> None:
    notice_verbs.resend(notice_id=row.pk, by=by, at=at)


def _retry_message(row: Message, by: Actor, at: datetime) -> None:
    del by
    Message.objects.filter(pk=row.pk, state=MessageState.DEAD).update(
        state=MessageState.QUEUED, tries=0, due_at=at, leased_until=None
    )
    wake_after_commit()


def _retry_job(row: ProcrastinateJob, by: Actor, at: datetime) -> None:
    del by
    app.job_manager.retry_job_by_id(job_id=row.pk, retry_at=at)


_RETRY: Final[Mapping[Kind, Callable[[Any, Actor, datetime], None]]] = {
    Kind.NOTICE: _retry_notice,
    Kind.WEBHOOK: _retry_message,
    Kind.JOB: _retry_job,
}


def lately_given_up(kind: Kind, *, most: int = 20) -> list[GivenUp]:
    """Return what was given up last, with its reason."""
    return list(GivenUp.objects.filter(kind=kind).order_by("-at")[:most])
