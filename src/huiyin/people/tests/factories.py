"""People of a small city, in plain fixed values; made by the real verbs."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.test import Client
from django.utils import timezone

from huiyin.people import accounts, posts, signing_in
from huiyin.people.actors import SYSTEM, Actor
from huiyin.people.models import Account, Post
from huiyin.places.models import Place
from huiyin.units.models import Unit, UnitKind
from huiyin.units.tests.factories import (
    CITY,
    COUNTY,
    NOW,
    SHANGHAI,
    TODAY,
    TOMORROW,
    TOWN,
    VILLAGE,
    a_unit,
    the_places,
)

__all__ = ("NOW", "SHANGHAI", "TODAY", "TOMORROW")

PASSWORD = "a-long-and-quiet-road"
OTHER_PASSWORD = "three-herons-by-the-canal"
PHONE, OTHER_PHONE = "15400000001", "15400000002"


@dataclass(frozen=True)
class City:
    """Units of a city, of a district, and of a zone on the district's land."""

    places: dict[str, Place]
    city_centre: Unit
    county_centre: Unit
    county_housing: Unit
    city_housing: Unit
    town_centre: Unit
    village_committee: Unit


def the_city() -> City:
    places = the_places()
    city_centre = a_unit("GC-1", UnitKind.GOVERNANCE_CENTRE, places[CITY], name="市综治中心")
    county_centre = a_unit(
        "GC-2",
        UnitKind.GOVERNANCE_CENTRE,
        places[COUNTY],
        name="德城区综治中心",
        superior=city_centre,
    )
    city_housing = a_unit("HB-1", UnitKind.DEPARTMENT, places[CITY], name="市住建局")
    county_housing = a_unit(
        "HB-2", UnitKind.DEPARTMENT, places[COUNTY], name="德城区住建局", superior=city_housing
    )
    town_centre = a_unit("GC-3", UnitKind.GOVERNANCE_CENTRE, places[TOWN], name="长河街道综治中心")
    village_committee = a_unit(
        "VC-1", UnitKind.VILLAGE_COMMITTEE, places[VILLAGE], name="尚德社区居委会"
    )
    return City(
        places,
        city_centre,
        county_centre,
        county_housing,
        city_housing,
        town_centre,
        village_committee,
    )


def an_account(
    username: str = "wangfang",
    *,
    name: str = "王芳",
    phone: str = "",
    password: str = "",
    at: datetime = NOW,
) -> Account:
    account = accounts.create_staff(username=username, name=name, phone=phone, by=SYSTEM, at=at)
    if password:
        path = accounts.issue_activation_link(account_id=account.pk, by=SYSTEM, at=at)
        account = accounts.activate(token=path.rpartition("/")[2], password=password, at=at)
    return account


def a_post(
    account: Account,
    unit: Unit,
    permission_set: str = "department_clerk",
    *,
    at: datetime = NOW,
    valid_from: date | None = None,
    **more: Any,
) -> Post:
    return posts.give_post(
        account_id=account.pk,
        unit_id=unit.pk,
        permission_set=permission_set,
        valid_from=valid_from or timezone.localdate(at),
        by=SYSTEM,
        at=at,
        **more,
    )


def an_actor(account: Account, *, at: datetime = NOW) -> Actor:
    held = posts.holdings_of(account.pk, on=timezone.localdate(at))
    return held[0].actor(account) if held else signing_in.actor_of(account)


def somebody(
    username: str, unit: Unit, permission_set: str = "department_clerk", *, at: datetime = NOW
) -> Actor:
    """An account with one post, as the actor of that post."""
    account = an_account(username, name=f"某{username}", at=at)
    a_post(account, unit, permission_set, at=at)
    return an_actor(account, at=at)


def signed_in(client: Client, account: Account, *, password: str = PASSWORD) -> Client:
    """Sign somebody in through the page."""
    answer = client.post("/sign-in", {"login": account.username, "password": password})
    assert answer.status_code == 303, answer.text
    return client


def a_signed_in(
    client: Client, unit: Unit, permission_set: str, *, username: str = "zhangmin"
) -> Client:
    """Somebody new with one post, signed in now."""
    now = timezone.now()
    account = an_account(username, name="张敏", password=PASSWORD, at=now)
    a_post(account, unit, permission_set, at=now)
    return signed_in(client, account)
