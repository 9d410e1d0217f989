"""When the clock-keeper looks at a limit first: when a step of its ladder can come, and not before.

The rules say when, whoever is told in the end; so nothing has to be asked of the units. Who writes
a limit may have read the rules just before they were changed. Therefore every limit that runs is
gone through when the clock-keeper sees other rules or another calendar, and once more when nobody
can know the old ones any longer.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db import connection, transaction

from huiyin.categories.models import Urgency
from huiyin.dispatch.ladder import Rules, rules_in_use
from huiyin.dispatch.models import ClockKind, Level, Phase
from huiyin.dispatch.steps import Times, When, first_moment
from huiyin.matters.limits import calendar, calendar_digest, procedure_of
from huiyin.matters.models import KeeperState, RunClock
from huiyin.procedures.language import ClockRule, Expiry
from huiyin.ui.kept import Kept
from huiyin.worktime import Calendar

PAGE: Final = 2_000  # limits gone through in one transaction
KEPT_SECONDS: Final = 2.0
# Longer than any process goes by rules (two seconds) or by a calendar (five minutes) it has read.
SETTLED: Final = timedelta(minutes=10)
log = structlog.get_logger("huiyin.matters")
NO_RULES: Final = Rules({}, "")
_kept: Kept[None, Rules] = Kept(KEPT_SECONDS, most=1)


def is_escalated(rule: ClockRule) -> bool:
    """Tell whether somebody is told when a clock runs out: it is a duty, and nothing follows by
    itself; or its file gives warnings.
    """
    return rule.on_expiry is Expiry.FAULT or bool(rule.warnings)


def known_rules() -> Rules:
    """Return the rules in use, as they were up to `KEPT_SECONDS` ago. At most one query."""
    return _kept.get(None, rules_in_use)


def first_look(
    rule: ClockRule, times: Times, rules: Rules, days: Calendar, *, urgency: str, has_unit: bool,
    at: datetime,
) -> datetime | None:  # fmt: skip
    """Return before when no ladder says anything of a clock that runs, at the earliest now.

    None where no ladder ever says anything. `urgency`: of the matter, a `Level`. `has_unit`: the
    clock is a unit's own; else nobody may hold the matter, and the rules for that count too. Pure.
    """
    if not is_escalated(rule):
        return None
    speed = Urgency.NORMAL if urgency == Level.NORMAL else Urgency.URGENT
    told = _told(rule, rules.whens(rule.kind, speed))
    if not has_unit:
        told = (*told, *_told(rule, rules.whens(ClockKind.UNHELD, speed)))
    moment = first_moment(told, times, calendar=days)
    return max(at, moment) if moment is not None else None


def whens(rule: ClockRule) -> list[When]:
    """Return when the warnings of a limit come, as its file gives them."""
    return [
        When(
            phase=Phase.WARNING,
            share=warning.share,
            amount=warning.before.amount if warning.before else None,
            unit=warning.before.unit if warning.before else None,
        )
        for warning in rule.warnings
    ]


def _told(rule: ClockRule, ladder: Sequence[When]) -> tuple[When, ...]:
    """Return the steps of a ladder that hold for a limit: warnings at the times of its file."""
    if rule.on_expiry is Expiry.FAULT and not rule.warnings:
        return tuple(ladder)
    warns = any(when.phase == Phase.WARNING for when in ladder)
    rest = [when for when in ladder if when.phase != Phase.WARNING]
    return (
        *(whens(rule) if warns and rule.warnings else ()),
        *(rest if rule.on_expiry is Expiry.FAULT else ()),
    )


# --- other rules, another calendar ----------------------------------------------------------------


def bring_forward(*, at: datetime) -> bool:
    """Set anew when each limit that runs is looked at, where rules or calendar have changed; tell
    whether they have.

    Of what can have come by now the clock-keeper decides by a look; else that waits for the first
    step. In pages, each a transaction of its own: killed half-way, it begins again.
    """
    rules = rules_in_use()
    digest = hashlib.sha256(f"{rules.digest} {calendar_digest()}".encode()).hexdigest()
    state, _ = KeeperState.objects.get_or_create(pk=1)
    is_new = state.ladder != digest
    if not is_new and (state.changed_at is None or at - state.changed_at < SETTLED):
        return False
    last: int | None = 0
    while last is not None:
        last = _page(last, rules, at)
    KeeperState.objects.filter(pk=1).update(ladder=digest, changed_at=at if is_new else None)
    return True


def _page(after: int, rules: Rules, at: datetime) -> int | None:
    """Go through a page of limits; return the last one, None when there are no more.

    What somebody writes just now is passed over: he goes by the new rules, or the second round
    finds it.
    """
    days = calendar()
    with transaction.atomic():
        page = list(
            RunClock.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
            .select_related("run__matter")
            .only(
                "name", "unit_id", "started_at", "due_at", "next_step_at", "run__procedure",
                "run__matter__urgency",
            )
            .filter(status="running", run__is_over=False, pk__gt=after)
            .order_by("pk")[:PAGE]
        )  # fmt: skip
        found: dict[int, datetime | None] = {}
        for clock in page:
            if clock.next_step_at is not None and clock.next_step_at <= at:
                continue  # it is looked at in any case
            rule = _rule(clock)
            if rule is None:
                continue
            found[clock.pk] = first_look(
                rule, Times(clock.started_at, clock.due_at), rules, days,
                urgency=clock.run.matter.urgency, has_unit=clock.unit_id is not None, at=at,
            )  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE matters_runclock AS held SET next_step_at = given.at"
                " FROM unnest(%s::bigint[], %s::timestamptz[]) AS given (id, at)"
                " WHERE held.id = given.id AND held.next_step_at IS DISTINCT FROM given.at",
                [list(found), list(found.values())],
            )
    return page[-1].pk if len(page) == PAGE else None


def _rule(clock: RunClock) -> ClockRule | None:
    """Return what the file says of a limit; None, and a line in the log, where it says nothing."""
    try:
        return procedure_of(clock.run.procedure).clocks[clock.name]
    except KeyError:
        log.warning("clock_without_rule", run=str(clock.run_id), clock=clock.name)
        return None
