"""The counties as a drawing of the server's: a screen in a hall may have no graphics card."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from huiyin.places.boundaries import boundaries_version, county_features
from huiyin.places.models import Place
from huiyin.web.figures import map_step
from huiyin.web.views.maps import label_places

HIGH: Final = 1_000  # of the drawing, in its own units
MARGIN: Final = 60

Ring = list[list[float]]


@dataclass(frozen=True, slots=True)
class Area:
    """A county: its outline as a path, where its name stands, its figure and step of the hue."""

    name: str
    value: int
    step: int
    path: str
    x: float
    y: float
    callout: tuple[float, float] | None  # the name stands here, and a line leads to x, y


@dataclass(frozen=True, slots=True)
class Drawing:
    """The whole map. `wide`, `high`: of the view box."""

    wide: int
    high: int
    areas: tuple[Area, ...]


@dataclass(frozen=True, slots=True)
class _Outline:
    code: str
    path: str
    at: tuple[float, float]
    callout: tuple[float, float] | None


_kept: tuple[str, int, tuple[_Outline, ...]] | None = None


def drawing(counties: Mapping[str, Place], found: Mapping[UUID, int]) -> Drawing | None:
    """Return the map with the figure of each county (by id); None where there are no outlines."""
    wide, outlines = _outlines()
    if not outlines:
        return None
    most = max(found.values(), default=0)
    areas = []
    for one in outlines:
        county = counties.get(one.code)
        if county is None:
            continue
        value = found.get(county.pk, 0)
        areas.append(
            Area(county.name, value, map_step(value, most), one.path, *one.at, one.callout)
        )
    return Drawing(wide, HIGH, tuple(areas))


def _outlines() -> tuple[int, tuple[_Outline, ...]]:
    """Return the width of the drawing and the outlines in it; reckoned once for each version."""
    global _kept
    version = str(boundaries_version())
    if _kept is None or _kept[0] != version:
        _kept = (version, *_drawn())
    return _kept[1], _kept[2]


def _drawn() -> tuple[int, tuple[_Outline, ...]]:
    features = county_features()["features"]
    if not features:
        return 0, ()
    points = [point for each in features for ring in _rings(each["geometry"]) for point in ring]
    labels = label_places(features)
    points += [list(callout) for _point, callout in labels.values() if callout]
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    shrink = math.cos(math.radians((south + north) / 2))  # a degree of longitude is shorter
    scale = (HIGH - 2 * MARGIN) / (north - south)
    wide = round((east - west) * shrink * scale + 2 * MARGIN)

    def put(lon: float, lat: float) -> tuple[float, float]:
        x = MARGIN + (lon - west) * shrink * scale
        return round(x, 1), round(MARGIN + (north - lat) * scale, 1)

    outlines = []
    for each in features:
        code = each["properties"]["code"]
        point, callout = labels[code]
        path = "".join(
            "M" + "L".join(f"{x},{y}" for x, y in (put(lon, lat) for lon, lat, *_ in ring)) + "Z"
            for ring in _rings(each["geometry"])
        )
        outlines.append(_Outline(code, path, put(*point), put(*callout) if callout else None))
    return wide, tuple(outlines)


def _rings(geometry: Mapping[str, Any]) -> Iterator[Ring]:
    polygons = (
        geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    )
    for polygon in polygons:
        yield from polygon
