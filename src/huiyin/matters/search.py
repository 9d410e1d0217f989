"""Finding matters: by their words, their number, what they are about, where, with whom, since when.

Only what the actor may see is ever looked through (`access`). Confidential matters are found by
their whole number alone. Words are found by pairs of characters, in a column the database keeps
itself (migration `search_keys`); phones and identity numbers are not among them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import BooleanField, Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

from huiyin.categories.models import Category
from huiyin.dispatch.models import Level
from huiyin.matters import access, numbers
from huiyin.matters.latest import LAST, Along, Asked, latest, looks_after_much
from huiyin.matters.models import NEVER, Assignment, Contact, Matter, Run
from huiyin.matters.refusals import NotFound
from huiyin.people import access_log
from huiyin.people.actors import Actor
from huiyin.people.phones import index_of, normal
from huiyin.places.levels import COLUMN_OF
from huiyin.places.models import Place, PlaceLevel
from huiyin.ui.ready import Ready

PAGE = 30
LONGEST = 60  # characters of what is typed that count
SPOKEN = 4  # digits; fewer say nothing about a number
_OWN_COLUMN = {**COLUMN_OF, PlaceLevel.GRID: "place"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for; what is left empty does not narrow.

    `text`: words, or a number or its last digits. `state`: of a run of `procedure`, where one is
    named. `since`, `until`: local days on which it came in, both included. `urgent`: urgent ones
    and emergencies only.
    """

    text: str = ""
    category: Category | None = None
    place: Place | None = None
    unit_id: UUID | None = None
    procedure: str = ""
    state: str = ""
    since: date | None = None
    until: date | None = None
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Key:
    """Where a page ended."""

    opened_at: datetime
    id: UUID


@dataclass(frozen=True, slots=True)
class Found:
    """A page of matters, the latest first; `next`: where the page after it begins."""

    matters: tuple[Matter, ...]
    next: Key | None


def search(
    wanted: Wanted, *, by: Actor, after: Key | None = None, limit: int = PAGE
) -> Found:  # fmt: skip
    """Return a page of the matters the actor sees that fit. Two queries at most."""
    if by.unit_id is not None and _is_walked(wanted, by):
        asked = _asked(wanted, by, after, along=_along(wanted, by))
        first = latest(asked, by=by, most=limit + 1)
        return _shown(_THESE.all(ids=first) if first else [], limit)
    return _page(_fitting(wanted, by), after, limit)


def _is_walked(wanted: Wanted, by: Actor) -> bool:
    """Tell whether the matters a post sees are walked; else PostgreSQL finds its own way.

    An office that sees most of a city would walk very far to something rare that is not sought by
    its words, its place or the unit that had it.
    """
    if numbers.read(wanted.text) is not None:
        return False
    if _tidy(wanted.text) or by.level != PlaceLevel.CITY or not looks_after_much(by):
        return True
    is_all = replace(wanted, since=None, until=None) == Wanted()
    return is_all or _along(wanted, by) is not Along.POST


def _along(wanted: Wanted, by: Actor) -> Along:
    """Return what is walked for a page: what is least.

    What a unit had is less than what an office sees that looks after much. For an office of the
    city a county, or a town without words, is little only together with a category, which the index
    of its matters holds.
    """
    if wanted.unit_id is not None and looks_after_much(by):
        return Along.UNIT
    return Along.LAND if _is_by_land(wanted, by) else Along.POST


def _is_by_land(wanted: Wanted, by: Actor) -> bool:
    if wanted.place is None or not _is_smaller_land(wanted, by):
        return False
    if by.level != PlaceLevel.CITY or wanted.category is not None:
        return True
    words = (PlaceLevel.TOWN,) if _tidy(wanted.text) else ()
    return wanted.place.level in (PlaceLevel.VILLAGE, *words)


def _is_smaller_land(wanted: Wanted, by: Actor) -> bool:
    """Tell whether land is asked for that holds less than what an office looks after."""
    land = wanted.place.level if wanted.place else PlaceLevel.CITY
    return land in _WALKED_LAND and land > (by.level or 0) and looks_after_much(by)


