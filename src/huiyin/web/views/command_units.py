"""What a unit delivered, one by one: the lists behind the figures of the table of units."""

from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from huiyin.insight import delivering, ending
from huiyin.matters.models import Measure, Rating, Run
from huiyin.matters.refusals import NotFound
from huiyin.matters.wording import said
from huiyin.people.guards import staff
from huiyin.people.http import PeopleRequest
from huiyin.procedures import library
from huiyin.units.models import Unit
from huiyin.web.inbox_rows import title_of, within_city
from huiyin.web.overview import own_place
from huiyin.web.views.inbox import uuid_of

TITLES: Final = {
    "met": gettext_lazy("Limits that ended in time"),
    "all_ended": gettext_lazy("Limits that ended"),
    "gone_back": gettext_lazy("Limits that the unit sent back"),
    "satisfied": gettext_lazy("People who are satisfied"),
    "rated": gettext_lazy("People who said whether they are satisfied"),
}


@staff(needs="insight.see")
@never_cache
@require_safe
def behind(request: PeopleRequest, pk: Any, which: str) -> HttpResponse:
    """The limits of a unit that ended in the last 30 days, or what people said of its answers."""
    if which not in ending.LISTS:
        raise NotFound()
    at, by = timezone.now(), request.actor
    place = own_place(request, by)
    unit = get_object_or_404(Unit, pk=pk)
    is_of_answers = which in ending.ANSWERS
    count = ending.counted(which, unit, place, by=by, at=at)
    rated = ending.counted("rated", unit, place, by=by, at=at) if is_of_answers else 0
    too_few = is_of_answers and 0 < rated < delivering.LEAST_RATED
    rows, older = ([], "") if too_few else _rows(request, which, unit, place, at)
    context = {
        "title": TITLES[which],
        "unit": unit,
        "place": place,
        "count": count,
        "too_few": too_few,
        "least": delivering.LEAST_RATED,
        "is_of_answers": is_of_answers,
        "rows": rows,
        "older": older,
        "days": delivering.DAYS,
        "back": f"{reverse('web:command_units')}?{urlencode({'place': place.code})}",
    }
    return render(request, "web/command/unit_list.html", context)


def _rows(
    request: PeopleRequest, which: str, unit: Unit, place: Any, at: Any
) -> tuple[list[dict[str, Any]], str]:
    """Return a page of rows, and the address of the next one."""
    by, after = request.actor, request.GET.get("after", "")
    if which in ending.ANSWERS:
        given, last = ending.page_of_answers(
            which, unit, place, by=by, at=at, after=_number_of(after)
        )
        return [_answer_row(one) for one in given], _older(request, last)
    page = ending.page(which, unit, place, by=by, at=at, after=uuid_of(after))
    rows = [_row(one.run, one.at, *_ended_words(one.measure)) for one in page.limits]
    return rows, _older(request, page.next)


def _ended_words(measure: Measure) -> tuple[str, str]:
    return {
        Measure.MET_UNIT: ("done", pgettext("a limit of a unit", "in time")),
        Measure.LATE_UNIT: ("overdue", pgettext("a limit of a unit", "late")),
        Measure.RETURNED: ("plain", pgettext("a limit of a unit", "sent back")),
    }[measure]


def _answer_row(given: Rating) -> dict[str, Any]:
    """Return what one person said; of whoever does not want to be known not of which matter."""
    is_good = given.satisfaction in delivering.SATISFIED
    row = _row(given.run, given.at, "done" if is_good else "plain", _satisfaction(given))
    if given.is_anonymous:
        row |= {"title": _("Said without a name"), "url": "", "procedure": "", "place": ""}
    return row


def _satisfaction(given: Rating) -> str:
    """Return what was said in the words of the procedure in which it was."""
    for action in library.procedure(given.run.procedure).actions.values():
        for field in action.form:
            if field.name == "satisfaction" and given.satisfaction in field.options:
                return said(field.options[given.satisfaction])
    return given.satisfaction


def _row(run: Run, at: Any, state: str, words: str) -> dict[str, Any]:
    """Return a row; a confidential matter is counted, and nobody is led to it from here."""
    matter = run.matter
    url = f"{reverse('web:matter', args=[matter.number])}?run={run.pk}"
    return {
        "title": title_of(run),
        "procedure": said(library.procedure(run.procedure).title),
        "place": within_city(matter.place),
        "url": "" if matter.is_confidential else url,
        "at": at,
        "state": state,
        "words": words,
    }


def _number_of(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _older(request: HttpRequest, after: Any) -> str:
    if not after:
        return ""
    rest = {name: value for name, value in request.GET.items() if name != "after"}
    return f"?{urlencode({**rest, 'after': str(after)})}"
