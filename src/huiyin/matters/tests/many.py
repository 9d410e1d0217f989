"""Many runs at once, for measuring: a run is written again and again under other ids, by COPY."""

from collections.abc import Iterable, Iterator
from copy import copy
from typing import Any

from django.db import connection, models
from psycopg import sql

from huiyin.matters.chain import START, digest_of, hash_of, new_salt
from huiyin.matters.models import EventBody, EventHeader, Run, RunClock
from huiyin.ui.identifiers import new_id


def multiply(run: Run, *, times: int) -> int:
    """Write a run so many times more, each on a matter of its own; return how many events.

    Every copy is whole: its chain and the digests of its bodies are its own.
    """
    timeline = list(EventHeader.objects.filter(run=run).select_related("body").order_by("seq"))
    clocks = list(RunClock.objects.filter(run=run))
    matters, runs, events, bodies, rows = [], [], [], [], []
    for number in range(times):
        matter = copy(run.matter)
        matter.pk, matter.number = new_id(), f"9{number:015d}"
        matters.append(matter)
        again = copy(run)
        again.pk, again.matter = new_id(), matter
        previous = START
        for event in timeline:
            salt, header = new_salt(), copy(event)
            header.pk, header.run, header.previous = new_id(), again, previous
            header.body_digest = digest_of(event.body.content, salt)
            header.hash = previous = hash_of(header)
            events.append(header)
            bodies.append(EventBody(event_id=header.pk, salt=salt, content=event.body.content))
        again.head = previous
        runs.append(again)
        for clock in clocks:
            row = copy(clock)
            row.run = again
            rows.append(row)
    for made in (matters, runs, events, bodies, rows):
        _copied(made)
    return len(events)


def _copied(rows: Iterable[models.Model]) -> None:
    rows = list(rows)
    if not rows:
        return
    fields = [
        field
        for field in type(rows[0])._meta.concrete_fields
        if not isinstance(field, models.AutoField)
    ]
    statement = sql.SQL("COPY {table} ({columns}) FROM STDIN").format(
        table=sql.Identifier(rows[0]._meta.db_table),
        columns=sql.SQL(", ").join(sql.Identifier(field.column) for field in fields),
    )
    with connection.cursor() as cursor, cursor.copy(statement) as into:
        for row in rows:
            into.write_row(list(_values(row, fields)))


def _values(row: models.Model, fields: list[Any]) -> Iterator[Any]:
    for field in fields:
        yield field.get_db_prep_save(getattr(row, field.attname), connection)
