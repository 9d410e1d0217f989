"""Every list that is none of matters, as whoever has most of it looks at it: who asks for what.

Lists of matters and runs are in `matters.tests.lists`, what people were told in
`notices.tests.test_inbox`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from huiyin.categories.models import Category
from huiyin.gateway.models import Subscription
from huiyin.units.models import RosterEntry, Unit
from huiyin.web.tests.pages import BEICHENG, LOGINS, VISITOR, XIAJIN

ADMIN, BELOW, AUDITOR = LOGINS["city_admin"], LOGINS["unit_admin"], LOGINS["auditor"]
WORKER, CLERK, BUREAU = LOGINS["grid_worker"], LOGINS["centre_clerk"], LOGINS["department_clerk"]
WORDS = ("xj", "北城", "新71")
PROGRAM = "program"  # with a token, without a session


@dataclass(frozen=True)
class LongList:
    """An address that somebody asks for, with how many rows one of its statements may read and
    put in order.
    """

    who: str
    path: str
    read: int
    ordered: int


PAGE = 400  # rows that are put in order, with what belongs to them
READ = 1_500  # rows of all tables that a statement reads; counting ends at a thousand
# An office over the whole city that may not see everything by its permissions is asked about by all
# its units and places; and what failed in an outage is counted as it is.
WHOLE = 120_000


def _at(
    who: str, route: str, /, *args: Any, read: int = READ, ordered: int = PAGE, **asked: object
) -> LongList:
    path = reverse(route, args=args)
    return LongList(who, f"{path}?{urlencode(asked)}" if asked else path, read, ordered)


def long_lists() -> Iterator[LongList]:
    """Give every list, in every order and narrowed by everything."""
    yield from _of_the_directory()
    yield from _of_the_log()
    yield from _of_people()
    yield from _of_units()
    yield from _of_what_is_written()
    yield from _of_machines()


def _of_the_directory() -> Iterator[LongList]:
    for words in WORDS:
        for name in (
            "web:place_search", "web:grid_workers", "web:units", "matters:find_units",
            "matters:find_places", "api:search_for_units", "api:search_for_places",
        ):  # fmt: skip
            yield _at(VISITOR, name, q=words)
        yield _at(BUREAU, "matters:find_colleagues", q=words)
    # with the figures of the place, which are counted
    yield _at(VISITOR, "web:place", BEICHENG, name="xin", read=WHOLE)
    yield _at(VISITOR, "web:place", BEICHENG, letter="x", read=WHOLE)
    yield _at(VISITOR, "web:units")
    yield _at(VISITOR, "web:units", after="U-5")
    yield _at(VISITOR, "web:units", kind="court")
    yield _at(VISITOR, "web:units", place=XIAJIN, kind="mediation_committee")


def _of_the_log() -> Iterator[LongList]:
    day = timezone.localdate()
    for who in (ADMIN, BELOW, AUDITOR):
        for asked in (
            {}, {"after": 50_000}, {"before": 50_000}, {"action": "refused"}, {"action": "close"},
            {"who": "zzzz"}, {"who": WORKER}, {"who": WORKER, "action": "close"},
            {"about": WORKER}, {"about": "3714000000019998"}, {"since": day - timedelta(days=2)},
            {"until": day - timedelta(days=60)},
            {"until": day - timedelta(days=60), "action": "reveal"},
        ):  # fmt: skip
            yield _at(who, "web:access_log", read=WHOLE if who == ADMIN else READ, **asked)
    for asked in ({}, {"after": 50_000}, {"action": "refused"}):  # of a leader: a few units
        yield _at(LOGINS["leader"], "web:access_log", **asked)
    yield _at(BUREAU, "people:looks")


def _of_people() -> Iterator[LongList]:
    for who in (ADMIN, BELOW, AUDITOR):
        for asked in ({}, {"after": "x5"}, {"before": "x5"}, *({"q": one} for one in WORDS)):
            yield _at(who, "people:staff_list", **asked)
            yield _at(who, "web:admin_posts", **asked)
        for state in ("ending", "later", "vacant", "ended"):
            yield _at(who, "web:admin_posts", state=state)
    yield _at(ADMIN, "people:staff_list", unit="U-71")
    yield _at(ADMIN, "web:admin_posts", unit="U-71")
    yield _at(BUREAU, "people:account")


def _of_units() -> Iterator[LongList]:
    bureau = Unit.objects.get(code="DP-371427-housing")
    lamp = Category.objects.get(name_zh="路灯不亮")
    for state in ("", "no_people", "closing", "closed"):
        yield _at(ADMIN, "web:admin_units", state=state)
    for words in WORDS:
        yield _at(ADMIN, "web:admin_units", q=words)
    yield _at(ADMIN, "web:admin_units", under=bureau.superior_id or bureau.pk)
    yield _at(ADMIN, "web:admin_unit", bureau.pk)
    yield _at(ADMIN, "web:unit", bureau.pk)
    for asked in (
        {}, {"after": 1_000}, {"unit": bureau.pk}, {"category": lamp.pk},
        {"place": bureau.place_id},
    ):  # fmt: skip
        yield _at(ADMIN, "web:admin_duties", **asked)
    yield _at(ADMIN, "web:admin_who", category=lamp.pk, place=bureau.place_id)


def _of_what_is_written() -> Iterator[LongList]:
    yield _at(ADMIN, "admin:units_rosterentry_changelist")
    for words in WORDS:  # all shifts of the ten units that fit best
        yield _at(ADMIN, "admin:units_rosterentry_changelist", q=words, read=10_000, ordered=10_000)
    for asked in ({"p": 20}, {"o": "1"}, {"o": "-4"}):
        yield _at(ADMIN, "admin:units_rosterentry_changelist", **asked)
    for who in (CLERK, "city"):
        yield _at(who, "web:rosters")
    shift = RosterEntry.objects.filter(starts_at__gt=timezone.now()).earliest("id")
    yield _at(CLERK, "web:rosters", unit=shift.unit_id)
    yield _at(VISITOR, "web:unit", shift.unit_id)
    for page in ("field", "field_me", "field_visits", "field_grid"):
        yield _at(WORKER, f"web:{page}")
    yield _at(VISITOR, "web:answers")
    yield _at(VISITOR, "web:answers", category="01")
    yield _at(BUREAU, "web:saved_views")


def _of_machines() -> Iterator[LongList]:
    for kind in ("notice", "webhook", "job"):
        yield _at(ADMIN, "web:admin_undelivered", kind, read=WHOLE)
    yield _at(BUREAU, "api:list_exports")
    hook = Subscription.objects.get(url__contains="example.cn")
    yield _at(PROGRAM, "api:list_webhooks")
    yield _at(PROGRAM, "api:list_messages", hook.pk)
