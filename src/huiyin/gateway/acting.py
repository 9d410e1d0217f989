"""What somebody can do with a run now, in a fixed number of queries."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import get_language

from huiyin.matters.acting import held_by
from huiyin.matters.models import Contact, Run
from huiyin.people.actors import Actor
from huiyin.procedures import Possible, Procedure, possible
from huiyin.procedures.refusals import sentence


def possible_now(run: Run, *, by: Actor, at: datetime) -> tuple[Procedure, tuple[Possible, ...]]:
    """Return every action of a run, open or why not, as somebody finds it. Three queries."""
    contacts = tuple(Contact.objects.filter(matter=run.matter_id).order_by("id"))
    held = held_by(run, run.matter, contacts, at=at)
    facts = held.facts_for(held.procedure.actions.values(), by=by)
    return held.procedure, possible(held.procedure, held.before, held.actor(by), at, facts)


def alternatives(run: Run, *, by: Actor, at: datetime) -> Sequence[Mapping[str, str]]:
    """Return what somebody can do with a run now, as every error tells it."""
    rules, found = possible_now(run, by=by, at=at)
    is_zh = (get_language() or "zh").startswith("zh")
    labels = {name: rule.label for name, rule in rules.actions.items()}
    return [
        {"action": one.action, "label": labels[one.action].zh if is_zh else labels[one.action].en}
        for one in found
        if one.is_open
    ]


def why_not(one: Possible, rules: Procedure) -> dict[str, str] | None:
    """Return the one reason against an action, in words."""
    if one.refusal is None:
        return None
    language = get_language() or "zh"
    return {
        "code": one.refusal.code,
        "message": sentence(one.refusal, rules, language=language),
    }
