"""Many places at once: new ones in any order, changes in a few statements."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import connection, transaction

from huiyin.places.bulk import PlaceRow, insert_places
from huiyin.places.changes import Change, lock_tree, restate
from huiyin.places.models import Place, PlaceKeys, PlaceKind, PlaceVersion
from huiyin.places.refusals import CodeInUse, NotBelow, NotKnown
from huiyin.places.tests.factories import AT, BY, ROWS, a_city, a_place, again

pytestmark = pytest.mark.django_db

MAY = date(2026, 5, 1)
SAID = ("code", "name", "kind", "full_name", "short_name", "pinyin", "initials", "level")


def said() -> list[tuple]:
    return list(Place.objects.order_by("code").values_list(*SAID, "parent__code", "county__code"))


def test_rows_come_in_any_order():
    with transaction.atomic():
        insert_places(ROWS, by=BY, at=AT)
        in_order = said()
        transaction.set_rollback(True)

    insert_places(tuple(reversed(ROWS)), by=BY, at=AT)

    assert said() == in_order


def test_inserting_many_says_the_same_as_registering_one_by_one():
    city = a_city()
    row = PlaceRow(
        "371427003000",
        "新城街道",
        PlaceKind.SUBDISTRICT,
        "371427000000",
        valid_from=MAY,
        basis="文",
    )
    with transaction.atomic():
        many = insert_places([row], by=BY, at=AT)["371427003000"]
        bulk = (
            Place.objects.filter(id=many.id).values_list(*SAID, "valid_from").get(),
            PlaceVersion.objects.filter(place=many)
            .values_list("code", "valid_from", "basis")
            .get(),
            PlaceKeys.objects.values_list("keys", flat=True).get(place=many),
        )
        transaction.set_rollback(True)

    one = a_place(under=city["夏津县"], valid_from=MAY, basis="文")

    assert bulk == (
        Place.objects.filter(id=one.id).values_list(*SAID, "valid_from").get(),
        PlaceVersion.objects.filter(place=one).values_list("code", "valid_from", "basis").get(),
        PlaceKeys.objects.values_list("keys", flat=True).get(place=one),
    )


def test_returned_places_are_as_stored():
    places = insert_places(ROWS, by=BY, at=AT)

    fields = [field.attname for field in Place._meta.concrete_fields]
    for place in places.values():
        stored = again(place)
        assert [getattr(place, name) for name in fields] == [
            getattr(stored, name) for name in fields
        ]


def test_new_places_may_lie_under_those_already_there():
    city = a_city()

    made = insert_places(
        [PlaceRow("371427002201003", "第三网格", PlaceKind.GRID_BASIC, "371427002201")],
        by=BY,
        at=AT,
    )["371427002201003"]

    assert (made.full_name, made.village_id, made.county_id) == (
        "德州市夏津县北城街道杨庄村第三网格",
        city["杨庄村委会"].id,
        city["夏津县"].id,
    )


def test_number_of_statements_does_not_grow_with_the_rows(django_assert_num_queries):
    city = a_city()
    rows = [
        PlaceRow(
            f"371427002201{number:03}", f"第{number}网格", PlaceKind.GRID_BASIC, "371427002201"
        )
        for number in range(100, 300)
    ]

    with django_assert_num_queries(9) as few:
        insert_places(rows[:1], by=BY, at=AT)
    with django_assert_num_queries(len(few)):
        insert_places(rows[1:], by=BY, at=AT)

    assert Place.objects.filter(village=city["杨庄村委会"]).count() == 203


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        pytest.param([ROWS[2], ROWS[1]], NotKnown, id="parent-nowhere"),
        pytest.param([ROWS[0], ROWS[0]], CodeInUse, id="code-twice-in-the-file"),
        pytest.param(
            [*ROWS[:3], replace(ROWS[3], parent_code="371402001000")],
            NotBelow,
            id="county-under-a-town",
        ),
    ],
)
def test_broken_rows_are_refused_and_nothing_is_written(rows, why):
    with pytest.raises(why):
        insert_places(rows, by=BY, at=AT)

    assert Place.objects.count() == 0


def test_codes_already_taken_are_refused():
    a_city()

    with pytest.raises(CodeInUse) as refused:
        insert_places([ROWS[0]], by=BY, at=AT)

    assert refused.value.data == {"code": "371400000000", "holder": "德州市"}


def test_codes_may_change_hands_in_one_go():
    city = a_city()
    silver, north = city["银城街道"], city["北城街道"]

    with transaction.atomic():
        lock_tree()
        restate(
            [
                Change(place_id=silver.id, on=MAY, code=north.code),
                Change(place_id=north.id, on=MAY, code=silver.code),
            ],
            by=BY,
            at=AT,
        )

    assert (again(silver).code, again(north).code) == (north.code, silver.code)
    assert list(
        PlaceVersion.objects.filter(code=north.code).values_list(
            "place__name", "valid_from", "valid_to"
        )
    ) == [("北城街道", None, MAY), ("银城街道", MAY, None)]


def test_many_changes_cost_as_many_statements_as_few(django_assert_num_queries):
    city = a_city()
    rows = [
        PlaceRow(f"371427002201{n:03}", f"第{n}网格", PlaceKind.GRID_BASIC, "371427002201")
        for n in range(100, 160)
    ]
    grids = insert_places(rows, by=BY, at=AT)
    changes = [
        Change(place_id=grid.id, on=MAY, name=grid.name.replace("网格", "号网格"))
        for grid in grids.values()
    ]

    with _counted() as few:
        restate(changes[:2], by=BY, at=AT)
    with django_assert_num_queries(few.count):
        restate(changes[2:40], by=BY, at=AT)
    restate(changes[40:], by=BY, at=AT)

    assert again(grids["371427002201159"]).full_name == "德州市夏津县北城街道杨庄村第159号网格"
    assert Place.objects.filter(village=city["杨庄村委会"], name__contains="号").count() == 60


def test_every_place_of_a_whole_city_can_change_in_one_go():
    a_city()
    changes = [
        Change(place_id=place.id, on=MAY, code=f"n{place.code}") for place in Place.objects.all()
    ]
    more = [
        PlaceRow(f"371427002201{n:03}", f"第{n}网格", PlaceKind.GRID_BASIC, "371427002201")
        for n in range(100, 160)
    ]
    changes += [
        Change(place_id=place.id, on=MAY, code=f"n{code}", name=f"新{place.name}")
        for code, place in insert_places(more, by=BY, at=AT).items()
    ]

    restate(changes, by=BY, at=AT)

    assert Place.objects.filter(code__startswith="n").count() == len(changes) == 76
    assert Place.objects.get(code="n371427002201159").full_name.endswith("杨庄村新第159网格")


class _counted:  # noqa: N801 reads as a phrase
    def __enter__(self):
        self.count = 0
        self.wrapper = connection.execute_wrapper(self.one)
        self.wrapper.__enter__()
        return self

    def __exit__(self, *error):
        return self.wrapper.__exit__(*error)

    def one(self, execute, sql, params, many, context):
        self.count += 1
        return execute(sql, params, many, context)
