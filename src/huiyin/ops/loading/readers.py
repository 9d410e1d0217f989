"""Reading a folder: CSV in UTF-8 or GB18030, workbooks, GeoJSON. What cannot be read is a problem.

A broken byte spoils its cell and nothing else; a file that cannot be read at all is an incomplete
table, so that what refers to its rows is not reported as well.
"""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from huiyin.ops.errors import OperatorError
from huiyin.ops.loading import headers
from huiyin.ops.loading.cells import spaces_of
from huiyin.ops.loading.faults import Problem, Spoiled, shown
from huiyin.ops.loading.tables import Spec, Table, specs
from huiyin.ops.loading.workbooks import NotAWorkbook, read_sheet

MAX_BROKEN = 1_000  # broken bytes in a file; beyond, it is no text in this encoding
_LONGEST_CELL = 64 * 1024 * 1024  # an outline of a city with every bend
_BLANK = ("", None)
_SUFFIXES = (".csv", ".xlsx", ".geojson")
_OLD = (".xls", ".xlsm", ".et", ".ods")


def read_folder(folder: Path) -> tuple[list[Table], list[Problem]]:
    """Return the tables of a folder in the order of loading, and what is wrong with its files.

    Raises OperatorError when it is no folder or holds nothing to load.
    """
    if not folder.is_dir():
        raise OperatorError(f"{folder} is no folder: name the folder that holds the tables.")
    found: dict[str, list[Path]] = {name: [] for name in specs()}
    problems: list[Problem] = []
    for path in sorted(folder.iterdir()):
        name = _table_of(path)
        if (
            path.is_dir()
            or path.name.startswith((".", "~$"))
            or path.suffix.lower()
            not in (
                *_SUFFIXES,
                *_OLD,
            )
        ):
            continue
        if name is None:
            names = {"names": ", ".join(specs())}
            problems.append(Problem(path.name, 0, "", path.name, "unknown_file", names))
        else:
            found[name].append(path)
    tables = [_read(specs()[name], paths, problems) for name, paths in found.items() if paths]
    if not tables and not problems:
        raise OperatorError(
            f"{folder} holds no tables: huiyin load --template FOLDER writes examples."
        )
    return tables, problems


def _table_of(path: Path) -> str | None:
    stem = path.stem.strip().casefold()
    for spec in specs().values():
        if stem in (spec.name, spec.title["zh"]):
            return spec.name if path.suffix != ".geojson" or spec.name == "boundaries" else None
    return None


def _read(spec: Spec, paths: Sequence[Path], problems: list[Problem]) -> Table:
    first, *others = paths
    for path in others:
        data = {"file": first.name}
        problems.append(Problem(path.name, 0, "", path.name, "two_files", data))
    suffix = first.suffix.lower()
    if suffix in _OLD:
        return _unread(spec, first, "old_excel")
    if not first.stat().st_size:
        return _unread(spec, first, "empty_file")
    reader = {".csv": _read_csv, ".xlsx": _read_workbook, ".geojson": _read_geojson}[suffix]
    table = reader(spec, first)
    if not any(table.rows) and table.complete:
        problems.append(Problem(first.name, 0, "", "", "no_rows"))
    return table


def read_file(name: str, path: Path) -> Table:
    """Return one table from a CSV that is known to be there."""
    return _read_csv(specs()[name], path)


def _unread(spec: Spec, path: Path, code: str, **data: object) -> Table:
    problem = Problem(path.name, 0, "", path.name, code, data)
    return Table(spec.name, path.name, [], complete=False, problems=[problem])


def table_from(
    spec: Spec,
    file: str,
    header: Sequence[str],
    rows: Iterator[Sequence[str]],
    *,
    header_row: int = 1,
) -> Table:
    """Return a table of cells by column; `rows` may raise csv.Error where the file breaks off."""
    names, problems = headers.resolve(spec, header, file=file, row=header_row)
    made: list[dict[str, str]] = []
    spoiled: set[int] = set()
    unnamed: set[int] = set()
    complete, number = True, header_row
    while True:
        number += 1
        try:
            cells = next(rows)
        except StopIteration:
            break
        except csv.Error as error:
            code = "unclosed_quote" if "end of data" in str(error) else "stray_quote"
            problems.append(Problem(file, number, "", "", code))
            complete = False
            made.append({})
            continue
        row = {
            name: cell
            for name, cell in zip(names, cells, strict=False)
            if name is not None and cell != ""
        }
        beyond = [at for at, cell in enumerate(cells) if at >= len(names) and spaces_of(cell)]
        if beyond:
            data = {"count": len(names)}
            found = shown(cells[beyond[0]])
            problems.append(
                Problem(file, number, str(beyond[0] + 1), found, "too_many_cells", data)
            )
            spoiled.add(len(made))
        for at, cell in enumerate(cells[: len(names)]):
            if at not in unnamed and spaces_of(cell) and not spaces_of(header[at]):
                unnamed.add(at)
                column = str(at + 1)
                problems.append(Problem(file, header_row, column, shown(cell), "unnamed_column"))
        made.append(row)
    while made and not made[-1]:
        made.pop()
    return Table(
        name=spec.name,
        file=file,
        rows=made,
        first_row=header_row + 1,
        columns=[name for name in names if name],
        spoiled=frozenset(spoiled),
        complete=complete,
        problems=problems,
    )


# --- CSV ------------------------------------------------------------------------------------------


