"""Who should get it, why it went there, and what a unit has to say that sends it back."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huiyin.dispatch.refusals import BasisMissing, RightUnitIsTheSame, RightUnitMissing
from huiyin.dispatch.returns import reasons
from huiyin.dispatch.tests.factories import a_duty
from huiyin.matters import asking
from huiyin.matters.acting import act, hold
from huiyin.matters.models import Matter, Run
from huiyin.matters.refusals import ActRefused, NotPermitted
from huiyin.matters.suggesting import suggestion
from huiyin.matters.tests.records import the_record
from huiyin.procedures.checks import CHECKS
from huiyin.procedures.simulation import a_form
from huiyin.units.tests.factories import NOW, a_category

pytestmark = pytest.mark.django_db
MOST = {"acknowledge": 12, "dispatch": 12, "return_order": 12}


def with_a_duty():
    """A city whose list of duties gives street lamps to the department, and an order about one."""
    city = the_record()
    lamps = a_category("02", name="路灯不亮")
    a_duty(city.unit("department"), lamps, city.town, basis="权责清单", item_no="17")
    run = city.open("hotline", "accept_call").run
    Matter.objects.filter(pk=run.matter_id).update(category=lamps)
    return city, run


def dispatcher(city):
    return city.staff(city.unit("hotline_centre", "z"), "hotline.dispatch", "hotline.decide")


# --- suggestion -----------------------------------------------------------------------------------


def test_whoever_may_dispatch_is_told_which_unit_and_why():
    city, run = with_a_duty()

    found = suggestion(run.pk, by=dispatcher(city), at=NOW)

    assert found.answer.unit.id == city.unit("department").pk
    assert found.answer.as_data()["functional"]["item_no"] == "17"
    assert found.acts == {"dispatch": "to_unit"}


def test_a_unit_that_is_accused_is_never_suggested():
    city, run = with_a_duty()
    Matter.objects.filter(pk=run.matter_id).update(accused=[city.unit("department").pk])

    answer = suggestion(run.pk, by=dispatcher(city), at=NOW).answer

    assert answer.unit is None or answer.unit.id != city.unit("department").pk
    assert str(city.unit("department").pk) not in str(answer.as_data())


def test_whoever_may_not_dispatch_is_told_nothing():
    city, run = with_a_duty()

    with pytest.raises(NotPermitted):
        suggestion(run.pk, by=city.staff(city.unit("hotline_centre", "z")), at=NOW)


def test_without_a_class_of_matter_nothing_is_suggested():
    city = the_record()
    run = city.open("hotline", "accept_call").run

    assert suggestion(run.pk, by=dispatcher(city), at=NOW).answer is None


# --- sending back ---------------------------------------------------------------------------------


def returning(city, run, **said):
    form = {"reason": "not_our_duty", "basis": "三定方案第二条", **said}
    by = city.staff(city.unit("department"))
    return city.act(run.pk, "return_order", by=by, form=form)


@pytest.mark.parametrize("procedure", ["hotline", "grid"])
def test_what_is_not_our_duty_goes_back_with_its_basis_and_the_unit_believed_right(procedure):
    city = the_record()
    run = given(city, procedure)
    other = str(city.unit("department", "other").pk)

    with pytest.raises(RightUnitMissing):
        returning(city, run)
    with pytest.raises(RightUnitIsTheSame):
        returning(city, run, right_unit=str(city.unit("department").pk))
    with pytest.raises((BasisMissing, ActRefused)):
        returning(city, run, basis="", right_unit=other)
    assert Run.objects.get(pk=run.pk).state == "dispatched"

    assert returning(city, run, right_unit=other).run.state == "returned"


def given(city, procedure):
    """A run that the department has been given and has not signed for."""
    if procedure == "hotline":
        run = city.open("hotline", "accept_call").run
        return city.act(run.pk, "dispatch").run
    run = city.open("grid").run
    for action in ("verify_report", "register", "analyse", "dispatch"):
        run = city.act(run.pk, action).run
    return run


def test_after_two_returns_a_unit_is_designated_and_that_one_cannot_send_it_back():
    city = the_record()
    run = given(city, "hotline")
    other = str(city.unit("department", "other").pk)
    returning(city, run, right_unit=other)
    city.act(run.pk, "redispatch")
    returning(city, run, right_unit=other)

    with pytest.raises(ActRefused) as refused:
        city.act(run.pk, "redispatch")
    assert refused.value.reason == "hotline.designate_now"

    city.act(run.pk, "resolve_dispute")
    with pytest.raises(ActRefused) as refused:
        returning(city, run, right_unit=other)
    assert refused.value.reason == "hotline.designated"


def test_every_check_that_files_may_name_has_its_code():
    assert asking.CHECKS.keys() == CHECKS.keys()


@pytest.mark.parametrize("action", MOST)
def test_giving_to_a_unit_and_sending_back_ask_no_more_than_another_act(action):
    city, run = with_a_duty()
    if action != "dispatch":
        city.act(run.pk, "dispatch")
    held = hold(run.pk, at=NOW)
    rule = held.procedure.actions[action]
    by = city.whoever(held.procedure, rule.by[0], held.before.roles, held.before)
    form = city.form(a_form(rule, held.before, NOW), rule, by)

    reasons()  # the city's lists are in memory

    with CaptureQueriesContext(connection) as seen:
        act(run.pk, action, by=by, at=NOW, form=form)

    asked = [one for one in seen if "SAVEPOINT" not in one["sql"]]
    assert len(asked) <= MOST[action]
