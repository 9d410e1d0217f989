"""Another category, another place, other accused units: the matter stays the same matter.

Number, words, answers, timeline, promise and limits stay as they are; only where it is counted and
who may see it changes. Who works on it is changed by acts of the procedure, not from here.
"""

from collections.abc import Sequence
from copy import copy
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from huiyin.categories.models import Category
from huiyin.dispatch.urgency import urgency_of
from huiyin.matters import access, tallies
from huiyin.matters.handing_over import main_run
from huiyin.matters.intake import placed, text_of, with_all_below
from huiyin.matters.models import RANKS, Assignment, EventHeader, Matter, MatterText, RunClock
from huiyin.matters.refusals import NotFound, NotPermitted, NotReclassified, ReasonMissing
from huiyin.matters.writing import record
from huiyin.people.actors import Actor as Account
from huiyin.places.models import Place

RECLASSIFIED: Final = "matters.reclassified"
NEEDS: Final = "matter.reclassify"
SHORTEST_REASON: Final = 5


def reclassify(
    *, matter_id: UUID, reason: str, by: Account, at: datetime, category: Category | None = None,
    place: Place | None = None, accused: Sequence[UUID] | None = None,
) -> EventHeader:  # fmt: skip
    """Change the category, the place or the accused units of a matter; what is None stays.

    `accused`: the units complained of; all below them are added. A unit that holds the matter can
    be named: from then on it sees it no more and may do nothing in it, and the event says so
    (`holders`), so that it is given to another one. Limits that run keep the values they began
    with. Writes one event on the main run. Raises NotFound, NotPermitted (matter.reclassify),
    ReasonMissing, NotReclassified when nothing would change.
    """
    if not by.may(NEEDS):
        raise NotPermitted()
    if len(reason.strip()) < SHORTEST_REASON:
        raise ReasonMissing()
    with transaction.atomic():
        seen = access.matters_seen_by(by)
        matter = seen.select_for_update(of=("self",), no_key=True).filter(pk=matter_id).first()
        if matter is None:
            raise NotFound()
        was = copy(matter)
        marks: dict[str, object] = {}
        fields: list[str] = []
        if category and category.pk != matter.category_id:
            marks["category"] = [_text(matter.category_id), str(category.pk)]
            matter.category = category
            fields.append("category")
        if place and place.pk != matter.place_id:
            marks["place"] = [str(matter.place_id), str(place.pk)]
            fields += _move(matter, place)
        if accused is not None:
            units = with_all_below(accused)
            if set(units) != set(matter.accused):
                marks["accused"] = [_texts(matter.accused), _texts(units)]
                marks["holders"] = _texts(_holders(matter, units))
                matter.accused = units
                fields.append("accused")
        if not fields:
            raise NotReclassified()
        if "category" in fields:
            fields += _heard_anew(matter)
        matter.save(update_fields=fields)
        if matter.urgency != was.urgency:
            matter.runs.update(urgency_rank=RANKS[matter.urgency])
        # Others may have to hear of its limits, and at other times.
        running = RunClock.objects.filter(run__matter=matter, status="running")
        running.update(next_step_at=at)
        if (was.category_id, was.place_ids) != (matter.category_id, matter.place_ids):
            tallies.rebook(matter=matter, was=was)
        return record(
            main_run(matter), RECLASSIFIED, {"reason": reason.strip()}, by=by, at=at, marks=marks
        )


def _heard_anew(matter: Matter) -> list[str]:
    """Set how urgent a matter is by its words and its class, as at intake."""
    words = MatterText.objects.filter(matter=matter).first()
    heard = urgency_of(text_of(words.title, words.text) if words else "", matter.category)
    matter.urgency, matter.call_first = heard.level, heard.number
    return ["urgency", "call_first"]


def _move(matter: Matter, place: Place) -> list[str]:
    columns = placed(place)
    for name, value in columns.items():
        setattr(matter, name, value)
    return list(columns)


def _holders(matter: Matter, accused: Sequence[UUID]) -> list[UUID]:
    """Return the accused units that hold a role in an open run of the matter."""
    held = Assignment.objects.filter(
        run__matter=matter, run__is_over=False, to_at=None, unit__in=accused
    )
    return list(held.order_by("unit_id").values_list("unit_id", flat=True).distinct())


def _text(value: UUID | None) -> str:
    return str(value) if value else ""


def _texts(values: Sequence[UUID]) -> list[str]:
    return sorted(str(value) for value in values)
