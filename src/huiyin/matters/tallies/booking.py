"""Writing what an act changes: rows of deltas, in its transaction."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.utils import timezone

from huiyin.matters import codec
from huiyin.matters.listening import Happened
from huiyin.matters.models import EventHeader, Matter, Measure, Run, TallyDelta
from huiyin.matters.tallies.areas import area_of
from huiyin.matters.tallies.moves import LEAD, Movement, Standing, movements, recounted
from huiyin.procedures.language import NEW
from huiyin.ui.instances import new


def book(happened: Happened) -> None:
    """Add what an act changes, in its transaction, to what its listeners write."""
    on = timezone.localdate(happened.at)
    rows = _rows(happened.matter, happened.procedure.name, _changed(happened), on=on)
    happened.writing.insert(rows)


def book_all(happened: Sequence[Happened]) -> None:
    """Add what many acts change, in one query; a row for all of the same place and class."""
    sums: dict[tuple[object, ...], Counter[Movement]] = {}
    alike: dict[tuple[object, ...], Happened] = {}
    for one in happened:
        on = timezone.localdate(one.at)
        key = (*area_of(one.matter), one.matter.category_id, one.procedure.name, on)
        alike.setdefault(key, one)
        sums.setdefault(key, Counter()).update(_changed(one))
    TallyDelta.objects.bulk_create(
        row
        for group, one in alike.items()
        for row in _rows(one.matter, one.procedure.name, sums[group], on=timezone.localdate(one.at))
    )


def _changed(happened: Happened) -> Counter[Movement]:
    """Return what an act changes."""
    before = happened.before
    lead = before.roles.get(LEAD, ())
    event = happened.event
    clocks = event.effects.get("clocks", {}).get("put", {})
    standing = Standing(
        state="" if before.state == NEW else before.state,
        lead=lead[0] if lead else "",
        was_done=_was_done(happened),
        clocks={
            name: codec.clock_out(before.clocks[name]) for name in clocks if name in before.clocks
        },
    )
    return movements(
        happened.procedure, standing, event.action, event.to_state, event.effects, happened.at
    )


def _was_done(happened: Happened) -> bool:
    """Tell whether the run has been done before; one query where only its events can tell."""
    states = happened.procedure.states
    now, was = states[happened.event.to_state], states.get(happened.event.from_state)
    if not now.done or (was and was.done):
        return True  # it is not done by this act; nothing is counted
    if happened.was_done is not None:
        return happened.was_done
    done = [name for name, state in states.items() if state.done]
    return EventHeader.objects.filter(
        run=happened.run, to_state__in=done, seq__lt=happened.event.seq
    ).exists()


def _rows(
    matter: Matter, procedure: str, found: Counter[Movement], *, on: date, sign: int = 1
) -> list[TallyDelta]:
    """Return rows of deltas for the place, places above and class a matter has now."""
    return [
        new(
            TallyDelta,
            town_id=matter.town_id,
            county_id=matter.county_id,
            overlay_id=matter.overlay_id,
            city_id=matter.city_id,
            day=None if move.measure is Measure.IN_STATE else on,
            measure=move.measure,
            procedure=procedure,
            state=move.state,
            category_id=matter.category_id,
            unit_id=UUID(move.unit) if move.unit else None,
            delta=amount * sign,
        )
        for move, amount in found.items()
        if amount
    ]


def rebook(*, matter: Matter, was: Matter) -> None:
    """Move all that is counted of a matter to the class and place it has now.

    `was`: the matter as it was before, not saved any more. In the transaction of whoever gives it
    another class or place; the statistics of its first days move with it. Three queries, however
    many runs there are.
    """
    TallyDelta.objects.bulk_create(
        row
        for run, days in recounted(Run.objects.filter(matter=matter))
        for day, found in days.items()
        for one, sign in ((was, -1), (matter, 1))
        for row in _rows(one, run.procedure, found, on=day, sign=sign)
    )