_WALKED_LAND: Final = (PlaceLevel.COUNTY, PlaceLevel.TOWN, PlaceLevel.VILLAGE)


def _asked(wanted: Wanted, by: Actor, after: Key | None, *, along: Along) -> Asked:
    text, last = _tidy(wanted.text), after.id if after else LAST
    before, until = after.opened_at if after else NEVER, _end_of(wanted.until)
    if until is not None and until <= before:
        before, last = until - timedelta(microseconds=1), LAST
    return Asked(
        words=text,
        digits=spoken(text),
        branch=wanted.category.code if wanted.category else "",
        land=wanted.place.pk if wanted.place else None,
        unit_id=wanted.unit_id,
        procedure=wanted.procedure,
        state=wanted.state,
        is_urgent=wanted.urgent,
        since=_midnight(wanted.since) if wanted.since else None,
        before=before,
        last=last,
        along=along,
    )


def by_phone(
    phone: str, *, by: Actor, purpose: str, at: datetime, address: str | None = None,
    after: Key | None = None, limit: int = PAGE,
) -> Found:  # fmt: skip
    """Return the other matters of a caller that a handler sees; who looked and why is written down.

    Neither confidential matters are among them nor those of somebody who asked to stay unknown: to
    be found by the number would tell who it is. Raises PhoneNotMobile, ReasonMissing, NotFound
    for whoever is not of staff.
    """
    purpose = access_log.stated_purpose(purpose)
    index = index_of(normal(phone))
    if by.unit_id is None:
        raise NotFound()
    theirs = Contact.objects.filter(phone_index=index, wants_secrecy=False).values("matter_id")
    with transaction.atomic():
        access_log.record(
            by=by, at=at, action="phone_search", subject_type="phone", subject_id=index.hex(),
            fields=("phone",), purpose=purpose, address=address,
        )  # fmt: skip
        matters = access.matters_seen_by(by).filter(pk__in=theirs, is_confidential=False)
        return _page(matters, after, limit)


def _page(matters: QuerySet[Matter], after: Key | None, limit: int) -> Found:
    if after is not None:
        # The instant by itself, so that the index is entered there and not at its beginning.
        matters = matters.filter(
            Q(opened_at__lt=after.opened_at) | Q(pk__lt=after.id), opened_at__lte=after.opened_at
        )
    return _shown(list(_in_order(matters)[: limit + 1]), limit)


def _shown(found: Sequence[Matter], limit: int) -> Found:
    shown = found[:limit]
    has_more = len(found) > limit
    return Found(tuple(shown), Key(shown[-1].opened_at, shown[-1].pk) if has_more else None)


def runs_fitting(wanted: Wanted, *, by: Actor, most: int) -> QuerySet[Run]:
    """Return the runs of the latest matters that fit, the latest first: of a procedure, in a state.

    For a post. `most`: of so many matters, no more. Whether the runs are seen is not asked here: an
    export asks it of each (`access.those_seen`). One query, to find the matters.
    """
    if numbers.read(wanted.text) is None:
        along = Along.LAND if _is_smaller_land(wanted, by) else Along.POST
        asked = _asked(wanted, by, None, along=along)
        runs = Run.objects.filter(matter__in=latest(asked, by=by, most=most))
    else:
        matters = _narrowed(Matter.objects.all(), replace(wanted, procedure="", state=""), by)
        runs = Run.objects.filter(matter__in=matters.values("pk"))
    if wanted.procedure:
        runs = runs.filter(procedure=wanted.procedure)
    if wanted.state:
        runs = runs.filter(state=wanted.state)
    return runs.order_by("-opened_at", "-pk")


def _in_order(matters: QuerySet[Matter]) -> QuerySet[Matter]:
    return matters.select_related("words", "place", "category").order_by("-opened_at", "-pk")


_THESE: Ready[Matter] = Ready(lambda ids: _in_order(Matter.objects.filter(pk__one_of=ids)))


