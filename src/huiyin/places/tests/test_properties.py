"""Whatever is done to places in whatever order: today, the dates and the tree agree."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from huiyin.places.derived import Own, derive
from huiyin.places.models import (
    Place,
    PlaceKeys,
    PlaceKind,
    PlaceLevel,
    PlaceSuccession,
    PlaceVersion,
)
from huiyin.places.queries import as_of, full_name_on, successors_today
from huiyin.places.tests.factories import AT, BY, TODAY, a_city
from huiyin.places.verbs import close, merge, move, recode, register_place, rename
from huiyin.ui.refusals import Refusal

pytestmark = pytest.mark.django_db

FIRST = date(2026, 1, 1)
DAYS = (TODAY - FIRST).days

acts = st.tuples(
    st.sampled_from(["register", "rename", "recode", "move", "merge", "close"]),
    st.integers(min_value=0, max_value=40),  # which place
    st.integers(min_value=0, max_value=40),  # which other place
    st.integers(min_value=0, max_value=40),  # days since the last act
)
CHILD_KIND = {
    PlaceLevel.CITY: PlaceKind.COUNTY,
    PlaceLevel.COUNTY: PlaceKind.TOWN,
    PlaceLevel.TOWN: PlaceKind.VILLAGE,
    PlaceLevel.VILLAGE: PlaceKind.GRID_BASIC,
    PlaceLevel.GRID: PlaceKind.GRID_BASIC,
}


def do(verb: str, place: Place, other: Place, on: date, number: int) -> None:
    when = {"on": on, "by": BY, "at": AT}
    if verb == "register":
        register_place(
            code=f"n{number}",
            name=f"新地{number}",
            kind=CHILD_KIND[PlaceLevel(place.level)],
            parent_id=place.id,
            valid_from=on,
            by=BY,
            at=AT,
        )
    elif verb == "rename":
        rename(place_id=place.id, name=f"改名{number}", **when)
    elif verb == "recode":
        recode(place_id=place.id, code=other.code if number % 3 == 0 else f"c{number}", **when)
    elif verb == "move":
        move(place_id=place.id, parent_id=other.id, code=f"m{number}", **when)
    elif verb == "merge":
        merge(
            predecessor_ids=[place.id],
            successor_id=other.id,
            with_children=number % 2 == 0,
            **when,
        )
    else:
        close(place_id=place.id, **when)


def check_everything() -> None:
    open_places = list(Place.objects.filter(valid_to=None))
    current = {version.place_id: version for version in PlaceVersion.objects.filter(valid_to=None)}
    assert current.keys() == {place.id for place in open_places}
    owns = []
    for place in open_places:
        version = current[place.id]
        assert (place.code, place.name, place.kind, place.parent_id, place.overlay_parent_id) == (
            version.code,
            version.name,
            version.kind,
            version.parent_id,
            version.overlay_parent_id,
        )
        former = place.versions.exclude(name=place.name).values_list("name", flat=True)
        owns.append(
            Own(
                id=place.id,
                parent_id=place.parent_id,
                kind=PlaceKind(place.kind),
                level=PlaceLevel(place.level),
                code=place.code,
                name=place.name,
                pinyin=place.pinyin,
                former=tuple(former),
            )
        )
    afresh = derive(owns)  # raises when an open place lies under a closed one
    keys = dict(PlaceKeys.objects.values_list("place_id", "keys"))
    for place in open_places:
        expected = afresh[place.id]
        assert (place.full_name, place.short_name, place.pinyin, place.initials) == (
            expected.full_name,
            expected.short_name,
            expected.pinyin,
            expected.initials,
        )
        assert {
            PlaceLevel.CITY: place.city_id,
            PlaceLevel.COUNTY: place.county_id,
            PlaceLevel.TOWN: place.town_id,
            PlaceLevel.VILLAGE: place.village_id,
        } == {level: expected.above.get(level) for level in list(PlaceLevel)[:4]}
        assert sorted(keys[place.id].split()) == sorted(expected.keys.split())
        assert full_name_on(place, TODAY) == place.full_name
    for link in PlaceSuccession.objects.select_related("predecessor"):
        assert all(found.valid_to is None for found in successors_today(link.predecessor))
    for on in (FIRST, TODAY):
        day = list(as_of(on).values_list("code", "place"))
        assert len({code for code, _ in day}) == len({place for _, place in day}) == len(day)


@given(st.lists(acts, min_size=1, max_size=12))
def test_today_the_dates_and_the_tree_agree_after_any_acts(steps):
    with transaction.atomic():
        a_city()
        on = FIRST
        for number, (verb, which, other, days) in enumerate(steps):
            on = min(on + timedelta(days=days), TODAY)
            places = list(Place.objects.filter(valid_to=None).order_by("code"))
            try:
                with transaction.atomic():
                    do(verb, places[which % len(places)], places[other % len(places)], on, number)
            except Refusal:
                continue
        check_everything()
        transaction.set_rollback(True)
