"""Two processes that keep limits record each end once, whatever becomes of one of them."""

import subprocess
import sys
from datetime import timedelta

import pytest
from django.db import connection

from huiyin.matters import keeping, second_keeper
from huiyin.matters.models import EventHeader, RunClock, StepTaken
from huiyin.matters.side_by_side import half_of
from huiyin.matters.tests.records import the_record
from huiyin.matters.verifying import verify
from huiyin.matters.writing import ESCALATED
from huiyin.units.tests.factories import NOW

LATER = NOW + timedelta(days=20)


@pytest.fixture
def city(monkeypatch):
    """A city in which even few limits are taken by two processes."""
    held = connection.settings_dict
    url = (
        f"postgresql://{held['USER']}:{held['PASSWORD']}@/{held['NAME']}"
        f"?host={held['HOST']}&port={held['PORT']}"
    )
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "huiyin.settings")
    monkeypatch.setattr(keeping, "MANY", 0)
    return the_record()


def some_runs(city):
    """Runs of both halves."""
    runs = [city.open("hotline", "accept_call").run.pk for _ in range(4)]
    while len({half_of(pk) for pk in runs}) < 2:
        runs.append(city.open("hotline", "accept_call").run.pk)
    return runs


def all_recorded_once(runs):
    events = EventHeader.objects.filter(run__in=runs)
    ends = list(events.filter(action="").values_list("run_id", flat=True))
    told = list(events.filter(action=ESCALATED).values_list("run_id", flat=True))
    assert sorted(ends) == sorted(runs * 2)  # dispatch and promise
    assert sorted(told) == sorted(runs)
    assert not RunClock.objects.filter(status="running", overdue_at=None, due_at__lte=LATER)
    assert verify().differences == []


@pytest.mark.django_db
def test_each_half_takes_its_own_runs_alone():
    city = the_record()
    runs = some_runs(city)

    keeping.keep(at=LATER, half=second_keeper.SECOND)
    first = EventHeader.objects.filter(action="").values_list("run_id", flat=True)
    assert {half_of(pk) for pk in first} == {second_keeper.SECOND}
    steps = StepTaken.objects.values_list("clock__run", flat=True)
    assert {half_of(pk) for pk in steps} == {second_keeper.SECOND}
    keeping.keep(at=LATER, half=second_keeper.FIRST)

    all_recorded_once(runs)


@pytest.mark.fault
@pytest.mark.django_db(transaction=True)
def test_both_processes_together_record_everything_once(city):
    runs = some_runs(city)

    keeping.keep_together(at=LATER)

    all_recorded_once(runs)
    assert keeping.keep(at=LATER) == keeping.Kept()


@pytest.mark.fault
@pytest.mark.django_db(transaction=True)
def test_what_a_second_process_that_fell_has_left_is_done_by_the_first(city, monkeypatch):
    runs = some_runs(city)
    monkeypatch.setattr(second_keeper.sys, "executable", "/bin/false")

    kept = keeping.keep_together(at=LATER)

    assert kept.fired == 2 * len(runs)
    all_recorded_once(runs)


@pytest.mark.fault
@pytest.mark.django_db(transaction=True)
def test_the_second_process_ends_when_the_first_is_gone(city):
    command = [sys.executable, "-m", "huiyin.matters.second_keeper", LATER.isoformat()]

    ended = subprocess.run(command, stdin=subprocess.DEVNULL, check=False)  # nobody holds it

    assert ended.returncode == 1
    assert not EventHeader.objects.exists()
