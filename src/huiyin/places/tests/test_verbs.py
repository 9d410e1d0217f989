"""What can be done to a place, and how today's row and the dated versions stay in step."""

from datetime import date

import pytest
from django.db import connection

from huiyin.places.models import Place, PlaceKind, PlaceLevel, PlaceSuccession, PlaceVersion
from huiyin.places.refusals import (
    BeforeLastVersion,
    Closed,
    CodeInUse,
    CodeMalformed,
    KindOfAnotherLevel,
    LevelsDiffer,
    NameMissing,
    NoPlacesNamed,
    NotBelow,
    NotKnown,
    NotYet,
    OpenChildren,
    OverlayNotPossible,
    OverlaysLeft,
    ParentMissing,
    ParentNotThereYet,
    PointIncomplete,
    PointNotOnEarth,
    SuccessorItself,
    TextTooLong,
)
from huiyin.places.tests.factories import AT, BY, TODAY, a_city, a_place, again
from huiyin.places.verbs import (
    close,
    describe,
    merge,
    move,
    recode,
    register_place,
    rename,
    set_point,
    split,
)
from huiyin.ui.identifiers import new_id

pytestmark = pytest.mark.django_db

MARCH, MAY, JULY = date(2026, 3, 1), date(2026, 5, 1), date(2026, 7, 1)
TOMORROW = date(2026, 11, 24)


def versions(place: Place) -> list[tuple]:
    """Each version of a place: name, code, parent's name, first and last day."""
    return list(
        PlaceVersion.objects.filter(place=place).values_list(
            "name", "code", "parent__name", "valid_from", "valid_to"
        )
    )


def state() -> tuple[list, list]:
    """All that is said about places, to compare before and after a refusal."""
    return (
        list(Place.objects.order_by("id").values_list()),
        list(PlaceVersion.objects.order_by("id").values_list()),
    )


# --- register -----------------------------------------------------------------------------------


def test_registered_place_has_its_level_ancestors_full_name_and_reading():
    city = a_city()
    town = a_place("371427004000", "香赵庄镇", PlaceKind.TOWN, under=city["夏津县"], valid_from=MAY)

    found = again(town)

    assert (found.level, found.short_name, found.full_name) == (
        PlaceLevel.TOWN,
        "香赵庄",
        "德州市夏津县香赵庄镇",
    )
    assert (found.pinyin, found.initials) == ("xiang zhao zhuang zhen", "xzzz")
    assert (found.city, found.county, found.town, found.village) == (
        city["德州市"],
        city["夏津县"],
        found,
        None,
    )
    assert (found.valid_from, found.valid_to) == (MAY, None)
    assert versions(town) == [("香赵庄镇", "371427004000", "夏津县", MAY, None)]


def test_first_version_tells_who_recorded_it_when_and_on_what_basis():
    city = a_city()
    town = a_place(under=city["夏津县"], basis="德政字〔2026〕1号")

    version = PlaceVersion.objects.get(place=town)

    assert (version.recorded_by, version.recorded_at, version.basis) == (
        BY.account_id,
        AT,
        "德政字〔2026〕1号",
    )


def test_reading_given_at_registration_is_kept_through_a_parents_change():
    city = a_city()
    town = a_place(name="重兴镇", kind=PlaceKind.TOWN, under=city["夏津县"], pinyin="chóng xīng")

    rename(place_id=city["夏津县"].id, name="夏津新县", on=MAY, by=BY, at=AT)

    assert again(town).pinyin == "chong xing zhen"


def test_zone_stands_for_itself_and_lies_on_a_county():
    zone = a_city()["德州天衢新区"]

    assert (zone.full_name, zone.parent.name, zone.overlay_parent.name) == (
        "德州天衢新区",
        "德州市",
        "德城区",
    )


