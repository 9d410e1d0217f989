"""Retention: when a matter has been kept long enough, it becomes nameless; a tombstone stays.

The rules are data (`data/retention.yaml`). A nightly job looks for matters all of whose runs have
come to their end long enough ago and on which no hold is in force, and does to each what a
redaction does, as the system and under the rule instead of an order.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, Final
from uuid import UUID

import yaml
from django.contrib.postgres.aggregates import ArrayAgg
from django.db import transaction
from django.db.models import Exists, Max, OuterRef, QuerySet
from django.utils import timezone

from huiyin.matters import importing, redacting
from huiyin.matters.models import (
    Contact,
    EventHeader,
    IdempotencyKey,
    LegalHold,
    Matter,
    Run,
    Tombstone,
)
from huiyin.people.actors import SYSTEM

RETAINED: Final = "matter.retained"
BATCH = 200
KEY_DAYS = 90


class Then(StrEnum):
    """What happens to a matter that has been kept long enough."""

    ANONYMISE = "anonymise"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Rule:
    """How many years after their end matters of a procedure are kept, and what happens then."""

    procedure: str
    years: int
    then: Then
    law_zh: str
    law_en: str

    def ended_before(self, day: date) -> date:
        """Return the last day on which a matter whose time is over may have ended."""
        try:
            return day.replace(year=day.year - self.years)
        except ValueError:  # 29 February
            return day.replace(year=day.year - self.years, day=28)


@dataclass(frozen=True, slots=True)
class Due:
    """A matter whose time of keeping is over."""

    matter_id: UUID
    number: str
    ended_on: date
    rule: Rule


@cache
def rules() -> Mapping[str, Rule]:
    """Return the rules by procedure."""
    text = (files("huiyin.matters") / "data/retention.yaml").read_text(encoding="utf-8")
    found: dict[str, dict[str, Any]] = yaml.safe_load(text)
    return {
        name: Rule(name, rule["years"], Then(rule["then"]), rule["law"]["zh"], rule["law"]["en"])
        for name, rule in found.items()
    }


def due(*, at: datetime, batch: int = BATCH) -> Iterator[Due]:
    """Yield what is due at an instant; nothing is written. This is the dry run, too."""
    today = timezone.localdate(at)
    last: UUID | None = None
    while True:
        rows = _ended(today, last)[:batch]
        found = list(rows)
        for matter in found:
            rule = _longest(matter.procedures)
            ended_on = timezone.localdate(matter.ended_at)
            if rule and ended_on <= rule.ended_before(today):
                yield Due(matter.pk, matter.number, ended_on, rule)
        if len(found) < batch:
            return
        last = found[-1].pk


def retain(*, at: datetime, batch: int = BATCH) -> int:
    """Make every matter that is due nameless, each in a transaction of its own; return how many.

    What somebody is at just now is left for the next night.
    """
    return sum(_retain(one, at=at) for one in due(at=at, batch=batch))


def forget_keys(*, at: datetime) -> int:
    """Delete answers that were kept for repeated requests longer than 90 days; return how many."""
    old = IdempotencyKey.objects.filter(at__lt=at - timedelta(days=KEY_DAYS))
    old = old.exclude(operation=importing.OPERATION)  # a file may be loaded again years later
    count, _details = old.delete()
    return count


def _ended(today: date, after: UUID | None) -> "QuerySet[Any]":
    """Return matters that have come to their end for good and are not on hold, in order."""
    shortest = min(rules().values(), key=lambda rule: rule.years).ended_before(today)
    open_runs = Run.objects.filter(matter=OuterRef("pk"), is_over=False)
    holds = LegalHold.objects.filter(redacting.holding(on=today), matter=OuterRef("pk"))
    found = (
        Matter.objects.filter(~Exists(open_runs), ~Exists(holds), tombstone=None)
        .annotate(
            ended_at=Max("runs__changed_at"),
            procedures=ArrayAgg("runs__procedure", distinct=True),
        )
        .filter(ended_at__date__lte=shortest)
        .order_by("pk")
    )
    return found.filter(pk__gt=after) if after else found


def _longest(procedures: list[str]) -> Rule | None:
    """Return the rule that keeps longest; procedures that are only a part of others have none."""
    known = [rules()[name] for name in procedures if name in rules()]
    return max(known, key=lambda rule: rule.years, default=None)


def _retain(one: Due, *, at: datetime) -> bool:
    with transaction.atomic():
        matter = (
            Matter.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
            .select_related("category")
            .filter(pk=one.matter_id)
            .first()
        )
        today = timezone.localdate(at)
        # Looked at again under the lock: a hold may have come, or a run been opened.
        if matter is None or not _ended(today, None).filter(pk=one.matter_id).exists():
            return False
        main = Run.objects.filter(matter=matter, parent=None).order_by("-opened_at", "-pk").first()
        if main is None:
            return False
        _bury(matter, main, one, at=at)
        return True


def _bury(matter: Matter, main: Run, one: Due, *, at: datetime) -> None:
    """Write the tombstone, then take away what is not on it."""
    Tombstone.objects.create(
        matter=matter,
        how=one.rule.then.value,
        rule=one.rule.procedure,
        at=at,
        opened_on=timezone.localdate(matter.opened_at),
        ended_on=one.ended_on,
        category_code=matter.category.code if matter.category else "",
        procedure=main.procedure,
        state=main.state,
        result=str(main.memory.get("result", "")),
    )
    people = Contact.objects.filter(matter=matter)
    events = EventHeader.objects.filter(run__matter=matter, body__isnull=False)
    by_run: dict[UUID, tuple[UUID, ...]] = {}
    for run_id, event_id in events.order_by("run", "seq").values_list("run", "pk"):
        by_run[run_id] = (*by_run.get(run_id, ()), event_id)
    found = redacting.Redaction(
        matter=matter,
        order=f"retention {one.rule.procedure}",
        at=at,
        events=by_run,
        is_whole=True,
        contacts=tuple(people.values_list("pk", flat=True)),
    )
    marks = {"order": found.order, "basis": one.rule.law_zh, "then": one.rule.then.value}
    redacting.carry_out(found, RETAINED, marks, by=SYSTEM)
    matter.lon = matter.lat = None
    matter.save(update_fields=["lon", "lat"])
    if one.rule.then is Then.DELETE:
        people.delete()
