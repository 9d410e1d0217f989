"""The rows of the dispatch board: what came in, whose it is by the lists, why, and how sure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiyin.categories.models import Category
from huiyin.categories.search import suggest
from huiyin.dispatch.answers import Answer, Found, UnitRef
from huiyin.dispatch.models import Level
from huiyin.dispatch.wording import basis_words, reason_words
from huiyin.matters import board, numbers
from huiyin.matters.board import Held, Pile, Return
from huiyin.matters.limits import procedure_of
from huiyin.matters.models import Matter, Run
from huiyin.matters.suggesting import answer_for
from huiyin.matters.wording import language, said
from huiyin.people.actors import Actor
from huiyin.procedures.language import Action, FieldType
from huiyin.ui.dates import day_words, time_words
from huiyin.web.clock_words import Stand, span, stand_of
from huiyin.web.inbox_rows import title_of, within_city


class Sure(IntEnum):
    """How sure a suggestion is: three bars, two, or one."""

    ASK = 1
    LIKELY = 2
    CERTAIN = 3


SURE_WORDS: Final[Mapping[Sure, str | Promise]] = {
    Sure.CERTAIN: gettext_lazy("quite sure"),
    Sure.LIKELY: gettext_lazy("fairly sure"),
    Sure.ASK: gettext_lazy("yours to decide"),
}


@dataclass(frozen=True, slots=True)
class Proposal:
    """Whose a matter is by the lists of duties. `reason`: the whole sentence, for the open one.

    `guessed`: its class was guessed from the words, because it has none.
    """

    unit: UnitRef | None
    sure: Sure
    why: str
    reason: str = ""
    guessed: Category | None = None
    answer: Answer | None = None

    @property
    def sure_words(self) -> str:
        """How sure it is, in words."""
        return str(SURE_WORDS[self.sure])

    @property
    def bars(self) -> range:
        """As many bars as it is sure."""
        return range(self.sure)

    @property
    def rest(self) -> range:
        """The bars that stay empty."""
        return range(Sure.CERTAIN - self.sure)


@dataclass(frozen=True, slots=True)
class Quick:
    """An act that one key sends as it stands: where to, and every value of its form."""

    action: str
    label: str
    url: str
    values: Mapping[str, str]
    expected: int
    is_bulk: bool
    key: str


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One run on the board, as it is drawn."""

    run_id: UUID
    number: str
    spoken: str
    title: str
    channel: str
    procedure: str
    place: str
    kind: str
    since: str  # when it came here: the time of today, else the day
    stand: Stand
    is_urgent: bool
    call_first: str
    proposal: Proposal
    quick: Quick | None
    says: str  # what one key does, in words: "派单给夏津县住建局"
    unit_id: UUID | None
    back: str  # who sent it back last, and why
    times: int  # how often it came back
    wandering: str  # how long it has been on its way between units


def rows_of(runs: Sequence[Run], *, by: Actor, at: datetime, which: Pile) -> list[BoardRow]:
    """Return runs as rows, in their order. Four queries at most, however many."""
    answers = board.answers_for(runs, at=at)
    came_back = which is not Pile.UNASSIGNED
    held = board.held_before(runs) if came_back else {}
    returns = board.returns_of(runs) if came_back else {}
    return [
        _row(run, answers.get(run.pk), held.get(run.pk, ()), returns.get(run.pk, ()), by=by, at=at)
        for run in runs
    ]


def _row(
    run: Run, answer: Answer | None, held: Sequence[Held], returns: Sequence[Return], *,
    by: Actor, at: datetime,
) -> BoardRow:  # fmt: skip
    matter = run.matter
    proposal = proposal_of(answer, held_before=held)
    quick = quick_of(run, proposal, by=by)
    unit = proposal.unit.name if proposal.unit else ""
    return BoardRow(
        run_id=run.pk,
        number=matter.number,
        spoken=numbers.spoken(matter.number),
        title=title_of(run),
        channel=matter.get_channel_display(),
        procedure=said(procedure_of(run.procedure).title),
        place=within_city(matter.place),
        kind=_name(matter.category),
        since=since_words(returns[-1].at if returns else matter.opened_at, at=at),
        stand=stand_of(run.due_at, at=at),
        is_urgent=matter.urgency != Level.NORMAL,
        call_first=matter.call_first,
        proposal=proposal,
        quick=quick,
        says=_("%(act)s: %(unit)s") % {"act": quick.label, "unit": unit} if quick else "",
        unit_id=proposal.unit.id if proposal.unit else None,
        back=last_return(run, held, returns),
        times=len(returns),
        wandering=span(at - held[0].from_at) if held else "",
    )