@pytest.mark.parametrize(
    ("fields", "why", "data"),
    [
        pytest.param({"code": "371427002000"}, CodeInUse, None, id="code-of-another-place"),
        pytest.param({"code": "3714 27"}, CodeMalformed, {"code": "3714 27"}, id="code-with-space"),
        pytest.param({"code": "3" * 33}, CodeMalformed, {"code": "3" * 33}, id="code-too-long"),
        pytest.param({"name": " "}, NameMissing, {"code": "371427003000"}, id="no-name"),
        pytest.param({"name": "长" * 81}, TextTooLong, None, id="name-too-long"),
        pytest.param({"basis": "文" * 241}, TextTooLong, None, id="basis-too-long"),
        pytest.param(
            {"valid_from": TOMORROW}, NotYet, {"on": TOMORROW, "today": TODAY}, id="tomorrow"
        ),
        pytest.param(
            {"kind": PlaceKind.COUNTY},
            NotBelow,
            {"name": "新城街道", "parent": "夏津县"},
            id="county-under-a-county",
        ),
        pytest.param(
            {"kind": PlaceKind.CITY},
            NotBelow,
            {"name": "新城街道", "parent": "夏津县"},
            id="city-under-anything",
        ),
        pytest.param({"lon": 116.0}, PointIncomplete, {}, id="half-a-point"),
        pytest.param(
            {"lon": 37.0, "lat": 116.0},
            PointNotOnEarth,
            {"lon": 37.0, "lat": 116.0},
            id="latitude-first",
        ),
        pytest.param(
            {"lon": float("nan"), "lat": 1.0}, PointNotOnEarth, None, id="no-number-as-a-point"
        ),
    ],
)
def test_registering_is_refused_and_writes_nothing(fields, why, data):
    city = a_city()
    before = state()

    with pytest.raises(why) as refused:
        a_place(under=city["夏津县"], **fields)

    assert data is None or refused.value.data == data
    assert state() == before


def test_place_without_parent_is_refused_unless_it_is_the_city():
    with pytest.raises(ParentMissing) as refused:
        a_place(name="夏津县", kind=PlaceKind.COUNTY, under=None)

    assert refused.value.data == {"name": "夏津县"}
    assert a_place("371400000000", "德州市", PlaceKind.CITY, under=None).full_name == "德州市"


def test_place_is_not_older_than_its_parent():
    city = a_city()
    town = a_place(under=city["夏津县"], valid_from=MAY)

    for since in (MARCH, None):
        with pytest.raises(ParentNotThereYet) as refused:
            a_place("371427003201", "新村", PlaceKind.VILLAGE, under=town, valid_from=since)
        assert refused.value.data == {"parent": "新城街道", "since": MAY}


def test_only_a_zone_lies_on_the_land_of_a_county():
    city = a_city()

    for kind, parent, land in (
        (PlaceKind.DISTRICT, city["德州市"], city["德城区"]),
        (PlaceKind.FUNCTIONAL_ZONE, city["德州市"], city["北城街道"]),
    ):
        with pytest.raises(OverlayNotPossible):
            a_place(kind=kind, under=parent, overlay_parent_id=land.id)


def test_unknown_parent_is_refused():
    with pytest.raises(NotKnown):
        register_place(
            code="1",
            name="某镇",
            kind=PlaceKind.TOWN,
            parent_id=new_id(),
            valid_from=None,
            by=BY,
            at=AT,
        )


# --- rename, recode, move -----------------------------------------------------------------------


def test_renaming_a_county_renames_everything_below_and_keeps_the_old_days():
    city = a_city()

    rename(
        place_id=city["夏津县"].id, name="夏津市", kind=PlaceKind.COUNTY_CITY, on=MAY, by=BY, at=AT
    )

    assert again(city["夏津县"]).kind == PlaceKind.COUNTY_CITY
    assert again(city["第2网格"]).full_name == "德州市夏津市北城街道杨庄村第2网格"
    assert versions(city["夏津县"]) == [
        ("夏津县", "371427000000", "德州市", None, MAY),
        ("夏津市", "371427000000", "德州市", MAY, None),
    ]
    assert versions(city["第2网格"]) == [("第2网格", "371427002201002", "杨庄村委会", None, None)]


def test_second_change_on_one_day_amends_the_version_of_that_day():
    city = a_city()
    village = city["杨庄村委会"]

    rename(
        place_id=village.id, name="杨庄社区居委会", kind=PlaceKind.COMMUNITY, on=MAY, by=BY, at=AT
    )
    recode(place_id=village.id, code="371427002009", on=MAY, by=BY, at=AT)

    assert versions(village) == [
        ("杨庄村委会", "371427002201", "北城街道", None, MAY),
        ("杨庄社区居委会", "371427002009", "北城街道", MAY, None),
    ]
    with connection.cursor() as cursor:  # what was amended is in the history of the database
        cursor.execute("SELECT name, code, valid_to FROM places_placeversionevent ORDER BY pgh_id")
        assert cursor.fetchall() == [
            ("杨庄村委会", "371427002201", None),
            ("杨庄社区居委会", "371427002201", None),
        ]


def test_change_that_changes_nothing_leaves_no_trace():
    city = a_city()
    before = state()

    rename(place_id=city["夏津县"].id, name="夏津县", on=MAY, by=BY, at=AT)

    assert state() == before


