"""The inbox of a post: what is to be signed for, to be done, late, waited for, done."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from importlib import import_module
from itertools import product
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.module_loading import import_string

from huiyin.matters import access, inbox, search
from huiyin.matters.inbox import Tray
from huiyin.matters.inbox_filters import Filters, Sort, Standing
from huiyin.matters.models import RANKS, Matter, MatterText, Run
from huiyin.matters.search import Wanted
from huiyin.matters.tests import lists
from huiyin.matters.tests.lists import REACH, SCANNED, a_busy_city, unsound
from huiyin.matters.tests.records import the_record
from huiyin.places.models import Place, PlaceLevel
from huiyin.ui.kept import Kept
from huiyin.ui.tests.plans import faults, plans
from huiyin.units.models import UnitKind
from huiyin.units.tests.factories import CITY, NOW, SHANGHAI, a_category, a_unit

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# The figures stand on a higher floor; tests may look up there, the code may not.
STANDING, FIGURES = "huiyin.insight.standing", ("rows_of_open", "rows_of_days")
LISTING = "huiyin.insight.listing"
LIMITS = ("overdue", "due_today", "soon", "in_time", "no_limit")
DISPATCH = ("hotline.dispatch", "hotline.decide", "hotline.call_back")


def trays(by, *, at=NOW):
    """The trays that are not empty, with how many lie in them; lists and counts agree."""
    counted = inbox.counts(by=by, at=at)
    for which in Tray:
        page = inbox.tray(which, by=by, at=at, limit=100)
        assert len(page.runs) == counted[which], which
    return {which.value: count for which, count in counted.items() if count}


def test_an_order_goes_from_desk_to_desk():
    city = the_record()
    centre = city.staff(city.unit("hotline_centre", "z"), *DISPATCH)
    agent = city.staff(city.unit("hotline_centre", "z"))
    unit = city.staff(city.unit("department"))
    run = city.open("hotline", "accept_call").run
    assert trays(centre) == {"to_do": 1, "due_soon": 1}
    assert trays(agent) == trays(unit) == {}  # dispatching needs the permission

    city.act(run.pk, "dispatch")
    assert trays(centre) == {}
    assert trays(unit)["to_sign"] == 1

    city.act(run.pk, "note", by=unit)
    assert trays(unit)["to_sign"] == 1  # a note signs for nothing
    city.act(run.pk, "acknowledge", at=NOW + HOUR)
    assert "to_sign" not in trays(unit)
    assert trays(unit)["to_do"] == 1

    city.act(run.pk, "answer", at=NOW + 2 * HOUR)
    assert trays(unit) == {"done": 1}
    assert trays(centre)["to_do"] == 1


def test_what_is_sent_back_waits_for_the_one_and_is_next_for_the_other():
    city = the_record()
    centre = city.staff(city.unit("hotline_centre", "z"), *DISPATCH)
    run = city.open("hotline", "accept_call").run
    city.act(run.pk, "dispatch")

    city.act(run.pk, "return_order")

    assert trays(centre)["to_do"] == 1
    unit = city.staff(city.unit("department"))
    still_held = Run.objects.get(pk=run.pk).assignments.filter(to_at=None).exists()
    assert trays(unit) == ({"waiting": 1} if still_held else {})


def after_qingming(day, hour):
    """A moment in April 2026, of which the fourth to the sixth are off."""
    return datetime(2026, 4, day, tzinfo=SHANGHAI) + timedelta(hours=hour)


def test_what_is_due_soon_and_what_is_late():
    city = the_record()
    unit = city.staff(city.unit("department"))
    run = city.open("hotline", "accept_call").run
    city.act(run.pk, "dispatch")
    due = Run.objects.get(pk=run.pk).due_at

    assert "due_soon" not in trays(unit, at=due - 3 * DAY)
    assert trays(unit, at=due - HOUR)["due_soon"] == 1
    Run.objects.filter(pk=run.pk).update(due_at=after_qingming(7, 24))  # a Tuesday's end
    assert "due_soon" not in trays(unit, at=after_qingming(2, 23))  # Thursday: Friday is next
    assert trays(unit, at=after_qingming(3, 0))["due_soon"] == 1  # Friday: four days are off
    Run.objects.filter(pk=run.pk).update(due_at=due)
    late = trays(unit, at=due + HOUR)
    assert (late["overdue"], late["to_sign"], "due_soon" in late) == (1, 1, False)


def test_a_hand_that_is_lent_lies_in_a_tray_of_its_own():
    city = the_record()
    run = city.open("hotline", "accept_call").run
    city.act(run.pk, "dispatch")
    city.act(run.pk, "acknowledge")
    helper = city.unit("department", "0")
    city.act(run.pk, "ask_assistance")
    child = Run.objects.get(parent=run)
    helper = child.assignments.get(role="helper").unit

    assert trays(city.staff(helper)).get("assisting") == 1
    assert "to_do" not in trays(city.staff(helper)) or helper == city.unit("department")


def test_a_matter_is_next_for_whoever_gave_it_and_for_the_unit_above():
    city = the_record()
    office = city.staff(city.unit("petition_office", "z"))
    run = city.open("petition", "register", by=office).run
    city.act(run.pk, "transfer", by=office)
    assert trays(office).get("to_do") is None

    city.act(run.pk, "object")

    assert Run.objects.get(pk=run.pk).owner == "sender"
    assert trays(office)["to_do"] == 1
    assert trays(city.staff(city.unit("petition_office", "other"))) == {}


def test_residents_have_no_inbox():
    city = the_record()
    city.open("hotline", "accept_call")

    assert trays(city.reporter) == {}


def test_pages_of_a_tray_follow_each_other_without_a_gap(django_assert_num_queries):
    city = the_record()
    centre = city.staff(city.unit("hotline_centre", "z"), *DISPATCH)
    runs = [city.open("hotline", "accept_call", at=NOW + k // 2 * HOUR).run.pk for k in range(7)]
    Run.objects.filter(pk=runs[3]).update(due_at=None)  # without a limit: last

    seen, after = [], None
    for _ in range(4):
        with django_assert_num_queries(1):
            page = inbox.tray(Tray.TO_DO, by=centre, at=NOW, after=after, limit=2)
            seen += [
                (run.pk, run.matter.words.title, run.matter.place.full_name) for run in page.runs
            ]
        after = page.next

    assert after is None
    assert [pk for pk, *_ in seen] == [*runs[:3], *runs[4:], runs[3]]


@pytest.mark.parametrize("orders", [1, 5])
def test_counting_takes_one_query(django_assert_num_queries, orders):
    city = the_record()
    for _ in range(orders):
        run = city.open("hotline", "accept_call").run
        city.act(run.pk, "dispatch")

    with django_assert_num_queries(1):
        counted = inbox.counts(by=city.staff(city.unit("department")), at=NOW)
    assert counted[Tray.TO_SIGN] == orders


# --- what is supervised ---------------------------------------------------------------------------


def ordered_to(city, unit, leader, run):
    """Order supervision of a unit that has a run; return the run of the order."""
    form = {"unit": str(unit), "degree": "daily", "ground": "overdue", "demand": "三日内反馈。"}
    city.act(run.pk, "supervise", by=leader, form=form)
    return Run.objects.get(parent=run, procedure="supervision")


def test_an_order_of_supervision_lies_with_whoever_gave_it_with_the_unit_and_with_the_office():
    city = the_record()
    centre = city.staff(city.unit("hotline_centre", "z"), *DISPATCH, "supervision.order")
    stranger = city.staff(city.unit("court"), "supervision.order")
    run = city.open("hotline", "accept_call").run
    city.act(run.pk, "dispatch")
    lead = Run.objects.get(pk=run.pk).assignments.get(role="lead", to_at=None).unit

    order = ordered_to(city, lead.pk, centre, run)

    assert trays(centre)["supervised"] == 1
    assert trays(city.staff(lead))["supervised"] == 1
    assert [one.pk for one in inbox.tray(Tray.SUPERVISED, by=centre, at=NOW).runs] == [order.pk]
    assert "supervised" not in trays(stranger)

    city.act(order.pk, "give_feedback", by=city.staff(lead))
    assert trays(centre)["supervised"] == 1  # to be judged by whoever gave it
    city.act(order.pk, "lift", by=centre)
    assert "supervised" not in trays(centre)
    assert "supervised" not in trays(city.staff(lead))


# --- filters and orders ---------------------------------------------------------------------------


def shown_by(by, *, at=NOW, sort=Sort.LIMIT, **filters):
    """The runs of what is to be done that fit, in order; the count agrees."""
    wanted = Filters(**filters)
    found = inbox.tray(Tray.TO_DO, by=by, at=at, filters=wanted, sort=sort).runs
    assert inbox.count(Tray.TO_DO, by=by, at=at, filters=wanted) == len(found)
    return [run.pk for run in found]


def test_filters_narrow_each_and_together():
    city = the_record()
    centre = city.staff(city.unit("hotline_centre", "z"), *DISPATCH)
    plain = city.open("hotline", "accept_call", at=NOW - 2 * DAY).run
    urgent = city.open("hotline", "accept_call", at=NOW).run
    Matter.objects.filter(pk=urgent.matter_id).update(urgency="urgent", channel="letter")
    MatterText.objects.filter(matter=urgent.matter_id).update(title="井盖丢失", text="井盖没有了")
    sent_back = city.open("hotline", "accept_call", at=NOW - DAY).run
    city.act(sent_back.pk, "dispatch", at=NOW - DAY)
    city.act(sent_back.pk, "return_order", at=NOW - DAY)
    lighting, lamps = a_category("71"), a_category("7101")
    Matter.objects.filter(pk=plain.matter_id).update(category=lamps)
    Run.objects.filter(pk=plain.pk).update(due_at=NOW - HOUR)
    Run.objects.filter(pk=sent_back.pk).update(due_at=NOW + 30 * DAY)
    today = NOW.astimezone(SHANGHAI).date()

    everything = {plain.pk, urgent.pk, sent_back.pk}
    assert set(shown_by(centre)) == everything
    assert shown_by(centre, urgency="urgent") == [urgent.pk]
    assert shown_by(centre, channel="letter") == [urgent.pk]
    assert shown_by(centre, words="井盖") == [urgent.pk]
    assert shown_by(centre, words=Run.objects.get(pk=plain.pk).matter.number) == [plain.pk]
    assert shown_by(centre, is_returned=True) == [sent_back.pk]
    assert shown_by(centre, standing=Standing.OVERDUE) == [plain.pk]
    assert shown_by(centre, standing=Standing.IN_TIME) == [sent_back.pk]
    assert shown_by(centre, until=today - timedelta(days=2)) == [plain.pk]
    assert shown_by(centre, since=today) == [urgent.pk]
    assert set(shown_by(centre, place=city.town)) == everything
    assert shown_by(centre, place=Place(level=PlaceLevel.TOWN)) == []
    assert shown_by(centre, category=lighting) == [plain.pk]
    assert shown_by(centre, procedure="grid") == []
    assert shown_by(centre, unit_id=centre.unit_id) == []
    assert shown_by(centre, urgency="urgent", words="井盖", standing=Standing.OVERDUE) == []


@pytest.mark.parametrize("sort", list(Sort))
def test_pages_follow_each_other_in_every_order(sort):
    city = the_record()
    centre = city.staff(city.unit("hotline_centre", "z"), *DISPATCH)
    runs = [city.open("hotline", "accept_call", at=NOW + k // 2 * HOUR).run for k in range(6)]
    for run, level in zip(runs, ("normal", "urgent", "emergency") * 2, strict=True):
        Matter.objects.filter(pk=run.matter_id).update(urgency=level)
        Run.objects.filter(pk=run.pk).update(urgency_rank=RANKS[level])
    Run.objects.filter(pk=runs[0].pk).update(due_at=None)
    expected = {
        Sort.LIMIT: (1, 2, 3, 4, 5, 0),
        Sort.RECEIVED: (5, 4, 3, 2, 1, 0),
        Sort.URGENCY: (2, 5, 1, 4, 3, 0),
    }

    seen, after = [], None
    for _ in range(3):
        page = inbox.tray(Tray.TO_DO, by=centre, at=NOW, after=after, limit=2, sort=sort)
        seen += [run.pk for run in page.runs]
        after = page.next

    assert after is None
    assert seen == [runs[k].pk for k in expected[sort]]


def test_every_tray_in_every_order_and_by_every_filter_has_what_the_whole_list_has():
    city = the_record()
    centre = city.staff(city.unit("hotline_centre", "z"), *DISPATCH, "supervision.order")
    runs = [city.open("hotline", "accept_call", at=NOW - k * DAY).run for k in range(9)]
    for run in runs[2:]:
        city.act(run.pk, "dispatch")
    for run in runs[4:]:
        city.act(run.pk, "acknowledge", at=NOW + HOUR)
    city.act(runs[3].pk, "return_order", at=NOW + HOUR)
    for run in runs[6:]:
        city.act(run.pk, "answer", at=NOW + 2 * HOUR)
    lead = runs[8].assignments.get(role="lead").unit
    ordered_to(city, lead.pk, centre, runs[4])
    accusing = city.open("hotline", "accept_call", accused=[lead.pk]).run
    for run, level in ((runs[1], "urgent"), (runs[5], "emergency"), (accusing, "urgent")):
        Matter.objects.filter(pk=run.matter_id).update(urgency=level, category=None)
        Run.objects.filter(matter=run.matter_id).update(urgency_rank=RANKS[level])
    MatterText.objects.filter(matter=runs[5].matter_id).update(title="井盖丢失")
    Run.objects.filter(pk=runs[7].pk).update(
        due_at=None
    )  # over: who had it still says what was due
    runs[7].assignments.update(to_at=NOW + 2 * HOUR)
    asked = lists.filters(city, lead.pk) | {"own number": Filters(words=runs[4].matter.number)}
    late, seen = NOW + 3 * HOUR, set()

    for by in (centre, city.staff(lead)):
        for which in Tray:
            for sort, (name, wanted) in (
                *product(Sort, [("", Filters())]), *product([Sort.LIMIT], asked.items()),
            ):  # fmt: skip
                listed = inbox.listed(which, by=by, at=late, filters=wanted, sort=sort)
                whole = [run.pk for run in listed]
                page = inbox.tray(
                    which, by=by, at=late, filters=wanted, sort=sort, limit=100
                )  # fmt: skip
                assert [run.pk for run in page.runs] == whole, (by.unit_kind, which, sort, name)
                if whole:
                    seen.add((which, name))
                    assert inbox.count(which, by=by, at=late, filters=wanted) == len(whole), name
    assert {which for which, _ in seen} >= set(Tray) - {Tray.ASSISTING, Tray.OVERDUE}
    assert len(seen) > 40


# --- a large city -------------------------------------------------------------------------------

MANY = 100_000
PAGE = 50
LARGE = ("matters_matter", "matters_run", "matters_assignment", "matters_mattertext",
         "matters_eventheader", "matters_contact")  # fmt: skip


def many_matters(city, units):
    """100,000 matters with a run each; by COPY. Every fifth waits for the office, a hundredth of
    the others for one of the units.
    """
    town, village = city.place.town_id, city.place.village_id
    opener = city.unit("hotline_centre").pk
    with connection.cursor() as cursor:

        def copy(table, columns, rows):
            with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as writing:
                for row in rows:
                    writing.write_row(row)

        def pk(kind, k):
            return f"{kind:08x}-0000-7000-8000-{k:012x}"

        def at(k):
            return NOW - timedelta(minutes=7 * k)

        def a_run(k):
            state, owner = "archived", ""
            is_open = k % 5 == 1 or k % 100 == 0
            if is_open:
                at_office = k % 5 == 1 or k % 200 == 0
                state, owner = ("received", "dispatcher") if at_office else ("dispatched", "unit")
            over, done_at = not is_open, None if is_open else at(k)
            due_at = at(k) + DAY if is_open else None
            return (pk(2, k), pk(1, k), "hotline", 1, "", state, owner, over, over, over, at(k),
                    at(k), done_at, due_at, 1, b"", "{}", at(k), opener)  # fmt: skip

        copy(
            "matters_matter",
            ("id", "number", "channel", "opened_at", "place_id", "city_id", "county_id", "town_id",
             "village_id", "grid_id", "is_confidential", "accused"),
            ((pk(1, k), f"3714{k:012d}", "call", at(k), city.place.pk, city.place.city_id,
              city.place.county_id, town if k % 50 == 0 else None,
              village if k % 50 == 0 else None, None, False, "{}") for k in range(MANY)),
        )  # fmt: skip
        copy(
            "matters_mattertext",
            ("matter_id", "title", "text", "address", "came_in_at"),
            ((pk(1, k), f"第{k}件", "井盖丢失" if k % 997 == 0 else "垃圾没有清运", "", at(k))
             for k in range(MANY)),
        )  # fmt: skip
        copy(
            "matters_run",
            ("id", "matter_id", "procedure", "version", "child_name", "state", "owner", "is_done",
             "is_closed", "is_over", "opened_at", "changed_at", "done_at", "due_at", "events",
             "head", "memory", "came_in_at", "opener_id"),
            (a_run(k) for k in range(MANY)),
        )  # fmt: skip
        copy(
            "matters_assignment",
            ("run_id", "role", "unit_id", "from_at", "came_in_at", "due_at", "done_at"),
            (
                (
                    pk(2, k),
                    "lead",
                    units[k % len(units)],
                    at(k),
                    at(k),
                    at(k) + DAY if k % 5 == 1 or k % 100 == 0 else None,
                    None if k % 5 == 1 or k % 100 == 0 else at(k),
                )
                for k in range(MANY)
            ),
        )
        copy(
            "matters_eventheader",
            ("id", "run_id", "seq", "action", "as_actor", "recorded_at", "on_behalf_of",
             "from_state", "to_state", "is_pending", "effects", "body_digest", "previous", "hash"),
            ((pk(3, k), pk(2, k), 1, "accept_call", "agent", at(k), "", "new", "received", False,
              "{}", b"", b"", b"") for k in range(MANY)),
        )  # fmt: skip
        for table in LARGE:
            cursor.execute(f"ANALYZE {table}")


def work_off_the_backlog():
    """Leave a hundredth of all matters open, as in a city that keeps up."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE matters_run SET state = 'archived', owner = '', is_done = TRUE,"
            " is_closed = TRUE, is_over = TRUE, done_at = matters_run.opened_at, due_at = NULL"
            " FROM matters_matter AS matter WHERE matter.id = matter_id"
            " AND right(matter.number, 1) IN ('1', '6')"
        )
        cursor.execute("ANALYZE matters_run")


