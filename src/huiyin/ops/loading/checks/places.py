"""Checks of places: codes, the tree, prefixes, points, changes of what is loaded already."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from huiyin.ops.loading.checks.context import Context, PlaceEntry
from huiyin.ops.loading.references import Fit, Index
from huiyin.ops.loading.rows import Parsed, Row
from huiyin.places.levels import LEVEL_OF
from huiyin.places.models import Place, PlaceKind, PlaceLevel

# Digits of a code of 12 that say up to which level it goes.
DIGITS = {
    PlaceLevel.CITY: 4,
    PlaceLevel.COUNTY: 6,
    PlaceLevel.TOWN: 9,
    PlaceLevel.VILLAGE: 12,
}
_OFFICIAL = frozenset((6, 9, 12))


def index_places(context: Context) -> None:
    """Make the index of places; report duplicate codes and what is wrong with previous codes."""
    known = context.known.places
    database = {code: _entry_of(place, context) for code, place in known.items()}
    table = context.table("places")
    if table is None:
        context.places = Index({}, database, fits)
        return
    context.places = Index({}, database, fits, is_complete=table.is_complete)
    by_code: dict[str, list[Row]] = defaultdict(list)
    for row in table:
        by_code[row["code"]].append(row)
    for row in table:
        _check_code(row, by_code[row["code"]])
    context.places.add_rows(table, _entry, is_odd=_is_odd)
    _match_with_known(context, table, database)


def check_places(context: Context) -> None:
    """Report what is wrong with the tree, the points and the changes."""
    table = context.table("places")
    if table is None:
        return
    cities = [entry for entry in context.places.database.values() if not entry.parent_code]
    city_row: Row | None = None
    later: dict[str, list[Row]] = defaultdict(list)
    below = _Below()
    for row in table:
        kind = row["kind"] if row.is_sound("kind") else None
        if kind == PlaceKind.CITY:
            city_row = _check_city(row, context, cities, city_row)
        elif kind is not None or row["parent_code"]:
            _check_parent(row, kind, context, later, below)
        _check_overlay(row, kind, context)
        _check_change(row, context)
        if row["valid_from"] and row["valid_from"] > context.today:
            row.fault("valid_from", "future", today=context.today)
    below.report()
    _report_later(context, later)


class _Below:
    """Which places are said to lie under which, to tell a wrong parent from a parent gone wrong."""

    def __init__(self) -> None:
        self.right: set[str] = set()
        self.wrong: dict[str, list[tuple[Row, PlaceEntry, PlaceKind]]] = defaultdict(list)

    def report(self) -> None:
        """Report each place under one that is not above it.

        When nothing lies rightly under a parent, and several wrongly, its own kind is the slip.
        """
        for code, found in self.wrong.items():
            parent = found[0][1]
            if len(found) > 1 and code not in self.right and parent.row is not None:
                parent.row.fault("kind", "kind_of_parent", count=len(found))
                continue
            for row, _, kind in found:
                row.fault("parent_code", "level_order", parent=parent.name, kind=kind.label)


def _entry(row: Row) -> PlaceEntry:
    return PlaceEntry(
        code=row["code"],
        name=row["name"] or row["code"],
        kind=row["kind"],
        parent_code=row["parent_code"] or "",
        overlay_parent_code=row["overlay_parent_code"] or "",
        valid_from=row["valid_from"],
        row=row,
    )


def _entry_of(place: Place, context: Context) -> PlaceEntry:
    codes = context.known.codes_by_place
    return PlaceEntry(
        code=place.code,
        name=place.name,
        kind=PlaceKind(place.kind),
        parent_code=codes.get(place.parent_id, "") if place.parent_id else "",
        overlay_parent_code=(
            codes.get(place.overlay_parent_id, "") if place.overlay_parent_id else ""
        ),
        valid_from=place.valid_from,
        place=place,
    )


def fits(row: Row, code: str, references: Sequence[Row]) -> Fit:
    """Say whether a code could be that of a place, by its kind and parent and by what is below."""
    kind = row["kind"]  # also when the code contradicts it: here the code is what is in question
    level = LEVEL_OF[kind] if kind else None
    for other in references:
        below = other["kind"] if other.table.spec.name == "places" else None
        if level and isinstance(below, PlaceKind) and LEVEL_OF[below] <= level:
            return Fit.NO
    if level and not (code.isdigit() and level_of_code(code) in (level, None)):
        return Fit.POSSIBLE if level == PlaceLevel.GRID else Fit.NO
    if level == PlaceLevel.CITY and level_of_code(code) == level:
        return Fit.LIKELY  # it has no parent that could say more
    prefix = _prefix_of_parent(row)
    return Fit.LIKELY if prefix and code.startswith(prefix) else Fit.POSSIBLE


def _prefix_of_parent(row: Row) -> str:
    """Return the digits with which codes below the parent begin; nothing when they do not show."""
    parent = row["parent_code"]
    if not parent or not parent.isdigit() or not row.is_sound("parent_code"):
        return ""
    return str(parent[: DIGITS.get(level_of_code(parent) or PlaceLevel.VILLAGE, 12)])


def _is_odd(row: Row) -> bool:
    """Say whether a code is not one of those below the row's parent, though it looks like one."""
    code = row["code"]
    is_official = code.isdigit() and len(code) >= DIGITS[PlaceLevel.COUNTY]
    return is_official and not code.startswith(_prefix_of_parent(row))


