"""What the benchmark counts of limits that ended, and of statements, is what the record holds."""

from datetime import timedelta

import pytest
from django.db import connection

from huiyin.matters import keeping
from huiyin.matters.models import Matter
from huiyin.matters.tests.records import the_record
from huiyin.ops.bench import due
from huiyin.ops.bench.burst import lost, peak_rate
from huiyin.ops.bench.inside import counting

pytestmark = pytest.mark.django_db


def test_an_end_that_was_recorded_is_counted_once_however_often_the_keeper_looks():
    city = the_record()
    late, quiet = (city.open("hotline", "accept_call").run for _ in range(2))
    city.act(quiet.pk, "dispatch")
    clock = late.clocks.get(name="dispatch")
    for minutes in (0, 1, 2):
        keeping.keep(at=clock.due_at + timedelta(minutes=minutes))

    found = due._ends_of([late, quiet], "dispatch")

    assert found[late.pk] == 1
    assert found[quiet.pk] == 0


def test_a_number_that_was_given_out_and_stands_for_nothing_is_lost():
    city = the_record()
    number = city.open("hotline", "accept_call").run.matter.number

    assert lost([number]) == 0
    assert lost([number, "371400000000000"]) == 1


def test_every_statement_is_counted_and_none_outside():
    Matter.objects.exists()
    with counting() as found:
        Matter.objects.exists()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    Matter.objects.exists()

    assert len(found) == 2


def test_the_busiest_hour_of_the_citys_day_is_a_tenth_of_it():
    assert 0.09 < peak_rate() * 3_600 / 3_500 < 0.12