def read_whole(queryset):
    """Return the large tables that a query reads from end to end."""
    tables = set()

    def walk(node):
        if node["Node Type"].endswith("Seq Scan"):
            tables.add(node["Relation Name"])
        for inner in node.get("Plans", ()):
            walk(inner)

    for plan in json.loads(queryset.explain(format="json")):
        walk(plan["Plan"])
    return sorted(tables & set(LARGE))


def rows_read(look):
    """Return how many rows of the large tables a look reads, and of which whole tables."""

    def counted():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT relname, seq_tup_read, seq_tup_read + idx_tup_fetch"
                " FROM pg_stat_xact_user_tables WHERE relname = ANY (%s)", [list(LARGE)],
            )  # fmt: skip
            return {name: (whole, read) for name, whole, read in cursor.fetchall()}

    before = counted()
    look()
    after = counted()
    whole = [name for name in after if after[name][0] != before.get(name, (0, 0))[0]]
    return sum(after[name][1] - before.get(name, (0, 0))[1] for name in after), whole


def test_lists_of_a_large_city_read_no_table_from_end_to_end(monkeypatch):
    monkeypatch.setattr("huiyin.matters.latest._oftens", Kept(600, also_in_tests=True))
    city = the_record()
    the_city = Place.objects.get(code=CITY)
    units = [
        a_unit(f"D-{k}", UnitKind.DEPARTMENT, the_city, name=f"部门{k}").pk for k in range(100)
    ]
    many_matters(city, units)
    department = replace(
        city.staff(city.unit("department")), unit_id=units[0], unit_place_id=the_city.pk
    )
    of_town = city.staff(city.unit("hotline_centre"), *DISPATCH)
    of_city = city.staff(city.unit("hotline_centre"), *DISPATCH, place=the_city)
    open_ones = [k for k in range(MANY) if k % 5 == 1 or k % 100 == 0]

    counted = inbox.counts(by=department, at=NOW)
    assert (counted[Tray.TO_SIGN], counted[Tray.WAITING], counted[Tray.DONE]) == (500, 500, 0)
    counted = inbox.counts(by=of_city, at=NOW)
    due_at = [NOW + DAY - timedelta(minutes=7 * k) for k in open_ones if k % 200 != 100]
    soon = sum(NOW <= due <= inbox.soon_until(NOW) for due in due_at)
    assert (counted[Tray.TO_DO], counted[Tray.DUE_SOON]) == (1_000, soon)
    assert counted[Tray.OVERDUE] == 1_000
    # Of the 20,000 that wait for the office no more is read than is counted and shown; of what a
    # unit holds itself, here a thousand, everything, some times over.
    for by, most in ((of_city, 4_000), (department, 20_000)):
        assert rows_read(lambda: inbox.survey(by=by, at=NOW))[0] < most  # noqa: B023 called at once
        for which in Tray:
            read, whole = rows_read(lambda: inbox.tray(which, by=by, at=NOW, limit=PAGE))  # noqa: B023
            assert read < most, (by.unit_kind, which)
            assert whole == [], (by.unit_kind, which)
    # Of the thousand that a unit has done a page is read, and the page after it.
    busy = replace(department, unit_id=units[2])
    assert inbox.counts(by=busy, at=NOW)[Tray.DONE] == 1_000
    latest = inbox.tray(Tray.DONE, by=busy, at=NOW, limit=PAGE)
    assert list(inbox.listed(Tray.DONE, by=busy, at=NOW)[:PAGE]) == list(latest.runs)
    for after in (None, latest.next):
        look = partial(inbox.tray, Tray.DONE, by=busy, at=NOW, after=after, limit=PAGE)
        read, whole = rows_read(look)
        assert (read < 10 * PAGE, whole) == (True, []), read
    everything = inbox.tray(Tray.TO_DO, by=of_city, at=NOW, limit=3 * PAGE).runs
    assert list(inbox.listed(Tray.TO_DO, by=of_city, at=NOW)[: 3 * PAGE]) == list(everything)
    middle = inbox.tray(Tray.TO_DO, by=of_city, at=NOW, limit=PAGE).next
    read, _whole = rows_read(
        lambda: inbox.tray(Tray.TO_DO, by=of_city, at=NOW, after=middle, limit=PAGE)
    )
    assert read < 1_000
    for by in (department, of_town, of_city):
        for wanted in (
            Wanted(),
            Wanted("井盖"),
            Wanted("000019998"),
            Wanted(unit_id=units[0]),
            Wanted(place=city.town),
            Wanted(procedure="hotline", state="received"),
        ):
            found = search._in_order(search._fitting(wanted, by))[:31]
            assert read_whole(found) == [], (by.unit_kind, wanted)
    assert len(search.search(Wanted("井盖"), by=of_city, limit=MANY).matters) == len(
        range(0, MANY, 997)
    )
    search.search(Wanted(), by=of_city)  # from here on it is known how often procedures run
    deep = search.Key(NOW - timedelta(minutes=7 * PAGE * 1_000), UUID(int=0))
    for wanted, after in ((Wanted(), None), (Wanted(), deep), (Wanted(place=city.town), None)):
        look = partial(search.search, wanted, by=of_city, after=after, limit=PAGE)
        assert rows_read(look)[0] < 3_000, (wanted, after)
    # Of the 2,000 of the town no more is read than a page: they lie in the order they are shown in.
    read, _whole = rows_read(
        partial(search.search, Wanted(place=city.town), by=of_city, limit=PAGE)
    )
    assert read < 1_000
    a_busy_city(city, units)
    for by, asked in (
        (replace(department, unit_id=units[1]), lists.filters(city, units[1])),
        (of_town, {"category": Filters(category=city.category)}),
        (of_city, lists.filters(city, units[1])),
    ):
        assert unsound(by, city, units[1], asked) == {}, by.unit_kind
    # Whether somebody sees one run is asked of that one, however many their unit opened.
    one = Run.objects.order_by("pk").first()
    for by in (of_city, of_town, department):
        read, _whole = rows_read(lambda by=by: access.runs_seen_by(by).filter(pk=one.pk).exists())
        assert read < 100, by.unit_kind
    # Whoever sees little reads little, however much there is.
    court = city.staff(city.unit("court"), place=the_city)
    newcomer = city.staff(city.unit("hotline_centre", "new"), *DISPATCH)  # opened nothing yet
    for by in (department, replace(department, unit_id=units[1]), newcomer, court):
        for name, sought in lists.wanted(city, units[1]).items():
            read, _whole = rows_read(partial(search.search, sought, by=by, limit=PAGE))
            assert read < MANY // 2, (by.unit_kind, name)
    # Nor is all walked that an office sees, for words that only others' matters have.
    lists.give_to_the_grid("独居老人")
    for by in (of_city, replace(department, unit_id=units[1])):
        read, _whole = rows_read(partial(search.search, Wanted("独居"), by=by, limit=PAGE))
        assert read < MANY, by.unit_kind
        assert search.search(Wanted("独居"), by=by).matters == (), by.unit_kind
    work_off_the_backlog()
    of_centre = city.staff(city.unit("governance_centre"), "supervision.order", place=the_city)
    rows_of_open, rows_of_days = (import_string(f"{STANDING}.{name}") for name in FIGURES)
    when = import_string("huiyin.insight.moments.Moment").of(NOW)
    figures = {
        "open": rows_of_open(the_city, by=of_centre, at=NOW),
        "of a town": rows_of_open(city.town, by=of_centre, at=NOW),
        "days": rows_of_days(the_city, by=of_centre, when=when, first=when.day - 30 * DAY),
    }
    assert {name: read_whole(rows) for name, rows in figures.items()} == {
        name: [] for name in figures
    }
    listing = import_module(LISTING)
    for which in (listing.OPEN, listing.DONE, listing.CAME, *LIMITS):
        for place in (the_city, city.town):
            wanted = listing.Wanted(which=which, place=place, when=when)
            with plans() as gone_about:
                listing.page(wanted, by=of_centre)
            assert faults(gone_about, most=REACH, scanned=SCANNED) == [], (which, place.level)
    assert sum(sum(row[one] for one in LIMITS) for row in figures["open"]) == MANY // 100


