"""Life is poured in by the worker: part after part, taken up again, and nowhere but in the demo."""

import dataclasses
from datetime import UTC, datetime

import pytest
from django.db import connection

from huiyin.matters.models import Matter
from huiyin.ops import tasks
from huiyin.ops.demo.life import pouring
from huiyin.ops.models import Note

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def demo(settings):
    """The installation is the demo."""
    settings.HUIYIN = dataclasses.replace(settings.HUIYIN, mode="demo")


def waiting_jobs():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'ops.pour_life'"
            " AND status = 'todo'"
        )
        return cursor.fetchone()[0]


def test_nothing_is_poured_where_no_life_was_ordered():
    tasks.pour_life()
    tasks.tend_life(0)

    assert (Matter.objects.count(), waiting_jobs()) == (0, 0)


def test_a_life_that_was_broken_off_is_put_to_work_again_and_once_only():
    pouring.order(scale="small", at=AT, matters=1)

    tasks.tend_life(0)
    tasks.tend_life(60)

    assert waiting_jobs() == 1


def test_a_real_city_is_left_alone(settings):
    settings.HUIYIN = dataclasses.replace(settings.HUIYIN, mode="production")
    pouring.order(scale="small", at=AT, matters=1)

    tasks.tend_life(0)

    assert waiting_jobs() == 0


def test_a_life_that_is_told_is_not_told_again(capsys):
    order = pouring.order(scale="small", at=AT, matters=1)
    told = dataclasses.asdict(dataclasses.replace(order, told=order.total, matters=77))
    Note.objects.filter(name=pouring.NOTE).update(value=told)

    tasks.tend_life(0)
    tasks.pour_life()

    assert (Matter.objects.count(), waiting_jobs()) == (0, 0)
    assert capsys.readouterr().err == ""
