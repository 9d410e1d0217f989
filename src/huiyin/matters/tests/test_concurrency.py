"""Eight at once on the same and on crossing matters: one winner a step, nothing lost or locked."""

import os
import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier

import pytest
from django.db import connection, transaction

from huiyin.matters import keeping
from huiyin.matters.acting import Done, act, act_many, hold
from huiyin.matters.models import EventHeader, Run, StepTaken
from huiyin.matters.refusals import ActRefused, NotFound, SomebodyWasFaster
from huiyin.matters.tests.records import the_record
from huiyin.matters.verifying import verify
from huiyin.notices.models import Notice
from huiyin.procedures.simulation import a_form
from huiyin.units.tests.factories import NOW

pytestmark = pytest.mark.django_db(transaction=True)
ACTORS = 8
IS_LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
TRIES = 50_000 if IS_LONG else 160  # in each test
ROUND = ("dispatch", "acknowledge", "answer")
STEPS = {
    ("hotline", "remark"): ("message_unit", "remind"),
    ("hotline", "step"): ("acknowledge", "interim_reply", "answer", "redispatch", "return_order"),
    ("supervision", "step"): ("give_feedback", "return_feedback", "raise_degree", "lift"),
}
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def prepared(city, run_id, action):
    """Whoever may take an act, its form, and the number of the last event they have seen."""
    with transaction.atomic():
        held = hold(run_id, at=NOW)
        rule = held.procedure.actions[action]
        actor = city.whoever(held.procedure, rule.by[0], held.before.roles, held.before)
        return actor, city.form(a_form(rule, held.before, NOW), rule), held.run.events


def at_once(*jobs):
    """Run jobs in threads with connections of their own that all begin at one moment."""
    barrier = Barrier(len(jobs))

    def run(job):
        barrier.wait()
        try:
            return job()
        except (ActRefused, SomebodyWasFaster) as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def test_of_eight_who_take_the_same_step_one_wins_and_the_others_are_told():
    city = the_record()
    for _ in range(TRIES // ACTORS // len(ROUND)):
        run = city.open("hotline", "accept_call").run
        for action in ROUND:
            actor, form, seen = prepared(city, run.pk, action)

            step = partial(act, run.pk, action, by=actor, at=NOW, form=form, expected=seen)
            answers = at_once(*[step] * ACTORS)

            kinds = Counter(type(answer).__name__ for answer in answers)
            assert kinds == {"Done": 1, "SomebodyWasFaster": ACTORS - 1}
        assert Run.objects.get(pk=run.pk).events == 1 + len(ROUND)
    assert verify().differences == []


def test_the_same_key_sent_eight_times_at_once_is_one_act():
    city = the_record()
    run = city.open("hotline", "accept_call").run
    actor, form, _ = prepared(city, run.pk, "dispatch")

    answers = at_once(
        *[lambda: act(run.pk, "dispatch", by=actor, at=NOW, form=form, key="k")] * ACTORS
    )

    assert Counter(answer.is_repeat for answer in answers) == {False: 1, True: ACTORS - 1}
    assert len({answer.event.pk for answer in answers}) == 1
    assert verify().differences == []


def test_a_limit_that_ends_while_eight_look_after_clocks_is_recorded_and_told_once():
    city = the_record()
    runs = [city.open("hotline", "accept_call").run for _ in range(4)]

    kept = at_once(*[lambda: keeping.keep(at=NOW + 20 * DAY)] * ACTORS)
    # What each found in the hands of another is left for the next look.
    kept.append(keeping.keep(at=NOW + 20 * DAY))

    ends = EventHeader.objects.filter(action="").values_list("run_id", flat=True)
    assert Counter(ends) == {run.pk: 2 for run in runs}  # dispatch and promise
    assert sum(one.fired for one in kept) == 8
    told = StepTaken.objects.filter(is_passed_over=False)
    assert sum(one.steps for one in kept) == told.count() > 0
    twice = Counter(told.values_list("clock_id", "rung"))
    assert set(twice.values()) == {1}
    assert Notice.objects.filter(name__startswith="clock.").count() == len(
        set(told.values_list("event_id", "unit_id"))
    )
    assert keeping.keep(at=NOW + 20 * DAY).fired == 0
    assert verify().differences == []


def test_the_end_of_a_child_run_and_acts_on_its_parent_never_wait_for_each_other_crosswise():
    city = the_record()
    for _ in range(TRIES // ACTORS // 4):
        run = city.open("hotline", "accept_call").run
        for action in ("dispatch", "supervise"):
            taken(city, run.pk, action)
        child = Run.objects.get(parent=run)
        taken(city, child.pk, "give_feedback")
        supervisor, lifting, _ = prepared(city, child.pk, "lift")
        staff, words, _ = prepared(city, run.pk, "note")
        lift = partial(act, child.pk, "lift", by=supervisor, at=NOW, form=lifting)
        note = partial(act, run.pk, "note", by=staff, at=NOW, form=words)

        answers = at_once(*[note] * 3, lift, *[note] * 4)

        assert [type(answer) for answer in answers] == [Done] * ACTORS
        assert Run.objects.get(pk=child.pk).is_done
        assert Run.objects.get(pk=run.pk).memory["children"]["0"][2] is True
    assert verify().differences == []


def test_acts_on_the_runs_of_crossing_matters_lose_nothing_and_never_wait_for_each_other():
    city = the_record()
    runs, children = [], []
    for _ in range(3):
        run = city.open("hotline", "accept_call").run
        for action in ("dispatch", "supervise", "note"):
            taken(city, run.pk, action)
        runs.append(run.pk)
        children.append(Run.objects.get(parent=run).pk)
    taken(city, children[0], "give_feedback")  # so that all units there are have been made

    def somebody(seed):
        chance, told = random.Random(seed), Counter()  # noqa: S311 the same tries every time
        for number in range(TRIES // ACTORS):
            told += a_try(city, chance, runs, children, NOW + number * MINUTE)
        return told

    found = sum(at_once(*[lambda s=seed: somebody(s) for seed in range(ACTORS)]), Counter())

    notes = EventHeader.objects.filter(action="note").count()
    assert notes == len(runs) + found["note"]
    assert {"note", "remark", "step", "clock"} <= found.keys()
    assert EventHeader.objects.filter(action="").count() >= found["clock"]
    assert verify().differences == []


def taken(city, run_id, action):
    actor, form, seen = prepared(city, run_id, action)
    return act(run_id, action, by=actor, at=NOW, form=form, expected=seen)


def a_try(city, chance, runs, children, at):
    """One try of somebody: a remark, notes on a batch, the clocks, or a step; what came of it."""
    what = chance.choice(("remark", "note", "clock", "step", "step"))
    if what == "clock":
        return Counter(clock=keeping.keep(at=at + chance.choice((0, 3, 40)) * DAY).fired)
    if what == "note":
        some = chance.sample(runs, 2)
        actor, form, _ = prepared(city, some[0], "note")
        answers = act_many(some, "note", by=actor, at=at, form=form)
        return Counter(note=sum(isinstance(one, Done) for one in answers.values()))
    run_id = chance.choice(runs + children if what == "step" else runs)
    action = chance.choice(STEPS[Run.objects.get(pk=run_id).procedure, what])
    try:
        actor, form, seen = prepared(city, run_id, action)
        act(run_id, action, by=actor, at=at, form=form, expected=seen)
    except (ActRefused, NotFound, SomebodyWasFaster):
        return Counter(refused=1)
    return Counter({what: 1})
