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
from huiyin.insight import listing
from huiyin.knowledge import queries as knowledge
from huiyin.matters.inbox import Tray
from huiyin.matters.models import Contact
from huiyin.units.models import RosterEntry, Unit
from huiyin.web.tests.pages import BEICHENG, LOGINS, VISITOR, XIAJIN

ADMIN, BELOW, AUDITOR = LOGINS["city_admin"], LOGINS["unit_admin"], LOGINS["auditor"]
WORKER, CLERK, BUREAU = LOGINS["grid_worker"], LOGINS["centre_clerk"], LOGINS["department_clerk"]
WORDS = ("xj", "北城", "新71")
PROGRAM = "program"  # with a token, without a session
RESIDENT = "resident"  # who has told hundreds of matters
TRAYS_OF = ("housing", "town", "hotline", "petition", "mediator", "leader")


@dataclass(frozen=True)
class LongList:
    """An address that somebody asks for, with how many rows one of its statements may read and
    put in order.
    """

    who: str
    path: str
    read: int
    ordered: int

    @property
    def scanned(self) -> int:
        """How many rows may be read one after the other: only where a register is counted more."""
        return self.read if self.read == WHOLE else READ


PAGE = 400  # rows that are put in order, with what belongs to them
READ = 1_500  # rows of all tables that a statement reads; counting ends at a thousand
# An office over the whole city that may not see everything by its permissions is asked about by all
# its units and places; and what failed in an outage is counted as it is.
WHOLE = 140_000
# A walk asks of each row whether it is somebody's own, or here, in a few tables; a page may have to
# pass by what is open elsewhere. Search counts so far to know which way is shorter.
FAR = 20_100
COUNTED = 30_000  # a thousand are counted, each looked at as above
# Trays are counted up to a thousand, some over two walks; what is to be signed for to its end.
TRAYS = 3_000
OWN = 3_000  # what one person has told, each with what belongs to it


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
    yield from _of_a_resident()
    yield from _of_matters()
    yield from _of_supervision()
    yield from _of_a_place()
    yield from _of_desks()


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
    held: dict[str, Any] = {"read": FAR, "ordered": TRAYS}  # what the units of a page have open
    for state in ("", "no_people", "closing", "closed"):
        yield _at(ADMIN, "web:admin_units", state=state, **held)
    for words in WORDS:
        yield _at(ADMIN, "web:admin_units", q=words, **held)
    yield _at(ADMIN, "web:admin_units", under=bureau.superior_id or bureau.pk, **held)
    yield _at(ADMIN, "web:admin_unit", bureau.pk, **held)
    yield _at(ADMIN, "web:unit", bureau.pk, read=FAR)
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
    for page in ("field", "field_me", "field_visits", "field_grid", "field_waiting"):
        yield _at(WORKER, f"web:{page}", read=5_000)  # all that was told in the grid, of years
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


def _of_a_resident() -> Iterator[LongList]:
    middle = Contact.objects.filter(account__phone_index__isnull=False).earliest("matter_id")
    for name in ("start", "mine", "my_data", "data_request"):
        yield _at(RESIDENT, f"web:{name}", read=OWN)
    for way in ("after", "before"):
        yield _at(RESIDENT, "web:mine", read=OWN, **{way: middle.matter_id})
    for asked in ({}, {"procedure": "hotline"}, {"q": "路灯"}):
        yield _at(RESIDENT, "api:find_matters", read=OWN, **asked)
    yield _at(RESIDENT, "api:copy_own_data", read=OWN)
    for name in ("notices:inbox", "notices:bell", "people:account", "api:list_notices"):
        yield _at(RESIDENT, name)


def _of_matters() -> Iterator[LongList]:
    """Give the trays of every sort of office; every order and filter is in `matters.tests.lists`.

    So is what lies on boards.
    """
    for who in TRAYS_OF:
        for name in ("web:inbox", "web:waiting_here", "web:find_matter", "api:find_matters"):
            yield _at(who, name, read=FAR, ordered=TRAYS)
        for tray in Tray if who not in ("hotline", "leader") else ():
            yield _at(who, "api:show_tray", tray.value, read=FAR)
        for name in ("notices:inbox", "notices:bell", "api:list_notices"):
            yield _at(who, name)
    for who in ("hotline", "town"):
        yield _at(who, "web:board_returns", read=WHOLE, ordered=WHOLE)


