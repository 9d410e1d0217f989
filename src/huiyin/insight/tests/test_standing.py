"""How a place stands: each figure is the length of the list behind it."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from huiyin.insight import happening, listing
from huiyin.insight.delivering import deliveries
from huiyin.insight.happening import Kind
from huiyin.insight.listing import LISTS, Wanted
from huiyin.insight.moments import Moment
from huiyin.insight.standing import STATES, Came, came, standing
from huiyin.matters import access
from huiyin.matters.acting import act
from huiyin.matters.keeping import keep
from huiyin.matters.models import Matter, Run
from huiyin.matters.tests.loaded import queries
from huiyin.matters.tests.records import the_record
from huiyin.ui.kept import Kept

pytestmark = pytest.mark.django_db
CITY = ZoneInfo("Asia/Shanghai")
# A Thursday without a holiday near: a hotline order has five working days, until Thursday 19.
NOW = datetime(2026, 11, 12, 10, 0, tzinfo=CITY)
TODAY = Moment.of(NOW)
DAY = timedelta(days=1)


@pytest.fixture
def city():
    return the_record()


def leader_of(city):
    """Somebody who supervises in the town."""
    return city.staff(city.unit("committee_office"), "supervision.order", "insight.see")


def a_call(city, at, **more):
    return city.open("hotline", "accept_call", at=at, reply="wanted", grade="ordinary", **more).run


def given(city, run, unit, at):
    by = city.staff(city.unit("hotline_centre"), "hotline.dispatch")
    form = {"to_unit": str(unit.pk), "basis": "functional", "grade": "ordinary"}
    return act(run.pk, "dispatch", by=by, at=at, form=form).run


def answered(city, run, unit, at):
    """The unit signs for it and answers."""
    by = city.staff(unit)
    act(run.pk, "acknowledge", by=by, at=at, form={"handler": "王芳"})
    return city.act(run.pk, "answer", by=by, at=at, outcome="solved", told_how="phone").run


def days_of_work(city):
    """Calls of today and of the days before: waiting, given on, late, answered."""
    bureau = city.unit("department")
    for days in (0, 0, 1, 7, 7, 30):
        at = NOW - days * DAY
        given(city, a_call(city, at), bureau, at)
    a_call(city, NOW)
    a_call(city, NOW - 5 * DAY)
    # of last Thursday, but later in the day than it is now
    a_call(city, NOW - 7 * DAY + timedelta(hours=3))
    answered(city, given(city, a_call(city, NOW), bureau, NOW), bureau, NOW)
    keep(at=NOW)
    return bureau


def test_what_came_in_what_is_late_and_what_ends_today_are_counted_apart(city):
    days_of_work(city)
    by = leader_of(city)

    counts = standing(city.town, by=by, at=NOW).counts
    today = came(city.town, by=by, when=TODAY)

    assert (today.count, today.week_ago) == (4, 2)
    assert counts.open == 9
    assert (counts.overdue, counts.due_today) == (5, 2)
    assert counts.open == sum(getattr(counts, name) for name in STATES)


def test_a_share_is_told_where_there_are_enough_to_speak_of():
    def change(count, week_ago):
        return Came(days=((date(2026, 11, 12), count),), week_ago=week_ago).change

    assert (change(30, 20), change(10, 20), change(20, 20)) == (50, -50, 0)
    assert change(5, 1) is None
    assert change(40, 19) is None
    assert change(4, 0) is None


@pytest.mark.parametrize("which", LISTS)
def test_every_figure_is_the_length_of_its_list(city, which):
    days_of_work(city)
    by = leader_of(city)
    found = standing(city.town, by=by, at=NOW).counts
    figures = {
        **{name: getattr(found, name) for name in (listing.OPEN, *STATES)},
        listing.CAME: came(city.town, by=by, when=TODAY).count,
        listing.DONE: 1,
    }
    wanted = Wanted(which, city.town, TODAY)

    pages, after = [], None
    while True:
        page = listing.page(wanted, by=by, after=after, size=2)
        pages += page.runs
        after = page.next
        if after is None:
            break

    assert len({run.matter_id for run in pages}) == len(pages) == figures[which]
    assert listing.counted(wanted, by=by) == figures[which]


def test_a_limit_that_rests_is_in_the_list_of_what_is_open_too(city):
    run = a_call(city, NOW)
    Run.objects.filter(pk=run.pk).update(due_at=None)
    a_call(city, NOW)
    by = leader_of(city)

    first = listing.page(Wanted("open", city.town, TODAY), by=by, size=1)
    second = listing.page(Wanted("open", city.town, TODAY), by=by, after=first.next, size=1)

    assert [one.pk for one in second.runs] == [run.pk]
    assert second.next is None


def test_a_past_day_is_compared_with_the_whole_of_the_same_weekday_before(city):
    days_of_work(city)
    by = leader_of(city)

    last_week = came(city.town, by=by, when=Moment.of(NOW, date(2026, 11, 5)))

    assert (last_week.count, last_week.week_ago) == (3, 0)
    assert last_week.change is None
    assert last_week.days[-1][0] == date(2026, 11, 5)


def test_a_day_to_come_is_today(city):
    assert Moment.of(NOW, date(2027, 1, 1)).day == date(2026, 11, 12)


def test_neither_figure_nor_list_knows_of_what_accuses_the_reader_or_is_confidential(city):
    office = city.unit("committee_office")
    a_call(city, NOW, accused=(office.pk,))
    city.open("petition", at=NOW)
    a_secret = a_call(city, NOW)
    Matter.objects.filter(pk=a_secret.matter_id).update(is_confidential=True)
    by = leader_of(city)

    assert standing(city.town, by=by, at=NOW).counts.open == 0
    assert came(city.town, by=by, when=TODAY).count == 0
    assert happening.lately(city.town, by=by, at=NOW + 20 * DAY) == []
    assert not any(listing.counted(Wanted(which, city.town, TODAY), by=by) for which in LISTS)


def test_what_is_counted_is_seen_and_what_is_seen_of_the_procedures_is_counted(city):
    days_of_work(city)
    city.open("petition", at=NOW)
    city.open("grid", at=NOW)
    by = leader_of(city)

    counted = Run.objects.filter(access.overseen(by, prefix="matter__"), parent=None)

    seen = access.runs_seen_by(by).filter(parent=None, matter__is_confidential=False)
    assert set(counted.values_list("pk")) == set(seen.values_list("pk"))
    assert counted.count() == 11


def test_a_unit_that_looks_after_no_procedure_counts_what_it_has_or_had(city):
    bureau = days_of_work(city)
    head = city.staff(bureau, "insight.see")

    counts = standing(city.town, by=head, at=NOW).counts

    assert (counts.open, came(city.town, by=head, when=TODAY).count) == (6, 3)
    assert listing.counted(Wanted("open", city.town, TODAY), by=head) == 6
    (own,) = deliveries(city.town, by=head, at=NOW)
    assert (own.unit.pk, own.in_time, own.ended, own.open) == (bureau.pk, 1, 1, 6)


def test_the_parts_and_the_classes_of_a_place_add_up_to_it(city):
    for _ in range(3):
        a_call(city, NOW)
    by = leader_of(city)

    found = standing(city.town, by=by, at=NOW)

    assert {pk: part.open for pk, part in found.parts.items()} == {city.place.village_id: 3}
    assert sum(one.open for one in found.categories.values()) == 3
    for pk in found.categories:
        code = listing.NO_CATEGORY if pk is None else Matter.objects.first().category.code
        wanted = Wanted("open", city.town, TODAY, category=code)
        assert listing.counted(wanted, by=by) == found.categories[pk].open


def test_days_without_a_matter_are_shown_as_none(city):
    a_call(city, NOW - 2 * DAY)

    days = came(city.town, by=leader_of(city), when=TODAY, days=14).days

    assert [count for _day, count in days] == [0] * 11 + [1, 0, 0]
    assert days[-1][0] == date(2026, 11, 12)


def test_a_unit_is_told_of_with_numerator_and_denominator(city):
    bureau = days_of_work(city)
    by = leader_of(city)

    (one,) = [found for found in deliveries(city.town, by=by, at=NOW) if found.unit.pk == bureau.pk]

    assert (one.in_time, one.ended, one.percent) == (1, 1, 100)
    assert (one.open, one.overdue) == (6, 3)
    assert (one.rated, one.satisfied_percent) == (0, None)
    for which, figure in (("open", one.open), ("overdue", one.overdue)):
        wanted = Wanted(which, city.town, TODAY, unit_id=bureau.pk)
        assert listing.counted(wanted, by=by) == figure


def test_what_happened_lately_comes_with_its_matter_the_latest_first(city):
    days_of_work(city)
    by = leader_of(city)
    late = Run.objects.filter(due_at__lte=NOW, parent=None).latest("due_at")
    city.act(late.pk, "supervise", by=by, at=NOW)
    urgent = a_call(city, NOW - timedelta(minutes=5))
    Matter.objects.filter(pk=urgent.matter_id).update(urgency="urgent")

    found = happening.lately(city.town, by=by, at=NOW)

    assert (found[0].kind, found[0].run.procedure) == (Kind.BEGUN, "supervision")
    assert (found[1].kind, found[1].run.pk) == (Kind.URGENT, urgent.pk)
    assert {one.kind for one in found[2:]} == {Kind.OVERDUE}
    assert [one.at for one in found] == sorted((one.at for one in found), reverse=True)


def test_a_place_with_much_takes_as_many_queries_as_one_with_little(city):
    by = leader_of(city)
    urgent = a_call(city, NOW)
    Matter.objects.filter(pk=urgent.matter_id).update(urgency="urgent")
    taken = []
    for _ in range(2):
        taken.append(
            [
                queries(standing, city.town, by=by, at=NOW),
                queries(came, city.town, by=by, when=TODAY),
                queries(happening.lately, city.town, by=by, at=NOW),
                queries(listing.page, Wanted("came", city.town, TODAY), by=by),
            ]
        )
        days_of_work(city)

    assert taken == [[1, 1, 5, 2]] * 2


def test_figures_are_kept_for_a_minute_for_each_sort_of_reader(city, monkeypatch):
    days_of_work(city)
    supervisor, bureau = leader_of(city), city.staff(city.unit("department"))
    for name in ("insight.standing._stands", "insight.delivering._kept", "insight.listing._counts"):
        monkeypatch.setattr(f"huiyin.{name}", Kept(60, also_in_tests=True))
    figures = {
        "standing": lambda by: standing(city.town, by=by, at=NOW).counts.open,
        "deliveries": lambda by: [(one.unit.pk, one.open) for one in deliveries(
            city.town, by=by, at=NOW
        )],
        "list": lambda by: listing.counted(Wanted(listing.OPEN, city.town, TODAY), by=by),
    }  # fmt: skip

    first = {name: (ask(supervisor), ask(bureau)) for name, ask in figures.items()}
    a_call(city, NOW)

    assert (first["standing"], first["list"]) == ((9, 6), (9, 6))  # nobody gets another's figure
    for name, ask in figures.items():
        assert queries(ask, supervisor) == 0, name
        assert (ask(supervisor), ask(bureau)) == first[name], name
