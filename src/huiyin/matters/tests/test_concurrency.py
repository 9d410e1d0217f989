"""Eight at once on the same and on crossing matters: one winner a step, nothing lost or locked."""

import os
import random
from collections import Counter
from datetime import timedelta
from functools import partial

import pytest

from huiyin.matters import keeping
from huiyin.matters.acting import Done, act, act_many
from huiyin.matters.intake import Person
from huiyin.matters.merging import attached, goes_on_in
from huiyin.matters.models import ContactRole, EventHeader, Matter, Run, StepTaken
from huiyin.matters.refusals import (
    ActRefused,
    MergedOnAlready,
    MergeIntoDone,
    NotFound,
    SomebodyWasFaster,
)
from huiyin.matters.similar import join
from huiyin.matters.tests.at_once import a_crowd, prepared
from huiyin.matters.tests.records import the_record
from huiyin.matters.verifying import verify
from huiyin.notices.models import Notice
from huiyin.units.tests.factories import NOW

pytestmark = pytest.mark.django_db(transaction=True)
ACTORS = 8
IS_LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
TRIES = 50_000 if IS_LONG else 2_000  # in all
KINDS = 10  # of the tests below that try many times
ROUNDS = TRIES // KINDS // ACTORS  # of each kind; in each round eight try at one moment
STEPS = {
    ("hotline", "remark"): ("message_unit", "remind"),
    ("hotline", "step"): ("acknowledge", "interim_reply", "answer", "redispatch", "return_order"),
    ("supervision", "step"): ("give_feedback", "return_feedback", "raise_degree", "lift"),
}
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
LATER = NOW + 20 * DAY


def kinds(answers):
    return Counter(type(answer).__name__ for answer in answers)


def taken(city, run_id, action, **fields):
    actor, form, seen = prepared(city, run_id, action)
    return act(run_id, action, by=actor, at=NOW, form={**form, **fields}, expected=seen)


def an_order(city, *acts):
    """An order that has come so far; its unit has acted."""
    run = city.open("hotline", "accept_call").run
    for action in acts:
        taken(city, run.pk, action)
    return Run.objects.select_related("matter").get(pk=run.pk)


def to_take(city, run, action, *, at=NOW, is_seen=False, **fields):
    """A job: to take an act; `is_seen`: as one who has seen the last event that there is now."""
    actor, form, seen = prepared(city, run.pk, action, at=at)
    return partial(
        act, run.pk, action, by=actor, at=at, form={**form, **fields},
        expected=seen if is_seen else None,
    )  # fmt: skip


def to_merge(city, run, into, *, is_seen=False):
    merger = city.staff(city.unit("hotline_centre"), "matter.merge")
    return partial(
        act, run.pk, "merge_into", by=merger, at=NOW,
        form={"other": into.matter.number, "reason": "同一盏路灯"},
        expected=run.events if is_seen else None,
    )  # fmt: skip


# --- the same step ------------------------------------------------------------------------------


