"""A grid worker's report: the opening of the grid procedure for `worker`, and settling at once.

The photo comes first and the rest is guessed: the place is the worker's grid, the class is
suggested from the words. What is settled on the spot is reported and settled in one transaction.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any, Final

from django.db import transaction
from django.utils.datastructures import MultiValueDict

from huiyin.categories.models import Category
from huiyin.categories.tree import tree
from huiyin.matters.act_forms import ActForm
from huiyin.matters.acting import Done, act
from huiyin.matters.intake import Said
from huiyin.matters.limits import procedure_of
from huiyin.matters.models import Channel
from huiyin.matters.opening_once import open_once
from huiyin.matters.refusals import ActRefused
from huiyin.people.actors import Actor
from huiyin.people.guards import NotPermittedHere
from huiyin.places.models import Place
from huiyin.procedures.language import Action, Field, FieldType
from huiyin.web.taking_in import Opening, title_of

PROCEDURE: Final = "grid"
WORKER: Final = "worker"
AFTER: Final = "after_"  # before the names of the fields of settling


@cache
def opening() -> Opening:
    """Return how a grid worker opens a matter."""
    rules = procedure_of(PROCEDURE)
    return Opening(rules, next(one for one in rules.openings if WORKER in one.by))


@cache
def settling() -> Action:
    """Return the act with which a worker settles what was just reported."""
    rules = procedure_of(PROCEDURE)
    to = opening().action.to
    reported = set(to.names) if to else set()
    return next(one for one in rules.actions.values() if WORKER in one.by and reported & one.froms)


def settling_fields() -> tuple[Field, ...]:
    """Return the fields of settling under names of their own, to stand in one form."""
    return tuple(replace(field, name=f"{AFTER}{field.name}") for field in settling().form)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the phone was, WGS84 degrees."""

    lon: float
    lat: float


def spot_of(sent: Any) -> Spot | None:
    """Return the position that came along; None when there is none, or none on earth."""
    try:
        lon, lat = float(sent.get("lon", "")), float(sent.get("lat", ""))
    except ValueError:
        return None
    is_there = -180 <= lon <= 180 and -90 <= lat <= 90
    return Spot(round(lon, 6), round(lat, 6)) if is_there else None


class Report:
    """A report as it was sent; `report` and `settled` are its forms."""

    def __init__(
        self, sent: Any = None, files: "MultiValueDict[str, Any] | None" = None, *,
        initial: dict[str, Any] | None = None,
    ) -> None:  # fmt: skip
        self.sent = sent if sent is not None else {}
        self.is_settled = bool(self.sent.get("settled"))
        self.report = ActForm(opening().action.form, sent, files, initial=initial)
        self.settled = ActForm(
            settling_fields(), sent if self.is_settled else None, files, auto_id="id_%s"
        )

    def take_in(self, *, by: Actor, at: datetime, address: str | None) -> bool:
        """Keep the photos; False when one is refused or a name is not clear."""
        is_clear = self.report.take_in(by=by, at=at, address=address)
        if self.is_settled:
            is_clear &= self.settled.take_in(by=by, at=at, address=address)
        return is_clear

    def send(self, *, key: str, by: Actor, at: datetime) -> Done:
        """Open the matter, and settle it when it was; both or nothing, once for a key.

        Raises what `open_once` and `act` raise.
        """
        form = self.report.values()
        first = opening()
        place = _place(form.get(_name(first, FieldType.PLACE), ""))
        category = _category(form.get(_name(first, FieldType.CATEGORY), ""))
        words = str(form.get(first.words.name, "")) if first.words else ""
        spot = spot_of(self.sent)
        with transaction.atomic():
            done = open_once(
                key=key, by=by, at=at, procedure=PROCEDURE, action=first.action.name,
                said=Said(title_of(words), words, str(form.get(_line(first), ""))),
                place=place or _anywhere(by), channel=Channel.GRID, form=form, category=category,
                lon=spot.lon if spot else None, lat=spot.lat if spot else None,
            )  # fmt: skip
            if self.is_settled:
                self._settle(done, key=key, by=by, at=at)
        return done

    def _settle(self, done: Done, *, key: str, by: Actor, at: datetime) -> None:
        named = {name.removeprefix(AFTER): value for name, value in self.settled.values().items()}
        try:
            act(
                done.run.pk, settling().name, by=by, at=at, form=named,
                key=f"{key}-settled" if key else "",
            )  # fmt: skip
        except ActRefused as refusal:
            errors = {f"{AFTER}{name}": words for name, words in refusal.errors.items()}
            raise ActRefused(
                reason=refusal.reason, sentence=refusal.sentence, errors=errors
            ) from refusal


def _name(first: Opening, kind: FieldType) -> str:
    field = first.field_of(kind)
    return field.name if field else ""


def _line(first: Opening) -> str:
    """Return the field for the exact spot: the one line of text."""
    lines = [one.name for one in first.action.form if one.type is FieldType.TEXT and one.line]
    return lines[0] if lines else ""


def _place(pk: str) -> Place | None:
    try:
        return Place.objects.filter(pk=pk).first() if pk else None
    except ValueError:
        return None


def _anywhere(by: Actor) -> Place:
    """Return the place of the worker's unit: without a place the engine refuses the report."""
    if by.unit_place_id is None:
        raise NotPermittedHere
    return Place.objects.get(pk=by.unit_place_id)


def _category(pk: str) -> Category | None:
    known = {str(node.category.pk): node.category for node in tree().by_code.values()}
    return known.get(pk)
