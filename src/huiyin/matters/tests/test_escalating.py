"""Who hears of a limit before, at and after its end: each step once, in its time, to the right one.

The days are those of Qingming 2026: Saturday 4 to Monday 6 April are off.
"""

from collections import Counter
from datetime import datetime, timedelta

import pytest

from huiyin.dispatch import lists
from huiyin.dispatch.models import ClockKind, LadderRule, Level, Phase, Target
from huiyin.matters import escalating, keeping
from huiyin.matters.models import EventHeader, Matter, Run, RunClock, StepTaken
from huiyin.matters.refusals import SomebodyWasFaster
from huiyin.matters.tests.records import the_record
from huiyin.matters.timeline import timeline
from huiyin.matters.verifying import verify
from huiyin.matters.writing import ESCALATED
from huiyin.notices.models import Notice
from huiyin.units import roster, verbs
from huiyin.units.models import Unit
from huiyin.units.tests.factories import CLERK, SHANGHAI

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
TOWN_CENTRE, CITY_CENTRE = "长河街道综治中心", "市综治中心"


def on(day, hour=9, minute=0, month=4):
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


BEGIN = on(1)  # a Wednesday; two working days to answer: Thursday and Friday


def an_order(city, *, at=BEGIN, **more):
    """A hotline order that the department has signed for."""
    run = city.open("hotline", "accept_call", at=at, **more).run
    city.act(run.pk, "dispatch", at=at + MINUTE)
    return city.act(run.pk, "acknowledge", at=at + 2 * MINUTE).run


def an_online_order(city, *, at=BEGIN):
    """A hotline order that a resident has sent in and nobody has touched."""
    return city.open("hotline", "submit_online", by=city.reporter, at=at).run


def hourly(begin, end):
    """Let the clock-keeper look every hour."""
    while begin <= end:
        keeping.keep(at=begin)
        begin += HOUR


def steps(run, clock, *, passed_over=False):
    """Step by step: when, which rung, who was told."""
    names = dict(Unit.objects.values_list("pk", "name"))
    return [
        (
            f"{step.at.astimezone(SHANGHAI):%m-%d %H}",
            step.rung.split(".")[2],
            names[step.unit_id],
        )
        for step in StepTaken.objects.filter(
            clock__run=run, clock__name=clock, is_passed_over=passed_over
        ).order_by("at", "rung")
    ]


def notices(**wanted):
    """Who was told what, from notices of limits."""
    names = dict(Unit.objects.values_list("pk", "name"))
    found = Notice.objects.filter(name__startswith="clock.", **wanted).order_by("pk")
    return [(one.name, names.get(one.unit_id, "")) for one in found]


# --- step by step ---------------------------------------------------------------------------------


def test_a_unit_is_warned_then_its_head_hears_then_the_offices_above_to_the_city():
    city = the_record()
    run = an_order(city)

    hourly(BEGIN, on(21))

    assert steps(run, "answer") == [
        ("04-02 09", "warning_1", "department"),  # one working day before, when offices open
        ("04-03 00", "due_1", "department"),  # Thursday was the last day in time
        ("04-07 09", "overdue_1", "department"),  # one working day: Friday; told after the holiday
        ("04-07 09", "overdue_1", TOWN_CENTRE),  # no unit above it: the nearest centre stands in
        ("04-09 09", "overdue_2", TOWN_CENTRE),
        ("04-13 09", "overdue_3", CITY_CENTRE),
        ("04-20 09", "overdue_4", CITY_CENTRE),
    ]
    assert verify().differences == []


def test_what_was_promised_reaches_the_centre_on_the_day():
    city = the_record()
    run = an_order(city)

    hourly(BEGIN, on(14))

    assert steps(run, "promise")[1:3] == [
        ("04-03 00", "due_1", TOWN_CENTRE), ("04-03 00", "due_1", "department"),
    ]  # fmt: skip
    assert steps(run, "promise")[-1] == ("04-13 09", "overdue_3", CITY_CENTRE)


def test_of_two_limits_that_end_together_each_unit_hears_one_thing_and_there_is_one_event():
    city = the_record()
    run = an_order(city)
    hourly(BEGIN, on(2, 23))

    keeping.keep(at=on(3, 0))

    assert set(notices(put_at=on(3, 0))) == {
        ("clock.due", "department"), ("clock.escalated", TOWN_CENTRE),
    }  # fmt: skip
    assert len(notices(put_at=on(3, 0))) == 2
    assert EventHeader.objects.filter(run=run, action=ESCALATED).count() == 2
    event = EventHeader.objects.filter(run=run, action=ESCALATED).last()
    rungs = {rung for _clock, rung, _unit, _role in event.effects["marks"][escalating.STEPS]}
    assert rungs == {"promise.normal.due_1.centre", "promise.normal.due_1.head",
                     "unit.normal.due_1.head"}  # fmt: skip


