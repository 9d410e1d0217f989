"""What every procedure shares, over the real files: remind, ask for help, enter what came late."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from huiyin.matters import intake
from huiyin.matters.acting import act
from huiyin.matters.intake import Said
from huiyin.matters.models import Channel, EventHeader, Matter, Run, RunClock
from huiyin.matters.refusals import ActRefused, NotYetHappened
from huiyin.matters.tests.records import the_record
from huiyin.matters.verifying import verify
from huiyin.people.actors import SYSTEM
from huiyin.procedures.tests.shipped import PROCEDURES
from huiyin.units.tests.factories import NOW

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
REMINDED = sorted(
    name
    for name, rules in PROCEDURES.items()
    if not rules.is_child and "remind" in rules.actions and rules.confidential is False
)


# --- reminding ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", REMINDED)
def test_a_reporter_reminds_once_a_working_day_and_not_more(name):
    city = the_record()
    opening = next(rule for rule in PROCEDURES[name].openings if "person" in rule.by)
    run = city.open(name, opening.name).run  # a Monday, 9:00

    city.act(run.pk, "remind", by=city.reporter)
    with pytest.raises(ActRefused) as refused:
        city.act(run.pk, "remind", by=city.reporter, at=NOW + 8 * HOUR)
    city.act(run.pk, "remind", by=city.reporter, at=NOW + 15 * HOUR)  # Tuesday begins

    assert refused.value.reason == "run.too_soon"
    assert run.timeline.filter(action="remind").count() == 2


def test_a_weekend_is_no_working_day():
    city = the_record()
    friday = NOW + 4 * DAY
    run = city.open("grid", "submit", at=friday).run
    city.act(run.pk, "remind", by=city.reporter, at=friday)

    with pytest.raises(ActRefused):
        city.act(run.pk, "remind", by=city.reporter, at=friday + DAY)
    city.act(run.pk, "remind", by=city.reporter, at=friday + 3 * DAY)


def test_reminding_moves_no_limit():
    city = the_record()
    run = city.open("hotline", "accept_call").run
    before = list(RunClock.objects.filter(run=run).order_by("name").values())

    city.act(run.pk, "remind", by=city.reporter)

    assert list(RunClock.objects.filter(run=run).order_by("name").values()) == before


# --- lead and assist ------------------------------------------------------------------------------

SPLIT = [
    pytest.param(
        "grid",
        ("verify_report", "register", "analyse", "dispatch", "acknowledge", "start_handling"),
        "feed_back", id="grid",
    ),
    pytest.param("hotline", ("dispatch", "acknowledge"), "answer", id="hotline"),
]  # fmt: skip


def led(city, name, acts):
    """A run that a unit leads, which has asked two others for help."""
    opening = "submit" if name == "grid" else "accept_call"
    run = city.open(name, opening).run
    for action in acts:
        run = city.act(run.pk, action).run
    others = [str(city.unit("department", one).pk) for one in ("helping", "helping too")]
    city.act(run.pk, "ask_assistance", to_units=others)
    return run, list(Run.objects.filter(parent=run).order_by("id"))


@pytest.mark.parametrize(("name", "acts", "finish"), SPLIT)
def test_the_lead_does_not_finish_before_those_it_asked_have_answered(name, acts, finish):
    city = the_record()
    run, helping = led(city, name, acts)
    assert [one.procedure for one in helping] == ["assist", "assist"]

    for number, child in enumerate(helping):
        with pytest.raises(ActRefused) as refused:
            city.act(run.pk, finish)
        assert refused.value.reason == f"{name}.assistance_open"
        city.act(child.pk, "answer" if number == 0 else "take_back")
    done = city.act(run.pk, finish)

    assert done.event.action == finish
    assert verify().differences == []


def test_each_unit_that_is_asked_has_a_run_and_a_limit_of_its_own():
    city = the_record()
    run, helping = led(city, "hotline", SPLIT[1].values[1])

    held = [child.assignments.get(role="helper").unit.name for child in helping]
    assert held == ["departmenthelping", "departmenthelping too"]
    assert [child.clocks.get().name for child in helping] == ["answer", "answer"]
    assert run.timeline.filter(action="ask_assistance").count() == 1


def test_the_centre_names_lead_and_assist_and_the_lead_waits_for_them():
    city = the_record()
    run = city.open("hotline", "accept_call").run
    run = city.act(run.pk, "dispatch").run
    run = city.act(run.pk, "acknowledge").run

    city.act(run.pk, "split_lead_assist")
    with pytest.raises(ActRefused) as refused:
        city.act(run.pk, "answer")

    assert refused.value.reason == "hotline.assistance_open"
    assert Run.objects.get(parent=run).procedure == "assist"
    assert verify().differences == []


# --- late entry -----------------------------------------------------------------------------------


def enter(city, occurred_at, *, at=NOW):
    return intake.open_matter(
        procedure="grid", action="take_over", said=Said("来信：路灯不亮"), place=city.place,
        channel=Channel.LETTER, by=SYSTEM, at=at, form={}, occurred_at=occurred_at,
    )  # fmt: skip


def test_a_letter_entered_late_keeps_both_times_and_its_limits_count_from_the_record():
    city = the_record()
    came = NOW - 3 * DAY

    done = enter(city, came)

    matter = Matter.objects.get()
    assert (matter.occurred_at, matter.opened_at) == (came, NOW)
    assert (done.event.occurred_at, done.event.recorded_at) == (came, NOW)
    assert RunClock.objects.get(run=done.run, name="intake").started_at == NOW
    assert verify().differences == []


def test_nothing_is_recorded_before_it_happened():
    city = the_record()
    run = enter(city, None).run

    with pytest.raises(NotYetHappened):
        enter(city, NOW + HOUR)
    with pytest.raises(NotYetHappened):
        act(
            run.pk, "note", by=city.staff(city.unit("governance_centre")), at=NOW,
            form={"text": "来电补充。"}, occurred_at=NOW + HOUR,
        )  # fmt: skip


@pytest.mark.parametrize("model", [Matter, EventHeader])
def test_the_database_keeps_it_from_being_so(model):
    city = the_record()
    enter(city, NOW)

    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.update(occurred_at=NOW + HOUR)
