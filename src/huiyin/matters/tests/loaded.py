"""One matter with so many of everything, and the queries that something takes."""

from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from huiyin.matters.intake import Person
from huiyin.matters.models import Run
from huiyin.matters.similar import join
from huiyin.matters.tests.records import Record
from huiyin.matters.tests.sample_files import a_file
from huiyin.units.tests.factories import NOW

FILES_AN_ACT = 9


# Savepoints are the test's own; subscriptions are kept in memory and read anew now and then.
NOT_COUNTED = ("SAVEPOINT", '"gateway_subscription"')


def queries(job: Any, *args: Any, **named: Any) -> int:
    """How many queries a call takes."""
    with CaptureQueriesContext(connection) as captured:
        job(*args, **named)
    return sum(not any(one in query["sql"] for one in NOT_COUNTED) for query in captured)


def an_order(city: Record, many: int) -> Run:
    """An order with so many units that help (each in a run with a limit), files, people, words."""
    run = city.open("hotline", "accept_call").run
    for action in ("dispatch", "acknowledge"):
        city.act(run.pk, action)
    units = [str(city.unit("department", f"helping {number}").pk) for number in range(many)]
    city.act(run.pk, "ask_assistance", to_units=units)
    by = city.staff(city.unit("department"))
    left = many
    while left:
        some = min(left, FILES_AN_ACT)
        files = [str(a_file(by).pk) for _ in range(some)]
        city.act(run.pk, "note", by=by, form={"text": "见附件。", "files": files})
        left -= some
    for number in range(many):
        person = Person(f"诉求人{number}", f"154000001{number:02}")
        join(matter_id=run.matter_id, person=person, by=city.opponent, at=NOW)
    return Run.objects.select_related("matter").get(pk=run.pk)
