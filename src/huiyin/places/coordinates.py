"""GCJ-02, the shifted coordinates of Chinese web maps, to WGS84 and back. Pure.

Inside, everything is WGS84; GCJ-02 is converted where it comes in or goes out. The formula is the
published approximation of the official shift (about one or two metres off); its inverse is found by
iteration. Points outside China are not shifted.
"""

import math
from enum import StrEnum

Point = tuple[float, float]

_SEMI_MAJOR_AXIS_M = 6_378_245.0  # Krassovsky 1940, which the shift is defined on
_ECCENTRICITY_SQUARED = 0.00669342162296594323
# The rectangle in which maps of China are shifted.
_WEST, _EAST, _SOUTH, _NORTH = 72.004, 137.8347, 0.8293, 55.8271
PRECISION_DEG = 1e-9  # the inverse stops here, far below the 1e-7 (1 cm) that is promised
_MAX_ROUNDS = 30


class Crs(StrEnum):
    """The coordinate systems that come in."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"


def in_china(lon: float, lat: float) -> bool:
    """Tell whether maps shift this point (a rectangle, as all maps do it, not the border)."""
    return _WEST <= lon <= _EAST and _SOUTH <= lat <= _NORTH


def to_gcj02(lon: float, lat: float) -> Point:
    """Return the WGS84 point in GCJ-02, degrees; outside China unchanged."""
    if not in_china(lon, lat):
        return lon, lat
    shift_lon, shift_lat = _shift(lon, lat)
    return lon + shift_lon, lat + shift_lat


def to_wgs84(lon: float, lat: float) -> Point:
    """Return the GCJ-02 point in WGS84, degrees, exact to 1e-7 against `to_gcj02`."""
    if not in_china(lon, lat):
        return lon, lat
    guess_lon, guess_lat = lon, lat
    for _ in range(_MAX_ROUNDS):
        there_lon, there_lat = to_gcj02(guess_lon, guess_lat)
        off_lon, off_lat = there_lon - lon, there_lat - lat
        guess_lon, guess_lat = guess_lon - off_lon, guess_lat - off_lat
        if abs(off_lon) < PRECISION_DEG and abs(off_lat) < PRECISION_DEG:
            break
    return guess_lon, guess_lat


def as_wgs84(lon: float, lat: float, *, crs: Crs) -> Point:
    """Return a point of either system in WGS84."""
    return to_wgs84(lon, lat) if crs == Crs.GCJ02 else (lon, lat)


def _shift(lon: float, lat: float) -> Point:
    east, north = lon - 105.0, lat - 35.0
    root, product = math.sqrt(abs(east)), east * north
    short_waves = 20 * math.sin(6 * math.pi * east) + 20 * math.sin(2 * math.pi * east)
    to_north = (
        -100.0
        + 2 * east
        + 3 * north
        + 0.2 * north * north
        + 0.1 * product
        + 0.2 * root
        + (
            short_waves
            + 20 * math.sin(math.pi * north)
            + 40 * math.sin(math.pi / 3 * north)
            + 160 * math.sin(math.pi / 12 * north)
            + 320 * math.sin(math.pi / 30 * north)
        )
        * 2
        / 3
    )
    to_east = (
        300.0
        + east
        + 2 * north
        + 0.1 * east * east
        + 0.1 * product
        + 0.1 * root
        + (
            short_waves
            + 20 * math.sin(math.pi * east)
            + 40 * math.sin(math.pi / 3 * east)
            + 150 * math.sin(math.pi / 12 * east)
            + 300 * math.sin(math.pi / 30 * east)
        )
        * 2
        / 3
    )
    radians = math.radians(lat)
    curve = 1 - _ECCENTRICITY_SQUARED * math.sin(radians) ** 2
    meridian = _SEMI_MAJOR_AXIS_M * (1 - _ECCENTRICITY_SQUARED) / curve**1.5
    parallel = _SEMI_MAJOR_AXIS_M / math.sqrt(curve) * math.cos(radians)
    return math.degrees(to_east / parallel), math.degrees(to_north / meridian)