def level_of_code(code: str) -> PlaceLevel | None:
    """Return the level that an official code of 6, 9 or 12 digits says; None for another code."""
    if not code.isdigit() or len(code) not in _OFFICIAL:
        return None
    whole = code.ljust(12, "0")
    for level, digits in DIGITS.items():
        if not whole[digits:].strip("0"):
            return level
    return PlaceLevel.VILLAGE


def _check_code(row: Row, same: Sequence[Row]) -> None:
    """A division has an official code, which says its level; a grid has a code of its own.

    `same`: the rows with this code.
    """
    code, kind = row["code"], row["kind"]
    if code is None or kind is None or not row.is_sound("code", "kind"):
        return
    level = LEVEL_OF[kind]
    said = level_of_code(code)
    if level == PlaceLevel.GRID or said == level:
        return
    other = next((other for other in same if other is not row), None)
    if said is None:
        row.fault("code", "place_code")
    elif other is not None:  # the code is that of the other row, whose level it says
        row.fault("code", "duplicate", row=other.number, file=row.table.file)
    else:
        row.fault("kind", "kind_not_of_code", level=said.label)
    row.mark("kind")  # nothing is concluded from it


def _match_with_known(context: Context, table: Parsed, database: dict[str, PlaceEntry]) -> None:
    """Find the place of the database that each row is about, by code or previous code."""
    known = context.known.places
    given_up = {row["previous_code"] for row in table if row["previous_code"]}
    for row in table:
        code, previous = row["code"], row["previous_code"]
        if code is None:
            continue
        if not previous or previous == code:
            place = known.get(code)
            if place is not None and code not in given_up:
                context.same_place[row.at] = place
            continue
        if previous in known:
            holder = known.get(code)
            if holder is not None and code not in given_up:
                if row.is_sound("code"):
                    row.fault("code", "code_taken", holder=holder.name)
                continue
            context.same_place[row.at] = known[previous]
        elif code in known and _had_code(context, known[code], previous):
            context.same_place[row.at] = known[code]  # loaded before: nothing left to change
        else:
            row.fault("previous_code", "previous_unknown")
    for code in given_up:
        database.pop(code, None)  # nobody can refer to it any more


def _had_code(context: Context, place: Place, code: str) -> bool:
    return any(version.place_id == place.id for version in context.known.codes_of_old.get(code, ()))


def _check_city(
    row: Row, context: Context, cities: Sequence[PlaceEntry], before: Row | None
) -> Row:
    other = cities[0].name if cities else ""
    if before is not None:
        row.fault("kind", "second_city", name=before["name"])
    elif other and row.at not in context.same_place:
        row.fault("kind", "second_city", name=other)
    elif row["parent_code"]:
        row.fault("parent_code", "city_has_parent")
    return before or row


def _check_parent(
    row: Row,
    kind: PlaceKind | None,
    context: Context,
    later: dict[str, list[Row]],
    below: _Below,
) -> None:
    if not row["parent_code"]:
        is_left_out = row.at in context.same_place and not row.table.has("parent_code")
        if row.is_sound("parent_code", "kind") and not is_left_out:
            row.fault("parent_code", "parent_missing")
        return
    parent = context.places.resolve(row, "parent_code", "orphan")
    if parent is None or not row.is_sound("parent_code"):
        return
    if parent.row is not None and not parent.row.is_sound("kind", "code"):
        return
    if kind is not None and parent.level is not None and parent.level >= LEVEL_OF[kind]:
        below.wrong[parent.code].append((row, parent, kind))
        return
    below.right.add(parent.code)
    if kind is not None:
        _check_prefix(row, kind, parent, context)
    _check_since(row, parent, context, later)


