"""Writing many rows at once: COPY for new ones, one UPDATE for changed ones.

A change fires the history triggers of each row, as a single change does.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection
from django.db.models import AutoField, Field, JSONField, Model
from psycopg import sql

from huiyin.people.sealing import SealedField

Prepare = Callable[[Any], Any]


def insert(rows: Sequence[Model]) -> None:
    """Write new rows of one model with COPY; keys that the database counts are left to it."""
    if not rows:
        return
    meta = rows[0]._meta
    fields = [field for field in meta.concrete_fields if not isinstance(field, AutoField)]
    prepares = [(field.attname, _prepare(field)) for field in fields]
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(meta.db_table),
        sql.SQL(", ").join([sql.Identifier(str(field.column)) for field in fields]),
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(
                [
                    getattr(row, name) if prepare is None else prepare(getattr(row, name))
                    for name, prepare in prepares
                ]
            )


def update(rows: Sequence[Model], names: Sequence[str]) -> None:
    """Write some fields (by attribute name) of rows of one model, in one statement."""
    if not rows:
        return
    meta = rows[0]._meta
    by_name = {field.attname: field for field in meta.concrete_fields}
    key = meta.pk
    fields = [by_name[name] for name in names]
    quote = connection.ops.quote_name
    sets = ", ".join(f"{quote(str(f.column))} = d.v{at}{_cast(f)}" for at, f in enumerate(fields))
    arrays = ", ".join(f"%s::{_array(field)}" for field in (key, *fields))
    columns = ", ".join(["k", *(f"v{at}" for at in range(len(fields)))])
    values: list[list[Any]] = [[row.pk for row in rows]]
    for field in fields:
        prepare = _prepare(field, as_text=True)
        found = [getattr(row, field.attname) for row in rows]
        values.append(found if prepare is None else [prepare(value) for value in found])
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {quote(meta.db_table)} AS t SET {sets}"  # noqa: S608 names of our own models
            f" FROM unnest({arrays}) AS d({columns}) WHERE t.{quote(str(key.column))} = d.k",
            values,
        )


def analyze(*models: type[Model]) -> None:
    """Let the planner see what was loaded. The application may lack the right; that is no harm."""
    with connection.cursor() as cursor:
        for model in models:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")


def _prepare(field: "Field[Any, Any]", *, as_text: bool = False) -> Prepare | None:
    if isinstance(field, SealedField):
        return field.get_prep_value
    if isinstance(field, JSONField):
        if as_text:
            return json.dumps
        return lambda value: field.get_db_prep_save(value, connection)
    return None


def _array(field: "Field[Any, Any]") -> str:
    if isinstance(field, JSONField):
        return "text[]"
    return f"{field.cast_db_type(connection)}[]"


def _cast(field: "Field[Any, Any]") -> str:
    return "::jsonb" if isinstance(field, JSONField) else ""
