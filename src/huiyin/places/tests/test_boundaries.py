"""From a point to the places it may lie in, with how sure that is."""

import json
from pathlib import Path

import pytest
import shapely
from shapely.geometry import shape

from huiyin.places import boundaries
from huiyin.places.boundaries import BORDER_MARGIN_M, Sureness, county_features, locate
from huiyin.places.coordinates import Crs, to_gcj02
from huiyin.places.models import Boundary, Place, PlaceKind, PlaceLevel
from huiyin.places.outlines import parse_outline
from huiyin.places.refusals import Closed, OutlineUnusable, PointNotOnEarth, TextTooLong
from huiyin.places.tests.factories import AT, BY, TODAY, a_city, a_place
from huiyin.places.verbs import close, rename, set_boundary

pytestmark = pytest.mark.django_db

COUNTIES = Path(__file__).parents[2] / "ops" / "demo" / "data" / "counties.geojson"
# A degree in metres at 37.5° north, as the outlines measure it.
EAST_M, NORTH_M = 88_320.0, 111_133.0
# Well inside 夏津县, 乐陵市 and 德城区.
XIAJIN, LELING, DECHENG = (116.05, 36.98), (117.12, 37.73), (116.31, 37.41)


def box(west: float, south: float, east: float, north: float) -> dict:
    corners = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [corners]}


def outline(place: Place, geometry: dict, **fields) -> Boundary:
    given = {"source": "a test", "licence": "none", "by": BY, "at": AT} | fields
    return set_boundary(place_id=place.id, geometry=geometry, **given)


def two_counties() -> dict[str, Place]:
    """夏津县 west and 乐陵市 east of the meridian 116.5°, each a box; 德城区 far north."""
    city = a_city()
    outline(city["夏津县"], box(116.0, 37.0, 116.5, 37.5))
    outline(city["乐陵市"], box(116.5, 37.0, 117.0, 37.5))
    outline(city["德城区"], box(116.0, 38.0, 117.0, 38.5))
    return city


def real_counties() -> dict[str, Place]:
    """The outlines of the three counties of `a_city`, as published."""
    city = a_city()
    by_code = {place.code: place for place in city.values()}
    for feature in json.loads(COUNTIES.read_text(encoding="utf-8"))["features"]:
        place = by_code.get(feature["properties"]["code"])
        if place is not None:
            outline(place, feature["geometry"])
    return city


def told(found) -> list[tuple]:
    return [(one.place.name, one.sureness, one.is_inside) for one in found.candidates]


def test_point_well_inside_a_county_names_it_alone():
    real_counties()

    for point, county in ((XIAJIN, "夏津县"), (LELING, "乐陵市")):
        found = locate(*point)
        assert told(found) == [(county, Sureness.INSIDE, True)]
        assert (found.is_sure, found.outside, found.nearest) == (True, False, None)
        assert found.best.level == PlaceLevel.COUNTY
        assert found.best.border_m > BORDER_MARGIN_M


def test_point_in_gcj02_is_brought_to_wgs84_first():
    two_counties()
    lon, lat = 116.499, 37.25  # 88 m west of the border, 442 m east of it unless converted

    found = locate(*to_gcj02(lon, lat), crs=Crs.GCJ02)

    assert (round(found.lon, 7), round(found.lat, 7)) == (lon, lat)
    assert found.best.place.name == "夏津县"
    assert found.best.border_m == pytest.approx(0.001 * EAST_M, abs=2)


def test_zone_without_outline_is_possible_wherever_the_county_it_lies_on_is():
    real_counties()

    found = locate(*DECHENG)

    assert told(found) == [
        ("德城区", Sureness.INSIDE, True),
        ("德州天衢新区", Sureness.OVERLAY_POSSIBLE, False),
    ]
    assert (found.is_sure, found.candidates[1].border_m) == (False, None)


def test_zone_with_an_outline_of_its_own_is_not_guessed():
    city = two_counties()
    outline(city["德州天衢新区"], box(116.0, 38.0, 116.2, 38.2))

    assert told(locate(116.8, 38.3)) == [("德城区", Sureness.INSIDE, True)]
    assert [name for name, *_ in told(locate(116.1, 38.1))] == ["德城区", "德州天衢新区"]


@pytest.mark.parametrize("west_m", [0, 10, 199])
def test_point_near_a_border_names_both_sides_its_own_first(west_m):
    two_counties()

    found = locate(116.5 - west_m / EAST_M, 37.25)

    assert told(found) == [
        ("夏津县", Sureness.NEAR_BORDER, True),
        ("乐陵市", Sureness.NEAR_BORDER, west_m == 0),
    ]
    assert [one.border_m for one in found.candidates] == [
        pytest.approx(west_m, abs=1),
        pytest.approx(west_m, abs=1),
    ]
    assert found.outside is False


