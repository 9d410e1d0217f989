"""Visits: written down by whoever made them, corrected for a while, due again on a day.

log_visit(grid_id=grid.pk, on=today, kind=VisitKind.SAFETY, words="沿街商铺气瓶都已检查",
          key=key, by=worker, at=now)
due_again(by=worker, until=today)
"""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from huiyin.grid.models import Visit, VisitKind
from huiyin.grid.refusals import (
    NextVisitEarlier,
    NotYourGrid,
    VisitFollowed,
    VisitKeyUsed,
    VisitLater,
    VisitNamesSomebody,
    VisitNotFound,
    VisitTooOld,
    VisitWithoutWords,
)
from huiyin.people.actors import SYSTEM, Actor
from huiyin.places.models import Place
from huiyin.ui.acts import recording
from huiyin.units.queries import held_on

LONGEST: Final = 200
CORRECTED_FOR_DAYS: Final = 7
NOTE_KEPT_DAYS: Final = 365  # PIPL art. 19: no longer than the purpose needs; set by the city
_NUMBERS: Final = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|\d{17}[\dXx])(?!\d)")  # mobile, identity


def grids_of(by: Actor, *, on: date) -> QuerySet[Place]:
    """Return the grids somebody is entered in on a day, in the order of their codes."""
    if by.account_id is None:
        return Place.objects.none()
    mine = Place.objects.filter(
        held_on(on, prefix="workers__"), workers__account=by.account_id, valid_to=None
    )
    return mine.select_related("village", "town").distinct().order_by("code")


def log_visit(
    *, grid_id: UUID, on: date, kind: VisitKind, words: str, key: str, by: Actor, at: datetime,
    note: str = "", again_on: date | None = None, follows: UUID | None = None,
) -> Visit:  # fmt: skip
    """Write down a visit that was made; the same key of the same worker again writes nothing more.

    `follows`: the visit whose next one this is. Raises NotYourGrid, VisitLater, VisitWithoutWords,
    VisitNamesSomebody, NextVisitEarlier, VisitNotFound, VisitFollowed, VisitKeyUsed.
    """
    made = Visit(
        account_id=_account(by), grid_id=grid_id, on=on, kind=kind, words=_plain(words),
        note=note.strip(), again_on=again_on, key=key, written_at=at,
    )  # fmt: skip
    with transaction.atomic(), recording("grid.log_visit", by=by, at=at):
        mine = grids_of(by, on=timezone.localdate(at))
        if not mine.filter(pk=grid_id).exists():
            raise NotYourGrid()
        _check_days(on, again_on, at=at)
        if follows is not None:
            made.follows = _own(follows, by=by)
        # Written unless the key is there; whoever comes second waits for the first.
        Visit.objects.bulk_create([made], ignore_conflicts=True)
        known = Visit.objects.filter(account=by.account_id, key=key).first()
        if known is None:  # the conflict was the visit it follows
            raise VisitFollowed()
        if (known.grid_id, known.on, known.words) != (grid_id, on, made.words):
            raise VisitKeyUsed()
    return known


def correct_visit(
    pk: UUID, *, words: str, note: str, again_on: date | None, by: Actor, at: datetime
) -> Visit:
    """Correct an own visit within a week; what it said before stays in its history.

    Raises VisitNotFound, VisitTooOld, VisitWithoutWords, VisitNamesSomebody, NextVisitEarlier.
    """
    with transaction.atomic(), recording("grid.correct_visit", by=by, at=at):
        visit = _own(pk, by=by)
        if (timezone.localdate(at) - visit.on).days > CORRECTED_FOR_DAYS:
            raise VisitTooOld(days=CORRECTED_FOR_DAYS)
        _check_days(visit.on, again_on, at=at)
        visit.words, visit.note, visit.again_on = _plain(words), note.strip(), again_on
        visit.save(update_fields=["words", "note", "again_on"])
    return visit


def visits_of(by: Actor, *, limit: int = 60) -> Sequence[Visit]:
    """Return somebody's own visits, the latest first."""
    rows = Visit.objects.filter(account=by.account_id).select_related("grid__village")
    return list(rows.order_by("-on", "-written_at")[:limit])


def visit_of(pk: UUID, *, by: Actor) -> Visit:
    """Return an own visit. Raises VisitNotFound alike for a missing one and another's."""
    row = Visit.objects.filter(pk=pk, account=by.account_id).select_related("grid").first()
    if row is None:
        raise VisitNotFound()
    return row


def due_again(*, by: Actor, until: date) -> list[Visit]:
    """Return the visits whose next one is due by a day and has not been made, the oldest first."""
    rows = Visit.objects.filter(account=by.account_id, again_on__lte=until, followed_by=None)
    return list(rows.select_related("grid__village").order_by("again_on", "pk"))


def forget_notes(*, at: datetime) -> int:
    """Empty the notes of visits made longer than a year ago; return how many."""
    with transaction.atomic(), recording("grid.forget_notes", by=SYSTEM, at=at):
        last = timezone.localdate(at) - timedelta(days=NOTE_KEPT_DAYS)
        return Visit.objects.filter(on__lt=last).exclude(note="").update(note="")


def _account(by: Actor) -> UUID:
    if by.account_id is None:
        raise NotYourGrid()  # the system goes nowhere
    return by.account_id


def _own(pk: UUID, *, by: Actor) -> Visit:
    row = (
        Visit.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk=pk, account=by.account_id)
        .first()
    )
    if row is None:
        raise VisitNotFound()
    return row


def _plain(words: str) -> str:
    plain = " ".join(words.split())
    if not plain or len(plain) > LONGEST:
        raise VisitWithoutWords()
    if _NUMBERS.search(plain):
        raise VisitNamesSomebody()
    return plain


def _check_days(on: date, again_on: date | None, *, at: datetime) -> None:
    if on > timezone.localdate(at):
        raise VisitLater()
    if again_on is not None and again_on <= on:
        raise NextVisitEarlier()
