"""For whom a run waits: read from the procedure files, found in the database without reading all.

A run waits for whoever the procedure names as owner of its state. Which rules speak of a post is
read from the files; the rest are SQL functions (migrations `sight_functions` and
`first_page_of_the_inbox`), because a post may have a hundred thousand runs waiting.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from huiyin.matters import access
from huiyin.matters.models import Run
from huiyin.matters.people_in import LEVELS
from huiyin.people.actors import Actor
from huiyin.procedures import library
from huiyin.procedures.language import ActorKind, ActorRule
from huiyin.ui.ready import Ready, Slot, prepared_cursor

Shown = Callable[
    [QuerySet[Run]], QuerySet[Run]
]  # of a module: what is read of runs, in which order
Rule = tuple[str, str, str, str, str]  # procedure, owner, way, role, fact of the level
BEGINNING: Final = datetime(1, 1, 1, tzinfo=UTC)
ENDLESS: Final = "infinity"
NO_RUN: Final = UUID(int=0)
_RULES: Final = "%s, %s, %s, %s::text[], %s::text[], %s::text[], %s::text[], %s::text[]"
_NOT_MOVED: Final = "ARRAY(SELECT matters_not_moved_by(%s, %s::text[]))"
WAYS: Final = {
    ActorKind.ASSIGNED: "assigned",
    ActorKind.SENDER_OF: "sender",
    ActorKind.SUPERIOR_OF: "superior",
}


# --- which rules --------------------------------------------------------------------------------


@cache
def helping() -> tuple[str, ...]:
    """Return the procedures in whose runs a unit lends the one around them a hand."""
    return tuple(name for name, rules in library.procedures().items() if rules.helps)


def rules_of(by: Actor) -> tuple[Rule, ...]:
    """Return by what a post may own a state: procedure, owner, way, role, fact of the level."""
    kind_of_post = Actor(
        account_id=None, kind=by.kind, unit_kind=by.unit_kind, level=by.level,
        permissions=by.permissions,
    )  # fmt: skip
    return _rules_of(kind_of_post)


@lru_cache(maxsize=1_024)
def _rules_of(by: Actor) -> tuple[Rule, ...]:
    return tuple(_read_rules(by))


def _read_rules(by: Actor) -> Iterator[Rule]:
    for procedure in library.procedures().values():
        owners = {state.owner for state in procedure.states.values() if state.owner}
        for name in sorted(owners):
            rule = procedure.actors[name]
            if rule.permission and not by.may(rule.permission):
                continue
            if rule.kind in WAYS:
                yield procedure.name, name, WAYS[rule.kind], rule.role, ""
            elif _is_office(rule, by):
                yield procedure.name, name, "office", rule.role, rule.level_fact


def _is_office(rule: ActorRule, by: Actor) -> bool:
    return bool(rule.covers and rule.unit_kinds) and access.is_office(rule, by)


def as_owner(by: Actor, rules: Iterable[Rule]) -> list[Any]:
    """Return the parameters of the functions for a post and some rules."""
    columns = list(zip(*rules, strict=True)) or [()] * 5
    return [by.unit_id, by.unit_place_id, LEVELS.get(by.level or 0, ""), *map(list, columns)]


# --- all of them --------------------------------------------------------------------------------


def owned_by(by: Actor) -> QuerySet[Run]:
    """Return the runs in which a post is next: never one of a matter that accuses its unit."""
    return owned_by_rules(rules_of(by), by=by) if by.unit_id is not None else Run.objects.none()


def owned_by_rules(rules: Iterable[Rule], *, by: Actor) -> QuerySet[Run]:
    """Return the open runs that wait for an owner, as far as these rules lead a post to them.

    For lists of what an office may do besides its own states; never one that accuses its unit.
    """
    owned = f"SELECT owned FROM matters_runs_owned_by_unit({_RULES}) AS owned"  # noqa: S608 fixed
    return Run.objects.filter(pk__in=RawSQL(owned, as_owner(by, rules)))  # noqa: S611 as above


def owned_of(runs: QuerySet[Run], *, by: Actor) -> QuerySet[Run]:
    """Return those of some few runs in which a post is next; only these few are looked at."""
    if by.unit_id is None:
        return Run.objects.none()
    few, values = runs.order_by().values("pk").query.sql_with_params()
    owned = RawSQL(  # noqa: S611 fixed texts, and what the ORM writes
        f"SELECT owned FROM matters_owned_among(ARRAY({few}), {_RULES}) AS owned",  # noqa: S608 as above
        [*values, *as_owner(by, rules_of(by))],
    )
    return Run.objects.filter(pk__in=owned)


def owned_among(runs: Collection[UUID], *, by: Actor) -> set[UUID]:
    """Return in which of these runs a post is next. One query; the others are not looked at."""
    if by.unit_id is None or not runs:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT owned FROM matters_owned_among(%s, {_RULES}) AS owned",  # noqa: S608 fixed texts, parameters
            [list(runs), *as_owner(by, rules_of(by))],
        )
        return {pk for (pk,) in cursor.fetchall()}


def held_and_not_next(by: Actor) -> tuple[str, list[Any]]:
    """Return a statement for the runs in which a unit holds a role and somebody else is next."""
    held = "SELECT run_id FROM matters_assignment WHERE unit_id = %s AND to_at IS NULL"
    theirs = f"SELECT owned FROM matters_owned_among(ARRAY({held}), {_RULES}) AS owned"  # noqa: S608 fixed
    return f"{held} EXCEPT {theirs}", [by.unit_id, by.unit_id, *as_owner(by, rules_of(by))]


def to_sign(by: Actor) -> QuerySet[Run]:
    """Return the runs that wait for a post and that its unit has not moved since it got them."""
    owned = RawSQL(  # noqa: S611 fixed texts, parameters
        f"SELECT owned FROM matters_owned_among({_NOT_MOVED}, {_RULES}) AS owned",  # noqa: S608 fixed
        [by.unit_id, list(helping()), *as_owner(by, rules_of(by))],
    )
    return Run.objects.filter(pk__in=owned)


# --- what is done ---------------------------------------------------------------------------------


KEPT_FROM: Final = """ARRAY(
    SELECT run.id FROM matters_matter AS matter JOIN matters_run AS run ON run.matter_id = matter.id
    WHERE matter.accused <> '{}' AND matter.accused && (SELECT matters_unit_and_above(%s))
)"""


def done_by(by: Actor) -> tuple[str, list[Any]]:
    """Return a statement for the done runs in which a unit had a role, the latest first.

    `done_at`, `run_id`, once each; walked along the index, as far as it is read. None of a matter
    that accuses the unit.
    """
    statement = (
        "SELECT DISTINCT held.done_at, held.run_id FROM matters_assignment AS held"  # noqa: S608 fixed texts, parameters
        " WHERE held.unit_id = %s AND held.done_at IS NOT NULL"
        f" AND held.run_id <> ALL ({KEPT_FROM})"
        " ORDER BY held.done_at DESC, held.run_id DESC"
    )
    return statement, [by.unit_id, by.unit_id]


def latest_done(
    *, by: Actor, before: tuple[datetime, UUID] | None, most: int,
    shown: Shown,
) -> list[Run]:  # fmt: skip
    """Return the latest done runs of a unit before a key, as `first` does. One query."""
    statement, values = done_by(by)
    if before is not None:
        key = "(held.done_at, held.run_id) < (%s, %s) ORDER BY"
        statement = statement.replace("ORDER BY", f"AND {key}")
        values += before
    return asked(f"{statement} LIMIT {most}", len(values), shown).all(**_numbered(values))


# --- the first of them --------------------------------------------------------------------------


class Stretch(NamedTuple):
    """A part of what waits for a post: from a key on, before an instant, in the order it is due.

    `helps`: only what lends others a hand, or only what does not; None both. `is_moved`: without
    what is still to be signed for.
    """

    helps: bool | None = None
    is_moved: bool = False
    after: tuple[datetime, UUID] = (BEGINNING, NO_RUN)
    until: datetime | str = ENDLESS


def first(part: Stretch, *, by: Actor, most: int, shown: Shown) -> list[Run]:
    """Return the first runs of a part; not much more is read than that. One query.

    `shown`: a function of a module, not a new one each time: what of them is read, in what order.
    """
    statement, values = _first(part, by, most)
    return asked(statement, len(values), shown).all(**_numbered(values))


def _numbered(values: Sequence[Any]) -> dict[str, Any]:
    return {f"value_{number}": value for number, value in enumerate(values)}


@lru_cache(maxsize=256)
def asked(
    statement: str, many: int, shown: Shown
) -> Ready[Run]:  # fmt: skip
    """Return the question for the runs (`run_id`) of a statement with so many values."""

    def build(**slots: Slot) -> QuerySet[Run]:
        found = RawSQL(f"SELECT run_id FROM ({statement}) AS found", list(slots.values()))  # noqa: S608, S611 fixed texts
        return shown(Run.objects.filter(pk__in=found))

    return Ready(build, names=[f"value_{number}" for number in range(many)])


def counted(parts: Sequence[Stretch], *, by: Actor, most: int) -> list[Counter[str]]:
    """Return of which procedures the first `most` runs of each part are. One query."""
    found = [Counter[str]() for _part in parts]
    if not parts:
        return found
    statements, values = [], []
    for number, part in enumerate(parts):
        statement, of_part = _first(part, by, most)
        statements.append(
            f"SELECT {number}, of_procedure, count(*) FROM ({statement}) AS p{number} GROUP BY 2"  # noqa: S608 fixed texts, parameters
        )
        values += of_part
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(statements), values)
        for number, procedure, count in cursor.fetchall():
            found[number][procedure] = count
    return found


@dataclass(frozen=True, slots=True)
class Sum:
    """So many of the first runs are alike."""

    procedure: str
    is_to_sign: bool
    is_overdue: bool
    is_soon: bool
    count: int


_LOOKED: Final = """
SELECT 'first', of_procedure, run_id IN (SELECT owned FROM signing), due < %s,
       due >= %s AND due <= %s, count(*)
