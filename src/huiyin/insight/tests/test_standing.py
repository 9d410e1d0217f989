"""How a place stands: each figure is the length of the list behind it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from huiyin.insight import standing
from huiyin.insight.delivering import deliveries
from huiyin.matters.acting import act
from huiyin.matters.keeping import keep
from huiyin.matters.tests.records import the_record

pytestmark = pytest.mark.django_db
CITY = ZoneInfo("Asia/Shanghai")
# A Thursday without a holiday near: a hotline order has five working days, until Thursday 19.
NOW = datetime(2026, 11, 12, 10, 0, tzinfo=CITY)


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


def test_what_came_in_what_is_late_and_what_ends_today_are_counted_apart(city):
    for days in (0, 0, 1, 7, 30):
        run = a_call(city, NOW - timedelta(days=days))
        given(city, run, city.unit("department"), NOW - timedelta(days=days))
    keep(at=NOW)

    found = standing.standing(city.town, by=leader_of(city), at=NOW)

    assert (found.today, found.week_ago, found.open) == (2, 1, 5)
    assert found.overdue == 2  # nobody signed for the one of last week either
    assert found.change == 100


@pytest.mark.parametrize("which", standing.LISTS)
def test_every_figure_is_the_length_of_its_list(city, which):
    for days in (0, 3, 30):
        a_call(city, NOW - timedelta(days=days))
    by = leader_of(city)

    figure = getattr(standing.standing(city.town, by=by, at=NOW), which)

    assert figure == standing.listed(which, city.town, by=by, at=NOW).count()


def test_neither_figure_nor_list_knows_of_what_accuses_the_reader_or_is_confidential(city):
    office = city.unit("committee_office")
    a_call(city, NOW, accused=(office.pk,))
    city.open("petition", at=NOW)

    found = standing.standing(city.town, by=leader_of(city), at=NOW)

    assert (found.today, found.open) == (0, 0)


def test_the_parts_of_a_place_add_up_to_it(city):
    for _ in range(3):
        a_call(city, NOW)
    by = leader_of(city)

    parts = standing.parts(city.town, by=by, at=NOW)

    assert sum(part.open for part in parts.values()) == 3
    assert set(parts) == {city.place.village_id}


def test_days_without_a_matter_are_shown_as_none(city):
    a_call(city, NOW - timedelta(days=2))

    days = standing.by_day(city.town, by=leader_of(city), at=NOW)

    assert [count for _day, count in days] == [0] * 11 + [1, 0, 0]
    assert days[-1][0] == timezone.localdate(NOW)


def test_a_unit_is_told_of_with_numerator_and_denominator(city):
    bureau = city.unit("department")
    run = given(city, a_call(city, NOW), bureau, NOW)
    given(city, a_call(city, NOW), bureau, NOW)
    by = city.staff(bureau)
    act(run.pk, "acknowledge", by=by, at=NOW, form={"handler": "王芳"})
    city.act(run.pk, "answer", by=by, at=NOW, outcome="solved", told_how="phone")

    (one,) = [found for found in deliveries(city.town, at=NOW) if found.unit.pk == bureau.pk]

    assert (one.in_time, one.ended, one.percent) == (1, 1, 100)
    assert one.open == 1
