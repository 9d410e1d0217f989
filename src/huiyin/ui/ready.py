"""Questions that every request asks: the ORM writes their SQL once for each process.

Most of what a short query costs in Python is the building of its SQL. `Ready` keeps what the ORM
has built, and fills in the values by hand; what comes back is what the ORM would give.

    _BY_CODE = Ready(lambda code: Place.objects.select_related("town").filter(code=code)[:1])
    place = _BY_CODE.first(code="371402001")
"""

import inspect
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.utils import CursorWrapper
from django.db.models import Expression, Field, ForeignKey, Lookup, Model, QuerySet
from django.db.models.query import (
    FlatValuesListIterable,
    ModelIterable,
    get_related_populators,
)
from django.db.models.sql.compiler import SQLCompiler
from psycopg.adapt import AdaptersMap
from psycopg.types.datetime import TimestamptzLoader

from huiyin.ui.instances import maker_of

M = TypeVar("M")
if TYPE_CHECKING:
    _Lookup = Lookup[Any]
else:
    _Lookup = Lookup


class Slot(Expression):
    """Where a value of `Ready` will stand in the SQL; `values` as PostgreSQL is given them."""

    def __init__(self, name: str, *, is_one: bool = False) -> None:
        """`is_one`: it stands for a list of one value, where it is one of a list."""
        super().__init__()
        self.name, self.is_one = name, is_one
        self._uses: list[str] = []  # shared with the copies that Django makes of it

    @property
    def is_list(self) -> bool:
        """Whether it stands for a list that one value is looked for in."""
        return bool(self._uses)

    def used_as_list(self) -> None:
        """Note that it does."""
        self._uses.append(self.name)

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, Any]:
        """Return the place of the value; the slot itself stands in for it."""
        return "%s", [self]

    def __hash__(self) -> int:
        return hash(self.name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Slot) and other.name == self.name


@ForeignKey.register_lookup
@Field.register_lookup
class OneOf(_Lookup):
    """`field__one_of=Slot(…)`: the value is one of a list, however long; `in` for a slot."""

    lookup_name = "one_of"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """Return the condition."""
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        right = f"ANY({right})"
        if isinstance(self.rhs, Slot):
            self.rhs.used_as_list()
            right = "%s" if self.rhs.is_one else right
        return f"{left} = {right}", [*left_params, *right_params]


class Ready(Generic[M]):
    """A query whose SQL is built at its first use.

    `build` is called once, with a `Slot` for each of its parameters; a slot may stand wherever an
    expression may, and for a list with the lookup `one_of`, but then nowhere else. The values given
    later go to the database as they are. Rows come back as model instances with all that
    `select_related` and `annotate` say, or as tuples for a `values_list`.

    Of a list PostgreSQL believes that it is long, and plans the query anew each time; a list of one
    value, which most are, is asked for by a query of its own that says so.
    """

    def __init__(
        self, build: "Callable[..., QuerySet[Any, M]]", *, names: Sequence[str] = (),
        apart: bool = False,
    ) -> None:  # fmt: skip
        """`names`: the parameters of `build`, where its signature does not name them.

        `apart`: it asks for what whoever asks never writes, such as units: what waits to be
        written (`rows.in_one_go`) goes on waiting.
        """
        self._build, self._is_apart = build, apart
        self._names = tuple(names) or tuple(inspect.signature(build).parameters)
        self._made: _Made | None = None
        self._made_for_one: _Made | None = None

    def all(self, **values: Any) -> list[M]:
        """Ask, with a value for each slot; return the rows. One query."""
        made = self._made or self._prepare()
        if made.lists and all(len(values[name]) == 1 for name in made.lists):
            values |= {name: values[name][0] for name in made.lists}
            made = self._made_for_one or self._prepare_for_one()
        with prepared_cursor(apart=self._is_apart) as cursor:
            cursor.execute(made.sql, [_value(one, values) for one in made.params])
            rows = cursor.fetchall()
        return made.read(rows) if rows else []

    def first(self, **values: Any) -> M | None:
        """Ask for the first row; the query itself says that it wants no more, and in what order."""
        found = self.all(**values)
        return found[0] if found else None

    def _prepare(self) -> "_Made":
        slots = {name: Slot(name) for name in self._names}
        self._made = _Made(self._build(**slots), slots.values())
        return self._made

    def _prepare_for_one(self) -> "_Made":
        slots = {name: Slot(name, is_one=True) for name in self._names}
        self._made_for_one = _Made(self._build(**slots), slots.values())
        return self._made_for_one


