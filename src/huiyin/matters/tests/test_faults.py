"""Killed with -9 or cut off from the database anywhere: nothing accepted is lost, nothing is twice.

A fault strikes at the queries that intake, an act and the clock-keeper send, before one and after
one, and behind the last: at every third of them, in the long run at all. The killed process is a
real one of its own. What was accepted is what its client heard; what the client did not hear of
may have been kept all the same.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from enum import StrEnum

import psycopg
import pytest
from django.db import InterfaceError, OperationalError, connection, connections, transaction

from huiyin.matters import keeping
from huiyin.matters.acting import act, hold
from huiyin.matters.models import EventHeader, Matter, Run, StepTaken
from huiyin.matters.tests.records import the_record
from huiyin.matters.verifying import verify
from huiyin.matters.writing import ESCALATED
from huiyin.notices.models import Notice
from huiyin.procedures.simulation import a_form
from huiyin.units.tests.factories import NOW

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.fault]
LATER = NOW + timedelta(days=20)
STRIDE = 1 if os.environ.get("HYPOTHESIS_PROFILE") == "long" else 3
MOST = 90  # queries; none of these verbs may ever need so many


class Moment(StrEnum):
    """Where a fault strikes, as seen from one query."""

    BEFORE = "before"
    AFTER = "after"


class Strikes:
    """Counts the queries of this connection and strikes at one of them."""

    def __init__(self, number: int, moment: Moment, blow: Callable[[], None]) -> None:
        self.number, self.moment, self.blow = number, moment, blow
        self.seen = 0

    def __call__(self, execute, sql, params, many, context):
        self.seen += 1
        if self.seen == self.number and self.moment is Moment.BEFORE:
            self.blow()
        answer = execute(sql, params, many, context)
        if self.seen == self.number and self.moment is Moment.AFTER:
            self.blow()
        return answer


def kill_ourselves() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def cut_us_off() -> None:
    """Have the database end our session, as when it is restarted or a network fails."""
    params = connection.get_connection_params()
    params.pop("cursor_factory", None)
    params.pop("context", None)
    pid = connection.connection.info.backend_pid
    with psycopg.connect(**params, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def killed_at(number: int, moment: Moment, job: Callable[[], object]) -> bool:
    """Do a job in a process that is killed at a query; tell whether it lived to say it was done.

    What it says is what a client would have heard: it is accepted.
    """
    connections.close_all()  # nothing of ours may be open in two processes
    heard, said = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            with connection.execute_wrapper(Strikes(number, moment, kill_ourselves)):
                job()
            os.write(said, b"done")
        finally:
            os._exit(0)
    os.close(said)
    with os.fdopen(heard, "rb") as answer:
        is_accepted = answer.read() == b"done"
    _, status = os.waitpid(child, 0)
    assert is_accepted or os.WIFSIGNALED(status), "it failed by itself"
    return is_accepted


def cut_off_at(number: int, moment: Moment, job: Callable[[], object]) -> bool:
    """Do a job whose connection is cut at a query; tell whether it ended well."""
    try:
        with connection.execute_wrapper(Strikes(number, moment, cut_us_off)):
            job()
    except (OperationalError, InterfaceError):
        return False
    finally:
        connection.close()
    return True


FAULTS = [
    pytest.param(fault, moment, id=f"{name}-{moment}")
    for name, fault in (("killed", killed_at), ("cut-off", cut_off_at))
    for moment in Moment
]


@contextmanager
def every_query(fault, moment) -> Iterator[Callable[[Callable[[], object]], Iterator[bool]]]:
    """Yield a function that tries a job with a fault at its first query, its second …"""

    def tries(job):
        for number in range(1, MOST, STRIDE):
            is_accepted = fault(number, moment, job)
            yield is_accepted
            if is_accepted:
                assert number > 5  # there were faults at all
                return
        raise AssertionError(f"it needs more than {MOST} queries")

    yield tries
    assert verify().differences == []


@pytest.mark.parametrize(("fault", "moment"), FAULTS)
def test_intake_leaves_a_whole_matter_or_none(fault, moment):
    city = the_record()
    city.open("hotline", "accept_call")  # what is made on the way is there from now on

    kept = [1]
    with every_query(fault, moment) as tries:
        for is_accepted in tries(lambda: city.open("hotline", "accept_call")):
            kept.append(Matter.objects.count())
            assert Run.objects.count() == EventHeader.objects.count() == kept[-1]
            assert is_accepted <= kept[-1] - kept[-2] <= 1
    assert kept[2] == 1  # a fault on the way leaves none


@pytest.mark.parametrize(("fault", "moment"), FAULTS)
def test_an_act_sent_again_after_every_fault_is_done_once(fault, moment):
    city = the_record()
    run = city.open("hotline", "accept_call").run
    with transaction.atomic():
        held = hold(run.pk, at=NOW)
        rule = held.procedure.actions["dispatch"]
        by = city.whoever(held.procedure, rule.by[0], {}, held.before)
        form = city.form(a_form(rule, held.before, NOW), rule)

    with every_query(fault, moment) as tries:
        sent = lambda: act(run.pk, "dispatch", by=by, at=NOW, form=form, key="k")  # noqa: E731
        kept = []
        for is_accepted in tries(sent):
            kept.append(EventHeader.objects.filter(run=run).count())
            assert 1 + is_accepted <= kept[-1] <= 2
            assert Run.objects.get(pk=run.pk).events == kept[-1]
    assert kept == sorted(kept)
    assert kept[0] == 1
    assert sent().is_repeat


@pytest.mark.parametrize(("fault", "moment"), FAULTS)
def test_the_clock_keeper_takes_up_where_it_fell_and_fires_nothing_twice(fault, moment):
    city = the_record()
    run = city.open("hotline", "accept_call").run

    ends = []
    with every_query(fault, moment) as tries:
        for _ in tries(lambda: keeping.keep(at=LATER)):
            ends.append(EventHeader.objects.filter(run=run, action="").count())

    assert ends == sorted(ends)
    assert ends[-1] == 2  # dispatch and promise
    again = keeping.keep(at=LATER)
    assert (again.fired, again.steps) == (0, 0)
    # Whatever fell on the way: each step has its event and its notice, once.
    steps = StepTaken.objects.filter(is_passed_over=False)
    assert steps
    assert EventHeader.objects.filter(run=run, action=ESCALATED).count() == 1
    assert {step.event_id for step in steps} == {
        EventHeader.objects.get(run=run, action=ESCALATED).pk
    }
    told = Notice.objects.filter(name__startswith="clock.").values_list("unit_id", flat=True)
    assert sorted(told) == sorted({step.unit_id for step in steps})


def test_what_was_answered_is_there_when_the_process_dies_right_after():
    city = the_record()
    city.open("hotline", "accept_call")

    def answered_and_killed():
        done = city.open("hotline", "accept_call")
        os.write(said, done.run.pk.bytes)
        kill_ourselves()

    connections.close_all()
    heard, said = os.pipe()
    child = os.fork()
    if child == 0:
        answered_and_killed()
    os.close(said)
    with os.fdopen(heard, "rb") as answer:
        run_id = answer.read()
    os.waitpid(child, 0)

    assert Run.objects.get(events=1, pk=run_id.hex()).state == "received"
    assert verify().differences == []