def test_point_beyond_the_margin_is_sure():
    two_counties()

    assert told(locate(116.5 - 202 / EAST_M, 37.25)) == [("夏津县", Sureness.INSIDE, True)]


def test_device_that_is_less_sure_widens_the_margin():
    two_counties()
    point = (116.5 - 900 / EAST_M, 37.25)

    assert locate(*point).is_sure
    assert told(locate(*point, accuracy_m=1_000)) == [
        ("夏津县", Sureness.NEAR_BORDER, True),
        ("乐陵市", Sureness.NEAR_BORDER, False),
    ]
    assert locate(*point, accuracy_m=float("nan")).is_sure


def test_point_outside_the_city_says_so_with_the_nearest_county():
    two_counties()

    found = locate(116.25, 36.9)

    assert (found.candidates, found.outside, found.nearest.name) == ((), True, "夏津县")
    assert found.nearest_m == pytest.approx(0.1 * NORTH_M, rel=0.01)


def test_point_just_outside_the_city_may_still_be_in_it():
    two_counties()

    found = locate(116.25, 37.0 - 100 / NORTH_M)

    assert told(found) == [("夏津县", Sureness.NEAR_BORDER, False)]
    assert (found.outside, found.nearest.name) == (True, "夏津县")


def test_without_outlines_nothing_is_claimed():
    a_city()

    found = locate(*XIAJIN)

    assert (found.candidates, found.outside, found.nearest, found.is_sure) == (
        (),
        True,
        None,
        False,
    )


def test_town_with_an_outline_comes_before_its_county():
    city = two_counties()
    outline(city["北城街道"], box(116.1, 37.1, 116.2, 37.2))

    found = locate(116.15, 37.15)

    assert told(found) == [
        ("北城街道", Sureness.INSIDE, True),
        ("夏津县", Sureness.INSIDE, True),
    ]
    assert found.is_sure


@pytest.mark.parametrize("point", [(181.0, 37.0), (116.0, 91.0), (float("inf"), 37.0)])
def test_point_not_on_earth_is_refused(point):
    with pytest.raises(PointNotOnEarth):
        locate(*point)


def test_locating_takes_three_queries_and_keeps_the_outlines(django_assert_num_queries):
    two_counties()
    locate(116.25, 37.25)

    with django_assert_num_queries(3):
        locate(116.25, 37.25)


def test_new_outline_and_new_name_count_at_once():
    city = two_counties()
    before = told(locate(116.25, 37.75))

    outline(city["夏津县"], box(116.0, 37.0, 116.5, 38.0))
    rename(
        place_id=city["夏津县"].id,
        name="夏津市",
        kind=PlaceKind.COUNTY_CITY,
        on=TODAY,
        by=BY,
        at=AT,
    )

    assert before == []
    assert told(locate(116.25, 37.75)) == [("夏津市", Sureness.INSIDE, True)]


def test_closed_place_is_no_longer_named():
    city = two_counties()
    locate(116.25, 37.25)
    town = a_place(under=city["夏津县"])
    outline(town, box(116.2, 37.2, 116.3, 37.3))
    close(place_id=town.id, on=TODAY, by=BY, at=AT)

    assert told(locate(116.25, 37.25)) == [("夏津县", Sureness.INSIDE, True)]


# --- outlines that come in ----------------------------------------------------------------------


def test_outline_in_gcj02_is_stored_in_wgs84():
    city = a_city()
    there = [to_gcj02(*corner) for corner in box(116.0, 37.0, 116.5, 37.5)["coordinates"][0]]

    kept = outline(
        city["夏津县"], {"type": "Polygon", "coordinates": [there]}, crs=Crs.GCJ02, as_of="2021"
    )

    kept.refresh_from_db()
    assert kept.geometry == box(116.0, 37.0, 116.5, 37.5)
    assert (kept.source, kept.licence, kept.as_of) == ("a test", "none", "2021")


def test_second_outline_replaces_the_first_which_stays_in_the_history():
    city = a_city()
    outline(city["夏津县"], box(116.0, 37.0, 116.5, 37.5))

    outline(city["夏津县"], box(116.0, 37.0, 116.6, 37.5))

    assert Boundary.objects.get().geometry == box(116.0, 37.0, 116.6, 37.5)
    assert [event.geometry for event in Boundary.pgh_event_model.objects.all()] == [
        box(116.0, 37.0, 116.5, 37.5)
    ]


