"""Checks of units and duties: superiors, hosts, officers, dates, duties said twice."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from itertools import takewhile

from huiyin.ops.loading import words
from huiyin.ops.loading.cells import is_formula_error, looks_rounded
from huiyin.ops.loading.checks.context import Context, UnitEntry, check_days
from huiyin.ops.loading.references import Fit, Index
from huiyin.ops.loading.rows import Parsed, Row
from huiyin.units.models import OfficerRole, Unit, UnitKind

HOSTS = frozenset((UnitKind.POLICE_STATION, UnitKind.COURT))


def index_units(context: Context) -> None:
    """Make the index of units; report duplicate codes."""
    known = context.known.units
    database = {code: _entry_of(unit, context) for code, unit in known.items()}
    table = context.table("units")
    if table is None:
        context.units = Index({}, database, lambda row, code, references: Fit.NO)
        return
    prefixes = _prefixes(table)

    def fits(row: Row, code: str, references: Sequence[Row]) -> Fit:
        """Say whether a code could be that of a unit: those of a kind often begin alike."""
        prefix = prefixes.get(row["kind"], "") if row.is_sound("kind") else ""
        if not code.startswith(prefix):
            return Fit.NO
        says_nothing = not any(sign.isascii() and sign.isalpha() for sign in row.raw("code"))
        is_error = is_formula_error(row.raw("code")) or looks_rounded(row.raw("code"))
        return Fit.LIKELY if says_nothing or is_error else Fit.POSSIBLE

    context.units = Index({}, database, fits, is_complete=table.is_complete)

    def is_odd(row: Row) -> bool:
        """Say whether a code begins otherwise than those of the unit's kind."""
        prefix = prefixes.get(row["kind"], "")
        return row.is_sound("kind") and prefix not in ("", _letters(row["code"]))

    context.units.add_rows(table, _entry, is_odd=is_odd)


def _prefixes(table: Parsed) -> dict[UnitKind, str]:
    """Return the letters with which most codes of a kind begin: MC for MC-371427."""
    found: dict[UnitKind, Counter[str]] = defaultdict(Counter)
    for row in table:
        if row["code"] and row["kind"] and row.is_sound("code", "kind"):
            found[row["kind"]][_letters(row["code"])] += 1
    usual = {kind: letters.most_common(1)[0] for kind, letters in found.items()}
    return {
        kind: letters for kind, (letters, count) in usual.items() if 2 * count > found[kind].total()
    }


def _letters(code: str) -> str:
    return "".join(takewhile(str.isalpha, code))


def _entry(row: Row) -> UnitEntry:
    return UnitEntry(
        code=row["code"],
        name=row["name"] or row["code"],
        kind=row["kind"],
        level=row["level"],
        superior_code=row["superior_code"] or "",
        valid_to=row["valid_to"],
        row=row,
    )


def _entry_of(unit: Unit, context: Context) -> UnitEntry:
    codes = context.known.unit_codes
    return UnitEntry(
        code=unit.code,
        name=unit.name,
        kind=UnitKind(unit.kind),
        level=unit.level,
        superior_code=codes.get(unit.superior_id, "") if unit.superior_id else "",
        valid_to=unit.valid_to,
        unit=unit,
    )


def check_units(context: Context) -> None:
    """Report what is wrong with single units, and circles of superiors."""
    table = context.table("units")
    if table is None:
        return
    _check_circles(context)
    for row in table:
        _check_committee(row)
    for row in table:
        context.places.resolve(row, "place_code", "unknown_place")
        _check_superior(row, context)
        _check_host(row, context)
        _check_officers(row)
        check_days(row)


def _check_committee(row: Row) -> None:
    kind = row["kind"]
    if kind is None or not row.is_sound("kind", "committee_kind"):
        return
    if kind == UnitKind.MEDIATION_COMMITTEE:
        if row["committee_kind"] is None:
            listed = ", ".join(f"{word} ({value})" for word, value in words.COMMITTEE_KIND.items())
            row.fault("committee_kind", "committee_kind_missing", words=listed)
            row.mark("kind")  # it may be the kind that is wrong: nothing is concluded from it
    elif row["committee_kind"] is not None:
        row.fault("committee_kind", "committee_kind_for_others")
        row.mark("kind")