def _read_csv(spec: Spec, path: Path) -> Table:
    data = path.read_bytes()
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _unread(spec, path, "utf16")
    data = data.removeprefix(b"\xef\xbb\xbf")
    skipped = path.stat().st_size - len(data)
    encoding = encoding_of(data)
    text, broken = _decoded(data, encoding)
    if len(broken) > MAX_BROKEN:
        return _unread(spec, path, "unreadable")
    csv.field_size_limit(_LONGEST_CELL)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    records = _Records(lines, iter(broken), encoding=encoding, skipped=skipped, spoils=bool(broken))
    try:
        header = next(records)
    except (StopIteration, csv.Error):
        return _unread(spec, path, "empty_file")
    if not any(header):
        return _unread(spec, path, "empty_file")
    return table_from(spec, path.name, header, records)


class _Records:
    """The records of a CSV; goes on after one that cannot be read."""

    def __init__(
        self,
        lines: Iterator[list[str]],
        places: Iterator[tuple[int, int]],
        *,
        encoding: str,
        skipped: int,
        spoils: bool,
    ) -> None:
        self.lines = lines
        self.places = places
        self.encoding = encoding
        self.skipped = skipped
        self.spoils = spoils

    def __iter__(self) -> "_Records":
        return self

    def __next__(self) -> Sequence[str]:
        record = next(self.lines)
        if not self.spoils:
            return record
        return [
            _spoiled(cell, self.places, encoding=self.encoding, skipped=self.skipped)
            for cell in record
        ]


def encoding_of(data: bytes) -> str:
    """Return utf-8 or gb18030, whichever makes more of the text usual Chinese.

    Counting broken bytes does not tell them apart: many pairs of GB18030 are UTF-8 as well, and
    UTF-8 read as GB18030 gives rare characters rather than errors.
    """
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        as_utf8 = _usual(data.decode("utf-8", "surrogateescape"))
        as_gb = _usual(data.decode("gb18030", "surrogateescape"))
        return "gb18030" if as_gb > as_utf8 else "utf-8"
    return "utf-8"


def _usual(text: str) -> float:
    """Return the share of usual Chinese among what is not ASCII."""
    signs = {sign: count for sign, count in Counter(text).items() if not sign.isascii()}
    usual = sum(count for sign, count in signs.items() if _is_usual(sign))
    return usual / (sum(signs.values()) or 1)


def _is_usual(sign: str) -> bool:
    if "\u4e00" <= sign <= "\u9fff":
        try:
            return bool(sign.encode("gb2312"))
        except UnicodeEncodeError:
            return False
    return "\u3000" <= sign <= "\u303f" or "\uff01" <= sign <= "\uff5e"


def _decoded(data: bytes, encoding: str) -> tuple[str, list[tuple[int, int]]]:
    """Return the text, broken bytes as lone surrogates, and (offset, byte) of each of them."""
    pieces: list[str] = []
    broken: list[tuple[int, int]] = []
    start = 0
    while len(broken) <= MAX_BROKEN:
        try:
            pieces.append(data[start:].decode(encoding))
            break
        except UnicodeDecodeError as error:
            at = start + error.start
            pieces.append(data[start:at].decode(encoding))
            pieces.append(chr(0xDC00 + data[at]))  # that byte only: the next may be a comma
            broken.append((at, data[at]))
            start = at + 1
    return "".join(pieces), broken


def _spoiled(cell: str, places: Iterator[tuple[int, int]], *, encoding: str, skipped: int) -> str:
    count = sum("\udc80" <= sign <= "\udcff" for sign in cell)
    if not count:
        return cell
    here = [next(places) for _ in range(count)]
    text = "".join(
        f"\\x{ord(sign) - 0xDC00:02x}" if "\udc80" <= sign <= "\udcff" else sign for sign in cell
    )
    return Spoiled(
        text,
        "broken_bytes",
        encoding={"utf-8": "UTF-8", "gb18030": "GB18030"}[encoding],
        bytes=" ".join(f"{byte:02X}" for _, byte in here),
        byte=here[0][0] + skipped + 1,
    )


def _delimiter(text: str) -> str:
    header = text.split("\n", 1)[0]
    return max(",\t;", key=lambda sign: (header.count(sign), sign == ","))


# --- workbooks and GeoJSON ----------------------------------------------------------------------


def _read_workbook(spec: Spec, path: Path) -> Table:
    try:
        sheet = read_sheet(spec, path)
    except NotAWorkbook as fault:
        return _unread(spec, path, str(fault), name=spec.name)
    return table_from(spec, path.name, sheet.header, sheet.rows, header_row=sheet.header_row)


def _read_geojson(spec: Spec, path: Path) -> Table:
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"))
        features = list(found["features"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return _unread(spec, path, "not_geojson")
    shared = found.get("properties") or {}
    rows = [_feature_row(spec, feature, shared) for feature in features]
    names = [*spec.columns]
    return Table(spec.name, path.name, rows, first_row=1, columns=names)


def _feature_row(spec: Spec, feature: Any, shared: Any) -> dict[str, str]:
    own = feature.get("properties") if isinstance(feature, dict) else None
    given = {**(shared if isinstance(shared, dict) else {}), **(own or {})}
    row = {
        name: str(given[name])
        for name in spec.columns
        if name != "geometry" and given.get(name) not in _BLANK
    }
    if "place_code" not in row and given.get("code") not in _BLANK:
        row["place_code"] = str(given["code"])
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    if geometry is not None:
        row["geometry"] = json.dumps(geometry, separators=(",", ":"))
    row.setdefault("crs", "wgs84")  # RFC 7946 knows no other
    return row
