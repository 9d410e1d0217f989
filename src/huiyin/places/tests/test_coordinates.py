"""GCJ-02 and WGS84: the published formula, and its inverse to a centimetre."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.places.coordinates import Crs, as_wgs84, in_china, to_gcj02, to_wgs84

PAIRS = Path(__file__).parent / "data" / "gcj02_pairs.csv"


def pairs() -> list[tuple[float, ...]]:
    with PAIRS.open(encoding="utf-8") as file:
        rows = [row for row in csv.reader(file) if not row[0].startswith("#")]
    return [tuple(float(value) for value in row) for row in rows[1:]]


def test_corners_of_real_outlines_come_out_as_published():
    off = [
        max(abs(found[0] - wgs_lon), abs(found[1] - wgs_lat))
        for gcj_lon, gcj_lat, wgs_lon, wgs_lat in pairs()
        for found in [to_wgs84(gcj_lon, gcj_lat)]
    ]

    assert len(off) == 209
    assert max(off) <= 6e-7  # the file is rounded to 1e-6


def test_shift_of_dezhou_is_about_half_a_kilometre_east():
    lon, lat = to_gcj02(116.37, 37.42)

    assert (round(lon - 116.37, 3), round(lat - 37.42, 3)) == (0.006, 0.001)


@given(
    lon=st.floats(min_value=73.5, max_value=135.0),
    lat=st.floats(min_value=3.9, max_value=53.5),
)
def test_there_and_back_is_the_same_point_to_a_centimetre(lon, lat):
    back_lon, back_lat = to_wgs84(*to_gcj02(lon, lat))

    assert abs(back_lon - lon) < 1e-7
    assert abs(back_lat - lat) < 1e-7


@pytest.mark.parametrize(
    "point",
    [(-0.12, 51.5), (139.69, 35.68), (103.8, -1.3), (180.0, 90.0)],
    ids=["london", "tokyo", "southern-hemisphere", "pole"],
)
def test_points_outside_china_are_not_shifted(point):
    assert not in_china(*point)
    assert (to_gcj02(*point), to_wgs84(*point)) == (point, point)


def test_wgs84_comes_in_as_it_is():
    assert as_wgs84(116.37, 37.42, crs=Crs.WGS84) == (116.37, 37.42)
    assert as_wgs84(116.37, 37.42, crs=Crs.GCJ02) == to_wgs84(116.37, 37.42)
