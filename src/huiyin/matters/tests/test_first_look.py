"""The clock-keeper looks at a limit when a step can come, and misses none by not looking before."""

import random
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.categories import city_days
from huiyin.categories.models import DayKindChoice, Urgency
from huiyin.dispatch import lists
from huiyin.dispatch.ladder import Rules
from huiyin.dispatch.models import ClockKind, LadderRule, Level, Phase, Target
from huiyin.dispatch.steps import Timed, Times, earliest, next_at, steps_due
from huiyin.matters import first_look as looking
from huiyin.matters import keeping
from huiyin.matters.limits import calendar_of_file, procedure_of
from huiyin.matters.models import KeeperState, RunClock, StepTaken
from huiyin.matters.tests.records import the_record
from huiyin.matters.tests.test_ending import two_alike
from huiyin.procedures import library
from huiyin.units.tests.factories import CLERK, NOW, SHANGHAI

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
KINDS = (ClockKind.PROMISE, ClockKind.UNIT, ClockKind.STAGE, ClockKind.UNHELD)
UNITS = ("minute", "hour", "day", "working_day")
SHARES = ("0.05", "0.3", "0.9")
LIMITS = [
    rule
    for procedure in library.procedures().values()
    for rule in procedure.clocks.values()
    if looking.is_escalated(rule)
]


def some_rules(chance):
    """A ladder for each kind of clock and urgency, of any steps or of none."""
    found = []
    for kind in KINDS:
        for urgency in Urgency:
            kinds = [Phase.WARNING, Phase.DUE, *[Phase.OVERDUE] * 3]
            steps = chance.sample(kinds, chance.randrange(len(kinds)))
            for number, phase in enumerate(steps, start=1):
                is_due, is_warning = phase == Phase.DUE, phase == Phase.WARNING
                found.append(
                    LadderRule(
                        clock_kind=kind, urgency=urgency, phase=phase, number=number,
                        target=chance.choice(list(Target)),
                        share=Decimal(chance.choice(SHARES)) if is_warning else None,
                        amount=None if is_due else chance.randint(1, 4),
                        unit="" if is_due else chance.choice(UNITS),
                    )
                )  # fmt: skip
    return found


def by_kind(rules):
    found = {}
    for rule in rules:
        found.setdefault((rule.clock_kind, rule.urgency), []).append(rule)
    return Rules(found, "")


# --- whatever the ladder and the limit ------------------------------------------------------------


@given(st.randoms(use_true_random=False), st.sampled_from(LIMITS), st.booleans(), st.booleans())
def test_looks_that_begin_with_the_first_look_take_the_steps_of_looks_that_never_wait(
    chance, limit, has_unit, is_urgent
):
    """Whoever holds the matter, or nobody: with the real limits of all procedures."""
    rules, urgency = by_kind(some_rules(chance)), Level.URGENT if is_urgent else Level.NORMAL
    times = Times(NOW, NOW + timedelta(minutes=chance.choice((20, 240, 2_000, 9_000, 40_000))))
    first = looking.first_look(
        limit, times, rules, calendar_of_file(), urgency=urgency, has_unit=has_unit, at=NOW
    )  # fmt: skip
    kind = limit.kind if has_unit or chance.random() < 0.5 else ClockKind.UNHELD
    speed = Urgency.URGENT if is_urgent else Urgency.NORMAL
    ladder = [
        Timed(f"{n}", when, chance.choice("abc"))
        for n, when in enumerate(looking._told(limit, rules.whens(kind, speed)))
    ]

    def walked(since):
        """Look at every tick from an instant on, when the last look has said so; what was taken."""
        at, fired, taken = since, {}, []
        for tick in sorted({NOW + timedelta(minutes=chance.randrange(90_000)) for _ in range(40)}):
            if at is None or tick < at:
                continue
            found = steps_due(ladder, times, fired, now=tick, calendar=calendar_of_file())
            fired |= dict.fromkeys((*found.take, *found.pass_over), tick)
            taken.append((tick, found)) if found.take or found.pass_over else None
            at = next_at(ladder, times, fired, now=tick, calendar=calendar_of_file())
        return taken

    state = chance.getstate()
    always = walked(NOW)
    chance.setstate(state)
    assert walked(first) == always


def test_a_limit_of_which_nobody_is_ever_told_is_never_looked_at():
    limit, times = LIMITS[0], Times(NOW, NOW + DAY)

    assert (
        looking.first_look(
            limit,
            times,
            looking.NO_RULES,
            calendar_of_file(),
            urgency=Level.NORMAL,
            has_unit=False,
            at=NOW,
        )
        is None
    )


# --- in a city ------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(4))
def test_the_steps_are_those_of_a_keeper_that_looks_when_a_tenth_of_the_time_has_gone(seed):
    """Two matters with the same acts; at the limits of one it looks as it did before."""
    chance = random.Random(seed)  # noqa: S311 a draw, no secret
    city = the_record()
    LadderRule.objects.all().delete()
    LadderRule.objects.bulk_create(some_rules(chance))
    pairs = []
    for name in ("hotline", "grid", "petition", "hotline", "grid"):
        pair = two_alike(city, name, chance)
        if pair:
            pairs.append(pair)
    assert pairs
    early = RunClock.objects.filter(run__in=[one for one, _ in pairs], status="running")
    for clock in early:
        rule = procedure_of(clock.run.procedure).clocks[clock.name]
        if looking.is_escalated(rule):
            clock.next_step_at = max(NOW, earliest(Times(clock.started_at, clock.due_at)))
            clock.save(update_fields=["next_step_at"])

    for hours in sorted(chance.sample(range(5, 24 * 30), 25)):
        keeping.keep(at=NOW + timedelta(hours=hours))

    def steps(run):
        found = StepTaken.objects.filter(clock__run=run).order_by("clock__name", "at", "rung")
        return list(found.values_list("clock__name", "at", "rung", "unit_id", "is_passed_over"))

    taken = 0
    for one, other in pairs:
        assert steps(one) == steps(other)
        taken += len(steps(other))
    assert taken