def test_same_outline_again_leaves_no_trace():
    city = a_city()
    first = outline(city["夏津县"], box(116.0, 37.0, 116.5, 37.5))
    version = boundaries.boundaries_version()

    second = outline(city["夏津县"], box(116.0, 37.0, 116.5, 37.5))

    assert (second, boundaries.boundaries_version()) == (first, version)
    assert Boundary.pgh_event_model.objects.count() == 0


@pytest.mark.parametrize(
    "geometry",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"type": "Polygon"}, id="no-corners"),
        pytest.param({"type": "Polygon", "coordinates": []}, id="empty"),
        pytest.param({"type": "Polygon", "coordinates": "116 37"}, id="text"),
        pytest.param({"type": "Point", "coordinates": [116.0, 37.0]}, id="point"),
        pytest.param({"type": "GeometryCollection", "geometries": []}, id="collection"),
        pytest.param(box(37.0, 116.0, 37.5, 116.5), id="latitude-first"),
        pytest.param(
            {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]},
            id="crosses-itself",
        ),
        pytest.param(
            {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [float("nan"), 0], [0, 0]]]},
            id="no-number",
        ),
    ],
)
def test_outline_that_cannot_be_used_is_refused(geometry):
    city = a_city()

    with pytest.raises(OutlineUnusable) as refused:
        outline(city["夏津县"], geometry)

    assert refused.value.name == "夏津县"
    assert Boundary.objects.count() == 0


def test_outline_needs_an_open_place_and_texts_that_fit():
    city = a_city()
    close(place_id=city["第2网格"].id, on=TODAY, by=BY, at=AT)

    with pytest.raises(Closed):
        outline(city["第2网格"], box(116.0, 37.0, 116.5, 37.5))
    with pytest.raises(TextTooLong):
        outline(city["夏津县"], box(116.0, 37.0, 116.5, 37.5), licence="x" * 241)


@pytest.mark.parametrize(
    "text",
    [
        '{"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}',
        ' {"geometry": {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}}',
        "POLYGON ((0 0, 1 0, 1 1, 0 0))",
    ],
    ids=["geojson", "feature", "wkt"],
)
def test_outline_is_read_from_geojson_or_wkt(text):
    assert shape(parse_outline(text)).equals(shapely.from_wkt("POLYGON ((0 0, 1 0, 1 1, 0 0))"))


@pytest.mark.parametrize("text", ["", "{", "{1}", "POLYGON", "116.0,37.0", "[" * 100_000])
def test_text_that_is_no_outline_says_so(text):
    with pytest.raises(ValueError, match="GeoJSON"):
        parse_outline(text)


# --- the map ------------------------------------------------------------------------------------


def test_map_has_the_counties_with_fewer_points_and_common_borders():
    city = real_counties()
    outline(city["北城街道"], box(116.1, 37.1, 116.2, 37.2))

    features = county_features()

    assert features["type"] == "FeatureCollection"
    assert [feature["properties"] for feature in features["features"]] == [
        {
            "code": code,
            "name": name,
            "short_name": short,
            "level": "county",
            "kind": kind,
        }
        for code, name, short, kind in (
            ("371402000000", "德城区", "德城", "district"),
            ("371427000000", "夏津县", "夏津", "county"),
            ("371481000000", "乐陵市", "乐陵", "county_city"),
        )
    ]
    for feature in features["features"]:
        full = Boundary.objects.get(place__code=feature["id"]).geometry
        few, all_of_it = shape(feature["geometry"]), shape(full)
        assert len(shapely.get_coordinates(few)) < len(shapely.get_coordinates(all_of_it)) * 0.6
        assert few.is_valid
        assert few.symmetric_difference(all_of_it).area / all_of_it.area < 0.01


def test_neighbours_on_the_map_leave_no_gap():
    two_counties()

    west, east = (shape(feature["geometry"]) for feature in county_features()["features"][1:])

    assert west.intersection(east).length == pytest.approx(0.5)


def test_map_for_gcj02_tiles_is_shifted():
    two_counties()

    here, there = (county_features(crs=crs)["features"][0] for crs in (Crs.WGS84, Crs.GCJ02))

    lon, lat = here["geometry"]["coordinates"][0][0]
    assert there["geometry"]["coordinates"][0][0] == pytest.approx(to_gcj02(lon, lat), abs=1e-5)


def test_map_without_outlines_is_empty():
    a_city()

    assert county_features() == {"type": "FeatureCollection", "features": []}


def test_version_of_the_outlines_changes_with_them():
    city = a_city()
    none = boundaries.boundaries_version()
    outline(city["夏津县"], box(116.0, 37.0, 116.5, 37.5))
    one = boundaries.boundaries_version()
    again = boundaries.boundaries_version()
    outline(city["夏津县"], box(116.0, 37.0, 116.6, 37.5))

    assert (one == again, len({none, one, boundaries.boundaries_version()})) == (True, 3)