def prepared_cursor(*, apart: bool = False) -> CursorWrapper:
    """Return a cursor that lets PostgreSQL keep the plan of what is asked often; `apart`: `Ready`.

    Django's own puts the values into the SQL, so that it is planned anew each time. Where queries
    are logged it is Django's own all the same: a kept plan has no text to be logged.
    """
    here: Any = connections[DEFAULT_DB_ALIAS]  # looked up once: it is another one in each thread
    found: CursorWrapper
    if here.queries_logged:
        found = here.cursor()
        return found
    here.close_if_health_check_failed()
    if here.connection is None:
        here.ensure_connection()
    raw = _Asking(here.connection)  # type: ignore[call-arg]  # psycopg's own
    raw.is_apart = apart
    found = here._prepare_cursor(raw)
    return found


class _Asking(ServerBindingCursor):
    """A cursor that reads instants by psycopg's own means, in C; Django reads them in Python.

    They come in the time zone of the session, as ever: UTC.
    """

    is_apart = False

    @property
    def adapters(self) -> AdaptersMap:
        """Return how values are read and written: one map for each connection."""
        asked: Any = self.connection  # type: ignore[attr-defined]  # psycopg's own
        known = _adapters.get(asked)
        if known is None:
            known = _adapters[asked] = AdaptersMap(asked.adapters)
            known.register_loader("timestamptz", TimestamptzLoader)
        return known


_adapters: Final[WeakKeyDictionary[Any, AdaptersMap]] = WeakKeyDictionary()


def _value(param: Any, values: dict[str, Any]) -> Any:
    return values[param.name] if type(param) is Slot else param


class _Related:
    """What `select_related` brings along, as Django's populator puts it into its place."""

    def __init__(self, populator: Any) -> None:
        assert populator.reorder_for_init is None, "no model here has another one as its parent"  # noqa: S101
        self._from, self._to = populator.cols_start, populator.cols_end
        self._key = self._from + populator.pk_idx
        self._make = maker_of(populator.model_cls, populator.init_list)
        self._put_here, self._put_there = populator.local_setter, populator.remote_setter
        self._related = [_Related(one) for one in populator.related_populators]

    def populate(self, row: tuple[Any, ...], of: Model) -> None:
        """Put what belongs to an instance beside it; None where there is nothing."""
        if row[self._key] is None:
            self._put_here(of, None)
            return
        found = self._make(row[self._from : self._to])
        for related in self._related:
            related.populate(row, found)
        self._put_here(of, found)
        self._put_there(found, of)


class _Made:
    """A query as the ORM has built it, and how its rows are read."""

    def __init__(self, asked: "QuerySet[Any, Any]", slots: Iterable[Slot]) -> None:
        self._compiler: Final = asked.query.get_compiler(connection=connections[DEFAULT_DB_ALIAS])
        sql, params = self._compiler.as_sql()
        self.sql: Final[str] = sql
        self.params: Final[Sequence[Any]] = params
        self.lists: Final = tuple(slot.name for slot in slots if slot.is_list)
        select = self._compiler.select
        klass = self._compiler.klass_info if asked._iterable_class is ModelIterable else None
        self._converters = self._compiler.get_converters([one[0] for one in select])
        self._model: type[Model] | None = klass["model"] if klass else None
        self._is_flat = asked._iterable_class is FlatValuesListIterable
        if klass is None:
            return
        fields = klass["select_fields"]
        self._from, self._to = fields[0], fields[-1] + 1
        names = [one[0].target.attname for one in select[self._from : self._to]]
        self._make = maker_of(klass["model"], names)
        populators = get_related_populators(klass, select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]
        self._related = [_Related(one) for one in populators]
        self._annotations = self._compiler.annotation_col_map or {}

    def read(self, rows: Sequence[tuple[Any, ...]]) -> list[Any]:
        """Return the rows as the ORM would."""
        if self._converters:
            rows = [tuple(one) for one in self._compiler.apply_converters(rows, self._converters)]
        if self._model is None:
            return [row[0] for row in rows] if self._is_flat else list(rows)
        return [self._instance(row) for row in rows]

    def _instance(self, row: tuple[Any, ...]) -> Model:
        found = self._make(row[self._from : self._to])
        for related in self._related:
            related.populate(row, found)
        for name, column in self._annotations.items():
            setattr(found, name, row[column])
        return found
