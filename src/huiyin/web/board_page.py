"""The matter that is open on the dispatch board: everything that says whose it is."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huiyin.dispatch.wording import why_words
from huiyin.matters import board
from huiyin.matters.act_forms import ActForm
from huiyin.matters.afterwards import afterwards
from huiyin.matters.board import Held, Return
from huiyin.matters.queries import PossibleAct
from huiyin.matters.suggesting import LEAD, lead_field
from huiyin.procedures.language import Action, FieldType
from huiyin.units.models import Unit
from huiyin.web.board_rows import (
    Proposal,
    Sure,
    act_url,
    chosen_words,
    guessed_proposal,
    key_of,
    proposal_of,
)
from huiyin.web.clock_words import span
from huiyin.web.matter_page import MatterPage

OTHERS: Final = 3  # units of the lists that are offered beside the first
HOUR: Final = 3_600
ROOM: Final = 4  # percent of the bar that a number needs


@dataclass(frozen=True, slots=True)
class Offer:
    """A unit that may get it. `tags`: what speaks for or against it, in a word."""

    unit_id: UUID
    name: str
    why: str
    tags: tuple[str, ...]
    is_on: bool


@dataclass(frozen=True, slots=True)
class Leg:
    """A stretch of the way between units. `unit`: empty while it lay with the office itself.

    `shade`: which of the colours of the bar; `hours`: as long as it took, in hours.
    """

    unit: str
    shade: int
    hours: float
    length: str
    why: str
    text: str
    starts: float = 0.0  # percent of the whole way
    takes: float = 0.0

    @property
    def middle(self) -> float:
        """Where its number stands."""
        return self.starts + self.takes / 2

    @property
    def is_wide(self) -> bool:
        """Whether its number has room."""
        return self.takes >= ROOM


def helping_field(rule: Action) -> str:
    """Return the field by which an act gives a role other than the lead to several units."""
    fields = {field.name for field in rule.form if field.type is FieldType.UNITS}
    helping = (giving for role, giving in rule.assign.items() if role != LEAD)
    return next((one.name for one in helping if one.source == "form" and one.name in fields), "")


class BoardPane:
    """One run on the board with its forms; `m` is all that is known of the matter."""

    def __init__(
        self, m: MatterPage, *, action: str = "", unit: UUID | None = None,
        form: ActForm | None = None,
    ) -> None:  # fmt: skip
        self.m = m
        self.run = m.chosen
        self._wanted, self._unit, self._bound = action, unit, form

    # --- acts -------------------------------------------------------------------------------

    @cached_property
    def giving(self) -> dict[str, Action]:
        """The acts by which this post gives it to a unit, open or not."""
        return {act.name: act for act in board.acts_here(self.run, self.m.by)}

    @cached_property
    def acts(self) -> list[PossibleAct]:
        """What can be done with it now: giving it to a unit first."""
        return sorted(self.m.acts, key=lambda act: act.action not in self.giving)

    @property
    def giving_acts(self) -> list[PossibleAct]:
        """The open ways of giving it to a unit."""
        return [act for act in self.acts if act.action in self.giving]

    @property
    def other_acts(self) -> list[PossibleAct]:
        """What else may be done with it."""
        return [act for act in self.acts if act.action not in self.giving]

    @property
    def why_not(self) -> list[PossibleAct]:
        """The ways of giving it to a unit that are not open, each with its reason."""
        return [act for act in self.m.closed_acts if act.action in self.giving]

    @cached_property
    def act(self) -> PossibleAct | None:
        """The act whose form is open: the one asked for, else the first way of giving it."""
        wanted = next((act for act in self.acts if act.action == self._wanted), None)
        return wanted or next(iter(self.giving_acts), None)

    @cached_property
    def rule(self) -> Action | None:
        """The rule of the act whose form is open, where it gives the run to a unit."""
        return self.giving.get(self.act.action) if self.act else None

    @cached_property
    def values(self) -> dict[str, Any]:
        """What the form begins with."""
        if self.rule is None:
            return {}
        return board.filled_in(
            self.rule, self.run, unit=self.unit_id, answer=self.proposal.answer
        )  # fmt: skip

    @cached_property
    def form(self) -> ActForm | None:
        """The form, filled as far as the lists and the run know."""
        if self._bound is not None or self.act is None:
            return self._bound
        return ActForm(self.act.form, people=self.m.people, initial=self.values)

    @property
    def is_quick(self) -> bool:
        """Whether the form can be sent as it stands."""
        return (
            self._bound is None
            and self.rule is not None
            and self.unit_id is not None
            and board.is_filled(self.rule, self.values)
        )

    @property
    def lead(self) -> str:
        """The field of the form that names the unit."""
        return lead_field(self.rule) if self.rule else ""

    @property
    def split(self) -> str:
        """The field of the form that names units to help the one that leads; "" where none does."""
        return helping_field(self.rule) if self.rule else ""

    @property
    def split_act(self) -> PossibleAct | None:
        """The act that does nothing but name units to help, where the file has one that is open."""
        rules = self.m.rules.actions
        return next((act for act in self.acts if helping_field(rules[act.action])), None)

    @property
    def send_to(self) -> str:
        """Where the form is sent."""
        return act_url(self.run, self.act.action) if self.act else ""

    @property
    def key(self) -> str:
        """The key under which it is done once, however often it is sent."""
        return key_of(self.run, self.act.action) if self.act else ""

    @property
    def label(self) -> str:
        """What the button says: the act, and to whom where that is known."""
        name = next((offer.name for offer in self.offers if offer.is_on), "")
        label = self.act.label if self.act else ""
        if not name or self.rule is None or self._bound is not None:
            return label
        words = {"act": label, "unit": name}
        return (_("%(act)s: %(unit)s") if self.is_quick else _("%(act)s (%(unit)s)")) % words

    @cached_property
    def follows(self) -> list[str]:
        """What the act will bring about."""
        if self.act is None:
            return []
        act = self.m.rules.actions[self.act.action]
        return afterwards(act, self.m.rules, running=self.m.running)

    # --- whose it is ------------------------------------------------------------------------

    @cached_property
    def proposal(self) -> Proposal:
        """Whose it is by the lists."""
        if self.run.matter.category_id is None:
            return guessed_proposal(self.m.matter, at=self.m.at)
        answer = board.answers_for([self.run], at=self.m.at).get(self.run.pk)
        return proposal_of(answer, held_before=self.held)

    @cached_property
    def unit_id(self) -> UUID | None:
        """The unit the form begins with: the one asked for, else the one suggested.

        What is for the dispatcher to decide is never one key away: where nothing else is asked for,
        nobody is chosen beforehand.
        """
        if self._unit is not None or self.proposal.unit is None:
            return self._unit
        unit = self.proposal.unit.id
        if self.proposal.sure is Sure.ASK and self.rule is not None:
            values = board.filled_in(
                self.rule, self.run, unit=unit, answer=self.proposal.answer
            )  # fmt: skip
            return None if board.is_filled(self.rule, values) else unit
        return unit

    @cached_property
    def earlier(self) -> list[tuple[Unit, int]]:
        """Who brought earlier matters of the kind to an end here."""
        return board.earlier(self.run, by=self.m.by, at=self.m.at)

    @cached_property
    def offers(self) -> list[Offer]:
        """Who may get it: by the lists, by earlier matters, by what units said on returning it."""
        names: dict[UUID, str] = {}
        why: dict[UUID, list[str]] = {}
        tags: dict[UUID, list[str]] = {}

        def offer(unit: UUID, name: str, words: str = "", tag: str = "") -> None:
            names.setdefault(unit, name)
            if words:
                why.setdefault(unit, []).append(words)
            if tag and tag not in tags.setdefault(unit, []):
                tags[unit].append(tag)

        answer = self.proposal.answer
        if answer is not None and answer.unit is not None:
            offer(answer.unit.id, answer.unit.name, self.proposal.reason, _("suggested"))
            for other in answer.candidates[1 : OTHERS + 1]:
                offer(other.unit.id, other.unit.name, why_words(other))
        number = sum(count for _unit, count in self.earlier)
        for unit, count in self.earlier[:OTHERS]:
            words = ngettext(
                "%(count)d of %(number)d earlier matter of the kind here",
                "%(count)d of %(number)d earlier matters of the kind here",
                number,
            )
            offer(unit.pk, unit.name, words % {"count": count, "number": number})
        for pk, name in self._proposed.items():
            offer(pk, name, tag=_("named by who sent it back"))
        if answer is not None and answer.territorial is not None:
            offer(answer.territorial.id, answer.territorial.name, _("answers for the place"))
        for one in self.held:
            offer(one.unit_id, one.unit, tag=_("has sent it back"))
        if self._unit is not None and self._unit not in names:
            chosen = Unit.objects.filter(pk=self._unit).first()
            if chosen is not None:
                offer(chosen.pk, chosen.name)
        accused = set(self.run.matter.accused)
        return [
            Offer(pk, name, "；".join(why.get(pk, ())), tuple(tags.get(pk, ())), pk == self.unit_id)
            for pk, name in names.items()
            if pk not in accused
        ]

    # --- its way between units ----------------------------------------------------------------

    @cached_property
    def held(self) -> list[Held]:
        """Which units had it and have it no more."""
        return board.held_before([self.run])[self.run.pk]

    @cached_property
    def returns(self) -> list[Return]:
        """How it came back."""
        return board.returns_of([self.run])[self.run.pk] if self.held else []

    @cached_property
    def _proposed(self) -> dict[UUID, str]:
        """Which units those who sent it back named instead."""
        found: list[str] = []
        for back in self.returns:
            for field in self.m.rules.actions[back.action].form:
                if field.type is FieldType.UNIT and back.form and back.form.get(field.name):
                    found.append(str(back.form[field.name]))
        units = Unit.objects.filter(pk__in=found) if found else []
        return {unit.pk: unit.name for unit in units}

    @cached_property
    def legs(self) -> list[Leg]:
        """The stretches of its way from the first unit until now, the office's own between them."""
        if not self.held:
            return []
        names = list(dict.fromkeys(one.unit for one in self.held))
        found: list[Leg] = []
        last = self.held[0].from_at
        for one in self.held:
            if one.from_at > last:
                found.append(_leg("", 0, one.from_at, last))
            why, text = self._why(one)
            found.append(
                _leg(one.unit, names.index(one.unit) % 3 + 1, one.to_at, one.from_at, why, text)
            )
            last = one.to_at
        found.append(_leg("", 0, self.m.at, last))
        return _placed(found)

    def _why(self, held: Held) -> tuple[str, str]:
        back = next((one for one in self.returns if one.at == held.to_at), None)
        if back is None or back.form is None:
            return "", ""
        act = self.m.rules.actions[back.action]
        texts = [
            str(back.form[field.name])
            for field in act.form
            if field.type is FieldType.TEXT and not field.personal and back.form.get(field.name)
        ]
        return chosen_words(act, back.form), " ".join(texts)

    @property
    def stops(self) -> list[Leg]:
        """The stretches that lay with units."""
        return [leg for leg in self.legs if leg.unit]

    @property
    def with_us(self) -> str:
        """How long it lay with the office itself, all together, in hours."""
        return f"{sum(leg.hours for leg in self.legs if not leg.unit):.1f}"

    @property
    def wandering(self) -> str:
        """How long it has been on its way between units."""
        return span(self.m.at - self.held[0].from_at) if self.held else ""

    @property
    def began_at(self) -> datetime | None:
        """When the first unit got it."""
        return self.held[0].from_at if self.held else None


def _leg(
    unit: str, shade: int, to_at: datetime, from_at: datetime, why: str = "", text: str = ""
) -> Leg:  # fmt: skip
    length = to_at - from_at
    return Leg(unit, shade, length.total_seconds() / HOUR, span(length), why, text)


def _placed(legs: list[Leg]) -> list[Leg]:
    """Return the stretches with their place on the bar."""
    whole = sum(leg.hours for leg in legs) or 1.0
    placed, starts = [], 0.0
    for leg in legs:
        takes = round(100 * leg.hours / whole, 2)
        placed.append(replace(leg, starts=round(starts, 2), takes=takes))
        starts += takes
    return placed