def _of_supervision() -> Iterator[LongList]:
    for who in ("leader", "housing", "town", "city"):
        yield _at(who, "web:supervised", read=COUNTED, ordered=TRAYS)
        yield _at(who, "web:whistles", read=COUNTED, ordered=TRAYS)
    for asked in ({"unit": "住建"}, {"place": BEICHENG}, {"degree": "daily"}):
        yield _at("leader", "web:supervised", read=COUNTED, ordered=TRAYS, **asked)
    for who in ("town", "village"):
        yield _at(who, "web:whistle_new", read=FAR)


def _of_a_place() -> Iterator[LongList]:
    """Give the pages of figures, which count everything that is open and are kept for a minute.

    The lists behind them are also looked at without the count, in the test itself.
    """
    bureau = Unit.objects.get(code="DP-371427-housing")
    yield _at("city", "web:wall", read=WHOLE, ordered=WHOLE)
    yield _at("city", "web:command_units", read=WHOLE, ordered=WHOLE)
    for who, asked in (("city", {}), ("leader", {"place": BEICHENG})):
        yield _at(who, "web:command", read=WHOLE, ordered=WHOLE, **asked)
        yield _at(who, "web:command_list", listing.OPEN, read=WHOLE, ordered=WHOLE, **asked)
        yield _at(who, "api:count_matters", **asked)
    for which in ("all_ended", "gone_back", "rated"):
        yield _at("town", "web:command_unit_list", bureau.pk, which, read=FAR)


def _of_desks() -> Iterator[LongList]:
    for who in LOGINS.values():  # with figures of the place
        yield _at(who, "web:desk", read=WHOLE, ordered=TRAYS)
    yield _at(ADMIN, "web:gaps", read=WHOLE)
    yield _at(VISITOR, "web:directory", read=WHOLE)
    yield _at(VISITOR, "web:place", XIAJIN, read=WHOLE)
    yield _at(VISITOR, "web:start")
    yield _at(ADMIN, "web:categories", ordered=1_000)  # the tree: some hundreds in every city
    yield _at(ADMIN, "web:terms")
    for tray in knowledge.TRAYS:  # each tray is counted up to a thousand
        yield _at(BUREAU, "web:knowledge", tray=tray, read=6_000)
    yield _at(BUREAU, "web:knowledge", category="01", read=6_000)
    # how rare words are is told by how many entries there are
    yield _at(BUREAU, "web:knowledge", q="供热", read=WHOLE)
    yield _at(BUREAU, "api:find_knowledge")
    yield _at(BUREAU, "api:find_knowledge", category="01")
    yield _at(ADMIN, "notices:troubled", read=WHOLE)
    yield _at(ADMIN, "notices:troubled", read=WHOLE, state="dead")
    yield _at(VISITOR, "notices:demo_outbox")
    yield _at(VISITOR, "notices:demo_outbox", channel="sms")
    for name in ("admin", "admin_kinds", "admin_procedures"):
        yield _at(ADMIN, f"web:{name}", read=WHOLE, ordered=TRAYS)
    yield _at(LOGINS["unit_admin"], "people:staff_list")
    for name in ("categories_category", "categories_calendarday", "notices_textversion"):
        yield _at(ADMIN, f"admin:{name}_changelist")
    for name in ("list_categories", "list_services", "list_procedures"):
        yield _at(VISITOR, f"api:{name}")
    yield _at(VISITOR, "api:show_place", XIAJIN)
    yield _at(VISITOR, "api:show_unit", "DP-371427-housing")
    yield _at(BUREAU, "web:take_in")
    yield _at(CLERK, "web:roster_export")
    yield _at("leader", "web:screens")
