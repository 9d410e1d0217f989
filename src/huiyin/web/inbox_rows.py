"""The rows of an inbox: what lies there, for whom, by when, grouped by when it is due."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, lru_cache
from itertools import groupby
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from huiyin.dispatch.models import Level
from huiyin.matters import access, numbers
from huiyin.matters.inbox import Tray
from huiyin.matters.inbox_filters import Sort
from huiyin.matters.limits import procedure_of
from huiyin.matters.models import Run
from huiyin.matters.wording import said
from huiyin.people.actors import Actor
from huiyin.places.models import Place
from huiyin.ui.templatetags.ui import masked
from huiyin.web.clock_words import Stand, stand_of

SOON_DAYS, WEEK = 3, 7
_NEAR = (gettext_lazy("Today"), gettext_lazy("Yesterday"))


@dataclass(frozen=True, slots=True)
class Row:
    """One run in a list, as it is drawn."""

    run_id: UUID
    number: str
    title: str
    procedure: str
    place: str
    state: str
    stand: Stand
    who: str
    day: int
    is_new: bool
    is_confidential: bool
    url: str
    events: int
    urgency: str

    @property
    def spoken(self) -> str:
        """Its number as it is read out."""
        return numbers.spoken(self.number)

    @property
    def who_drawn(self) -> SafeString:
        """Who waits, with grey blocks for what is covered."""
        return _drawn_name(self.who, get_language())


@lru_cache(maxsize=4_096)
def _drawn_name(name: str, _language: str | None) -> SafeString:
    return masked(name)


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that are due at about the same time."""

    title: str
    rows: Sequence[Row]


def rows_of(runs: Iterable[Run], *, by: Actor, at: datetime, tray: Tray | None = None) -> list[Row]:
    """Return runs as rows, in their order; one query for the people who wait."""
    runs = list(runs)
    waiting = _who_waits({run.matter_id for run in runs}, by)
    drawing = _Drawing(waiting, at, tray=tray)
    return [drawing.row(run) for run in runs]


def grouped(
    runs: Sequence[Run], rows: Sequence[Row], *, at: datetime, sort: Sort = Sort.LIMIT,
    is_done: bool = False,
) -> list[Group]:  # fmt: skip
    """Return rows under what they are sorted by: when they are due or were done, the day they came
    in, how urgent they are; the order stays.
    """

    def title(run: Run) -> str:
        if sort is Sort.URGENCY:
            return str(run.matter.get_urgency_display())
        if sort is Sort.RECEIVED:
            return _day(run.matter.opened_at, at)
        if is_done and run.done_at:
            return _day(run.done_at, at)
        return _when(run.due_at, at)

    by_limit = sort is Sort.LIMIT and not is_done
    known: dict[datetime | None, str] = {}  # many end with the same day
    titles = {}
    for run, row in zip(runs, rows, strict=True):
        found = known.get(run.due_at) if by_limit else None
        titles[row.run_id] = known[run.due_at] = title(run) if found is None else found
    return [
        Group(title, tuple(group)) for title, group in groupby(rows, lambda row: titles[row.run_id])
    ]


def _when(due_at: datetime | None, at: datetime) -> str:
    if due_at is None:
        return _("Without a limit")
    if due_at <= at:
        return _("Overdue")
    last = timezone.localdate(due_at - timedelta(seconds=1))
    today = timezone.localdate(at)
    if last == today:
        return _("Due today")
    return _("Within three days") if last <= today + timedelta(days=SOON_DAYS) else _("Later")


def _day(moment: datetime, at: datetime) -> str:
    days = (timezone.localdate(at) - timezone.localdate(moment)).days
    if days < len(_NEAR):
        return str(_NEAR[max(days, 0)])
    return _("Within the last week") if days < WEEK else _("More than a week ago")


def _who_waits(matters: set[UUID], by: Actor) -> Mapping[UUID, str]:
    """Return whoever brought each matter, as this reader sees them."""
    if not matters:
        return {}
    anonymous, withheld = _("anonymous"), _("withheld")
    return {
        matter: anonymous if one.is_anonymous else withheld if one.is_hidden else one.name
        for matter, one in access.reporters_seen(matters, by=by).items()
    }


class _Drawing:
    """What the rows of a list have in common; each sentence is looked up once."""

    def __init__(self, waiting: Mapping[UUID, str], at: datetime, *, tray: Tray | None) -> None:
        self._waiting, self._at, self._is_new = waiting, at, tray is Tray.TO_SIGN
        # An agreement is reached, and it still lies here: that it is kept has to be looked after.
        self._lies_here = tray not in (None, Tray.DONE)
        self._zone = timezone.get_current_timezone()
        self._today = timezone.localdate(at)
        self._done = Stand("done", _("done"))
        self._said: dict[tuple[str, str], tuple[str, str]] = {}
        self._stands: dict[datetime | None, Stand] = {}

    def row(self, run: Run) -> Row:
        """Return a run as a row."""
        matter = run.matter
        procedure, state = self._words(run)
        ended = run.done_at if run.is_done else None
        opened = matter.opened_at.astimezone(self._zone).date()
        return Row(
            run_id=run.pk,
            number=matter.number,
            title=title_of(run),
            procedure=procedure,
            place=within_city(matter.place),
            state=state,
            stand=self._done if ended and not self._is_due_here(run) else self._stand(run.due_at),
            who=self._waiting.get(run.matter_id, ""),
            day=(self._today - opened).days + 1,
            is_new=self._is_new,
            is_confidential=matter.is_confidential,
            url=f"{_address(matter.number)}?run={run.pk}",
            events=run.events,
            urgency="" if matter.urgency == Level.NORMAL else matter.get_urgency_display(),
        )

    def _is_due_here(self, run: Run) -> bool:
        return self._lies_here and run.due_at is not None

    def _words(self, run: Run) -> tuple[str, str]:
        """Return what the procedure of a run and its state are called."""
        key = run.procedure, run.state
        found = self._said.get(key)
        if found is None:
            rules = procedure_of(run.procedure)
            state = said(rules.states[run.state].label) if run.state in rules.states else ""
            found = self._said[key] = said(rules.title), state
        return found

    def _stand(self, due_at: datetime | None) -> Stand:
        """Return how a limit stands; many end with the same day."""
        found = self._stands.get(due_at)
        if found is None:
            found = self._stands[due_at] = stand_of(due_at, at=self._at)
        return found


@cache
def _addresses() -> tuple[str, str]:
    """Return what stands before and after a number in the address of a matter."""
    before, _number, after = reverse("web:matter", args=["NUMBER"]).partition("NUMBER")
    return before, after


def _address(number: str) -> str:
    before, after = _addresses()
    return f"{before}{number}{after}"


def within_city(place: Place) -> str:
    """Return the full name of a place without the city, which everybody here knows."""
    return place.full_name.removeprefix(settings.HUIYIN.city_name) or place.full_name


def title_of(run: Run) -> str:
    """Return what a matter is called in lists; a confidential one by its number alone."""
    if run.matter.is_confidential:
        return _("Confidential matter")
    words = getattr(run.matter, "words", None)
    return words.title if words and words.title else _("(deleted)")