def an_order(city):
    """An order whose unit has to answer; its file says that a working day before is warned."""
    run = city.open("hotline", "accept_call").run
    city.act(run.pk, "dispatch", at=NOW + MINUTE)
    return city.act(run.pk, "acknowledge", at=NOW + 2 * MINUTE).run


def answer(run):
    return RunClock.objects.get(run=run, name="answer")


def let_units_be_warned(is_wanted, *, at=NOW):
    rule = LadderRule.objects.get(clock_kind="unit", urgency="normal", phase=Phase.WARNING)
    lists.set_step(
        rule_id=rule.pk, amount=rule.amount, unit=rule.unit, share=rule.share, active=is_wanted,
        by=CLERK, at=at,
    )  # fmt: skip


def warned(run):
    steps = StepTaken.objects.filter(clock__run=run, clock__name="answer")
    return steps.filter(rung__contains=".warning_").exists()


@pytest.mark.django_db
def test_no_limit_is_looked_at_before_a_step_can_come():
    city = the_record()
    run = an_order(city)
    looks = answer(run).next_step_at
    assert looks == datetime(2026, 3, 3, 8, 30, tzinfo=SHANGHAI)  # when offices open
    keeping.keep(at=looks - MINUTE)
    assert not warned(run)

    keeping.keep(at=looks)

    assert warned(run)


@pytest.mark.django_db
def test_a_step_that_is_taken_up_into_a_ladder_is_not_missed():
    city = the_record()
    let_units_be_warned(False)
    run = an_order(city)
    keeping.keep(at=NOW + 3 * MINUTE)
    assert answer(run).next_step_at == answer(run).due_at
    let_units_be_warned(True, at=NOW + 4 * MINUTE)

    keeping.keep(at=NOW + 5 * MINUTE)
    assert answer(run).next_step_at < answer(run).due_at
    keeping.keep(at=answer(run).next_step_at)

    assert warned(run)


@pytest.mark.django_db
def test_what_was_written_by_rules_just_changed_is_found_when_nobody_knows_them_any_longer():
    city = the_record()
    let_units_be_warned(False)
    run = an_order(city)
    keeping.keep(at=NOW + 3 * MINUTE)
    keeping.keep(at=NOW + 20 * MINUTE)
    let_units_be_warned(True, at=NOW + 20 * MINUTE)
    keeping.keep(at=NOW + 21 * MINUTE)
    # An act that had read the rules before, and was committed after.
    RunClock.objects.filter(run=run, name="answer").update(next_step_at=answer(run).due_at)

    keeping.keep(at=NOW + 22 * MINUTE)
    assert answer(run).next_step_at == answer(run).due_at
    keeping.keep(at=NOW + 21 * MINUTE + looking.SETTLED)

    assert answer(run).next_step_at < answer(run).due_at
    assert KeeperState.objects.get().changed_at is None


@pytest.mark.django_db
def test_a_day_off_more_moves_the_looks():
    city = the_record()
    run = an_order(city)
    keeping.keep(at=NOW + 3 * MINUTE)
    looks = answer(run).next_step_at
    city_days.set_day(
        on=looks.date(), kind=DayKindChoice.ADJUSTED_DAY_OFF, name_zh="防汛", source="市政府通知",
        by=CLERK, at=NOW,
    )  # fmt: skip

    keeping.keep(at=NOW + 5 * MINUTE)

    assert answer(run).next_step_at != looks


@pytest.mark.django_db
def test_a_keeper_killed_while_it_goes_through_the_limits_goes_through_them_again(monkeypatch):
    city = the_record()
    let_units_be_warned(False)
    runs = [an_order(city) for _ in range(3)]
    keeping.keep(at=NOW + 3 * MINUTE)
    let_units_be_warned(True, at=NOW + 4 * MINUTE)
    page, calls = looking._page, []

    def dies(*given):
        calls.append(given)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return page(*given)

    monkeypatch.setattr(looking, "PAGE", 2)
    monkeypatch.setattr(looking, "_page", dies)
    with pytest.raises(KeyboardInterrupt):
        keeping.keep(at=NOW + 5 * MINUTE)

    keeping.keep(at=NOW + 6 * MINUTE)

    assert all(answer(run).next_step_at < answer(run).due_at for run in runs)


@pytest.mark.django_db
def test_a_limit_that_no_file_knows_keeps_no_other_waiting():
    city = the_record()
    let_units_be_warned(False)
    strange, run = an_order(city), an_order(city)
    RunClock.objects.filter(run=strange, name="answer").update(name="forgotten")
    keeping.keep(at=NOW + 3 * MINUTE)
    let_units_be_warned(True, at=NOW + 4 * MINUTE)

    keeping.keep(at=NOW + 5 * MINUTE)

    assert answer(run).next_step_at < answer(run).due_at