def _check_prefix(row: Row, kind: PlaceKind, parent: PlaceEntry, context: Context) -> None:
    code = row["code"]
    if code is None or not row.is_sound("code") or parent.level is None:
        return
    digits = DIGITS.get(parent.level)
    if digits is None or not code.isdigit() or not parent.code.isdigit():
        return
    if LEVEL_OF[kind] == PlaceLevel.GRID and len(code) < DIGITS[PlaceLevel.VILLAGE]:
        return  # a grid's own numbering
    prefix = parent.code[:digits]
    if code.startswith(prefix):
        return
    zone = _zone_above(parent, context)
    if zone is not None and code[:4] == zone.code[:4]:
        row.warn("code", "code_of_other_county", parent=zone.name, prefix=zone.code[:6])
    else:
        row.fault("code", "code_not_of_parent", parent=parent.name, prefix=prefix)


def _zone_above(entry: PlaceEntry, context: Context) -> PlaceEntry | None:
    """Return the functional zone in which a place lies, when it lies in one."""
    at: PlaceEntry | None = entry
    for _ in range(len(PlaceLevel)):
        if at is None or at.kind == PlaceKind.FUNCTIONAL_ZONE:
            return at
        at = context.places.get(at.parent_code)
    return None


def _check_since(
    row: Row, parent: PlaceEntry, context: Context, later: dict[str, list[Row]]
) -> None:
    if parent.valid_from is None or not row.is_sound("valid_from"):
        return
    since = row["valid_from"]
    place = context.same_place.get(row.at)
    if place is not None:
        since = since or context.today  # the day on which it comes under this parent
        if not changes_what_is_dated(row, place, context):
            return
    if since is not None and since >= parent.valid_from:
        return
    if parent.row is None:
        row.fault("valid_from", "parent_later", since=parent.valid_from)
    elif parent.row.at not in context.same_place and parent.row.is_sound("valid_from"):
        later[parent.code].append(row)


def _report_later(context: Context, later: Mapping[str, list[Row]]) -> None:
    """A parent that begins after its children is one fault, at the parent when it has several."""
    for code, rows in later.items():
        parent = context.places.file[code]
        if parent.row is not None and len(rows) > 1:
            parent.row.fault("valid_from", "children_earlier", count=len(rows))
        else:
            for row in rows:
                row.fault("valid_from", "parent_later", since=parent.valid_from)


def _check_overlay(row: Row, kind: PlaceKind | None, context: Context) -> None:
    if not row["overlay_parent_code"]:
        return
    land = context.places.resolve(row, "overlay_parent_code", "unknown_place")
    if kind is None or not row.is_sound("overlay_parent_code", "kind"):
        return
    if kind != PlaceKind.FUNCTIONAL_ZONE or (
        land is not None and (land.level not in (None, LEVEL_OF[kind]) or land.code == row["code"])
    ):
        row.fault("overlay_parent_code", "overlay_not_possible")


def _check_change(row: Row, context: Context) -> None:
    """Compare a row with the place it is about, or a new code with those of the past."""
    place = context.same_place.get(row.at)
    if place is None:
        _check_code_of_the_past(row, context)
        return
    kind = row["kind"]
    if kind is not None and LEVEL_OF[kind] != place.level and row.is_sound("kind"):
        row.fault("kind", "kind_of_other_level", name=place.name, kind=PlaceKind(place.kind).label)
        return
    if not changes_what_is_dated(row, place, context):
        return
    version = context.known.versions.get(place.id)
    since: date | None = version.valid_from if version else None
    on = row["valid_from"] or context.today
    if since is not None and on < since:
        row.fault("valid_from", "before_last_change", since=since)


def changes_what_is_dated(row: Row, place: Place, context: Context) -> bool:
    """Say whether a row gives a place another code, name, kind or parent."""
    table = row.table
    ids = context.known.codes_by_place
    parent = ids.get(place.parent_id, "") if place.parent_id else ""
    overlay = ids.get(place.overlay_parent_id, "") if place.overlay_parent_id else ""
    return (
        row["code"] != place.code
        or row["name"] != place.name
        or row["kind"] != place.kind
        or (table.has("parent_code") and _before(row["parent_code"], context) != parent)
        or (
            table.has("overlay_parent_code")
            and _before(row["overlay_parent_code"], context) != overlay
        )
    )


def _before(code: str | None, context: Context) -> str:
    """Return the code that the place with a new code of this load has in the database."""
    if not code:
        return ""
    entry = context.places.file.get(code)
    if entry is not None and entry.row is not None:
        place = context.same_place.get(entry.row.at)
        if place is not None:
            return place.code
    return code


def _check_code_of_the_past(row: Row, context: Context) -> None:
    code = row["code"]
    if code is None or not row.is_sound("code", "valid_from"):
        return
    for version in context.known.codes_of_old.get(code, ()):
        if version.valid_to is None:
            continue
        if row["valid_from"] is None or row["valid_from"] < version.valid_to:
            row.fault("valid_from", "code_held", on=version.valid_to)
            return
