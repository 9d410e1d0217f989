"""A list of duties (权责清单) as a CSV: read row by row, compared with what holds, then taken over.

The columns are those of the load table `duties`; the titles may be the English or the Chinese ones.
"""

import csv
import io
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from huiyin.categories.models import Category
from huiyin.places.models import Place
from huiyin.ui.acts import By
from huiyin.units.models import Duty, Unit
from huiyin.units.queries import held_on
from huiyin.units.refusals import DutyListFaulty
from huiyin.units.verbs import add_duty, lock_units, withdraw_duty

COLUMNS: Final[Mapping[str, str]] = {
    "unit_code": "单位编号",
    "category_code": "分类编号",
    "place_code": "地方编号",
    "basis": "依据",
    "item_no": "清单序号",
}
OPTIONAL: Final = ("item_no",)
# Columns of the load table that say nothing here: the day is chosen once, for the whole list.
PASSED_OVER: Final = ("valid_from", "valid_to", "起始日期", "终止日期")
MOST_ROWS: Final = 20_000
MOST_PROBLEMS: Final = 200
Named = TypeVar("Named", Unit, Category, Place)
_LENGTHS: Final = {"basis": 240, "item_no": 40}

_NOT_CSV = _("This is no CSV: save the table as “CSV, UTF-8” and choose it again.")
_MISSING = _("This column is missing. The first row names the columns.")
_UNKNOWN_COLUMN = _("There is no such column. Look at the sample.")
_TWICE_COLUMN = _("This column is there twice: leave one out.")
_EMPTY = _("This may not be empty.")
_NO_UNIT = _("No unit in force has this code.")
_NO_CATEGORY = _("No kind of matter in use has this code.")
_NO_PLACE = _("No place has this code today.")
_TOO_LONG = _("This is too long.")
_SAID_BEFORE = _("The same unit, kind and place stand in a row above: leave one out.")
_NO_ROWS = _("There is no row below the titles.")
_TOO_MANY = _("The list is too long: at most 20,000 rows at a time.")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a cell: row as a spreadsheet counts (1: the titles), column, sentence."""

    row: int
    column: str
    text: str | Promise
    value: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One item of the list, with the rows of the directory it names."""

    unit: Unit
    category: Category
    place: Place
    basis: str
    item_no: str

    @property
    def key(self) -> tuple[UUID, UUID, UUID]:
        """What makes it one item: nobody answers twice for the same."""
        return self.unit.pk, self.category.pk, self.place.pk


@dataclass(slots=True)
class Read:
    """A list that was read: its items, and every problem; with a problem nothing is taken over."""

    items: list[Item] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Plan:
    """What taking a list over would do. `changed`: another basis or number, from the day on."""

    new: list[Item]
    same: list[Item]
    changed: list[tuple[Duty, Item]]
    over: list[Duty]

    @property
    def is_empty(self) -> bool:
        """Whether everything holds already."""
        return not (self.new or self.changed or self.over)


def read(text: str, *, on: date) -> Read:
    """Read a list against the directory of a day. Four queries, however long it is."""
    found = Read()
    rows = list(_rows(text, found.problems))
    if not rows:
        if not found.problems:
            found.problems.append(Problem(1, "", _NO_ROWS))
        return found
    units = _by_code(Unit.objects.filter(held_on(on)), (row["unit_code"] for _n, row in rows))
    kinds = _by_code(
        Category.objects.filter(active=True), (row["category_code"] for _n, row in rows)
    )
    places = _by_code(Place.objects.filter(valid_to=None), (row["place_code"] for _n, row in rows))
    seen: set[tuple[UUID, UUID, UUID]] = set()
    for number, row in rows:
        faults = [
            *_lacking(number, row),
            *_unknown(number, row, "unit_code", units, _NO_UNIT),
            *_unknown(number, row, "category_code", kinds, _NO_CATEGORY),
            *_unknown(number, row, "place_code", places, _NO_PLACE),
        ]
        if faults:
            found.problems += faults
            continue
        item = Item(
            units[row["unit_code"]],
            kinds[row["category_code"]],
            places[row["place_code"]],
            row["basis"],
            row["item_no"],
        )
        if item.key in seen:
            found.problems.append(Problem(number, "", _SAID_BEFORE))
            continue
        seen.add(item.key)
        found.items.append(item)
    return found


