"""With a whole city loaded, the index answers."""

import csv
import json
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huiyin.places.bulk import PlaceRow, insert_places
from huiyin.places.models import Place, PlaceKind, PlaceLevel
from huiyin.places.queries import descendants
from huiyin.places.search import search
from huiyin.places.tests.factories import AT, BY

pytestmark = pytest.mark.django_db

DIVISIONS = Path(__file__).parents[2] / "ops" / "demo" / "data" / "divisions.csv"
KINDS = {
    "": PlaceKind.CITY,
    "区": PlaceKind.DISTRICT,
    "县": PlaceKind.COUNTY,
    "县级市": PlaceKind.COUNTY_CITY,
    "功能区(统计用)": PlaceKind.FUNCTIONAL_ZONE,
    "街道": PlaceKind.SUBDISTRICT,
    "镇": PlaceKind.TOWN,
    "乡": PlaceKind.TOWNSHIP,
    "开发区等": PlaceKind.TOWN_LIKE,
    "村委会": PlaceKind.VILLAGE,
    "居委会": PlaceKind.COMMUNITY,
}


def the_whole_city() -> int:
    """Load every division of Dezhou and two grids a village, 16,069 places."""
    with DIVISIONS.open(encoding="utf-8") as file:
        listed = [row for row in csv.DictReader(file) if row["level"] != "province"]
    rows = [
        PlaceRow(
            row["code"],
            row["name"],
            KINDS[row["kind"]],
            row["parent_code"] if row["level"] != "city" else "",
        )
        for row in listed
    ]
    rows += [
        PlaceRow(f"{row['code']}{n:03}", f"第{n}网格", PlaceKind.GRID_BASIC, row["code"])
        for row in listed
        if row["level"] == "village"
        for n in (1, 2)
    ]
    insert_places(rows, by=BY, at=AT)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE places_place")
        cursor.execute("ANALYZE places_placekeys")
    return len(rows)


def scans(plan: dict) -> set[str]:
    """The kinds of scan in a plan, each with its table or index."""
    here = {f"{plan['Node Type']} {plan.get('Index Name', plan.get('Relation Name', ''))}"}
    return here.union(*(scans(below) for below in plan.get("Plans", ())))


def plan_of(sql: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
        (answer,) = cursor.fetchone()
    return scans((json.loads(answer) if isinstance(answer, str) else answer)[0]["Plan"])


def test_searching_a_whole_city_reads_the_index_and_no_table_from_end_to_end():
    assert the_whole_city() == 16_069

    for text, first in (
        ("北城", "德州市夏津县北城街道"),
        ("夏津 北城", "德州市夏津县北城街道"),
        ("夏津县北城街道", "德州市夏津县北城街道"),
        ("beicheng", "德州市夏津县北城街道"),
        ("xjbc", "德州市夏津县北城街道"),
        ("371427002", "德州市夏津县北城街道"),
        ("laoling", "德州市乐陵市"),
        ("德州天衢新区长河街道", "德州天衢新区长河街道"),
        ("十里望", "德州市禹城市十里望回族镇"),
    ):
        with CaptureQueriesContext(connection) as queries:
            hits = search(text)
        plan = plan_of(queries.captured_queries[0]["sql"])
        assert hits[0].place.full_name == first, text
        assert "Bitmap Index Scan places_keys" in plan, text
        assert not [scan for scan in plan if scan.startswith("Seq Scan")], text

    county = Place.objects.get(code="371427000000")
    below = descendants(county, level=PlaceLevel.VILLAGE)
    plan = plan_of(str(below.query).replace(str(county.id), f"'{county.id}'"))
    assert below.count() == 489
    assert not [scan for scan in plan if scan.startswith("Seq Scan")]