def test_what_nobody_holds_is_told_to_the_centres_at_its_end_and_before_anything_else():
    city = the_record()
    held = an_order(city, at=on(1, 9))
    unheld = an_online_order(city, at=on(1, 10))

    hourly(BEGIN, on(1, 12))
    assert StepTaken.objects.count() == 0  # there is nobody to be warned
    kept = keeping.keep(at=on(3, 12))

    # The dispatcher's four hours ended on the first, the promise on the third.
    assert steps(unheld, "dispatch")[-1] == ("04-03 12", "overdue_2", CITY_CENTRE)
    assert kept.steps
    of_first = EventHeader.objects.filter(action=ESCALATED).order_by("pk").first()
    assert of_first.run_id == unheld.pk
    assert ("clock.unheld", TOWN_CENTRE) in notices()[:2]
    assert steps(held, "answer")


def test_an_office_that_has_taken_it_up_holds_it_until_it_gives_it_to_a_unit():
    city = the_record()
    run = city.open("hotline", "accept_call", at=BEGIN).run

    hourly(BEGIN, on(1, 13))

    told = {unit for _at, _rung, unit in steps(run, "dispatch")}
    assert told == {Unit.objects.get(kind="hotline_centre").name}


def test_what_is_given_to_a_unit_late_warns_that_unit_at_once():
    city = the_record()
    run = an_online_order(city)  # five working days: to the end of Thursday the ninth
    keeping.keep(at=on(9, 10))
    assert steps(run, "promise") == []

    city.act(run.pk, "dispatch", at=on(9, 11))
    keeping.keep(at=on(9, 11, 1))

    assert steps(run, "promise") == [("04-09 11", "warning_1", "department")]


# --- standstill, keepers at once ------------------------------------------------------------------


def test_after_a_week_of_standstill_everybody_hears_once_what_concerns_them_most():
    city = the_record()
    run = an_order(city)

    first = keeping.keep(at=on(14, 12))
    again = keeping.keep(at=on(14, 12, 1))

    assert steps(run, "answer") == [
        ("04-14 12", "overdue_1", "department"),
        ("04-14 12", "overdue_2", TOWN_CENTRE),
        ("04-14 12", "overdue_3", CITY_CENTRE),
    ]
    passed = {rung for _at, rung, _unit in steps(run, "answer", passed_over=True)}
    assert passed == {"warning_1", "due_1", "overdue_1"}
    assert Counter(unit for _name, unit in notices()) == {
        "department": 1, TOWN_CENTRE: 1, CITY_CENTRE: 1,
    }  # fmt: skip
    assert (first.steps > 0, again.steps) == (True, 0)
    assert verify().differences == []


def test_a_changed_ladder_holds_for_limits_that_run_already():
    city = the_record()
    run = an_order(city)
    keeping.keep(at=on(3, 0, 1))
    rule = LadderRule.objects.get(
        clock_kind=ClockKind.UNIT, urgency="normal", phase=Phase.OVERDUE, target=Target.SUPERIOR
    )  # fmt: skip
    lists.set_step(rule_id=rule.pk, amount=30, unit="minute", by=CLERK, at=on(3, 0, 2))

    keeping.keep(at=on(3, 0, 31))

    assert steps(run, "answer")[-1] == ("04-03 00", "overdue_1", TOWN_CENTRE)


# --- pauses, more time, the accused ---------------------------------------------------------------


def test_more_time_brings_the_steps_again_at_their_new_moments():
    city = the_record()
    run = an_order(city)
    keeping.keep(at=on(2, 9))
    city.act(run.pk, "ask_answer_extension", at=on(2, 10), amount=1)
    city.act(run.pk, "approve_answer_extension", at=on(2, 10, 5))
    ends = RunClock.objects.get(run=run, name="answer").due_at
    assert ends == on(4, 0)

    hourly(on(2, 11), on(4, 1))

    assert [one for one in steps(run, "answer") if one[1] != "overdue_1"] == [
        ("04-02 09", "warning_1", "department"),
        ("04-03 09", "warning_1", "department"),
        ("04-04 00", "due_1", "department"),
    ]


