"""Looking units up: by place, by what they answer for, by name, by who is above whom.

"Today" is always a parameter: a local date, or an instant for rosters.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.db import connection
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Lower, Replace

from huiyin.categories.models import Category
from huiyin.categories.tree import tree
from huiyin.places.models import Place
from huiyin.places.names import fold
from huiyin.ui.among import AnyOf
from huiyin.units.models import (
    MAX_SHIFT_HOURS,
    CommitteeKind,
    Duty,
    OfficerRole,
    RosterEntry,
    Unit,
    UnitKind,
    UnitOfficer,
)
from huiyin.units.words import MayHave, of_a_unit

MAX_QUERY = 60
_MAX_WORDS = 6
_ROLE_ORDER = {role: at for at, role in enumerate(OfficerRole)}


def held_on(on: date, *, prefix: str = "") -> Q:
    """Return the condition for dated rows in force on a local date."""
    since = Q(**{f"{prefix}valid_from": None}) | Q(**{f"{prefix}valid_from__lte": on})
    until = Q(**{f"{prefix}valid_to": None}) | Q(**{f"{prefix}valid_to__gt": on})
    return since & until


def units_of_place(place: Place, *, on: date) -> list[tuple[UnitKind, list[Unit]]]:
    """Return the units that stand in exactly this place, by kind in the order of UnitKind."""
    by_kind: dict[str, list[Unit]] = {}
    for unit in Unit.objects.filter(held_on(on), place=place).order_by("function", "code"):
        by_kind.setdefault(unit.kind, []).append(unit)
    return [(kind, by_kind[kind]) for kind in UnitKind if kind in by_kind]


class Via(StrEnum):
    """Why the place of a duty counts for the place that was asked about."""

    HERE = "here"  # the duty is for this very place
    ABOVE = "above"  # for a place above it
    LAND = "land"  # for the county on whose land the zone around it lies


@dataclass(frozen=True, slots=True)
class Answers:
    """A unit that answers, and why: the text for it is `wording.reason_words`.

    `steps`: how many places up (0: here); `exact`: the duty names this category, not a branch
    above it.
    """

    unit: Unit
    duty: Duty
    via: Via
    steps: int
    exact: bool


def responsible(*, category: Category, place: Place, on: date) -> list[Answers]:
    """Return the units whose duties cover a category in a place, the nearest first.

    Goes up the tree of places, then to the county on whose land a functional zone lies; in one
    place the more exact category comes first. A duty for a branch covers the classes below it,
    except those that name another kind of owner.
    """
    categories = _covering(category)
    places = _upwards(place)
    duties = (
        Duty.objects.filter(
            held_on(on),
            held_on(on, prefix="unit__"),
            category__code__in=categories,
            place__in=places,
        )
        .select_related("unit", "category", "place")
        .order_by("unit__code")
    )
    found = [
        Answers(
            unit=duty.unit,
            duty=duty,
            via=places[duty.place_id][1],
            steps=places[duty.place_id][0],
            exact=duty.category_id == category.id,
        )
        for duty in duties
    ]
    found.sort(key=lambda answer: (answer.steps, -len(answer.duty.category.code), answer.unit.code))
    once: dict[UUID, Answers] = {}
    for answer in found:
        once.setdefault(answer.unit.id, answer)
    return list(once.values())


def duties_of(unit: Unit, *, on: date) -> QuerySet[Duty]:
    """Return what a unit answers for on a day, by category and place."""
    return (
        Duty.objects.filter(held_on(on), unit=unit)
        .select_related("category", "place")
        .order_by("category__code", "place__code")
    )


def officers_of(unit: Unit, *, on: date) -> list[UnitOfficer]:
    """Return head, leader in charge and liaison of a unit on a day, in this order."""
    found = UnitOfficer.objects.filter(held_on(on), unit=unit)
    return sorted(found, key=lambda officer: _ROLE_ORDER[OfficerRole(officer.role)])


def officers_ever(unit: Unit) -> list[UnitOfficer]:
    """Return everybody who was entered as an officer of a unit, the latest first in each role."""
    found = UnitOfficer.objects.filter(unit=unit).order_by(
        F("valid_from").desc(nulls_last=True), "-id"
    )
    return sorted(found, key=lambda officer: _ROLE_ORDER[OfficerRole(officer.role)])


def not_over(at: datetime) -> Q:
    """Return the condition that a shift is not over at an instant.

    No shift is longer than MAX_SHIFT_HOURS: without that all there ever were would be read.
    """
    return Q(ends_at__gt=at, starts_at__gte=at - timedelta(hours=MAX_SHIFT_HOURS))


def going_on(at: datetime) -> Q:
    """Return the condition that a shift goes on at an instant."""
    return not_over(at) & Q(starts_at__lte=at)


def on_duty(unit: Unit, *, at: datetime) -> list[RosterEntry]:
    """Return who is on duty in a unit at an instant, in the order in which they came."""
    return list(RosterEntry.objects.filter(going_on(at), unit=unit).order_by("starts_at", "id"))


def next_on_duty(unit: Unit, *, at: datetime) -> RosterEntry | None:
    """Return the next shift of a unit that begins after an instant; None when none is planned."""
    return (
        RosterEntry.objects.filter(unit=unit, starts_at__gt=at).order_by("starts_at", "id").first()
    )


def search_units(
    text: str,
    *,
    on: date,
    within: Place | None = None,
    kinds: Collection[UnitKind] | None = None,
    limit: int = 20,
) -> list[Unit]:
    """Return units whose name, other names, pinyin, initials or code fit every word typed.

    "夏津住建", "夏津 住建", "xiajin", "xjxzj" and "DP-371427-housing" all work; whole names come
    before beginnings, beginnings before parts, then higher levels first. Less than two letters or
    digits find nothing. Only the first MAX_QUERY characters count.
    """
    words = [word for word in map(fold, text[:MAX_QUERY].split()[:_MAX_WORDS]) if word]
    joined = "".join(words)
    if not joined or (joined.isascii() and len(joined) < 2):
        return []
    units = Unit.objects.filter(held_on(on)).annotate(
        sound=Replace(F("pinyin"), Value(" "), Value("")), mark=Lower("code")
    )
    if within is not None:
        units = units.filter(_inside(within))
    if kinds is not None:
        units = units.filter(kind__in=kinds)
    code = text.strip().casefold()[:MAX_QUERY]
    # Found first, by the index: cutting what a row is called into pieces costs more than comparing.
    may_fit = Unit.objects.filter(MayHave(of_a_unit(), *words)).values("pk")
    units = units.filter(Q(mark=code) | (Q(AnyOf("pk", may_fit)) & _each(words)))
    return list(
        units.annotate(
            fit=Case(
                When(
                    Q(mark=code)
                    | Q(name=joined)
                    | Q(short_name=joined)
                    | Q(aliases__contains=[text.strip()]),
                    then=Value(0),
                ),
                When(
                    Q(name__startswith=joined)
                    | Q(short_name__startswith=joined)
                    | Q(initials=joined)
                    | Q(sound__startswith=joined),
                    then=Value(1),
                ),
                default=Value(2),
                output_field=IntegerField(),
            )
        )
        .select_related("place")
        .order_by("fit", "level", "code")[:limit]
    )


def superior_chain(unit: Unit) -> list[Unit]:
    """Return the units above a unit, the nearest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH RECURSIVE above (id, superior_id, step) AS (
                SELECT id, superior_id, 0 FROM units_unit WHERE id = %s
                UNION ALL
                SELECT u.id, u.superior_id, a.step + 1
                FROM units_unit AS u JOIN above AS a ON u.id = a.superior_id
                WHERE a.step < 20
            )
            SELECT id FROM above WHERE step > 0 ORDER BY step
            """,
            [unit.id],
        )
        ids = [row[0] for row in cursor.fetchall()]
    units = Unit.objects.in_bulk(ids)
    return [units[unit_id] for unit_id in ids]


def units_below(unit: Unit, *, on: date) -> QuerySet[Unit]:
    """Return the units directly under a unit on a day."""
    return (
        Unit.objects.filter(held_on(on), superior=unit)
        .select_related("place")
        .order_by("kind", "code")
    )


def rooms_hosted(unit: Unit, *, on: date) -> QuerySet[Unit]:
    """Return the mediation rooms that stand in a police station or court on a day."""
    return Unit.objects.filter(held_on(on), host=unit).order_by("code")


def committees_for(place: Place, *, on: date, industry: str = "") -> list[Unit]:
    """Return the mediation committees open to people of a place, the nearest first.

    Village, town and social committees by the tree of places; those of an industry (its word in
    `Unit.function`) on the county's and the city's level, and only where it is named. Committees
    of enterprises serve their own people and are left out.
    """
    places = _upwards(place)
    general = Q(
        committee_kind__in=(CommitteeKind.VILLAGE, CommitteeKind.TOWN, CommitteeKind.SOCIAL)
    )
    wanted = general
    if industry:
        wanted |= Q(committee_kind=CommitteeKind.INDUSTRY, function=industry)
    found = Unit.objects.filter(
        held_on(on), wanted, kind=UnitKind.MEDIATION_COMMITTEE, place__in=places
    ).select_related("place")
    return sorted(found, key=lambda unit: (places[unit.place_id][0], unit.code))


@dataclass(frozen=True, slots=True)
class CommitteeLevel:
    """The committees on one level of the hierarchy of a place, of which the last level has most."""

    kind: CommitteeKind
    committees: int
    example: Unit


def committee_levels(place: Place, *, on: date) -> list[CommitteeLevel]:
    """Return how many mediation committees of each kind stand in a place and all below it."""
    found: dict[str, list[Unit]] = {}
    units = Unit.objects.filter(
        held_on(on), _inside(place), kind=UnitKind.MEDIATION_COMMITTEE
    ).order_by("level", "code")
    for unit in units:
        found.setdefault(unit.committee_kind, []).append(unit)
    return [
        CommitteeLevel(kind=kind, committees=len(found[kind]), example=found[kind][0])
        for kind in CommitteeKind
        if kind in found
    ]


def _covering(category: Category) -> list[str]:
    """Return the codes whose duties cover a category: its own and those above with its owner."""
    node = tree().by_code.get(category.code)
    if node is None:
        return [category.code]
    return [
        over.category.code
        for over in node.path
        if over is node or over.owner_kind in ("", node.owner_kind)
    ]


def _upwards(place: Place) -> dict[UUID, tuple[int, Via]]:
    """Return the places whose duties count here: how many steps up, and why."""
    chain = list(_chain(place))
    found = {
        place_id: (steps, Via.ABOVE if steps else Via.HERE) for steps, place_id in enumerate(chain)
    }
    lands = Place.objects.filter(id__in=chain).exclude(overlay_parent=None)
    for land in lands.values_list("overlay_parent_id", flat=True):
        found.setdefault(land, (len(chain), Via.LAND))
    return found


def _chain(place: Place) -> Iterator[UUID]:
    yield place.id
    for place_id in (place.village_id, place.town_id, place.county_id, place.city_id):
        if place_id is not None and place_id != place.id:
            yield place_id


def _inside(place: Place) -> Q:
    return (
        Q(place=place)
        | Q(place__village=place)
        | Q(place__town=place)
        | Q(place__county=place)
        | Q(place__city=place)
    )


def _each(words: list[str]) -> Q:
    fits = Q()
    for word in words:
        one = Q(name__icontains=word) | Q(short_name__icontains=word)
        one |= Q(aliases__icontains=word)
        if word.isascii():
            one |= Q(initials__contains=word) | Q(sound__contains=word) | Q(mark__contains=word)
        fits &= one
    return fits
