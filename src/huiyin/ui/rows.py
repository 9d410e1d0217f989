"""Rows written in one go: an act costs one round trip, and no SQL is built anew for it.

    writing = Writing()
    writing.insert([matter, words, *contacts])
    writing.update(run, ("state", "due_at"))
    writing.now()

What is written is what `save` would write, without its signals. The statements go to PostgreSQL in
one string, in their order; where one fails, none has been done.

    with in_one_go() as writing:        # a transaction
        writing.insert([matter])        # waits …
        Matter.objects.count()          # … no longer than to here: what is asked finds it written
        writing.insert([event])         # goes together with the COMMIT
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import groupby
from typing import Any, Final

from django.db import connection, models, transaction
from django.db.models import Field, Model
from django.db.models.expressions import DatabaseDefault
from psycopg.adapt import Transformer

# Fields whose values PostgreSQL is given as they are.
_AS_THEY_ARE: Final = frozenset({
    models.UUIDField, models.CharField, models.TextField, models.BooleanField, models.FloatField,
    models.IntegerField, models.SmallIntegerField, models.PositiveIntegerField,
    models.PositiveSmallIntegerField, models.BigIntegerField, models.DateTimeField,
    models.DateField, models.BigAutoField, models.BinaryField,
})  # fmt: skip


class Writing:
    """What is to be written; `now` sends it."""

    def __init__(self) -> None:
        self._pieces: list[tuple[tuple[bytes, ...], list[Any]]] = []

    def insert(self, rows: Iterable[Model], *, on_conflict: str = "") -> None:
        """Add new rows, of several models if need be: those of one model beside each other.

        `on_conflict`: what stands behind ON CONFLICT; see `doing_nothing` and `overwriting`.
        """
        for model, same in groupby(rows, key=type):
            group = list(same)
            shape = _shape(model)
            values = [value for row in group for value in shape.values(row)]
            self._pieces.append((shape.inserted(len(group), on_conflict), values))
            for row in group:
                row._state.adding, row._state.db = False, connection.alias

    def update(self, row: Model, fields: Sequence[str] = ()) -> None:
        """Write the named fields of a row that is there; all of them when none is named."""
        shape = _shape(type(row))
        names = tuple(fields) or shape.all_but_key
        self._pieces.append(
            (shape.updated(names), [*shape.values(row, names), *shape.values(row, ("pk",))])
        )

    def statement(self, sql: str, *values: Any) -> None:
        """Add a statement in SQL, with %s for each value."""
        self._pieces.append((_split(sql), list(values)))

    def take(self, other: "Writing") -> None:
        """Take over what another one has collected; nothing is left there."""
        self._pieces += other._pieces
        other._pieces = []

    def now(self, *, and_commit: bool = False) -> None:
        """Write it all, in the order in which it was added; one round trip, none for nothing.

        `and_commit`: and end the transaction in the same round trip.
        """
        if not self._pieces:
            return
        pieces, self._pieces = self._pieces, []
        connection.ensure_connection()
        literal = Transformer(connection.connection).as_literal
        text = bytearray()
        for parts, values in pieces:
            for part, value in zip(parts, values, strict=False):
                text += part
                is_default = isinstance(value, DatabaseDefault)
                text += b"DEFAULT" if is_default else bytes(literal(value))
            text += parts[-1] + b";\n"
        if and_commit:
            text += b"COMMIT"
        with connection.cursor() as cursor:
            cursor.execute(bytes(text))  # type: ignore[arg-type]  # psycopg takes bytes


@contextmanager
def in_one_go() -> Iterator[Writing]:
    """Begin a transaction in which what is written waits for its end, and goes with its COMMIT.

    Whatever is asked or written otherwise meanwhile finds it written: it is sent before, unless it
    asks apart (`ready.Ready`). Inside of another transaction it is sent at the end of the block,
    and that other one commits.
    """
    writing = Writing()

    def written_first(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        if not getattr(context["cursor"].cursor, "is_apart", False):  # see `ready.Ready`
            writing.now()
        return execute(sql, params, many, context)

    is_outermost = not connection.in_atomic_block
    with transaction.atomic(), connection.execute_wrapper(written_first):
        yield writing
        # Django finds the transaction ended then, and only does what is to follow a commit.
        writing.now(and_commit=is_outermost)


def doing_nothing() -> str:
    """Return what leaves rows alone that are there already."""
    return "DO NOTHING"


def overwriting(model: type[Model], *, key: Sequence[str], fields: Sequence[str]) -> str:
    """Return what writes `fields` over a row that has the same `key`, where one of them changes."""
    shape = _shape(model)
    names = shape.columns
    keys = ", ".join(names[name] for name in key)
    written = ", ".join(f"{names[name]} = excluded.{names[name]}" for name in fields)
    old = ", ".join(f"{shape.table}.{names[name]}" for name in fields)
    new = ", ".join(f"excluded.{names[name]}" for name in fields)
    return f"({keys}) DO UPDATE SET {written} WHERE ({old}) IS DISTINCT FROM ({new})"


@cache
def _split(sql: str) -> tuple[bytes, ...]:
    return tuple(part.replace("%%", "%").encode() for part in sql.split("%s"))


def copied(model: type[Model]) -> "tuple[str, str, Callable[[Model], list[Any]]]":
    """Return what COPY needs of new rows: the table, the columns, and a row's values in order."""
    shape = _shape(model)
    return shape.table, shape.new_columns, shape.values