def test_a_limit_that_rests_tells_nobody_until_it_goes_on():
    city = the_record()
    run = city.open("grid", at=BEGIN).run
    for number, action in enumerate(
        ("verify_report", "register", "analyse", "dispatch", "acknowledge", "start_handling")
    ):
        city.act(run.pk, action, at=BEGIN + number * MINUTE)
    city.act(run.pk, "ask_suspension", at=BEGIN + 10 * MINUTE)
    before = RunClock.objects.get(run=run, name="handle")
    city.act(run.pk, "suspend", at=BEGIN + 11 * MINUTE)
    clock = RunClock.objects.get(run=run, name="handle")
    assert (clock.status, clock.next_step_at) == ("paused", None)

    keeping.keep(at=BEGIN + DAY)
    assert steps(run, "handle") == []

    city.act(run.pk, "resume", at=BEGIN + DAY + MINUTE)
    clock.refresh_from_db()
    assert clock.due_at > before.due_at
    keeping.keep(at=clock.due_at)
    assert steps(run, "handle")


def test_nobody_of_a_unit_that_is_accused_is_told():
    city = the_record()
    run = an_order(city)
    town = Unit.objects.get(name=TOWN_CENTRE)
    Matter.objects.filter(pk=run.matter_id).update(
        accused=[town.pk, city.unit("department").pk]
    )  # fmt: skip

    hourly(BEGIN, on(14))

    assert {unit for _name, unit in notices()} == {CITY_CENTRE}


def test_of_a_confidential_matter_only_number_and_day_are_told():
    city = the_record()
    run = city.open("petition", at=BEGIN).run

    hourly(BEGIN, on(30))

    told = Notice.objects.filter(name__startswith="clock.")
    assert told
    for notice in told:
        assert notice.confidential
        assert "路灯" not in str(notice.texts)
    assert StepTaken.objects.filter(clock__run=run).exists()


# --- whoever is on duty ---------------------------------------------------------------------------


def an_urgent_order(city, *, at):
    run = an_order(city, at=at)
    Matter.objects.filter(pk=run.matter_id).update(urgency=Level.URGENT)
    clock = RunClock.objects.get(run=run, name="answer")
    return run, clock


def office_hours(unit):
    spans = [["08:30", "12:00"], ["13:30", "17:30"]]
    verbs.set_contact(
        unit_id=unit.pk, opening_hours=dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), spans),
        by=CLERK, at=BEGIN,
    )  # fmt: skip


def test_at_night_whoever_is_on_duty_hears_of_what_is_urgent_else_the_unit_in_the_morning():
    city = the_record()
    run, clock = an_urgent_order(city, at=BEGIN)
    department, centre = city.unit("department"), Unit.objects.get(name=TOWN_CENTRE)
    office_hours(department)
    office_hours(centre)
    roster.plan_shift(
        unit_id=department.pk, starts_at=on(2, 18), ends_at=on(3, 8), name="值班员",
        phone="15400000009", by=CLERK, at=BEGIN,
    )  # fmt: skip
    keeping.keep(at=on(2, 12))

    keeping.keep(at=clock.due_at)  # midnight

    told = Notice.objects.filter(put_at=clock.due_at, name__startswith="clock.")
    sms = told.get(channel="sms")
    assert (sms.address, sms.urgent, sms.due_at) == ("15400000009", True, clock.due_at)
    at_centre = told.get(unit_id=centre.pk)
    assert at_centre.due_at == on(3, 8, 30)  # when it opens
    assert told.get(unit_id=department.pk).due_at == clock.due_at
    assert Run.objects.get(pk=run.pk).events > 3


# --- on the timeline ------------------------------------------------------------------------------


def test_staff_read_on_the_timeline_who_was_told_and_people_do_not():
    city = the_record()
    run = an_order(city)
    keeping.keep(at=on(2, 9))
    matter = Matter.objects.get(pk=run.matter_id)

    seen = timeline(matter, by=city.staff(city.unit("department"))).entries
    own = timeline(matter, by=city.reporter).entries

    entry = next(one for one in seen if one.action == ESCALATED)
    assert entry.sentence == "时限提醒。"
    assert [(one.label, one.value) for one in entry.details] == [
        ("承诺答复期限", "预警：department"), ("办结答复期限", "预警：department"),
    ]  # fmt: skip
    assert ESCALATED not in [one.action for one in own]


def test_whoever_acts_is_not_told_that_somebody_was_faster_because_a_limit_was_told_of():
    city = the_record()
    run = an_order(city)
    seen = run.events
    keeping.keep(at=on(2, 9))

    done = city.act(run.pk, "answer", at=on(2, 10), expected=seen)

    assert done.run.state == "answered"
    with pytest.raises(SomebodyWasFaster):
        city.act(run.pk, "audit", at=on(2, 11), expected=seen)


# --- how it is found ------------------------------------------------------------------------------


def test_a_look_at_many_takes_as_many_queries_as_at_one(django_assert_max_num_queries):
    city = the_record()
    for _ in range(5):
        an_order(city)
        an_online_order(city)

    with django_assert_max_num_queries(26):
        taken = escalating.take_steps(at=on(3, 0, 1)).taken

    assert taken == 25
