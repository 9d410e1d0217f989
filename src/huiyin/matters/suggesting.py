"""Which unit a run should go to, by the lists of duties, for whoever may give it to one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from huiyin.dispatch.answers import Answer
from huiyin.dispatch.responsibility import responsible
from huiyin.matters import access
from huiyin.matters.acting import snapshot_of
from huiyin.matters.limits import procedure_of
from huiyin.matters.models import Contact, Matter, Run
from huiyin.matters.people_in import seen_by_engine
from huiyin.matters.refusals import NotPermitted
from huiyin.people.actors import Actor as Account
from huiyin.procedures.language import Action, FieldType
from huiyin.procedures.matching import is_actor
from huiyin.ui.ready import Ready

LEAD: Final = "lead"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Where a run should go. `acts`: what whoever asks could do about it, act → field of the unit.

    `answer`: None while the matter has no class.
    """

    run: Run
    answer: Answer | None
    acts: Mapping[str, str]


def suggestion(run_id: UUID, *, by: Account, at: datetime) -> Suggestion:
    """Return which unit an open run should get, never one it accuses, and why.

    For whoever may give it to a unit from where it stands. Raises NotFound, NotPermitted.
    """
    run = access.run(run_id, by=by)
    acts = _acts(run, by)
    if not acts:
        raise NotPermitted()
    return Suggestion(run, answer_for(run.matter, at=at), acts)


def _acts(run: Run, by: Account) -> dict[str, str]:
    """Return the acts by which whoever asks may give the run to a unit, with their field."""
    rules = procedure_of(run.procedure)
    contacts = tuple(_PEOPLE.all(matter=run.matter_id))
    actor = seen_by_engine(by, contacts)
    before = snapshot_of(run, run.matter, rules, contacts)
    return {
        rule.name: field
        for rule in rules.actions.values()
        if run.state in rule.froms
        and (field := lead_field(rule))
        and any(is_actor(rules.actors[name], actor, before, before.facts) for name in rule.by)
    }


_PEOPLE: Ready[Contact] = Ready(
    lambda matter: Contact.objects.filter(matter_id=matter).order_by("id")
)


def answer_for(matter: Matter, *, at: datetime) -> Answer | None:
    """Return who is responsible for a matter, None while it has no class. Two queries."""
    if matter.category_id is None:
        return None
    return responsible(
        matter.place_id, matter.category_id, at=at, exclude=frozenset(matter.accused)
    )


def lead_field(rule: Action) -> str:
    """Return the field of a form by which a unit gets the run; "" when the act gives it to none."""
    given = rule.assign.get(LEAD)
    if given is None or given.source != "form":
        return ""
    field = rule.field_named(given.name)
    return given.name if field is not None and field.type is FieldType.UNIT else ""
