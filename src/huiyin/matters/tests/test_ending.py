"""Ends of limits taken together leave what each taken by itself would have left."""

import json
import random
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huiyin.matters import ending, keeping
from huiyin.matters.acting import act
from huiyin.matters.ending import end_together
from huiyin.matters.models import Assignment, EventBody, EventHeader, Run, RunClock
from huiyin.matters.tests.records import the_record
from huiyin.matters.tests.test_record import MAIN, open_acts
from huiyin.matters.verifying import verify
from huiyin.notices.models import Notice
from huiyin.ui.refusals import Refusal
from huiyin.units.models import Unit
from huiyin.units.tests.factories import NOW

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
IDENTIFIER = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def two_alike(city, name, chance):
    """Two matters on which the same was done: by chance, but the same."""
    runs = [city.open(name).run for _ in range(2)]
    at = NOW
    for _ in range(chance.randrange(5)):
        at += timedelta(hours=1)
        acts = sorted(open_acts(city, runs[0], at), key=lambda one: one[0])
        if not acts:
            break
        action, actor = chance.choice(acts)
        try:
            first = city.act(runs[0].pk, action, by=actor, at=at)
            form = EventBody.objects.get(event=first.event).content["form"]
            act(runs[1].pk, action, by=actor, at=at, form=form)
        except Refusal:
            return None  # one of them has it and the other not: a pair no more
        runs = [Run.objects.get(pk=run.pk) for run in runs]
    return [run.pk for run in runs]


def left(run_id, units):
    """All that is there of a run, without what is another's name for the same."""

    def plain(value):
        text = json.dumps(value, default=str, sort_keys=True)
        return IDENTIFIER.sub(lambda found: units.get(found[0], "·"), text)

    run = Run.objects.get(pk=run_id)
    events = EventHeader.objects.filter(run=run).order_by("seq").select_related("body")
    return (
        plain([run.state, run.owner, run.is_over, run.done_at, run.due_at, run.events, run.memory]),
        [
            plain([one.seq, one.action, one.as_actor, one.to_state, one.recorded_at, one.effects,
                   one.body.content])
            for one in events
        ],
        list(
            RunClock.objects.filter(run=run).order_by("name")
            .values_list("name", "status", "due_at", "overdue_at", "ended_at", "outcome")
        ),
        list(
            Assignment.objects.filter(run=run).order_by("role", "unit", "from_at")
            .values_list("role", "unit", "from_at", "to_at")
        ),
        sorted(
            name
            for one in events
            for name in Notice.objects.filter(key__startswith=f"{one.pk} ")
            .values_list("name", flat=True)
        ),
    )  # fmt: skip


def test_together_or_each_by_itself_the_same_is_written():
    city, chance = the_record(), random.Random(2_026)  # noqa: S311 a walk
    pairs = [pair for name in MAIN for _ in range(3) if (pair := two_alike(city, name, chance))]
    units = {str(pk): f"unit {number}" for number, pk in enumerate(Unit.objects.values_list("pk"))}
    fired = taken_together = 0

    for days in (3, 20, 200):
        at = NOW + days * DAY
        by_itself = [keeping._keep_run(one, at=at) or 0 for one, _ in pairs]
        ended = end_together([other for _, other in pairs], at=at)
        alone = [keeping._keep_run(other, at=at) or 0 for other in ended.alone]
        assert ended.fired + sum(alone) == sum(by_itself)
        assert ended.busy == ()
        fired, taken_together = fired + sum(by_itself), taken_together + ended.fired
        for one, other in pairs:
            assert left(other, units) == left(one, units)

    assert len(pairs) >= 2 * len(MAIN)
    assert taken_together >= fired // 2
    assert verify().differences == []


def test_many_ends_take_as_many_statements_as_few():
    city = the_record()
    few, many = ([city.open("hotline", "accept_call").run.pk for _ in range(n)] for n in (2, 6))
    end_together(few[:1], at=NOW + 20 * DAY)  # what is kept in memory is read now

    counts = []
    for runs in (few[1:], many):
        with CaptureQueriesContext(connection) as captured:
            ended = end_together(runs, at=NOW + 20 * DAY)
        assert ended.fired >= 2 * len(runs)
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_one_run_with_which_something_is_wrong_does_not_hold_up_the_others(monkeypatch):
    city = the_record()
    sound, broken = (city.open("hotline", "accept_call").run.pk for _ in range(2))
    real = ending.snapshot_of

    def stumbling(run, *args):
        if run.pk == broken:
            raise ValueError("its memory cannot be read")
        return real(run, *args)

    monkeypatch.setattr(ending, "snapshot_of", stumbling)
    monkeypatch.setattr("huiyin.matters.acting.snapshot_of", stumbling)
    kept = keeping.keep(at=NOW + 20 * DAY)

    assert (kept.fired, kept.busy) == (2, 1)
    overdue = RunClock.objects.filter(overdue_at__isnull=False).values_list("run", flat=True)
    assert set(overdue) == {sound}