def test_moving_a_town_takes_everything_below_along_with_the_same_ids():
    city = a_city()

    move(
        place_id=city["北城街道"].id,
        parent_id=city["乐陵市"].id,
        code="371481009000",
        on=MAY,
        by=BY,
        at=AT,
    )

    town, village, grid = (again(city[name]) for name in ("北城街道", "杨庄村委会", "第一网格"))
    assert (town.code, town.full_name, town.county) == (
        "371481009000",
        "德州市乐陵市北城街道",
        city["乐陵市"],
    )
    assert (village.full_name, village.county, village.town) == (
        "德州市乐陵市北城街道杨庄村",
        city["乐陵市"],
        city["北城街道"],
    )
    assert (grid.county, grid.town, grid.village) == (city["乐陵市"], town, village)
    assert versions(town) == [
        ("北城街道", "371427002000", "夏津县", None, MAY),
        ("北城街道", "371481009000", "乐陵市", MAY, None),
    ]
    assert versions(village) == [("杨庄村委会", "371427002201", "北城街道", None, None)]


def test_moving_costs_the_same_whatever_lies_below(django_assert_num_queries):
    city = a_city()
    with connection.execute_wrapper(_counter := _Count()):
        move(place_id=city["北城街道"].id, parent_id=city["乐陵市"].id, on=MAY, by=BY, at=AT)
    for number in range(3, 30):
        a_place(
            f"371427002201{number:03}",
            f"第{number}网格",
            PlaceKind.GRID_BASIC,
            under=city["杨庄村委会"],
        )

    with django_assert_num_queries(_counter.count):
        move(place_id=city["北城街道"].id, parent_id=city["夏津县"].id, on=JULY, by=BY, at=AT)


class _Count:
    count = 0

    def __call__(self, execute, sql, params, many, context):
        self.count += 1
        return execute(sql, params, many, context)


@pytest.mark.parametrize(
    ("act", "why", "data"),
    [
        pytest.param(
            lambda c: move(place_id=c["夏津县"].id, parent_id=c["孔镇"].id, on=MAY, by=BY, at=AT),
            NotBelow,
            {"name": "夏津县", "parent": "孔镇"},
            id="county-under-a-town",
        ),
        pytest.param(
            lambda c: move(
                place_id=c["北城街道"].id, parent_id=c["北城街道"].id, on=MAY, by=BY, at=AT
            ),
            NotBelow,
            {"name": "北城街道", "parent": "北城街道"},
            id="under-itself",
        ),
        pytest.param(
            lambda c: move(place_id=c["北城街道"].id, parent_id=new_id(), on=MAY, by=BY, at=AT),
            NotKnown,
            None,
            id="under-nothing-known",
        ),
        pytest.param(
            lambda c: recode(place_id=c["北城街道"].id, code="371427001000", on=MAY, by=BY, at=AT),
            CodeInUse,
            {"code": "371427001000", "holder": "德州市夏津县银城街道"},
            id="code-of-another",
        ),
        pytest.param(
            lambda c: rename(
                place_id=c["北城街道"].id,
                name="北城县",
                kind=PlaceKind.COUNTY,
                on=MAY,
                by=BY,
                at=AT,
            ),
            KindOfAnotherLevel,
            {"name": "北城街道", "kind": PlaceKind.COUNTY},
            id="kind-of-another-level",
        ),
        pytest.param(
            lambda c: rename(place_id=c["北城街道"].id, name="北城", on=TOMORROW, by=BY, at=AT),
            NotYet,
            {"on": TOMORROW, "today": TODAY},
            id="tomorrow",
        ),
        pytest.param(
            lambda c: (
                rename(place_id=c["北城街道"].id, name="长" * 80, on=MAY, by=BY, at=AT)
                and rename(place_id=c["夏津县"].id, name="县" * 80, on=MAY, by=BY, at=AT)
                and rename(place_id=c["杨庄村委会"].id, name="村" * 80, on=MAY, by=BY, at=AT)
            ),
            TextTooLong,
            None,
            id="full-name-too-long",
        ),
        pytest.param(
            lambda c: rename(
                place_id=c["德州天衢新区"].id,
                name="天衢区",
                kind=PlaceKind.DISTRICT,
                on=MAY,
                by=BY,
                at=AT,
            ),
            OverlayNotPossible,
            {"name": "天衢区"},
            id="zone-becomes-a-district-on-others-land",
        ),
    ],
)
def test_change_is_refused(act, why, data):
    city = a_city()

    with pytest.raises(why) as refused:
        act(city)

    assert data is None or refused.value.data == data


