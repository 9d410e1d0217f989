"""What the command centre and the wall show of a place: figures with the lists behind them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from huiyin.categories.models import Category
from huiyin.categories.tree import tree
from huiyin.insight import ending, listing
from huiyin.insight.happening import Happening, Kind
from huiyin.insight.moments import WEEK, Moment
from huiyin.insight.standing import Came, Counts, Standing
from huiyin.matters.limits import procedure_of
from huiyin.matters.wording import said
from huiyin.people.actors import Actor
from huiyin.places.models import Place, PlaceLevel
from huiyin.units.models import Unit
from huiyin.web.desks.office import my_unit
from huiyin.web.figures import within
from huiyin.web.finding import by_code
from huiyin.web.inbox_rows import title_of, within_city

WIDE, HIGH = 560, 96  # of the line of days, in its own units
FIGURES: Final = ("overdue", "open")  # what the map and the list of parts show first
PARTS_MOST: Final = 200
WORDS: Final = {
    Kind.URGENT: pgettext_lazy("happened to a matter", "Urgent"),
    Kind.OVERDUE: pgettext_lazy("happened to a matter", "Overdue since then"),
    Kind.UNSATISFIED: pgettext_lazy("happened to a matter", "Not satisfied"),
}
LIST_TITLES: Final = {
    "open": _("Open"),
    "overdue": _("Overdue"),
    "due_today": _("Due today"),
    "soon": _("Due by the end of the next working day"),
    "in_time": _("Due later"),
    "no_limit": _("Without a limit that runs"),
    "came": _("Came in"),
    "done": _("Done"),
}


def own_place(request: HttpRequest, by: Actor) -> Place:
    """Return the place asked for where it lies in the reader's own, else their own."""
    own = my_unit(by).place
    code = request.GET.get("place", "")
    wanted = by_code(code) if code else None
    if wanted is None or not Place.objects.filter(within(own), pk=wanted.pk).exists():
        return own
    return wanted


def moment_of(request: HttpRequest, at: Any) -> Moment:
    """Return the day asked for; what is no day, or is to come, is today."""
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return Moment.of(at)
    return Moment.of(at, day)


def list_url(which: str, place: Place, when: Moment | None = None, **more: str) -> str:
    """Return the address of the list behind a figure; of a day where the figure is of one."""
    asked = {"place": place.code, **more}
    if when is not None and not when.is_today and which in (listing.CAME, listing.DONE):
        asked["day"] = when.day.isoformat()
    return f"{_list_path(which)}?{urlencode(asked)}"


@cache
def _list_path(which: str) -> str:
    """Return the path of a list; a page has hundreds of them."""
    return reverse("web:command_list", args=[which])


def week_before_url(place: Place, when: Moment) -> str:
    """Return the address of what had come in a week before, by the same time of a running day."""
    before = Moment(when.at, when.day - WEEK)
    until = {"until": (when.until - WEEK).isoformat()} if when.is_today else {}
    return list_url(listing.CAME, place, before, **until)


def unit_lists(unit: Unit, place: Place) -> dict[str, str]:
    """Return the addresses of the lists behind the figures of a unit."""
    held = {which: list_url(which, place, unit=str(unit.pk)) for which in ("open", "overdue")}
    asked = urlencode({"place": place.code})
    ended = {
        which: f"{reverse('web:command_unit_list', args=[unit.pk, which])}?{asked}"
        for which in ending.LISTS
    }
    return {**held, **ended}


def place_url(place: Place, **more: str) -> str:
    """Return the address of how a place stands."""
    return f"{reverse('web:command')}?{urlencode({'place': place.code, **more})}"


def below(place: Place) -> list[Place]:
    """Return the parts of a place, one level down; grids of a village are told of by its list."""
    parts = Place.objects.filter(parent=place, valid_to=None).exclude(level=PlaceLevel.GRID)
    return list(parts.select_related("overlay_parent").order_by("code")[:PARTS_MOST])


def above(place: Place, by: Actor, **more: str) -> list[dict[str, str]]:
    """Return the way from the reader's own place down to this one."""
    own = my_unit(by).place
    chain = {one.pk: one for one in (place.city, place.county, place.town, place) if one}
    shown = [one for one in chain.values() if one.level >= own.level]
    return [{"label": one.name, "url": place_url(one, **more)} for one in shown]


@dataclass(frozen=True, slots=True)
class PartRow:
    """A part of the place with what is open there; `bar`: its figure of the most, in hundredths."""

    place: Place
    counts: Counts
    url: str
    open_url: str
    overdue_url: str
    bar: int


def part_rows(
    parts: Sequence[Place], stands: Standing, *, figure: str, **more: str
) -> list[PartRow]:
    """Return the parts, those with most of the figure first."""
    counted = {one.pk: stands.parts.get(one.pk, Counts()) for one in parts}
    most = max((getattr(one, figure) for one in counted.values()), default=0) or 1
    rows = [
        PartRow(
            place=one,
            counts=counted[one.pk],
            url=place_url(one, **more),
            open_url=list_url("open", one),
            overdue_url=list_url("overdue", one),
            bar=round(100 * getattr(counted[one.pk], figure) / most),
        )
        for one in parts
    ]
    return sorted(rows, key=lambda row: (-getattr(row.counts, figure), row.place.code))


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """A class with what is open of it; a branch holds the classes below it."""

    category: Category | None
    counts: Counts
    urls: Mapping[str, str]
    parts: Sequence["CategoryRow"] = ()