def _fitting(wanted: Wanted, by: Actor) -> QuerySet[Matter]:
    return _narrowed(access.matters_seen_by(by), wanted, by)


def _narrowed(matters: QuerySet[Matter], wanted: Wanted, by: Actor) -> QuerySet[Matter]:
    """Return those of some matters that fit; of confidential ones only one named by its number."""
    whole = numbers.read(wanted.text)
    if whole is not None:
        matters = matters.filter(number=whole)
    else:
        matters = matters.filter(said(wanted.text))
        if by.unit_id is not None:
            matters = matters.filter(is_confidential=False)
    if wanted.urgent:
        matters = matters.exclude(urgency=Level.NORMAL)
    return matters.filter(_about(wanted), _where(wanted), _when(wanted), _handled(wanted, by))


def _tidy(typed: str) -> str:
    return typed.replace("\x00", "").strip()[:LONGEST]


def said(typed: str) -> Q:
    """Return the condition for words; digits alone are also the end of a number, spoken."""
    text = _tidy(typed)
    if not text:
        return Q()
    worded = Q(pk__in=RawSQL("SELECT found FROM matters_worded(%s) AS found", [text]))
    digits = spoken(text)
    if digits:
        found = Matter.objects.filter(ending(digits)[0]).values("pk")
        return worded | Q(pk__in=found) | ending(digits)[1]
    return worded


def spoken(typed: str) -> str:
    """Return digits that may be the end of a number, as they are read out; empty for others."""
    digits = "".join(_tidy(typed).split())
    return digits if digits.isascii() and digits.isdigit() and len(digits) >= SPOKEN else ""


def ending(digits: str) -> tuple[Q, Q]:
    """Return the conditions for a number that ends with such digits, or begins with them."""
    ends = RawSQL("reverse(number) LIKE %s", [f"{digits[::-1]}%"], output_field=BooleanField())
    return Q(ends), Q(number__startswith=digits)


def _about(wanted: Wanted) -> Q:
    if wanted.category is None:
        return Q()
    subtree = Category.objects.filter(code__startswith=wanted.category.code).values("pk")
    return Q(category__in=subtree)


def _where(wanted: Wanted) -> Q:
    return in_place(wanted.place) if wanted.place else Q()


def in_place(place: Place, prefix: str = "") -> Q:
    """Return the condition for a place as it was when the matter came in, zones on its land too.

    A place stands in the column of its own level too (`intake.placed`), so one column says it all.
    """
    pk, level = place.pk, PlaceLevel(place.level)
    where = Q(**{f"{prefix}{_OWN_COLUMN[level]}": pk})
    return where | Q(**{f"{prefix}overlay_id": pk}) if level is PlaceLevel.COUNTY else where


def _when(wanted: Wanted) -> Q:
    when = Q()
    if wanted.since:
        when &= Q(opened_at__gte=_midnight(wanted.since))
    until = _end_of(wanted.until)
    if until:
        when &= Q(opened_at__lt=until)
    return when


def _end_of(day: date | None) -> datetime | None:
    return _midnight(day + timedelta(days=1)) if day else None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=timezone.get_default_timezone())


def _handled(wanted: Wanted, by: Actor) -> Q:
    """Return the conditions on runs: a unit with a role in one, a procedure, a state.

    Staff who see a matter that is not confidential see all its runs; people only some.
    """
    where = Q()
    seen = access.runs_seen_by(by) if by.unit_id is None else Run.objects.all()
    if wanted.unit_id:
        held = Assignment.objects.filter(unit=wanted.unit_id).values("run_id")
        where &= Q(Exists(seen.filter(matter=OuterRef("pk"), pk__in=held)))
    if wanted.procedure or wanted.state:
        runs = seen.filter(matter=OuterRef("pk"))
        if wanted.procedure:
            runs = runs.filter(procedure=wanted.procedure)
        if wanted.state:
            runs = runs.filter(state=wanted.state)
        where &= Q(Exists(runs))
    return where