def test_change_before_the_present_version_began_is_refused():
    city = a_city()
    rename(place_id=city["孔镇"].id, name="新孔镇", on=MAY, by=BY, at=AT)
    before = state()

    with pytest.raises(BeforeLastVersion) as refused:
        rename(place_id=city["孔镇"].id, name="老孔镇", on=MARCH, by=BY, at=AT)

    assert refused.value.data == {"name": "新孔镇", "since": MAY}
    assert state() == before


def test_zone_becomes_a_district_when_it_leaves_the_land():
    city = a_city()
    zone = city["德州天衢新区"]

    move(
        place_id=zone.id,
        parent_id=city["德州市"].id,
        overlay_parent_id=None,
        on=MAY,
        by=BY,
        at=AT,
    )
    rename(place_id=zone.id, name="天衢区", kind=PlaceKind.DISTRICT, on=MAY, by=BY, at=AT)

    assert (again(zone).overlay_parent, again(zone).full_name) == (None, "德州市天衢区")
    assert again(city["长河街道"]).full_name == "德州市天衢区长河街道"


def test_code_can_be_given_again_after_its_holder_gave_it_up_but_not_for_a_day_before():
    city = a_city()
    recode(place_id=city["北城街道"].id, code="371427009000", on=MAY, by=BY, at=AT)

    with pytest.raises(CodeInUse):
        recode(place_id=city["南城镇"].id, code="371427002000", on=MARCH, by=BY, at=AT)
    recode(place_id=city["南城镇"].id, code="371427002000", on=MAY, by=BY, at=AT)

    assert again(city["南城镇"]).code == "371427002000"


# --- merge, split, close ------------------------------------------------------------------------


def test_merging_ends_the_predecessors_and_names_who_took_over():
    city = a_city()
    town, taker = city["银城街道"], city["南城镇"]

    merge(
        predecessor_ids=[town.id],
        successor_id=taker.id,
        on=MAY,
        basis="鲁民〔2026〕2号",
        by=BY,
        at=AT,
    )

    assert again(town).valid_to == MAY
    assert again(taker).valid_to is None
    assert versions(town) == [("银城街道", "371427001000", "夏津县", None, MAY)]
    assert list(
        PlaceSuccession.objects.values_list("predecessor", "successor", "kind", "on", "basis")
    ) == [(town.id, taker.id, "merge", MAY, "鲁民〔2026〕2号")]


def test_merging_with_children_moves_them_to_the_successor():
    city = a_city()

    merge(
        predecessor_ids=[city["北城街道"].id],
        successor_id=city["银城街道"].id,
        with_children=True,
        on=MAY,
        by=BY,
        at=AT,
    )

    village = again(city["杨庄村委会"])
    assert (village.parent, village.town, village.full_name) == (
        city["银城街道"],
        city["银城街道"],
        "德州市夏津县银城街道杨庄村",
    )
    assert again(city["第一网格"]).town == city["银城街道"]
    assert versions(village) == [
        ("杨庄村委会", "371427002201", "北城街道", None, MAY),
        ("杨庄村委会", "371427002201", "银城街道", MAY, None),
    ]


def test_splitting_ends_the_place_or_lets_it_go_on():
    city = a_city()
    town = city["银城街道"]
    east = a_place("371427011000", "银东街道", under=city["夏津县"], valid_from=MARCH)
    west = a_place("371427012000", "银西街道", under=city["夏津县"], valid_from=MARCH)

    split(predecessor_id=town.id, successor_ids=[east.id], closes=False, on=MARCH, by=BY, at=AT)
    after_the_first = again(town).valid_to
    split(predecessor_id=town.id, successor_ids=[west.id], on=MAY, by=BY, at=AT)

    assert (after_the_first, again(town).valid_to) == (None, MAY)
    assert list(PlaceSuccession.objects.order_by("on").values_list("successor__name", "kind")) == [
        ("银东街道", "split"),
        ("银西街道", "split"),
    ]


def test_closing_ends_the_place_on_that_day_with_its_basis():
    city = a_city()
    grid = city["第2网格"]

    close(place_id=grid.id, on=MAY, basis="网格调整", by=BY, at=AT)

    assert again(grid).valid_to == MAY
    assert PlaceVersion.objects.values_list("valid_to", "ended_basis").get(place=grid) == (
        MAY,
        "网格调整",
    )