def category_rows(stands: Standing, place: Place) -> list[CategoryRow]:
    """Return the branches of classes with what is open, the most first.

    No query as long as all of the classes are in use; one for those that are not any more.
    """
    in_use = {node.category.pk: node.category for node in tree().by_code.values()}
    known = {pk: in_use[pk] for pk in stands.categories if pk in in_use}
    gone = [pk for pk in stands.categories if pk and pk not in in_use]
    tops = {one.code: one for one in in_use.values() if len(one.code) == 2}
    if gone:
        known |= Category.objects.in_bulk(gone)
        codes = {known[pk].code[:2] for pk in gone if pk in known} - tops.keys()
        tops |= {one.code: one for one in Category.objects.filter(code__in=codes)}
    grouped: dict[str, list[tuple[Category | None, Counts]]] = {}
    for pk, counts in stands.categories.items():
        category = known.get(pk) if pk else None
        key = category.code[:2] if category else listing.NO_CATEGORY
        grouped.setdefault(key, []).append((category, counts))
    rows = [
        _category_row(tops.get(key), key, _summed(counts for _one, counts in inside), place, inside)
        for key, inside in grouped.items()
    ]
    return sorted(rows, key=lambda row: (-row.counts.open, row.urls["open"]))


def _category_row(
    category: Category | None, code: str, counts: Counts, place: Place,
    inside: Sequence[tuple[Category | None, Counts]] = (),
) -> CategoryRow:  # fmt: skip
    parts = [
        _category_row(one, one.code, found, place)
        for one, found in inside
        if one is not None and one != category
    ]
    return CategoryRow(
        category=category,
        counts=counts,
        urls={
            which: list_url(which, place, category=code)
            for which in ("open", "overdue", "due_today", "soon")
            if which == "open" or getattr(counts, which)
        },
        parts=sorted(parts, key=lambda row: (-row.counts.open, row.urls["open"])),
    )


def _summed(counts: Iterable[Counts]) -> Counts:
    found = Counts()
    for one in counts:
        found.overdue += one.overdue
        found.due_today += one.due_today
        found.soon += one.soon
        found.in_time += one.in_time
        found.no_limit += one.no_limit
    return found


@dataclass(frozen=True, slots=True)
class HappeningRow:
    """One thing that happened: what, to which matter, where, when, and the way to it."""

    kind: str
    words: str
    title: str
    place: str
    at: Any
    url: str


def happening_rows(found: Iterable[Happening]) -> list[HappeningRow]:
    """Return what happened in words. No query."""
    return [
        HappeningRow(
            kind=one.kind.value,
            words=str(WORDS.get(one.kind) or said(procedure_of(one.run.procedure).title)),
            title=title_of(one.run),
            place=within_city(one.run.matter.place),
            at=one.at,
            url=f"{reverse('web:matter', args=[one.run.matter.number])}?run={one.run.pk}",
        )
        for one in found
    ]


def line_of(found: Came, place: Place, when: Moment) -> dict[str, Any]:
    """Return the days as a line from zero; two points have their words; the table has them all."""
    days = found.days
    most = max((count for _day, count in days), default=0) or 1
    step = WIDE / max(len(days) - 1, 1)
    points = [
        (round(number * step, 1), round(HIGH * (1 - count / most), 1))
        for number, (_day, count) in enumerate(days)
    ]
    same = len(days) - 1 - WEEK.days
    return {
        "points": " ".join(f"{x},{y}" for x, y in points),
        "last": {"x": points[-1][0], "y": points[-1][1], "day": days[-1][0], "n": days[-1][1]},
        "same": {"x": points[same][0], "y": points[same][1], "day": days[same][0],
                 "n": days[same][1]},
        "first": days[0][0],
        "wide": WIDE,
        "high": HIGH,
        "step": round(step, 1),
        "weekends": [
            round((number - 0.5) * step, 1)
            for number, (day, _count) in enumerate(days)
            if day.weekday() > 4
        ],
        "days": [
            {
                "day": day,
                "n": count,
                "url": list_url(listing.CAME, place, Moment(when.at, day)),
                "is_weekend": day.weekday() > 4,
            }
            for day, count in reversed(days)
        ],
    }  # fmt: skip


def on_the_map(stands: Standing, places: Sequence[Place], figure: str) -> dict[UUID, int]:
    """Return the figure of each area; a zone has none and counts with the county it lies on."""
    found = {one.pk: getattr(stands.parts.get(one.pk, Counts()), figure) for one in places}
    for zone in places:
        if zone.overlay_parent_id:
            own = found.pop(zone.pk, 0)
            found[zone.overlay_parent_id] = found.get(zone.overlay_parent_id, 0) + own
    return found


@dataclass(frozen=True, slots=True)
class OnLand:
    """What a county's figure on the map holds of a zone that lies on its land."""

    county: str
    zone: str
    value: int
    url: str


def on_land(stands: Standing, places: Sequence[Place], figure: str) -> list[OnLand]:
    """Return which zones with something are drawn within a county's figure."""
    found = [
        OnLand(
            one.overlay_parent.name,
            one.name,
            getattr(stands.parts[one.pk], figure),
            list_url(figure, one),
        )
        for one in places
        if one.overlay_parent is not None and one.pk in stands.parts
    ]
    return [one for one in found if one.value]
