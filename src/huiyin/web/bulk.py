"""One action on many runs: which are offered for a list, the form they share, what came of each."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from huiyin.matters import access
from huiyin.matters.act_forms import ActForm
from huiyin.matters.acting import Done, act_many
from huiyin.matters.limits import procedure_of
from huiyin.matters.models import Run
from huiyin.matters.refusals import ActRefused
from huiyin.matters.wording import said
from huiyin.people.actors import Actor
from huiyin.procedures import Procedure
from huiyin.procedures.language import Action, ActorKind, Field
from huiyin.ui.refusals import Refusal

MOST_AT_ONCE: Final = 50
_OF_NO_POST: Final = (ActorKind.SYSTEM, ActorKind.REPORTER, ActorKind.PARTY)


@dataclass(frozen=True, slots=True)
class Offer:
    """An action for many: `needs_form`, where something has to be filled in first."""

    action: str
    label: str
    needs_form: bool


def offers_for(runs: Iterable[Run], *, by: Actor) -> list[Offer]:
    """Return what can be done to many of these at once: what moves the most of them on first."""
    found: dict[str, Offer] = {}
    weight: dict[str, tuple[bool, int]] = {}
    for (procedure, state), many in Counter((run.procedure, run.state) for run in runs).items():
        rules = procedure_of(procedure)
        for act in rules.actions.values():
            if not act.bulk or state not in act.froms or not _may_be_theirs(act, rules, by):
                continue
            needs = any(field.required for field in act.form)
            found[act.name] = Offer(act.name, said(act.label), needs)
            moves, count = weight.get(act.name, (False, 0))
            weight[act.name] = (moves or act.to is not None, count + many)
    order = sorted(found, key=lambda name: (not weight[name][0], -weight[name][1], name))
    return [found[name] for name in order]


def _may_be_theirs(act: Action, rules: Procedure, by: Actor) -> bool:
    """Tell whether a post may be one of those who take an action, whatever the run."""
    for name in act.by:
        rule = rules.actors[name]
        if rule.kind in _OF_NO_POST or (rule.permission and not by.may(rule.permission)):
            continue
        if not rule.unit_kinds or access.is_office(rule, by):
            return True
    return False


def chosen_runs(ids: Sequence[UUID], *, by: Actor) -> list[Run]:
    """Return the runs that were ticked, of those the actor sees, in the order of the list."""
    seen = access.runs_seen_by(by).filter(pk__in=ids).select_related(
        "matter__words", "matter__place"
    )  # fmt: skip
    found = {run.pk: run for run in seen}
    return [found[pk] for pk in ids if pk in found]


def action_of(runs: Sequence[Run], name: str) -> Action | None:
    """Return an action for many as the first of the runs that knows it has it."""
    for run in runs:
        act = procedure_of(run.procedure).actions.get(name)
        if act is not None and act.bulk:
            return act
    return None


def shared_fields(runs: Sequence[Run], name: str) -> list[Field]:
    """Return the fields that the action has in every procedure of these runs that knows it."""
    forms = {
        run.procedure: act.form
        for run in runs
        if (act := procedure_of(run.procedure).actions.get(name)) and act.bulk
    }
    first, *others = forms.values() or [()]
    return [
        field
        for field in first
        if all(any(_is_same(field, other) for other in form) for form in others)
    ]


def _is_same(field: Field, other: Field) -> bool:
    return (field.name, field.type, tuple(field.options)) == (
        other.name, other.type, tuple(other.options),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one run: `why` it was left alone; empty where it was done."""

    run_id: UUID
    why: str
    state: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What came of all. `wrong`: a refusal that speaks of the form, where all do."""

    outcomes: Sequence[Outcome]
    wrong: Refusal | None

    @property
    def done(self) -> int:
        """How many were done."""
        return sum(not outcome.why for outcome in self.outcomes)

    @property
    def left(self) -> int:
        """How many were left alone."""
        return len(self.outcomes) - self.done


def do_all(
    runs: Sequence[Run], name: str, form: ActForm, *, by: Actor, at: datetime
) -> Report:  # fmt: skip
    """Take an action on many runs; what is refused for one leaves the others alone."""
    values: dict[str, Any] = form.values()
    answers: dict[UUID, Done | Refusal] = {}
    for procedure in dict.fromkeys(run.procedure for run in runs):
        act = procedure_of(procedure).actions.get(name)
        if act is None or not act.bulk:
            continue
        ids = [run.pk for run in runs if run.procedure == procedure]
        mine = {field.name for field in act.form}
        sent = {field: value for field, value in values.items() if field in mine}
        answers |= act_many(ids, name, by=by, at=at, form=sent)
    outcomes = [_outcome(run, answers.get(run.pk)) for run in runs]
    return Report(outcomes, _wrong_form(answers.values(), form))


def _outcome(run: Run, answer: Done | Refusal | None) -> Outcome:
    if answer is None:
        return Outcome(run.pk, _("This cannot be done to many of this kind at once."))
    if isinstance(answer, Refusal):
        return Outcome(run.pk, _sentence(answer))
    rules = procedure_of(answer.run.procedure)
    return Outcome(run.pk, "", said(rules.states[answer.run.state].label))


def _sentence(refusal: Refusal) -> str:
    """Return why not: a form that is not filled in names what is missing."""
    if isinstance(refusal, ActRefused) and refusal.errors:
        return " ".join(dict.fromkeys(str(words) for words in refusal.errors.values()))
    return str(refusal)


def _wrong_form(answers: Iterable[Done | Refusal], form: ActForm) -> Refusal | None:
    """Return the refusal that all have in common when it is the form that is wrong."""
    wrong = None
    for answer in answers:
        if not isinstance(answer, ActRefused) or not set(answer.errors) & set(form.fields):
            return None
        wrong = wrong or answer
    return wrong