@cache
def _shape(model: type[Model]) -> "_Shape":
    return _Shape(model)


class _Shape:
    """How rows of a model are written."""

    def __init__(self, model: type[Model]) -> None:
        quote = connection.ops.quote_name
        own = [one for one in model._meta.local_concrete_fields if not one.generated]
        self.table = quote(model._meta.db_table)
        self._fields: dict[str, Field[Any, Any]] = {}
        self.columns: dict[str, str] = {}
        for field in own:
            for name in {field.name, field.attname}:
                self._fields[name], self.columns[name] = field, quote(str(field.column))
        key = model._meta.pk
        assert key is not None  # noqa: S101 every model has one
        self._fields["pk"], self.columns["pk"] = key, quote(str(key.column))
        # A number that the database gives is not written.
        self._new = tuple(one.name for one in own if not isinstance(one, models.AutoField))
        self._new = tuple(
            name for name in self._new if not isinstance(self._fields[name], models.BigAutoField)
        )
        self.all_but_key = tuple(one.name for one in own if not one.primary_key)
        self._is_plain = {name: _is_plain(one) for name, one in self._fields.items()}
        self._texts: dict[tuple[object, ...], tuple[bytes, ...]] = {}

    @property
    def new_columns(self) -> str:
        """The columns of a new row, as SQL."""
        return ", ".join(self.columns[name] for name in self._new)

    def values(self, row: Model, names: Sequence[str] | None = None) -> list[Any]:
        """Return the values of a row as they go to PostgreSQL."""
        found = []
        for name in names or self._new:
            field = self._fields[name]
            if self._is_plain[name]:
                found.append(getattr(row, field.attname))
            else:
                value = field.pre_save(row, add=True)
                is_default = isinstance(value, DatabaseDefault)
                found.append(value if is_default else field.get_db_prep_save(value, connection))
        return found

    def inserted(self, many: int, on_conflict: str) -> tuple[bytes, ...]:
        """Return an INSERT of so many rows, cut where the values go."""
        known = self._texts.get((many, on_conflict))
        if known is None:
            columns = self.new_columns
            row = "(" + ", ".join(["%s"] * len(self._new)) + ")"
            text = f"INSERT INTO {self.table} ({columns}) VALUES " + ", ".join([row] * many)  # noqa: S608
            known = _split(f"{text} ON CONFLICT {on_conflict}" if on_conflict else text)
            self._texts[many, on_conflict] = known
        return known

    def updated(self, names: tuple[str, ...]) -> tuple[bytes, ...]:
        """Return an UPDATE of one row, cut where the values go."""
        known = self._texts.get(names)
        if known is None:
            written = ", ".join(f"{self.columns[name]} = %s" for name in names)
            known = _split(f"UPDATE {self.table} SET {written} WHERE {self.columns['pk']} = %s")  # noqa: S608
            self._texts[names] = known
        return known


def _is_plain(field: "Field[Any, Any]") -> bool:
    while field.remote_field is not None and hasattr(field, "target_field"):
        field = field.target_field
    is_dated = getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    return type(field) in _AS_THEY_ARE and not is_dated