def test_closed_place_frees_its_code_and_takes_no_more_changes():
    city = a_city()
    grid = city["第2网格"]
    close(place_id=grid.id, on=MAY, by=BY, at=AT)

    a_place(grid.code, "新第2网格", PlaceKind.GRID_BASIC, under=city["杨庄村委会"], valid_from=MAY)

    with pytest.raises(Closed) as refused:
        rename(place_id=grid.id, name="另一网格", on=JULY, by=BY, at=AT)
    assert refused.value.data == {"name": "第2网格", "on": MAY}
    with pytest.raises(Closed):
        close(place_id=grid.id, on=JULY, by=BY, at=AT)


@pytest.mark.parametrize(
    ("act", "why", "data"),
    [
        pytest.param(
            lambda c: close(place_id=c["北城街道"].id, on=MAY, by=BY, at=AT),
            OpenChildren,
            {"name": "北城街道", "count": 2, "example": "会盟社区居委会"},
            id="children-left",
        ),
        pytest.param(
            lambda c: close(place_id=c["第2网格"].id, on=TOMORROW, by=BY, at=AT),
            NotYet,
            {"on": TOMORROW, "today": TODAY},
            id="tomorrow",
        ),
        pytest.param(
            lambda c: merge(
                predecessor_ids=[c["银城街道"].id],
                successor_id=c["夏津县"].id,
                on=MAY,
                by=BY,
                at=AT,
            ),
            LevelsDiffer,
            {"name": "银城街道", "other": "夏津县"},
            id="levels-differ",
        ),
        pytest.param(
            lambda c: merge(
                predecessor_ids=[c["银城街道"].id],
                successor_id=c["银城街道"].id,
                on=MAY,
                by=BY,
                at=AT,
            ),
            SuccessorItself,
            {"name": "银城街道"},
            id="into-itself",
        ),
        pytest.param(
            lambda c: merge(
                predecessor_ids=[], successor_id=c["银城街道"].id, on=MAY, by=BY, at=AT
            ),
            NoPlacesNamed,
            {},
            id="nothing-to-merge",
        ),
        pytest.param(
            lambda c: split(
                predecessor_id=c["银城街道"].id, successor_ids=[], on=MAY, by=BY, at=AT
            ),
            NoPlacesNamed,
            {},
            id="nothing-to-split-into",
        ),
        pytest.param(
            lambda c: merge(
                predecessor_ids=[c["北城街道"].id],
                successor_id=c["银城街道"].id,
                on=MAY,
                by=BY,
                at=AT,
            ),
            OpenChildren,
            {"name": "北城街道", "count": 2, "example": "会盟社区居委会"},
            id="children-not-moved",
        ),
    ],
)
def test_ending_is_refused_and_writes_nothing(act, why, data):
    city = a_city()
    before = state()

    with pytest.raises(why) as refused:
        act(city)

    assert refused.value.data == data
    assert state() == before
    assert PlaceSuccession.objects.count() == 0


def test_land_under_a_zone_cannot_end_before_the_zone_leaves_it():
    city = a_city()
    close(place_id=city["新湖街道"].id, on=MARCH, by=BY, at=AT)

    with pytest.raises(OverlaysLeft) as refused:
        close(place_id=city["德城区"].id, on=MAY, by=BY, at=AT)

    assert refused.value.data == {"name": "德城区", "overlay": "德州天衢新区"}


def test_place_cannot_end_before_it_began():
    city = a_city()
    town = a_place(under=city["夏津县"], valid_from=MAY)

    for on in (MARCH, MAY):
        with pytest.raises(BeforeLastVersion) as refused:
            close(place_id=town.id, on=on, by=BY, at=AT)
        assert refused.value.data == {"name": "新城街道", "since": MAY}


# --- facts without dates ------------------------------------------------------------------------


def test_point_is_kept_in_wgs84_and_can_be_taken_away():
    city = a_city()
    grid = city["第一网格"]

    set_point(place_id=grid.id, lon=116.0, lat=36.95, by=BY, at=AT)
    placed = (again(grid).lon, again(grid).lat)
    set_point(place_id=grid.id, lon=None, lat=None, by=BY, at=AT)

    assert placed == (116.0, 36.95)
    assert (again(grid).lon, again(grid).lat) == (None, None)
    with pytest.raises(PointIncomplete):
        set_point(place_id=grid.id, lon=116.0, lat=None, by=BY, at=AT)


def test_grid_tells_its_households_and_whether_it_serves_all_departments():
    city = a_city()

    describe(place_id=city["第一网格"].id, households=280, is_all_purpose=True, by=BY, at=AT)

    grid = again(city["第一网格"])
    assert (grid.households, grid.is_all_purpose) == (280, True)