def plan(items: Collection[Item], *, whole: bool) -> Plan:
    """Compare a list with what holds. `whole`: what its units have and it does not name ends.

    One query.
    """
    wanted = {item.key: item for item in items}
    held = {
        (duty.unit_id, duty.category_id, duty.place_id): duty
        for duty in Duty.objects.filter(
            Q(unit__in={item.unit.pk for item in items}), valid_to=None
        ).select_related("unit", "category", "place")
    }
    same, changed = [], []
    for key, item in wanted.items():
        duty = held.get(key)
        if duty is None:
            continue
        if (duty.basis, duty.item_no) == (item.basis, item.item_no):
            same.append(item)
        else:
            changed.append((duty, item))
    return Plan(
        new=[item for key, item in wanted.items() if key not in held],
        same=same,
        changed=changed,
        over=[duty for key, duty in held.items() if whole and key not in wanted],
    )


def take_over(text: str, *, starts_on: date, whole: bool, basis: str, by: By, at: datetime) -> Plan:
    """Let a list hold from a day on; what was before it ends that day. All of it or nothing.

    Raises DutyListFaulty, and whatever `add_duty` and `withdraw_duty` raise.
    """
    with transaction.atomic():
        lock_units()
        found = read(text, on=starts_on)
        if found.problems:
            raise DutyListFaulty(count=len(found.problems))
        planned = plan(found.items, whole=whole)
        for duty in [*planned.over, *(duty for duty, _item in planned.changed)]:
            withdraw_duty(duty_id=duty.pk, on=starts_on, by=by, at=at, basis=basis)
        for item in [*planned.new, *(item for _duty, item in planned.changed)]:
            add_duty(
                unit_id=item.unit.pk,
                category_id=item.category.pk,
                place_id=item.place.pk,
                basis=item.basis,
                item_no=item.item_no,
                valid_from=starts_on,
                by=by,
                at=at,
            )
    return planned


def sample(duties: Iterable[Duty]) -> str:
    """Return duties as `read` reads them; the titles alone when there are none."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(
        (duty.unit.code, duty.category.code, duty.place.code, duty.basis, duty.item_no)
        for duty in duties
    )
    return file.getvalue()


def _rows(text: str, problems: list[Problem]) -> Iterable[tuple[int, dict[str, str]]]:
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    titles = {**{name: name for name in COLUMNS}, **{zh: name for name, zh in COLUMNS.items()}}
    try:
        header = [word.strip() for word in next(reader, [])]
        names = [titles.get(word.lower(), titles.get(word, "")) for word in header]
        for at, word in enumerate(header):
            if not names[at] and word and word not in PASSED_OVER:
                problems.append(Problem(1, word, _UNKNOWN_COLUMN))
            elif names[at] and names[at] in names[:at]:
                problems.append(Problem(1, word, _TWICE_COLUMN))
        problems += [
            Problem(1, name, _MISSING)
            for name in COLUMNS
            if name not in names and name not in OPTIONAL
        ]
        if problems:
            return
        count = 0
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            count += 1
            if count > MOST_ROWS:
                problems.append(Problem(reader.line_num, "", _TOO_MANY))
                return
            row = dict.fromkeys(COLUMNS, "")
            row |= {
                name: " ".join(cell.split())
                for name, cell in zip(names, cells, strict=False)
                if name
            }
            yield reader.line_num, row
    except csv.Error:
        problems.append(Problem(reader.line_num, "", _NOT_CSV))


def _by_code(rows: QuerySet[Named], codes: Iterable[str]) -> dict[str, Named]:
    return {row.code: row for row in rows.filter(code__in=set(codes))}


def _lacking(number: int, row: Mapping[str, str]) -> list[Problem]:
    empty = [
        Problem(number, name, _EMPTY) for name in COLUMNS if name not in OPTIONAL and not row[name]
    ]
    long = [
        Problem(number, name, _TOO_LONG) for name, most in _LENGTHS.items() if len(row[name]) > most
    ]
    return [*empty, *long]


def _unknown(
    number: int,
    row: Mapping[str, str],
    column: str,
    known: Mapping[str, object],
    words: str | Promise,
) -> list[Problem]:
    value = row[column]
    return [Problem(number, column, words, value)] if value and value not in known else []