def since_words(since: datetime, *, at: datetime) -> str:
    """Say since when something lies here: the time when that is today, else the day."""
    day = timezone.localdate(since)
    return time_words(since) if day == timezone.localdate(at) else day_words(day, weekday=False)


def _name(category: Category | None) -> str:
    if category is None:
        return ""
    return category.name_zh if language().startswith("zh") else category.name_en


def proposal_of(
    answer: Answer | None, *, held_before: Iterable[Held] = (), guessed: Category | None = None
) -> Proposal:  # fmt: skip
    """Return whose a matter is, and how sure that is.

    Quite sure: the list names this very class, and nobody else as near. Fairly sure: it names the
    whole branch, or two alike. Everything else is for the dispatcher to decide: nobody is named,
    the class was only guessed, or the unit has sent it back already.
    """
    if answer is None:
        return Proposal(None, Sure.ASK, _("it has no class yet"))
    reason = reason_words(answer)
    chosen = answer.chosen
    if answer.unit is None or chosen is None:
        why = _("no list names anybody")
        return Proposal(answer.unit, Sure.ASK, why, reason, guessed, answer)
    if any(one.unit_id == answer.unit.id for one in held_before):
        return Proposal(answer.unit, Sure.ASK, _("has sent it back"), reason, guessed, answer)
    basis = basis_words(chosen)
    if guessed is not None:
        why = _("class guessed from the words; %(basis)s") % {"basis": basis}
        return Proposal(answer.unit, Sure.ASK, why, reason, guessed, answer)
    equal = next(
        (
            other
            for other in answer.candidates[1:]
            if (other.place.steps, other.exact) == (chosen.place.steps, chosen.exact)
        ),
        None,
    )
    if equal is not None:
        why = _("%(basis)s; could be %(unit)s as well") % {
            "basis": basis, "unit": equal.unit.called
        }  # fmt: skip
        return Proposal(answer.unit, Sure.LIKELY, why, reason, guessed, answer)
    if not chosen.exact or answer.found is not Found.DUTY:
        why = _("%(basis)s, for the whole branch") % {"basis": basis}
        return Proposal(answer.unit, Sure.LIKELY, why, reason, guessed, answer)
    return Proposal(answer.unit, Sure.CERTAIN, basis, reason, guessed, answer)


def guessed_proposal(matter: Matter, *, at: datetime) -> Proposal:
    """Return whose a matter without a class would be, by what its words are most like."""
    words = getattr(matter, "words", None)
    found = suggest(f"{words.title}{words.text}") if words else []
    if not found:
        return proposal_of(None)
    matter.category = found[0].category
    try:
        answer = answer_for(matter, at=at)
    finally:
        matter.category = None
    return proposal_of(answer, guessed=found[0].category)


def quick_of(run: Run, proposal: Proposal, *, by: Actor) -> Quick | None:
    """Return the act that gives a run to the unit suggested, when one key is enough for it."""
    if proposal.unit is None or proposal.sure is Sure.ASK:
        return None
    for act in board.acts_here(run, by):
        values = board.filled_in(act, run, unit=proposal.unit.id, answer=proposal.answer)
        if board.is_filled(act, values):
            return Quick(
                action=act.name,
                label=said(act.label),
                url=act_url(run, act.name),
                values={name: str(value) for name, value in values.items()},
                expected=run.events,
                is_bulk=act.bulk,
                key=key_of(run, act.name),
            )
    return None


def key_of(run: Run, action: str) -> str:
    """Return the key of an act on a run as it stands now: sent twice, it is done once."""
    return f"{run.pk.hex}-{run.events}-{action}"[:64]


def act_url(run: Run, action: str) -> str:
    """Return where an act on the board is sent."""
    return reverse("web:board_act", args=[run.matter.number, run.pk, action])


def last_return(run: Run, held: Sequence[Held], returns: Sequence[Return]) -> str:
    """Say who sent a run back last, and why: "区住建局：不属于本单位职责"."""
    if not returns:
        return ""
    last = returns[-1]
    who = next((one.unit for one in held if one.unit_id == last.unit_id), "")
    reason = chosen_words(procedure_of(run.procedure).actions[last.action], last.form or {})
    if not who:
        return _("Taken back: %(reason)s") % {"reason": reason} if reason else _("Taken back")
    return _("%(unit)s: %(reason)s") % {"unit": who, "reason": reason} if reason else who


def chosen_words(act: Action, form: Mapping[str, Any]) -> str:
    """Return the first thing that was chosen in a form, in words."""
    for one in act.form:
        if one.type is FieldType.CHOICE and form.get(one.name) in one.options:
            return said(one.options[str(form[one.name])])
    return ""
