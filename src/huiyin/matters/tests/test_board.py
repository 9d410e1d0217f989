"""The dispatch board: what waits for a unit, what came back, what has to be ruled on; for whom."""

from datetime import timedelta

import pytest

from huiyin.matters import board
from huiyin.matters.board import Filters, Pile
from huiyin.matters.models import Matter, Run
from huiyin.matters.tests.records import the_record
from huiyin.procedures import library
from huiyin.units.tests.factories import NOW

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def city():
    return the_record()


def an_order(city, *acts, **more):
    run = city.open("hotline", "accept_call", grade="ordinary", **more).run
    for hour, action in enumerate(acts, 1):
        run = city.act(run.pk, action, at=NOW + hour * HOUR).run
    return run


def classed(city, run):
    """Give its matter the city's class, as somebody who takes a call does."""
    Matter.objects.filter(pk=run.matter_id).update(category=city.category)
    return Run.objects.select_related("matter__category").get(pk=run.pk)


def a_dispatcher(city):
    return city.staff(city.unit("hotline_centre"), "hotline.dispatch")


def a_head(city):
    return city.staff(city.unit("hotline_centre"), "hotline.decide")


def on(which, by, **only):
    return [run.pk for run in board.pile(which, by=by, only=Filters(**only)).runs]


def test_ways_are_those_of_offices_in_procedures_anybody_may_look_at():
    found = {(way.rules.name, way.state, way.act.name) for way in board.ways()}

    assert found == {
        ("grid", "analysed", "dispatch"),
        ("grid", "returned", "dispatch"),
        ("grid", "returned", "designate"),
        ("hotline", "received", "dispatch"),
        ("hotline", "returned", "redispatch"),
        ("hotline", "returned", "resolve_dispute"),
        ("orders", "submitted", "assign"),
        ("orders", "transferred", "reassign"),
    }
    assert board.returning("hotline") == ("return_order", "take_back")


def test_what_came_in_waits_for_a_unit_and_is_gone_once_it_has_one(city):
    waiting, given = an_order(city), an_order(city, "dispatch")
    by = a_dispatcher(city)

    assert on(Pile.UNASSIGNED, by) == [waiting.pk]
    assert board.counts(by=by) == {Pile.UNASSIGNED: 1, Pile.RETURNED: 0, Pile.RULING: 0}
    assert given.state == "dispatched"


def test_what_came_back_once_is_given_on_and_what_came_back_twice_is_ruled_on(city):
    once = an_order(city, "dispatch", "return_order")
    twice = an_order(city, "dispatch", "return_order", "redispatch", "return_order")

    assert on(Pile.RETURNED, a_dispatcher(city)) == [once.pk]
    assert on(Pile.RETURNED, a_head(city)) == [once.pk]
    assert on(Pile.RULING, a_head(city)) == [twice.pk]


def test_a_ruling_is_not_shown_to_whoever_may_not_rule(city):
    an_order(city, "dispatch", "return_order", "redispatch", "return_order")

    assert board.counts(by=a_dispatcher(city))[Pile.RULING] == 0


def test_no_board_shows_what_complains_of_its_own_unit_or_lies_elsewhere(city):
    hotline = city.unit("hotline_centre")
    an_order(city, accused=(hotline.pk,))
    seen = an_order(city)
    elsewhere = city.staff(hotline, "hotline.dispatch", place=city.place)

    assert on(Pile.UNASSIGNED, a_dispatcher(city)) == [seen.pk]
    assert on(Pile.UNASSIGNED, city.staff(city.unit("court"), "hotline.dispatch")) == []
    assert board.dispatches(elsewhere)


def test_a_grid_matter_waits_for_the_centre_of_the_level_it_was_taken_up_to(city):
    run = city.open("grid", "submit").run
    for action, fields in (
        ("verify_report", {"level": "county"}), ("register", {}), ("analyse", {"level": "town"}),
    ):  # fmt: skip
        run = city.act(run.pk, action, **fields).run
    centre = city.unit("governance_centre")

    assert on(Pile.UNASSIGNED, city.staff(centre, level="town")) == [run.pk]
    assert on(Pile.UNASSIGNED, city.staff(centre, level="county")) == []


def test_the_list_is_narrowed_down_by_place_class_procedure_and_urgency(city):
    run = classed(city, an_order(city))
    by = a_dispatcher(city)

    assert on(Pile.UNASSIGNED, by, place=city.town.pk) == [run.pk]
    assert on(Pile.UNASSIGNED, by, place=run.pk) == []
    assert on(Pile.UNASSIGNED, by, branch=run.matter.category.code[:2]) == [run.pk]
    assert on(Pile.UNASSIGNED, by, branch="99") == []
    assert on(Pile.UNASSIGNED, by, procedure="grid") == []
    assert on(Pile.UNASSIGNED, by, urgent=True) == []


def test_pages_follow_each_other_and_take_as_many_queries_with_many_as_with_one(
    city, django_assert_num_queries
):
    runs = [an_order(city) for _ in range(3)]
    by = a_dispatcher(city)

    with django_assert_num_queries(1):
        first = board.pile(Pile.UNASSIGNED, by=by, limit=2)
    with django_assert_num_queries(1):
        second = board.pile(Pile.UNASSIGNED, by=by, after=first.next, limit=2)
    with django_assert_num_queries(1):
        board.counts(by=by)

    found = [run.pk for run in (*first.runs, *second.runs)]
    assert sorted(found) == sorted(run.pk for run in runs)
    assert second.next is None


def test_who_had_it_and_why_it_left_them_is_known_in_its_order(city):
    run = an_order(city, "dispatch", "return_order", "redispatch", "return_order")

    held = board.held_before([run])[run.pk]
    returns = board.returns_of([run])[run.pk]

    assert [one.to_at - one.from_at for one in held] == [HOUR, HOUR]
    assert [one.at for one in returns] == [one.to_at for one in held]
    assert {one.action for one in returns} == {"return_order"}


def test_a_form_is_filled_with_the_unit_its_basis_and_what_the_run_remembers(city):
    run = an_order(city)
    dispatch = library.procedure("hotline").actions["dispatch"]
    unit = city.unit("department")

    bare = board.filled_in(dispatch, run, unit=unit.pk, answer=None)

    assert bare == {"grade": "ordinary", "to_unit": str(unit.pk)}
    assert not board.is_filled(dispatch, bare)  # the basis is for somebody to say
    assert board.is_filled(dispatch, {**bare, "basis": "functional"})


def test_earlier_matters_of_the_kind_count_for_the_unit_that_brought_them_to_an_end(city):
    for _ in range(2):
        classed(city, an_order(city, "dispatch", "acknowledge", "answer"))
    run = classed(city, an_order(city))

    found = board.earlier(run, by=a_dispatcher(city), at=NOW + timedelta(days=1))

    assert [(unit.pk, number) for unit, number in found] == [(city.unit("department").pk, 2)]
