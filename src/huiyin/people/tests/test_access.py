"""Who sees which accounts: decided in the database, in one place."""

import pytest
from django.db import connection

from huiyin.people import access, posts, scope
from huiyin.people.actors import SYSTEM
from huiyin.people.models import AccessLog
from huiyin.people.refusals import NotFound, NotPermitted, ReasonMissing
from huiyin.people.tests.factories import (
    NOW,
    PHONE,
    TODAY,
    TOMORROW,
    a_post,
    an_account,
    an_actor,
    somebody,
    the_city,
)
from huiyin.units.models import Unit
from huiyin.units.tests.factories import CITY, COUNTY, GRID, TOWN, VILLAGE, ZONE

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("scope_code", "covered"),
    [
        pytest.param(CITY, {CITY, COUNTY, ZONE, TOWN, VILLAGE, GRID}, id="city"),
        pytest.param(COUNTY, {COUNTY, ZONE, TOWN, VILLAGE, GRID}, id="district-with-its-zone"),
        pytest.param(ZONE, {ZONE, TOWN, VILLAGE, GRID}, id="zone"),
        pytest.param(TOWN, {TOWN, VILLAGE, GRID}, id="town"),
        pytest.param(VILLAGE, {VILLAGE, GRID}, id="village"),
        pytest.param(GRID, {GRID}, id="grid"),
    ],
)
def test_a_place_covers_what_lies_in_it_and_the_zones_on_its_land(scope_code, covered):
    places = the_city().places

    found = {code for code in places if scope.covers(places[scope_code].pk, places[code].pk)}

    assert found == covered


@pytest.mark.parametrize(
    ("office", "looked_after"),
    [
        pytest.param(
            "city_centre",
            {"city_centre", "county_centre", "county_housing", "town_centre", "village_committee"},
            id="city-centre-looks-after-every-lower-level",
        ),
        pytest.param(
            "county_centre",
            {"county_centre", "town_centre", "village_committee"},
            id="county-centre-also-in-the-zone-but-no-department-beside-it",
        ),
        pytest.param("city_housing", {"city_housing", "county_housing"}, id="what-reports-to-it"),
        pytest.param("county_housing", {"county_housing"}, id="department"),
        pytest.param("town_centre", {"town_centre", "village_committee"}, id="town-centre"),
        pytest.param("village_committee", {"village_committee"}, id="committee"),
    ],
)
def test_an_office_looks_after_these_units(office, looked_after):
    city = the_city()
    units = (
        "city_centre",
        "county_centre",
        "county_housing",
        "city_housing",
        "town_centre",
        "village_committee",
    )

    found = {
        name
        for name in units
        if scope.administers(getattr(city, office).pk, getattr(city, name).pk)
    }

    assert found == looked_after


def everybody(city):
    """One clerk in each unit, by unit."""
    return {
        name: somebody(f"clerk-{name}".replace("_", "-"), getattr(city, name))
        for name in ("city_centre", "county_housing", "county_centre", "town_centre")
    }


@pytest.mark.parametrize(
    ("unit", "permission_set", "seen"),
    [
        pytest.param("county_housing", "unit_admin", {"county_housing"}, id="unit-admin"),
        pytest.param("county_housing", "leader", {"county_housing"}, id="leader"),
        pytest.param(
            "county_centre", "unit_admin", {"county_centre", "town_centre"}, id="centre-admin"
        ),
        pytest.param(
            "county_housing",
            "city_admin",
            {"city_centre", "county_housing", "county_centre", "town_centre"},
            id="city-admin",
        ),
        pytest.param(
            "county_housing",
            "auditor",
            {"city_centre", "county_housing", "county_centre", "town_centre"},
            id="auditor",
        ),
        pytest.param("county_housing", "department_clerk", set(), id="clerk-sees-nobody"),
        pytest.param("town_centre", "grid_worker", set(), id="grid-worker-sees-nobody"),
    ],
)
def test_staff_are_seen_by_those_who_look_after_them(monkeypatch, unit, permission_set, seen):
    city = the_city()
    clerks = everybody(city)
    actor = somebody("me", getattr(city, unit), permission_set)

    for few, is_walking in ((100, False), (100, True), (0, True)):  # of few units, and of many
        monkeypatch.setattr(scope, "FEW_UNITS", few)
        rows = access.staff_seen_by(actor, at=NOW, walking=is_walking)
        accounts = set(rows.values_list("pk", flat=True))
        assert {name for name, clerk in clerks.items() if clerk.account_id in accounts} == seen
        offices = {getattr(city, name).pk for name in seen}
        if actor.may("people.see") and not actor.may("people.see_all"):
            looked_after = Unit.objects.filter(scope.looked_after("pk", actor.unit_id))
            assert offices <= set(looked_after.values_list("pk", flat=True))
            assert len(looked_after) == len(scope.some_units_administered(actor.unit_id, most=99))


