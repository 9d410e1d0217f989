"""What a unit delivered: each figure of the table of units is the length of the list behind it."""

from datetime import timedelta

import pytest

from huiyin.insight import ending
from huiyin.insight.delivering import deliveries
from huiyin.insight.tests.test_standing import DAY, NOW, a_call, answered, given, leader_of
from huiyin.matters.models import Matter, Measure, Rating
from huiyin.matters.tests.loaded import queries
from huiyin.matters.tests.records import the_record

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def city():
    return the_record()


def taken_back(city, run, at):
    return city.act(run.pk, "take_back", at=at)


def a_month_of(city):
    """In time, late, sent back, before the thirty days; one sent back by another unit too."""
    bureau, other = city.unit("department"), city.unit("department", "二")
    for _ in range(3):
        at = NOW - 10 * DAY
        answered(city, given(city, a_call(city, at), bureau, at), bureau, at + HOUR)
    late = NOW - 20 * DAY
    run = given(city, a_call(city, late), bureau, late)
    answered(city, run, bureau, NOW - DAY)
    long_ago = NOW - 45 * DAY
    answered(city, given(city, a_call(city, long_ago), bureau, long_ago), bureau, long_ago + HOUR)
    twice = given(city, a_call(city, NOW - 3 * DAY), bureau, NOW - 3 * DAY)
    taken_back(city, twice, NOW - 3 * DAY + HOUR)
    city.act(twice.pk, "redispatch", at=NOW - 3 * DAY + 2 * HOUR, to_unit=str(other.pk))
    taken_back(city, twice, NOW - 3 * DAY + 3 * HOUR)
    again = given(city, a_call(city, NOW - 2 * DAY), bureau, NOW - 2 * DAY)
    taken_back(city, again, NOW - 2 * DAY + HOUR)
    return bureau, other


def every(which, unit, city, by, size=2):
    found, after = [], None
    while True:
        page = ending.page(which, unit, city.town, by=by, at=NOW, after=after, size=size)
        found += page.limits
        after = page.next
        if after is None:
            return found


def test_each_limit_that_ended_is_a_row_of_its_list(city):
    bureau, other = a_month_of(city)
    by = leader_of(city)
    rows = {one.unit.pk: one for one in deliveries(city.town, by=by, at=NOW)}

    assert (rows[bureau.pk].in_time, rows[bureau.pk].ended, rows[bureau.pk].returned) == (3, 4, 2)
    assert rows[other.pk].returned == 1
    for unit in (bureau, other):
        row = rows[unit.pk]
        figures = {"met": row.in_time, "all_ended": row.ended, "gone_back": row.returned}
        for which, figure in figures.items():
            assert len(every(which, unit, city, by)) == figure
            assert ending.counted(which, unit, city.town, by=by, at=NOW) == figure
    (late,) = [
        one for one in every("all_ended", bureau, city, by) if one.measure == Measure.LATE_UNIT
    ]
    assert late.at == NOW - DAY


def test_no_list_knows_of_what_accuses_the_reader(city):
    bureau, _other = a_month_of(city)
    by = leader_of(city)
    Matter.objects.update(accused=[by.unit_id])

    assert [every(which, bureau, city, by) for which in ending.LIMITS] == [[], [], []]
    assert [ending.counted(which, bureau, city.town, by=by, at=NOW) for which in ending.LIMITS] == [
        0,
        0,
        0,
    ]


def test_a_unit_that_looks_after_nothing_reads_its_own_lists_alone(city):
    bureau, other = a_month_of(city)
    head = city.staff(bureau, "insight.see")

    assert len(every("all_ended", bureau, city, head)) == 4
    assert every("gone_back", other, city, head) == []


def test_what_people_said_is_listed_as_it_is_counted(city):
    bureau = city.unit("department")
    by = leader_of(city)
    said = ("satisfied", "basically", "unsatisfied", "satisfied", "satisfied")
    for words in said:
        run = answered(city, given(city, a_call(city, NOW - DAY), bureau, NOW - DAY), bureau, NOW)
        city.act(run.pk, "rate", by=city.reporter, at=NOW, satisfaction=words)
    Rating.objects.filter(satisfaction="basically").update(is_anonymous=True)
    (row,) = deliveries(city.town, by=by, at=NOW)

    assert (row.satisfied, row.rated) == (4, 5)
    for which, figure in (("satisfied", row.satisfied), ("rated", row.rated)):
        first, after = ending.page_of_answers(which, bureau, city.town, by=by, at=NOW, size=3)
        rest, end = ending.page_of_answers(
            which, bureau, city.town, by=by, at=NOW, after=after, size=3
        )
        assert len({one.pk for one in [*first, *rest]}) == figure
        assert end is None


def test_a_long_list_takes_as_many_queries_a_page_as_a_short_one(city):
    bureau, _other = a_month_of(city)
    by = leader_of(city)
    few = queries(ending.page, "all_ended", bureau, city.town, by=by, at=NOW, size=2)
    a_month_of(city)

    assert queries(ending.page, "all_ended", bureau, city.town, by=by, at=NOW, size=2) == few == 3
