"""Why a unit was chosen: an act that gives a run to the unit that is responsible keeps the reason.

It stands in codes in the header of its event, where no redaction takes it away.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from huiyin.dispatch.answers import Answer, Candidate
from huiyin.dispatch.responsibility import responsible
from huiyin.matters.models import Matter
from huiyin.procedures.language import Action, FieldType

LEAD: Final = "lead"
SUGGESTED: Final = "suggested"  # in the marks of an event that followed a suggestion


def answer_for(matter: Matter, *, at: datetime) -> Answer | None:
    """Return who is responsible for a matter, None while it has no class. Two queries."""
    if matter.category_id is None:
        return None
    return responsible(
        matter.place_id, matter.category_id, at=at, exclude=frozenset(matter.accused)
    )


def lead_field(rule: Action | None) -> str:
    """Return the field of a form by which a unit gets the run; "" when the act gives it to none."""
    given = rule.assign.get(LEAD) if rule else None
    if rule is None or given is None or given.source != "form":
        return ""
    field = rule.field_named(given.name)
    return given.name if field is not None and field.type is FieldType.UNIT else ""


def followed(
    matter: Matter, rule: Action | None, form: Mapping[str, object], *, at: datetime
) -> dict[str, Any]:
    """Return the mark of an act that gives a run to the unit that is responsible; else nothing.

    Two queries for an act that gives it to a unit, none for any other.
    """
    name = lead_field(rule)
    given = str(form.get(name) or "") if name else ""
    answer = answer_for(matter, at=at) if given else None
    if answer is None or answer.unit is None or str(answer.unit.id) != given:
        return {}
    return {SUGGESTED: codes(answer)}


def codes(answer: Answer) -> dict[str, Any]:
    """Return why a unit is responsible in ids and codes alone: a header never forgets."""
    return {
        "found": answer.found.value,
        "unit": str(answer.unit.id) if answer.unit else None,
        "place": str(answer.territory.id),
        "category": answer.category.code,
        "territorial": str(answer.territorial.id) if answer.territorial else None,
        "functional": _candidate(answer.functional),
        "candidates": [_candidate(one) for one in answer.candidates],
    }


def _candidate(one: Candidate | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {
        "unit": str(one.unit.id),
        "basis": one.unit.basis.value,
        "duty": one.duty_id,
        "item_no": one.item_no,
        "steps": one.place.steps,
    }
