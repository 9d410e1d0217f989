"""Lives of matters that are written again and again: read off matters that were really handled.

Some thousand stories are told into the city by the chronicle, so every event, hash, clock and
assignment of theirs is what the verbs write. A life is one such matter as texts with gaps: where an
id, a day, a unit or a person of its own stood, the copies put theirs.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from multiprocessing import get_context
from typing import Final
from uuid import UUID

from django.db import connection, models
from django.utils import timezone
from psycopg import sql

from huiyin.matters import tallies
from huiyin.matters.chain import HASHED, START, canonical
from huiyin.matters.limits import procedure_of
from huiyin.matters.models import (
    Assignment,
    AttachmentUse,
    CallBack,
    Contact,
    EventBody,
    EventHeader,
    Matter,
    MatterText,
    Measure,
    Rating,
    Run,
    RunClock,
)
from huiyin.ops.bench.binary import OWN, Gap, Piece, Row, rows_in
from huiyin.ops.bench.gaps import STEM, TEXT, UUID_, UUIDS, VARCHAR, Gaps
from huiyin.ops.bench.patterns import gap
from huiyin.ops.demo.life.plan import ONLY_LIVE, Entry, entries
from huiyin.ops.demo.life.pouring import tell_all
from huiyin.ops.progress import say

OLD: Final = 500  # stories
YOUNG: Final = 500
LONG_AGO: Final = timedelta(days=300)
PART: Final = 100
# In the order in which they are written; what links to what stands behind it.
MODELS: Final[tuple[type[models.Model], ...]] = (
    Matter, MatterText, Contact, Run, EventHeader, EventBody, RunClock, Assignment,
    AttachmentUse, Rating, CallBack,
)  # fmt: skip
DIGEST: Final = 32  # bytes of a hash
Columns = list[tuple[int, bytes | None]]  # a row: of each column the number of its type, its bytes


def tell_stories(*, at: datetime, jobs: int = 1) -> int:
    """Tell stories into an empty city, none of them by the verbs; return how many matters.

    Half of them of this month, some of which go on; half so long ago that all limits are over.
    `jobs`: processes that share the work.
    """
    parts: list[tuple[datetime, list[Entry]]] = []
    for now, stories in ((at - LONG_AGO, OLD), (at, YOUNG)):
        plan = [
            replace(one, is_live=False)
            for one in entries("full", now=now, matters=stories)
            if one.story not in ONLY_LIVE
        ]
        parts += [(now, plan[first : first + PART]) for first in range(0, len(plan), PART)]
    connection.close()
    many = 0
    with ProcessPoolExecutor(jobs, mp_context=get_context("fork")) as pool:
        for told in pool.map(partial(_tell, at), parts):
            many += told
            say(f"{many} matters …")
    return many


def _tell(at: datetime, part: tuple[datetime, list[Entry]]) -> int:
    now, chosen = part
    told, _ = tell_all(chosen, scale="full", now=now, until=at)
    return told


# --- lives ----------------------------------------------------------------------------------------


@dataclass(slots=True)
class Event:
    """An event as texts with gaps: what its hash is over, and its body.

    In rows stand the gaps `digest…` and `hash…` with its `number` in the life. `before`: the number
    of the event before it in its run; -1: there is none.
    """

    columns: str
    content: str
    salt: bytes
    number: int
    before: int


@dataclass(frozen=True, slots=True)
class Movement:
    """One change of a count; `day`, `unit`: their gaps, empty for none."""

    day: str
    measure: str
    procedure: str
    state: str
    unit: str
    amount: int


@dataclass(slots=True)
class Life:
    """One matter as rows with gaps, by table; `units`: which gap stands for which unit."""

    place: UUID
    level: int
    category: str
    opened: date
    is_open: bool = False  # somebody still has to do something
    is_over: bool = True  # and nobody can any more
    ended: date = date.min  # the day of its last event
    gaps: Gaps = field(default_factory=Gaps)
    units: dict[str, str] = field(default_factory=dict)  # id of a unit → its gap
    actors: dict[tuple[str, str, str], tuple[str, str, str]] = field(default_factory=dict)
    fresh: list[str] = field(default_factory=list)  # gaps that get an id of their own
    keyed: set[str] = field(default_factory=set)  # units by whose ids something is kept
    contacts: list[str] = field(default_factory=list)  # gaps of the people
    accounts: dict[str, str] = field(default_factory=dict)  # gap of a person → of their account
    rows: dict[str, list[Row]] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    movements: list[Movement] = field(default_factory=list)  # what the counts hold of it

    def days(self) -> list[tuple[str, date]]:
        """Return the gaps for days in its texts, with the day that stood there."""
        return [(self.gaps.names[day], date.fromisoformat(day)) for day in self.gaps.days()]


# --- reading lives --------------------------------------------------------------------------------

# What the copies put in by themselves, by table; everything else is what stands in the row.
_REPLACED: Final[dict[type[models.Model], dict[str, str]]] = {
    Matter: {name: f"'~{name}~'" for name in ("number", "lon", "lat", "overlay_id")},
    Contact: {
        "name": "CASE WHEN name = '' THEN '' ELSE '~name~' END",
        "phone": "CASE WHEN phone = '' THEN '' ELSE '~phone~' END",
        "phone_index": "CASE WHEN phone_index IS NULL THEN NULL ELSE '~index~' END",
    },
    Run: {"head": "'~head~'"},
    EventHeader: {"body_digest": "'~digest~'", "previous": "'~previous~'", "hash": "'~hash~'"},
}
_MATTER_OF: Final = {
    Matter: "id = ANY(%(ids)s)",
    EventBody: "event_id IN (SELECT e.id FROM matters_eventheader e JOIN matters_run r"
    " ON r.id = e.run_id WHERE r.matter_id = ANY(%(ids)s))",
    MatterText: "matter_id = ANY(%(ids)s)",
    Contact: "matter_id = ANY(%(ids)s)",
    Run: "matter_id = ANY(%(ids)s)",
}
_OF_A_RUN: Final = "run_id IN (SELECT id FROM matters_run WHERE matter_id = ANY(%(ids)s))"


def columns(model: type[models.Model]) -> list[str]:
    """Return the columns of a table that a copy writes: all that the database does not fill."""
    return [
        str(one.column)
        for one in model._meta.concrete_fields
        if not isinstance(one, models.AutoField)
    ]


@dataclass(slots=True)
class City:
    """What lives are read against: units, posts, places by their ids."""

    units: Mapping[str, str]  # id → code
    posts: Mapping[str, tuple[str, str, str]]  # id → unit, permission set, account
    stems: Mapping[str, str]  # id of a place → the name of its village as people say it


def read_lives(matters: Sequence[Matter], city: City) -> list[Life]:
    """Return some matters as lives, in their order; a fixed number of queries."""
    ids = [one.pk for one in matters]
    found = {
        str(one.pk): Life(
            place=one.place_id,
            level=one.place.level,
            category=str(one.category_id or ""),
            opened=timezone.localdate(one.opened_at),
        )
        for one in matters
    }
    matter_of: dict[str, str] = {str(one.pk): str(one.pk) for one in matters}
    for matter in matters:
        life = found[str(matter.pk)]
        _fresh(life, str(matter.pk), "m")
        names = ("place", "grid", "village", "town", "county", "city")
        for name in names:
            pk = getattr(matter, f"{name}_id")
            if pk:
                life.gaps.add(str(pk), f"p_{name}")
    for contact in Contact.objects.filter(matter__in=ids).order_by("id"):
        life = found[str(contact.matter_id)]
        name = _fresh(life, str(contact.pk), f"c{len(life.contacts)}")
        life.contacts.append(name)
        if contact.account_id:
            life.accounts[name] = life.gaps.add(str(contact.account_id), f"a{name}")
    runs = list(Run.objects.filter(matter__in=ids).order_by("opened_at", "id"))
    for run in runs:
        life = found[str(run.matter_id)]
        matter_of[str(run.pk)] = str(run.matter_id)
        _fresh(life, str(run.pk), f"r{len(life.fresh)}")
        life.is_open = life.is_open or not run.is_closed
        life.is_over = life.is_over and run.is_over
        life.ended = max(life.ended, timezone.localdate(run.changed_at))
        _actors_in(life, canonical(run.memory).decode(), city)
    headers = EventHeader.objects.filter(run__matter__in=ids).select_related("body")
    told: list[tuple[EventHeader, Life]] = []
    for event in headers.order_by("run_id", "seq"):
        life = found[matter_of[str(event.run_id)]]
        matter_of[str(event.pk)] = matter_of[str(event.run_id)]
        _fresh(life, str(event.pk), f"e{len(life.fresh)}")
        _actor_of(life, event, city)
        _actors_in(life, canonical([event.effects, event.body.content]).decode(), city)
        told.append((event, life))
    stems = {str(one.pk): city.stems.get(str(one.village_id or ""), "") for one in matters}
    events_of: dict[type[models.Model], dict[UUID, Columns]] = {EventHeader: {}, EventBody: {}}
    for model in MODELS:
        for row in _copied_out(model, ids):
            if model in events_of:
                events_of[model][_id_in(row[0])] = row
            else:
                _place_row(model, row, found, matter_of, stems)
    heads: dict[UUID, int] = {}
    for event, life in told:
        header, body = (events_of[model][event.pk] for model in (EventHeader, EventBody))
        _add_event(life, event, header, body, heads)
    for run in runs:
        life = found[str(run.matter_id)]
        _put_head(life, life.gaps.names[str(run.pk)], heads[run.pk])
    events: dict[UUID, list[EventHeader]] = {}
    for event, _life in told:
        events.setdefault(event.run_id, []).append(event)
    for run in runs:
        _count(found[str(run.matter_id)], run, events.get(run.pk, []))
    for life in found.values():
        word_of = {name: word for word, name in life.gaps.names.items()}
        life.fresh.sort(key=word_of.__getitem__)
    return list(found.values())


def _fresh(life: Life, word: str, name: str) -> str:
    life.fresh.append(name)
    return life.gaps.add(word, name)


def _actor_of(life: Life, event: EventHeader, city: City) -> None:
    """Make the post and the account that acted gaps of the life."""
    post = city.posts.get(str(event.post_id))
    if post is None or event.account_id is None:
        return
    unit = _unit(life, post[0], city)
    key = str(event.post_id)
    life.actors[key, post[0], post[1]] = (
        life.gaps.add(key, f"q{len(life.gaps.names)}"),
        life.gaps.add(str(event.account_id), f"s{len(life.gaps.names)}"),
        unit,
    )


def _actors_in(life: Life, text: str, city: City) -> None:
    life.keyed |= {one for one in re.findall(f'"({UUIDS})":', text) if one in city.units}
    for found in re.finditer(UUIDS, text):
        if found[0] in city.units:
            _unit(life, found[0], city)


def _unit(life: Life, unit: str, city: City) -> str:
    if unit not in life.units:
        life.units[unit] = life.gaps.add(unit, f"u{len(life.units)}")
    return life.units[unit]


def _copied_out(model: type[models.Model], ids: Sequence[UUID]) -> list[Columns]:
    """Return the rows of some matters in a table as columns, each with the number of its type."""
    replaced = _REPLACED.get(model, {})
    wanted = sql.SQL(", ").join(
        sql.SQL(replaced[one]) if one in replaced else sql.Identifier(one) for one in columns(model)
    )
    query = sql.SQL("SELECT {} FROM {} WHERE ").format(wanted, sql.Identifier(model._meta.db_table))
    where = sql.SQL(_MATTER_OF.get(model, _OF_A_RUN))
    with connection.cursor() as cursor:
        asked = cursor.mogrify((query + where).as_string(cursor.connection), {"ids": list(ids)})
        cursor.execute(f"{asked} LIMIT 0")
        kinds = [one.type_code for one in cursor.description]
        with cursor.copy(f"COPY ({asked}) TO STDOUT (FORMAT binary)") as out:
            data = b"".join(bytes(part) for part in out)
    return [list(zip(kinds, row, strict=True)) for row in rows_in(data)]


def _cut(life: Life, row: Columns, put: Mapping[bytes | None, Piece]) -> Row:
    """Cut a row into a pattern of a life; `put`: what stands where a copy has its own."""
    return [[put[value]] if value in put else life.gaps.column(kind, value) for kind, value in row]


def _id_in(column: tuple[int, bytes | None]) -> UUID:
    return UUID(bytes=column[1])


def _place_row(
    model: type[models.Model], row: Columns, found: Mapping[str, Life],
    matter_of: Mapping[str, str], stems: Mapping[str, str],
) -> None:  # fmt: skip
    """Cut a row into a pattern of the life it belongs to."""
    keys = [str(_id_in(one)) for one in row if one[0] == UUID_ and one[1]]
    matter = next(matter_of[key] for key in keys if key in matter_of)
    life, put = found[matter], {}
    if model is Contact:
        who = life.gaps.names[keys[0]]
        put = {f"~{one}~": Gap(f"{who}{one}", OWN) for one in ("name", "phone", "index")}
    elif model is Run:
        put = {"~head~": Gap(f"head{life.gaps.names[keys[0]]}", DIGEST)}
    elif model is Matter:
        put = {f"~{one}~": Gap(one, OWN) for one in ("number", "lon", "lat", "overlay_id")}
    elif model is MatterText:
        row = _with_name(row, stems[matter])
    cut = _cut(life, row, {name.encode(): one for name, one in put.items()})
    life.rows.setdefault(model._meta.db_table, []).append(cut)


def _with_name(row: Columns, stem: str) -> Columns:
    """Let the words name the place of the copy where they named the place of the life."""
    if len(stem) < 2:
        return row
    return [
        (kind, value.replace(stem.encode(), gap(STEM).encode()))
        if value and kind in {TEXT, VARCHAR}
        else (kind, value)
        for kind, value in row
    ]


def _add_event(
    life: Life, event: EventHeader, header: Columns, body: Columns, heads: dict[UUID, int]
) -> None:
    """Add an event to its life; `heads`: by run, the number of its last one so far."""
    number, before = len(life.events), heads.get(event.run_id, -1)
    put: dict[bytes | None, Piece] = {
        b"~digest~": Gap(f"digest{number}", DIGEST),
        b"~previous~": Gap(f"hash{before}", DIGEST) if before >= 0 else START,
        b"~hash~": Gap(f"hash{number}", DIGEST),
    }
    life.rows.setdefault(EventHeader._meta.db_table, []).append(_cut(life, header, put))
    life.rows.setdefault(EventBody._meta.db_table, []).append(_cut(life, body, {}))
    said = {name: getattr(event, name) for name in HASHED}
    life.events.append(
        Event(
            columns=life.gaps.cut(canonical(said).decode()),
            content=life.gaps.cut(canonical(event.body.content).decode()),
            salt=bytes(event.body.salt), number=number, before=before,
        )
    )  # fmt: skip
    heads[event.run_id] = number


def _put_head(life: Life, run: str, number: int) -> None:
    """Let a run end with the hash of its last event; `run`: its gap."""
    head, last = Gap(f"head{run}", DIGEST), Gap(f"hash{number}", DIGEST)
    for row in life.rows[Run._meta.db_table]:
        row[:] = [[last] if column == [head] else column for column in row]


def _count(life: Life, run: Run, events: Iterable[EventHeader]) -> None:
    """Keep what the counts hold of a run: what happened on days, and in which state it is now."""
    read = ((one.action, one.to_state, one.recorded_at, one.effects) for one in events)
    for day, moved in tallies.folded(procedure_of(run.procedure), read).items():
        name = life.gaps.add(day.isoformat(), f"d{len(life.gaps.names)}")
        for move, amount in moved.items():
            if amount and move.measure is not Measure.IN_STATE:
                unit = life.units[move.unit] if move.unit else ""
                life.movements.append(
                    Movement(name, move.measure.value, run.procedure, move.state, unit, amount)
                )
    lead = next(iter(run.memory.get("roles", {}).get("lead", ())), "")
    unit = life.units[lead] if lead else ""
    life.movements.append(Movement("", Measure.IN_STATE.value, run.procedure, run.state, unit, 1))
