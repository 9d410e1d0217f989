"""The hotline at work, every step a real act: pick-up, return, ruling, extension, audit, redo."""

from datetime import timedelta

import pytest

from huiyin.matters.models import CallBack, Rating, RunClock
from huiyin.matters.refusals import ActRefused
from huiyin.matters.tests.records import the_record
from huiyin.matters.verifying import verify
from huiyin.units.tests.factories import NOW

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def an_order(city, *acts, grade="ordinary"):
    run = city.open("hotline", "accept_call", grade=grade).run
    for action in acts:
        fields = {"grade": grade} if action == "dispatch" else {}
        run = city.act(run.pk, action, **fields).run
    return run


def due(run, clock):
    return RunClock.objects.get(run=run, name=clock).due_at


def test_the_grade_decides_how_soon_an_order_is_picked_up():
    city = the_record()

    danger, supply, ordinary = (
        due(an_order(city, "dispatch", grade=grade), "acknowledge") - NOW
        for grade in ("danger", "supply", "ordinary")
    )

    assert danger < supply < ordinary


def test_what_is_returned_is_ruled_on_and_then_stays_where_it_was_put():
    city = the_record()
    run = an_order(city, "dispatch")
    promised = due(run, "promise")
    other = str(city.unit("department", "2").pk)

    city.act(run.pk, "return_order")
    city.act(run.pk, "resolve_dispute", to_unit=other, consulted=[other])
    with pytest.raises(ActRefused) as refused:
        city.act(run.pk, "return_order")

    assert refused.value.sentence.startswith("经裁定指定承办的工单不能退回")
    assert due(run, "promise") == promised
    assert list(run.assignments.filter(to_at=None).values_list("unit__code", flat=True)) == [
        city.unit("department", "2").code
    ]


def test_an_order_is_not_returned_after_two_working_days():
    city = the_record()
    run = an_order(city, "dispatch", "acknowledge")

    with pytest.raises(ActRefused) as refused:
        city.act(run.pk, "return_order", at=NOW + 7 * DAY)

    assert refused.value.sentence.startswith("已超过退单时限")


def test_more_time_is_asked_for_by_the_unit_and_given_by_the_centre():
    city = the_record()
    run = an_order(city, "dispatch", "acknowledge")
    before = due(run, "answer")

    city.act(run.pk, "ask_answer_extension")
    assert due(run, "answer") == before
    city.act(run.pk, "approve_answer_extension")

    assert due(run, "answer") > before


def test_what_fails_the_audit_is_done_again_and_the_first_answer_keeps_its_day():
    city = the_record()
    run = an_order(city, "dispatch", "acknowledge", "answer")
    answered = run.done_at

    run = city.act(run.pk, "redo", at=NOW + DAY).run
    for action in ("answer", "audit"):
        run = city.act(run.pk, action, at=NOW + 2 * DAY).run

    assert (run.state, run.done_at) == ("audited", answered)


def test_what_one_unit_cannot_solve_is_put_before_the_government():
    city = the_record()
    run = an_order(city, "dispatch", "acknowledge")

    assert city.act(run.pk, "refer_up").run.state == "leader_level"
    assert city.act(run.pk, "decide_leader").run.state != "leader_level"


def test_from_the_call_to_the_rating_everything_agrees_with_its_events():
    city = the_record()
    run = an_order(city, "dispatch", "acknowledge", "answer", "audit", "call_back")

    run = city.act(run.pk, "rate", by=city.reporter, satisfaction="basically").run
    run = city.act(run.pk, "close").run

    assert (Rating.objects.count(), CallBack.objects.count()) == (1, 1)
    assert verify(run_ids=[run.pk]).differences == []