def test_a_tray_with_more_than_is_counted_is_not_counted_each_time(monkeypatch):
    city = the_record()
    monkeypatch.setattr(inbox, "MOST_COUNTED", 2)
    monkeypatch.setattr(inbox, "_full", Kept(60, also_in_tests=True))
    by = city.staff(city.unit("hotline_centre"), *DISPATCH)
    late = NOW + 3 * DAY
    for _ in range(3):
        city.open("hotline", "accept_call")

    first = inbox.survey(by=by, at=late)
    with CaptureQueriesContext(connection) as asked:
        again = inbox.survey(by=by, at=late)

    assert first.counts[Tray.OVERDUE] == first.counts[Tray.TO_DO] == 2
    assert again == first
    assert not any("AS looked" in one["sql"] for one in asked)
    # What there are fewer of is as exact as ever.
    assert first.counts[Tray.DUE_SOON] == 0
    city.open("hotline", "accept_call", at=late - HOUR)
    assert inbox.survey(by=by, at=late).counts[Tray.DUE_SOON] == 1
    assert inbox.survey(by=city.staff(city.unit("department")), at=late).counts[Tray.OVERDUE] == 0


@pytest.mark.parametrize("which", ["MOST_COUNTED", "MOST_BESIDE"])
def test_what_is_not_worked_off_is_not_counted_each_time_beyond_some(monkeypatch, which):
    city = the_record()
    monkeypatch.setattr(inbox, which, 2)
    monkeypatch.setattr(inbox, "_full", Kept(60, also_in_tests=True))
    runs = [city.open("hotline", "accept_call").run for _ in range(3)]
    for run in runs:
        city.act(run.pk, "dispatch")
        city.act(run.pk, "acknowledge", at=NOW + HOUR)
    by = city.staff(city.unit("department"))

    def counted():
        with CaptureQueriesContext(connection) as asked:
            found = inbox.survey(by=by, at=NOW + HOUR).counts[Tray.DONE]
        return found, any("held.done_at" in one["sql"] for one in asked)

    assert counted() == (0, True)
    city.act(runs[0].pk, "answer", at=NOW + HOUR)
    assert counted() == (1, True)
    for run in runs[1:]:
        city.act(run.pk, "answer", at=NOW + HOUR)
    many = 2 if which == "MOST_COUNTED" else 3
    assert counted() == (many, True)
    assert counted() == (many, False)
