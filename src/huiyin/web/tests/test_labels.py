"""Names on the map stand inside their area, or outside the city where there is no room."""

from shapely.geometry import Point, box, mapping, shape

from huiyin.web.labels import label_points


def an_area(code, west, south, east, north):
    return {"properties": {"code": code}, "geometry": mapping(box(west, south, east, north))}


def test_the_name_of_a_wide_area_stands_in_its_middle():
    places = label_points([an_area("371427", 116.0, 37.0, 116.4, 37.4)])

    assert places["371427"] == ((116.2, 37.2), None)


def test_the_name_of_a_small_area_stands_outside_everything_on_its_nearest_side():
    features = [
        an_area("large", 116.0, 37.0, 116.4, 37.4),
        an_area("small", 116.4, 37.16, 116.46, 37.24),
    ]

    middle, outside = label_points(features)["small"]

    assert shape(features[1]["geometry"]).contains(Point(middle))
    assert not any(shape(each["geometry"]).contains(Point(outside)) for each in features)
    assert outside[0] > 116.46  # to the east: the way out that is shortest


def test_no_outlines_have_no_names():
    assert label_points([]) == {}
