"""Where the name of an area stands on a map: inside it, or beside the city when it is too small."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import shapely
from shapely.geometry import LineString, Point, shape

# A name of three characters with its figure needs about this much room, in degrees of latitude, on
# a map of the whole city.
NEEDED_DEG = 0.062
STEP_OUT_DEG = 0.07  # how far outside the border a name stands
FAR_DEG = 5.0  # beyond any city

Position = tuple[float, float]
Placing = tuple[Position, Position | None]


def label_points(
    features: Sequence[Mapping[str, Any]],
) -> dict[str, tuple[Position, Position | None]]:
    """Return for each area (by code) the point in its middle and, if too small, one outside.

    The middle is that of the largest circle inside. The point outside lies away from the middle of
    all areas, where nothing else is drawn. Degrees, longitude first.
    """
    outlines: dict[str, Any] = {
        each["properties"]["code"]: shape(each["geometry"]) for each in features
    }
    if not outlines:
        return {}
    whole = shapely.union_all(list(outlines.values()))
    found: dict[str, Placing] = {}
    for code, outline in outlines.items():
        circle = shapely.maximum_inscribed_circle(outline, tolerance=0.005)
        middle = Point(circle.coords[0])
        small = circle.length < NEEDED_DEG
        found[code] = (_at(middle), _outside(middle, whole) if small else None)
    return found


def _outside(middle: Point, whole: Any) -> Position:
    """Return the nearest way out of the city from `middle`, a step beyond the border."""
    ways = []
    for degrees in range(0, 360, 15):
        east, north = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
        ray = LineString(
            [(middle.x, middle.y), (middle.x + FAR_DEG * east, middle.y + FAR_DEG * north)]
        )
        crossed = shapely.get_coordinates(shapely.intersection(ray, whole))
        reach = max(middle.distance(Point(point)) for point in crossed)
        ways.append((reach, east, north))
    reach, east, north = min(ways)
    reach += STEP_OUT_DEG
    return _at(Point(middle.x + reach * east, middle.y + reach * north))


def _at(point: Point) -> Position:
    return round(point.x, 5), round(point.y, 5)
