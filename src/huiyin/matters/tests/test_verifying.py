"""Verification shared among processes finds what one process finds."""

import pytest
from django.db import connection

from huiyin.matters.models import Run
from huiyin.matters.tests.many import multiply
from huiyin.matters.tests.records import the_record
from huiyin.matters.verifying import verify

pytestmark = pytest.mark.django_db(transaction=True)


def of_runs(found):
    return [str(one) for one in found.differences if one.run_id]


def test_processes_share_the_runs_and_find_the_same():
    city = the_record()
    run = city.open("hotline", "accept_call").run
    assert multiply(run, times=10) == 10
    changed = list(Run.objects.order_by("pk"))[4]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE matters_eventheader SET action = 'decline' WHERE run_id = %s", [changed.pk]
        )

    alone, shared = verify(), verify(jobs=3)

    assert of_runs(shared) == of_runs(alone)
    assert [one.run_id for one in shared.differences if one.run_id] == [changed.pk]
    assert (shared.runs, shared.events) == (alone.runs, alone.events) == (11, 11)


def test_an_empty_record_has_nothing_to_share():
    assert verify(jobs=3).runs == 0