FROM ({first}) AS looked GROUP BY 2, 3, 4, 5
"""
_TO_SIGN: Final = """
SELECT 'to_sign', run.procedure, NULL, NULL, NULL, count(*)
FROM signing JOIN matters_run AS run ON run.id = owned GROUP BY 2
"""
_BESIDE: Final = """
SELECT 'beside', '{name}', NULL, NULL, NULL, count(*) FROM ({other} LIMIT {most}) AS one
"""


def sums(
    *, by: Actor, at: datetime, soon: datetime, most: int,
    beside: Mapping[str, tuple[str, list[Any]]], looks: bool = True,
) -> tuple[list[Sum], Counter[str], Counter[str]]:  # fmt: skip
    """Return what the first `most` runs are, where somebody `looks` at them; of which procedures
    all are that are to be signed for; and how many rows other statements have, up to `most`. One
    query.
    """
    signing = f"SELECT owned FROM matters_owned_among({_NOT_MOVED}, {_RULES}) AS owned"  # noqa: S608 fixed
    parts = [_TO_SIGN]
    values = [by.unit_id, list(helping()), *as_owner(by, rules_of(by))]
    if looks:
        statement, of_first = _first(Stretch(), by, most)
        parts.append(_LOOKED.format(first=statement))
        values += [at, at, soon, *of_first]
    for name, (other, of_other) in beside.items():
        parts.append(_BESIDE.format(name=name, other=other, most=most))
        values += of_other
    with prepared_cursor() as cursor:
        cursor.execute(
            f"WITH signing AS MATERIALIZED ({signing}) {' UNION ALL '.join(parts)}", values
        )
        rows = cursor.fetchall()
    return (
        [Sum(*row[1:]) for row in rows if row[0] == "first"],
        Counter({row[1]: row[5] for row in rows if row[0] == "to_sign"}),
        Counter({row[1]: row[5] for row in rows if row[0] == "beside"}),
    )


def _first(part: Stretch, by: Actor, most: int) -> tuple[str, list[Any]]:
    """Return a statement for the first runs of a part (`run_id`, `due`, `of_procedure`).

    A run that waits by two rules comes twice out of the function and once out of this.
    """
    rules: Iterable[Rule] = rules_of(by)
    if part.helps is not None:
        names = helping()
        rules = [rule for rule in rules if (rule[0] in names) is part.helps]
    left_out, names_left = "'{}'::uuid[]", []
    if part.is_moved:
        left_out = _NOT_MOVED
        names_left = [by.unit_id, list(helping())]
    statement = (
        "SELECT DISTINCT due, run_id, of_procedure FROM matters_first_owned("  # noqa: S608 fixed texts, parameters
        f"{_RULES}, {left_out}, %s, %s, %s, {most}) ORDER BY due, run_id LIMIT {most}"
    )
    values = [*as_owner(by, rules), *names_left, *part.after, part.until]
    return statement, values