def _check_superior(row: Row, context: Context) -> None:
    superior = context.units.resolve(row, "superior_code", "unknown_unit")
    if superior is None or not row.is_sound("superior_code"):
        return
    if superior.code == row["code"]:
        if not row.is_sound("code"):
            return  # it has the code of its superior; told there
        row.fault("superior_code", "own_superior")
        return
    check_open(row, "superior_code", superior, context.today)
    is_known = superior.level is not None and row["level"] is not None and row.is_sound("level")
    if superior.row is not None and not superior.row.is_sound("level", "code"):
        is_known = False
    if is_known and superior.level > row["level"]:
        row.warn("superior_code", "superior_of_lower_level", superior=superior.name)


def check_open(row: Row, column: str, unit: UnitEntry, today: date) -> None:
    """Report a reference to a unit that is closed, unless the row itself is over."""
    is_over = row["valid_to"] is not None and row["valid_to"] <= today
    is_readable = unit.row is None or unit.row.is_sound("valid_to")
    if unit.valid_to is not None and unit.valid_to <= today and is_readable and not is_over:
        row.fault(column, "closed_unit", on=unit.valid_to)


def _check_host(row: Row, context: Context) -> None:
    host = context.units.resolve(row, "host_code", "unknown_unit")
    if host is None or row["kind"] is None or not row.is_sound("kind", "host_code"):
        return
    is_readable = host.kind is not None and (host.row is None or host.row.is_sound("kind", "code"))
    if row["kind"] != UnitKind.STATIONED_ROOM or (is_readable and host.kind not in HOSTS):
        row.fault("host_code", "host_not_possible")


def _check_officers(row: Row) -> None:
    for role in OfficerRole:
        name, phone = f"{role}_name", f"{role}_phone"
        if row[phone] is not None and row[name] is None and row.is_sound(name):
            row.fault(name, "officer_without_name")


def _check_circles(context: Context) -> None:
    """Report each circle once: at the row whose superior is the lowest, that is the odd one."""
    done: set[str] = set()
    for start in context.units.file:
        path: list[str] = []
        at = start
        while at and at not in done and at not in path:
            path.append(at)
            entry = context.units.get(at)
            if entry is None or (entry.row is not None and not entry.row.is_sound("superior_code")):
                at = ""
            else:
                at = entry.superior_code
        if at in path and at != path[-1]:  # a unit above itself is told at its row
            _report_circle(path[path.index(at) :], context)
        done.update(path)


def _report_circle(circle: Sequence[str], context: Context) -> None:
    def oddness(code: str) -> tuple[int, int]:
        entry = context.units.get(code)
        above = context.units.get(entry.superior_code) if entry else None
        rise = (above.level or 0) - (entry.level or 0) if entry and above else 0
        return -rise, entry.row.number if entry and entry.row else 1 << 30

    rows = [code for code in circle if code in context.units.file]
    row = context.units.file[min(rows, key=oddness)].row
    if row is not None:
        shown = " → ".join([*circle[:6], *(["…"] if len(circle) > 6 else []), circle[0]])
        row.fault("superior_code", "superior_loop", circle=shown)


def check_duties(context: Context) -> None:
    """Report duties of or for something unknown, and those said twice for the same days."""
    table = context.table("duties")
    if table is None:
        return
    said: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in table:
        unit = context.units.resolve(row, "unit_code", "unknown_unit")
        context.categories.resolve(row, "category_code", "unknown_category")
        context.places.resolve(row, "place_code", "unknown_place")
        if unit is not None and row.is_sound("unit_code"):
            check_open(row, "unit_code", unit, context.today)
        check_days(row)
        key = (row["unit_code"], row["category_code"], row["place_code"])
        if None in key or not row.is_sound(
            "unit_code", "category_code", "place_code", "valid_from", "valid_to"
        ):
            continue
        for other in said[key]:
            if (row["valid_from"], row["valid_to"]) == (other["valid_from"], other["valid_to"]):
                row.fault(
                    "unit_code",
                    "duplicate_row",
                    row=other.number,
                    file=table.file,
                    columns="unit_code, category_code, place_code",
                )
                break
            if _overlap(row, other):
                row.fault("valid_from", "duty_overlaps", row=other.number, file=table.file)
                break
        else:
            said[key].append(row)


def _overlap(one: Row, other: Row) -> bool:
    return (one["valid_from"] or date.min) < (other["valid_to"] or date.max) and (
        other["valid_from"] or date.min
    ) < (one["valid_to"] or date.max)