def test_without_a_post_nobody_is_seen():
    an_account("other")
    alone = an_actor(an_account("alone"))

    assert list(access.staff_seen_by(alone, at=NOW)) == []


def test_a_missing_account_and_one_of_another_office_answer_the_same():
    city = the_city()
    admin = somebody("admin", city.county_housing, "unit_admin")
    stranger = somebody("stranger", city.town_centre)

    with pytest.raises(NotFound) as of_another:
        access.staff_member(stranger.account_id, by=admin, at=NOW)
    with pytest.raises(NotFound) as missing:
        access.staff_member(city.county_housing.pk, by=admin, at=NOW)

    assert str(of_another.value) == str(missing.value)


def test_whoever_moves_on_is_seen_by_the_new_office_only():
    city = the_city()
    old = somebody("old", city.county_housing, "unit_admin")
    new = somebody("new", city.town_centre, "unit_admin")
    account = an_account()
    first = a_post(account, city.county_housing)
    posts.end_post(post_id=first.pk, on=TODAY, by=SYSTEM, at=NOW)
    between = {admin.name for admin in (old, new) if account in access.staff_seen_by(admin, at=NOW)}

    a_post(account, city.town_centre)

    assert between == {"某old"}
    assert account in access.staff_seen_by(new, at=NOW)
    assert account not in access.staff_seen_by(old, at=NOW)


def test_a_post_that_begins_later_is_in_sight_already():
    city = the_city()
    admin = somebody("admin", city.county_housing, "unit_admin")
    account = an_account()
    a_post(account, city.county_housing, valid_from=TOMORROW)

    assert account in access.staff_seen_by(admin, at=NOW)


def test_the_two_functions_agree():
    city = the_city()
    admin = somebody("admin", city.county_centre, "unit_admin")
    clerks = everybody(city)
    listed = set(access.staff_seen_by(admin, at=NOW).values_list("pk", flat=True))

    with connection.cursor() as cursor:
        for clerk in clerks.values():
            cursor.execute(
                "SELECT people_may_see_staff(%s, false, %s, %s)",
                [admin.unit_id, clerk.account_id, TODAY],
            )
            assert cursor.fetchone() == (clerk.account_id in listed,)


# --- clear phone numbers ------------------------------------------------------------------------


def test_a_number_is_shown_with_a_reason_and_written_down():
    city = the_city()
    admin = somebody("admin", city.county_housing, "unit_admin")
    account = an_account(phone=PHONE)
    a_post(account, city.county_housing)

    phone = access.reveal(
        account_id=account.pk,
        by=admin,
        purpose=" 紧急值班  联系 ",
        at=NOW,
        address="192.0.2.7",
    )

    assert phone == PHONE
    entry = AccessLog.objects.get(action="reveal")
    assert (
        entry.at,
        entry.account_id,
        entry.post_id,
        entry.unit_id,
        entry.permission_set,
        entry.address,
        entry.subject_type,
        entry.subject_id,
        entry.fields,
        entry.purpose,
    ) == (
        NOW,
        admin.account_id,
        admin.post_id,
        city.county_housing.pk,
        "unit_admin",
        "192.0.2.7",
        "account",
        str(account.pk),
        ["phone"],
        "紧急值班 联系",
    )


@pytest.mark.parametrize(
    ("permission_set", "unit", "purpose", "refusal"),
    [
        pytest.param("unit_admin", "county_housing", "  ", ReasonMissing, id="no-reason"),
        pytest.param("leader", "county_housing", "联系", NotPermitted, id="no-permission"),
        pytest.param("unit_admin", "town_centre", "联系", NotFound, id="another-office"),
    ],
)
def test_a_number_stays_covered_and_the_log_empty(permission_set, unit, purpose, refusal):
    city = the_city()
    account = an_account(phone=PHONE)
    a_post(account, city.county_housing)
    actor = somebody("me", getattr(city, unit), permission_set)

    with pytest.raises(refusal):
        access.reveal(account_id=account.pk, by=actor, purpose=purpose, at=NOW)

    assert not AccessLog.objects.filter(action="reveal").exists()
