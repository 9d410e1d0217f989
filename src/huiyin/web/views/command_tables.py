"""The tables of the command centre by themselves: all units, and each as a file for a report."""

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Final
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from huiyin.insight import delivering, standing
from huiyin.insight.moments import Moment
from huiyin.insight.standing import STATES, Counts
from huiyin.matters.refusals import NotFound
from huiyin.people.actors import Actor
from huiyin.people.guards import staff
from huiyin.people.http import PeopleRequest
from huiyin.places.models import Place
from huiyin.ui.dates import weekday_name
from huiyin.web.overview import (
    above,
    below,
    category_rows,
    moment_of,
    own_place,
    part_rows,
    place_url,
    unit_lists,
)
from huiyin.web.templatetags.city import said

Table = Iterator[list[str | int]]
BOM: Final = "\ufeff"  # by which spreadsheets know that it is UTF-8
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@staff(needs="insight.see")
@never_cache
@require_safe
def units(request: PeopleRequest) -> HttpResponse:
    """How every unit delivers, with the numbers behind each share."""
    at = timezone.now()
    place = own_place(request, request.actor)
    found = delivering.deliveries(place, by=request.actor, at=at)
    context = {
        "place": place,
        "above": above(place, request.actor),
        "units": found,
        "unit_lists": {one.unit.pk: unit_lists(one.unit, place) for one in found},
        "days": delivering.DAYS,
        "least": delivering.LEAST_RATED,
        "back": place_url(place),
        "file_url": f"{reverse('web:command_table', args=['units'])}"
        f"?{urlencode({'place': place.code})}",
    }
    return render(request, "web/command/units.html", context)


@staff(needs="insight.see")
@never_cache
@require_safe
def table(request: PeopleRequest, name: str) -> HttpResponse:
    """One of the tables as a CSV file, every share with its numerator and denominator."""
    at = timezone.now()
    by, when = request.actor, moment_of(request, at)
    place = own_place(request, by)
    makers = {"parts": _parts, "classes": _classes, "days": _days, "units": _units}
    if name not in makers:
        raise NotFound()
    out = StringIO()
    out.write(BOM)
    writer = csv.writer(out)
    for row in makers[name](place, by, when):
        writer.writerow([_plain(cell) for cell in row])
    response = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    file = f"huiyin-{name}-{place.code}-{when.day.isoformat()}.csv"
    response["Content-Disposition"] = f'attachment; filename="{file}"'
    return response


def _plain(cell: str | int) -> str | int:
    """Keep a spreadsheet from running a text as a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def _headings() -> list[str | int]:
    words = {
        "overdue": _("Overdue"),
        "due_today": _("Due today"),
        "soon": _("Due by the end of the next working day"),
        "in_time": _("Due later"),
        "no_limit": _("Without a limit that runs"),
    }
    return [_("Open"), *(words[name] for name in STATES)]


def _cells(counts: Counts) -> list[str | int]:
    return [counts.open, *(getattr(counts, name) for name in STATES)]


def _parts(place: Place, by: Actor, when: Moment) -> Table:
    stands = standing.standing(place, by=by, at=when.at)
    yield [_("Code"), _("Where"), *_headings()]
    for row in part_rows(below(place), stands, figure="overdue"):
        yield [row.place.code, row.place.full_name, *_cells(row.counts)]
    yield [place.code, _("All of %(place)s") % {"place": place.full_name}, *_cells(stands.counts)]


def _classes(place: Place, by: Actor, when: Moment) -> Table:
    yield [_("Code"), _("What it is about"), *_headings()]
    for row in category_rows(standing.standing(place, by=by, at=when.at), place):
        name = said(row.category) if row.category else _("Without a class")
        yield [row.category.code if row.category else "", name, *_cells(row.counts)]
        for one in row.parts:
            if one.category:
                yield [one.category.code, said(one.category), *_cells(one.counts)]


def _days(place: Place, by: Actor, when: Moment) -> Table:
    yield [_("Day"), _("Weekday"), _("Came in")]
    for day, count in standing.came(place, by=by, when=when).days:
        yield [day.isoformat(), weekday_name(day.weekday()), count]


def _units(place: Place, by: Actor, when: Moment) -> Table:
    yield [
        _("Code"), _("Unit"), _("Ended in time"), _("Ended"), _("In time, %"), _("In hand"),
        _("Overdue"), _("Ran out"), _("Sent back"), _("Satisfied"), _("Said so"),
    ]  # fmt: skip
    for one in delivering.deliveries(place, by=by, at=when.at):
        percent = "" if one.percent is None else one.percent
        is_told = one.satisfied_percent is not None
        yield [
            one.unit.code, one.unit.name, one.in_time, one.ended, percent, one.open, one.overdue,
            one.went_late, one.returned, *((one.satisfied, one.rated) if is_told else ("", "")),
        ]  # fmt: skip
