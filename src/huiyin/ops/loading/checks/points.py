"""Checks of points: whole, longitude first, on earth, inside the city."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from huiyin.ops.loading.checks.context import Context
from huiyin.ops.loading.rows import Row
from huiyin.places.models import PlaceKind

_MARGIN_DEG = 0.1  # outlines are generalised, and offices stand on the other side of the road
_ENOUGH_POINTS = 20
_COUNTIES = (PlaceKind.DISTRICT, PlaceKind.COUNTY, PlaceKind.COUNTY_CITY)
_WEST, _SOUTH, _EAST, _NORTH = 73.0, 3.0, 136.0, 54.0  # China


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of degrees. `is_sure`: drawn around outlines, not around the points."""

    west: float
    south: float
    east: float
    north: float
    is_sure: bool = True

    def has(self, lon: float, lat: float) -> bool:
        """Say whether a point lies in it."""
        return self.west <= lon <= self.east and self.south <= lat <= self.north

    def words(self) -> dict[str, str]:
        """Return its sides as messages say them."""
        return {
            "west": f"{self.west:.2f}",
            "east": f"{self.east:.2f}",
            "south": f"{self.south:.2f}",
            "north": f"{self.north:.2f}",
        }


CHINA = Box(_WEST, _SOUTH, _EAST, _NORTH)


def check_points(context: Context) -> None:
    """Report points that are half, exchanged, not on earth or not in the city."""
    table = context.table("places")
    if table is None or not (table.has("lon") or table.has("lat")):
        return
    whole = [row for row in table if _is_whole(row)]
    box = _box(context, whole)
    for row in whole:
        lon, lat = row["lon"], row["lat"]
        if CHINA.has(lat, lon) and not CHINA.has(lon, lat):
            row.fault("lon", "point_swapped", lon=lat, lat=lon)
        elif abs(lat) > 90:
            row.fault("lat", "out_of_range", least=-90, most=90)
        elif box is not None and not box.has(lon, lat):
            if box.is_sure or not CHINA.has(lon, lat):
                row.fault("lon", "point_outside", **box.words())
            else:
                row.warn("lon", "point_outside_unsure", **box.words())


def _is_whole(row: Row) -> bool:
    lon, lat = row["lon"], row["lat"]
    if not row.is_sound("lon", "lat"):
        return False
    if (lon is None) != (lat is None):
        row.fault("lat" if lat is None else "lon", "point_incomplete")
    return lon is not None and lat is not None


def _box(context: Context, rows: Sequence[Row]) -> Box | None:
    outlines = _whole_city(context)
    if outlines:
        west, south, east, north = (float(side) for side in shapely.total_bounds(outlines))
        return Box(west - _MARGIN_DEG, south - _MARGIN_DEG, east + _MARGIN_DEG, north + _MARGIN_DEG)
    points = [(row["lon"], row["lat"]) for row in rows if CHINA.has(row["lon"], row["lat"])]
    if len(points) < _ENOUGH_POINTS:
        return CHINA
    west, east = _spread(lon for lon, _ in points)
    south, north = _spread(lat for _, lat in points)
    return Box(west, south, east, north, is_sure=False)


def _whole_city(context: Context) -> list[BaseGeometry]:
    """Return outlines that cover the city: its own, or those of all its counties; else nothing."""
    found: dict[str, Any] = {
        place.code: boundary.geometry
        for place in context.known.places.values()
        if (boundary := context.known.boundaries.get(place.id))
    }
    table = context.table("boundaries")
    for row in table or ():
        if row.at in context.outlines and row["place_code"]:
            found[row["place_code"]] = context.outlines[row.at]
    entries = {**context.places.database, **context.places.file}
    cities = [entry.code for entry in entries.values() if entry.kind == PlaceKind.CITY]
    counties = [entry.code for entry in entries.values() if entry.kind in _COUNTIES]
    for codes in (cities, counties):
        if codes and all(code in found for code in codes):
            return [shape(found[code]) for code in codes]
    return []


def _spread(values: Iterable[float]) -> tuple[float, float]:
    """Return where most values lie, widened by as much again and a little more."""
    ordered = sorted(values)
    cut = len(ordered) // 20
    least, most = ordered[cut], ordered[-1 - cut]
    more = (most - least) + 0.5
    return least - more, most + more