def test_of_eight_who_take_the_same_step_one_wins_and_the_others_are_told():
    city = the_record()
    steps = ("dispatch", "acknowledge", "answer")
    with a_crowd(ACTORS) as crowd:
        for _ in range(max(ROUNDS // len(steps), 1)):
            run = an_order(city)
            for action in steps:
                step = to_take(city, run, action, is_seen=True)

                answers = crowd.at_once(*[step] * ACTORS)

                assert kinds(answers) == {"Done": 1, "SomebodyWasFaster": ACTORS - 1}
            assert Run.objects.get(pk=run.pk).events == 1 + len(steps)
    assert verify().differences == []


def test_the_same_key_sent_eight_times_at_once_is_one_act():
    city = the_record()
    run = an_order(city)
    actor, form, _ = prepared(city, run.pk, "dispatch")

    with a_crowd(ACTORS) as crowd:
        answers = crowd.at_once(
            *[lambda: act(run.pk, "dispatch", by=actor, at=NOW, form=form, key="k")] * ACTORS
        )

    assert Counter(answer.is_repeat for answer in answers) == {False: 1, True: ACTORS - 1}
    assert len({answer.event.pk for answer in answers}) == 1
    assert verify().differences == []


# --- merging ------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_seen", [True, False], ids=["last-seen", "blind"])
def test_of_two_that_are_merged_into_each_other_at_once_one_goes_on(is_seen):
    city = the_record()
    with a_crowd(ACTORS) as crowd:
        for _ in range(max(ROUNDS // 2, 1)):
            one, other = an_order(city), an_order(city)
            into = to_merge(city, one, other, is_seen=is_seen)
            back = to_merge(city, other, one, is_seen=is_seen)

            answers = crowd.at_once(*[into, back] * (ACTORS // 2))

            losers = [answer for answer in answers if not isinstance(answer, Done)]
            assert len(losers) == ACTORS - 1
            told = SomebodyWasFaster if is_seen else (ActRefused, MergedOnAlready, MergeIntoDone)
            assert all(isinstance(answer, told) for answer in losers), kinds(losers)
            pair = Matter.objects.filter(pk__in=[one.matter_id, other.matter_id])
            assert len({goes_on_in(matter).pk for matter in pair}) == 1
            assert pair.filter(merged_into=None).count() == 1
            assert EventHeader.objects.filter(run__in=[one, other]).count() == 4
    assert verify().differences == []


def test_three_that_are_merged_in_a_ring_at_once_become_one_and_no_circle():
    city = the_record()
    with a_crowd(ACTORS) as crowd:
        for _ in range(ROUNDS):
            ring = [an_order(city) for _ in range(3)]
            merges = [to_merge(city, run, ring[place - 2]) for place, run in enumerate(ring)]
            note = to_take(city, ring[0], "note")

            answers = crowd.at_once(*merges, note, *merges)

            assert kinds(answers)["Done"] in (2, 3)  # an end takes no note any more
            matters = Matter.objects.filter(runs__in=ring)
            assert matters.filter(merged_into=None).count() == 1
            assert len({goes_on_in(matter).pk for matter in matters}) == 1
    assert verify().differences == []


def test_whoever_joins_a_matter_while_it_is_merged_is_attached_to_where_it_goes_on():
    city = the_record()
    with a_crowd(ACTORS) as crowd:
        for _ in range(ROUNDS):
            one, other = an_order(city), an_order(city)
            people = [Person(f"诉求人{n}", f"154000001{n:02}") for n in range(ACTORS // 2)]
            agent = city.staff(city.unit("hotline_centre"))
            joins = [
                partial(join, matter_id=one.matter_id, person=person, by=agent, at=NOW)
                for person in people
            ]
            merge = to_merge(city, one, other)

            answers = crowd.at_once(*[job for joining in joins for job in (joining, merge)])

            assert kinds(answers) == {"Joined": 4, "Done": 1, "ActRefused": 3}
            told = attached(Matter.objects.get(pk=other.matter_id))
            joined = [contact for contact in told if contact.role == ContactRole.JOINED]
            assert sorted(contact.phone for contact in joined) == [one.phone for one in people]
    assert verify().differences == []


# --- acts that exclude each other ---------------------------------------------------------------


def test_an_order_is_not_answered_while_others_are_asked_for_help_with_it():
    city = the_record()
    with a_crowd(ACTORS) as crowd:
        for _ in range(ROUNDS):
            run = an_order(city, "dispatch", "acknowledge")
            split, answer = to_take(city, run, "ask_assistance"), to_take(city, run, "answer")

            answers = crowd.at_once(*[split, answer] * (ACTORS // 2))

            splits, finished = kinds(answers[::2])["Done"], kinds(answers[1::2])["Done"]
            children = Run.objects.filter(parent=run).count()
            assert children == splits
            assert (splits, finished) in ((ACTORS // 2, 0), (0, 1))
            assert all(isinstance(one, Done | ActRefused) for one in answers)
            state = Run.objects.get(pk=run.pk).state
            assert (state == "answered") == bool(finished)
    assert verify().differences == []


def test_a_residents_words_land_while_the_order_is_answered():
    city = the_record()
    with a_crowd(ACTORS) as crowd:
        for _ in range(ROUNDS):
            run = an_order(city, "dispatch", "acknowledge")
            reply, answer = to_take(city, run, "message_unit"), to_take(city, run, "answer")

            answers = crowd.at_once(*[reply, answer] * (ACTORS // 2))

            assert kinds(answers[::2]) == {"Done": ACTORS // 2}
            assert kinds(answers[1::2]) == {"Done": 1, "ActRefused": ACTORS // 2 - 1}
            run.refresh_from_db()
            assert (run.state, run.events) == ("answered", 3 + ACTORS // 2 + 1)
    assert verify().differences == []


def test_an_order_that_closes_by_itself_while_it_is_taken_up_again_does_one_of_both():
    city = the_record()
    with a_crowd(ACTORS) as crowd:
        for _ in range(ROUNDS):
            run = an_order(city, "answer_directly")
            at = run.clocks.get(name="settle").due_at
            again = to_take(city, run, "reopen", at=at, is_seen=True)
            keep = partial(keeping.keep, at=at)

            answers = crowd.at_once(*[again, keep] * (ACTORS // 2))

            won = kinds(answers[::2])
            assert won["Done"] <= 1
            assert won["Done"] + won["SomebodyWasFaster"] == ACTORS // 2
            run.refresh_from_db()
            assert run.events == 3  # opened, answered, and the one that won
            assert run.state == ("received" if won["Done"] else "closed")
    assert verify().differences == []


def test_a_limit_that_ends_while_it_is_met_is_recorded_once_or_not_at_all():
    city = the_record()
    with a_crowd(ACTORS) as crowd:
        for number in range(ROUNDS):
            run, at = an_order(city), LATER + number * MINUTE
            meet = to_take(city, run, "dispatch", at=at, is_seen=True)
            keep = partial(keeping.keep, at=at)

            answers = crowd.at_once(*[meet, keep] * (ACTORS // 2))
            keeping.keep(at=at)

            met = kinds(answers[::2])
            assert met["Done"] <= 1
            assert met["Done"] + met["SomebodyWasFaster"] == ACTORS // 2
            ends = run.timeline.filter(action="").values_list("effects__clocks__put", flat=True)
            assert Counter(name for put in ends for name in put) == {
                "promise": 1, **({} if met["Done"] else {"dispatch": 1}),
            }  # fmt: skip
    assert verify().differences == []


# --- several runs -------------------------------------------------------------------------------


def test_the_end_of_a_child_run_and_acts_on_its_parent_never_wait_for_each_other_crosswise():
    city = the_record()
    with a_crowd(ACTORS) as crowd:
        for _ in range(ROUNDS):
            run = an_order(city, "dispatch", "supervise")
            child = Run.objects.get(parent=run)
            taken(city, child.pk, "give_feedback")
            lift, note = to_take(city, child, "lift"), to_take(city, run, "note")

            answers = crowd.at_once(*[note] * 3, lift, *[note] * 4)

            assert [type(answer) for answer in answers] == [Done] * ACTORS
            assert Run.objects.get(pk=child.pk).is_done
            assert Run.objects.get(pk=run.pk).memory["children"]["0"][2] is True
    assert verify().differences == []


def test_acts_on_the_runs_of_crossing_matters_lose_nothing_and_never_wait_for_each_other():
    city = the_record()
    runs, children = [], []
    for _ in range(3):
        run = an_order(city, "dispatch", "supervise", "note")
        runs.append(run.pk)
        children.append(Run.objects.get(parent=run).pk)
    taken(city, children[0], "give_feedback")  # so that all units there are have been made

    def somebody(seed):
        chance, told = random.Random(seed), Counter()  # noqa: S311 the same tries every time
        for number in range(ROUNDS):
            told += a_try(city, chance, runs, children, NOW + number * MINUTE)
        return told

    with a_crowd(ACTORS) as crowd:
        jobs = [partial(somebody, seed) for seed in range(ACTORS)]
        found = sum(crowd.at_once(*jobs), Counter())

    notes = EventHeader.objects.filter(action="note").count()
    assert notes == len(runs) + found["note"]
    assert {"note", "remark", "step", "clock"} <= found.keys()
    assert EventHeader.objects.filter(action="").count() >= found["clock"]
    assert verify().differences == []


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


def test_a_limit_that_ends_while_eight_look_after_clocks_is_recorded_and_told_once():
    city = the_record()
    runs = [an_order(city) for _ in range(4)]

    with a_crowd(ACTORS) as crowd:
        keep = partial(keeping.keep, at=LATER, batch=1, threads=2)
        kept = crowd.at_once(*[keep] * ACTORS)
    # What each found in the hands of another is left for the next look.
    kept.append(keeping.keep(at=LATER))

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
    assert keeping.keep(at=LATER).fired == 0
    assert verify().differences == []
