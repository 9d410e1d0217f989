"""Cities made of rows: regular, invented, as large as a test wants them; written as any file."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from openpyxl import Workbook

from huiyin.ops.loading.tables import Table, specs
from huiyin.units.uscc import check_character

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
Rows = dict[str, list[dict[str, str]]]
CITY = "990100000000"
OFFICE_HOURS = "周一至周五 08:30-12:00,14:00-17:30"


def county(c: int) -> str:
    return f"9901{c:02}000000"


def town(c: int, t: int) -> str:
    return f"9901{c:02}{t:03}000"


def village(c: int, t: int, v: int) -> str:
    return f"9901{c:02}{t:03}{v:03}"


def grid(c: int, t: int, v: int, g: int) -> str:
    return f"9901{c:02}{t:03}{v:03}{g:03}"


def a_city(*, counties: int = 2, towns: int = 2, villages: int = 3, grids: int = 2) -> Rows:
    """A city with so many counties, towns a county, villages a town and grids a village."""
    rows: Rows = {name: [] for name in specs()}
    _add(rows, "places", code=CITY, name="示例市", kind="市", lon="116.15", lat="37.50")
    _add_categories(rows)
    for c in range(1, counties + 1):
        _add_county(rows, c)
        for t in range(1, towns + 1):
            _add_town(rows, c, t)
            for v in range(1, villages + 1):
                _add_village(rows, c, t, v)
                for g in range(1, grids + 1):
                    _add_grid(rows, c, t, v, g)
    return rows


def _add(rows: Rows, table: str, **given: str) -> None:
    rows[table].append({column: given.get(column, "") for column in specs()[table].columns})


def _add_categories(rows: Rows) -> None:
    for code, name, owner in (
        ("01", "住房", "department:housing"),
        ("0101", "物业", ""),
        ("02", "网格服务", "village_committee"),
        ("0201", "入户登记", ""),
    ):
        _add(
            rows,
            "categories",
            code=code,
            parent_code=code[:-2],
            name_zh=name,
            name_en=f"Class {code}",
            owner_kind=owner,
        )
    term = {"title_en": "A limit", "unit": "工作日"}
    law = {"law_zh": "示例条例", "article": "10", "in_force_from": "2020-01-01"}
    _add(rows, "terms", key="law.reply", title_zh="答复", amount="5", locked="是", **term, **law)
    _add(rows, "terms", key="own.sign", title_zh="签收", amount="1", locked="否", **term)
    _add(
        rows,
        "terms",
        key="own.sign",
        title_zh="签收",
        amount="2",
        locked="否",
        category_code="0101",
        **term,
    )


def _add_county(rows: Rows, c: int) -> None:
    west = 116 + c / 10
    _add(
        rows,
        "places",
        code=county(c),
        name=f"第{c}县",
        kind="县",
        parent_code=CITY,
        lon=f"{west + 0.05:.3f}",
        lat="37.500",
    )
    corners = ((west, 37.0), (west + 0.1, 37.0), (west + 0.1, 38.0), (west, 38.0), (west, 37.0))
    _add(
        rows,
        "boundaries",
        place_code=county(c),
        geometry=f"POLYGON (({', '.join(f'{lon:.2f} {lat:.1f}' for lon, lat in corners)}))",
        crs="wgs84",
        source="示例",
        licence="示例",
    )
    body = f"119901{c:02}MB0000001"
    _add_unit(rows, f"GV-{c}", f"第{c}县人民政府", "党委政府机关", "县级", county(c))
    _add_unit(
        rows,
        f"DP-{c}",
        f"第{c}县住建局",
        "部门",
        "县级",
        county(c),
        function="housing",
        superior_code=f"GV-{c}",
        uscc=body + check_character(body),
        head_name="张示例",
        head_phone="0534-0100001",
        liaison_name="李示例",
    )
    _add(
        rows,
        "duties",
        unit_code=f"DP-{c}",
        category_code="01",
        place_code=county(c),
        basis="示例条例10",
    )
    _add(
        rows,
        "people",
        ref=f"DP-{c}-1",
        name=f"孙示例{c}",
        role="工作人员",
        login=f"dp{c}",
        phone=f"154000000{c:02}",
        unit_code=f"DP-{c}",
        permission_set="department_clerk",
        title="经办人",
    )


def _add_unit(
    rows: Rows, code: str, name: str, kind: str, level: str, place: str, **more: str
) -> None:
    _add(
        rows,
        "units",
        code=code,
        name=name,
        kind=kind,
        level=level,
        place_code=place,
        phone="0534-0100000",
        opening_hours=OFFICE_HOURS,
        **more,
    )


def _add_town(rows: Rows, c: int, t: int) -> None:
    place = town(c, t)
    _add(rows, "places", code=place, name=f"第{c}县{t}号镇", kind="镇", parent_code=county(c))
    _add_unit(
        rows, f"TO-{c}-{t}", f"{t}号镇政府", "镇街政府", "镇级", place, superior_code=f"GV-{c}"
    )
    _add_unit(
        rows, f"PS-{c}-{t}", f"{t}号镇派出所", "派出所", "镇级", place, superior_code=f"TO-{c}-{t}"
    )
    _add_unit(
        rows,
        f"MC-{c}-{t}",
        f"{t}号镇调委会",
        "调委会",
        "镇级",
        place,
        committee_kind="镇街",
        superior_code=f"TO-{c}-{t}",
    )
    _add_unit(
        rows,
        f"SR-{c}-{t}",
        f"驻{t}号镇派出所调解室",
        "派驻调解室",
        "镇级",
        place,
        superior_code=f"MC-{c}-{t}",
        host_code=f"PS-{c}-{t}",
    )
    _add(
        rows,
        "people",
        ref=f"MC-{c}-{t}-1",
        name="周示例",
        role="专职调解员",
        unit_code=f"MC-{c}-{t}",
    )


def _add_village(rows: Rows, c: int, t: int, v: int) -> None:
    place = village(c, t, v)
    _add(rows, "places", code=place, name=f"{c}-{t}-{v}村", kind="村", parent_code=town(c, t))
    _add_unit(
        rows,
        f"VC-{c}-{t}-{v}",
        f"{c}-{t}-{v}村委会",
        "村委会",
        "村级",
        place,
        superior_code=f"TO-{c}-{t}",
    )
    _add(
        rows,
        "duties",
        unit_code=f"VC-{c}-{t}-{v}",
        category_code="02",
        place_code=place,
        basis="示例清单",
        item_no="1",
    )


def _add_grid(rows: Rows, c: int, t: int, v: int, g: int) -> None:
    place = grid(c, t, v, g)
    _add(
        rows,
        "places",
        code=place,
        name=f"{c}-{t}-{v}村第{g}网格",
        kind="基础网格",
        parent_code=village(c, t, v),
        households="300",
        is_all_purpose="是",
    )
    _add(rows, "people", ref=f"{place}-L", name="钱示例", role="网格长", grid_code=place)
    _add(
        rows,
        "people",
        ref=f"{place}-F",
        name=f"吴示例{place[6:]}",
        role="专职网格员",
        login=f"w{place}",
        phone=f"155{place[4:6]}{place[8:9]}{place[10:12]}{place[12:15]}",
        unit_code=f"VC-{c}-{t}-{v}",
        grid_code=place,
        permission_set="grid_worker",
        title="网格员",
        public_phone="0534-0100009",
        is_default="是",
    )


def tables_of(rows: Rows) -> list[Table]:
    """The rows as they are given to `load` by a program."""
    return [Table(name, f"{name}.csv", found) for name, found in rows.items() if found]


def csv_bytes(table: str, rows: Sequence[Mapping[str, str]], *, encoding: str = "utf-8") -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, fieldnames=list(specs()[table].columns))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def write_csv(folder: Path, rows: Rows, *, encoding: str = "utf-8") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, found in rows.items():
        if found:
            (folder / f"{name}.csv").write_bytes(csv_bytes(name, found, encoding=encoding))
    return folder


def write_xlsx(folder: Path, rows: Rows) -> Path:
    """As somebody would who opened the CSV in Excel: what looks like a number became one."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, found in rows.items():
        if not found:
            continue
        book = Workbook(write_only=True)
        sheet = book.create_sheet(name)
        columns = list(specs()[name].columns)
        sheet.append(columns)
        for row in found:
            sheet.append([_as_excel(row[column]) for column in columns])
        book.save(folder / f"{name}.xlsx")
    return folder


def _as_excel(text: str) -> str | int | float | None:
    if text.isascii() and text.isdigit() and len(text) < 15 and not text.startswith("0"):
        return int(text)
    return text or None
