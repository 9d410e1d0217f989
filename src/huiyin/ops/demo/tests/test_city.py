"""The small demo city in the database: loaded once, whole, and open to the printed logins only."""

import dataclasses
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import settings as django_settings
from django.db import transaction

from huiyin.categories.models import Category, Term
from huiyin.ops.demo.city import ensure, logins, tables
from huiyin.ops.demo.logins import ACTING_FOR_REF, PRINTED
from huiyin.ops.errors import OperatorError
from huiyin.orders.models import ServiceVersion, SlotPattern
from huiyin.people.models import Account, AccountKind, Acting, GridWorker, Mediator, Post
from huiyin.people.posts import holdings_of
from huiyin.places.models import Boundary, Place
from huiyin.units.duty_times import holes, times_of
from huiyin.units.models import Duty, RosterEntry, ShiftSwap, Unit, UnitOfficer
from huiyin.units.queries import responsible
from huiyin.worktime import statutory_calendar

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # a Monday, nine in the morning in Dezhou


@pytest.fixture(scope="module")
def small_city(django_db_setup, django_db_blocker):
    """Load the small city once for this module; nothing of it stays."""
    with django_db_blocker.unblock(), transaction.atomic():
        ensure(scale="small", at=AT)
        yield {table.name: table.rows for table in tables("small")}
        transaction.set_rollback(True)


def everything():
    models = (Place, Boundary, Unit, UnitOfficer, Duty, Category, Term)
    people = (Account, Post, Acting, GridWorker, Mediator, RosterEntry)
    return {
        model.__name__: sorted(map(repr, model.objects.values_list())) for model in models + people
    }


def test_every_row_is_loaded(small_city):
    accounts = {row["login"] for row in small_city["people"]} - {""}
    roles = Counter(row["role"] for row in small_city["people"])

    assert {
        "places": Place.objects.count(),
        "boundaries": Boundary.objects.count(),
        "units": Unit.objects.count(),
        "duties": Duty.objects.count(),
        "services": ServiceVersion.objects.count(),
        "slots": SlotPattern.objects.count(),
        "categories": Category.objects.count(),
        "terms": Term.objects.count(),
        "accounts": Account.objects.count(),
        "posts": Post.objects.count(),
        "grid workers": GridWorker.objects.count(),
        "mediators": Mediator.objects.count(),
    } == {
        "places": 87,
        "boundaries": 3,
        "units": len(small_city["units"]),
        "duties": len(small_city["duties"]),
        "services": len(small_city["services"]),
        "slots": len(small_city["slots"]),
        "categories": len(small_city["categories"]),
        "terms": len({row["key"] for row in small_city["terms"]}),
        "accounts": len(accounts),
        "posts": sum(bool(row["permission_set"]) for row in small_city["people"]),
        "grid workers": roles["leader"]
        + roles["full_time"]
        + roles["part_time"]
        + roles["volunteer"],
        "mediators": roles["mediator_full_time"] + roles["mediator_part_time"],
    }


def test_the_zone_is_under_the_city_on_the_land_of_decheng(small_city):
    zone = Place.objects.get(code="371471000000")
    town = Place.objects.get(code="371471007000")

    assert (zone.kind, zone.parent.code, zone.overlay_parent.code) == (
        "functional_zone",
        "371400000000",
        "371402000000",
    )
    assert (town.name, town.parent, town.county) == ("长河街道", zone, zone)
    assert not Boundary.objects.filter(place=zone).exists()


def test_a_grid_knows_its_ancestors_and_says_its_full_name(small_city):
    grid = Place.objects.get(code="371427002009001")

    assert grid.full_name == "德州市夏津县北城街道会盟社区第1网格"
    assert [place.code for place in (grid.city, grid.county, grid.town, grid.village)] == [
        "371400000000",
        "371427000000",
        "371427002000",
        "371427002009",
    ]


def test_only_the_printed_logins_have_a_password_that_works(small_city):
    usable = {
        account.username for account in Account.objects.all() if account.has_usable_password()
    }

    assert usable == {line.username for line in PRINTED}


def test_every_printed_login_opens_its_account(small_city):
    lines = [line for line in logins() if line.role != "resident"]
    accounts = {
        account.username: account
        for account in Account.objects.filter(username__in=[line.login for line in lines])
    }

    assert [
        line.login for line in lines if not accounts[line.login].check_password(line.password)
    ] == []
    assert {account.must_change_password for account in accounts.values()} == {False}
    assert {line.path for line in lines} == {"/desk"}


@pytest.mark.parametrize("line", PRINTED, ids=lambda line: line.username)
def test_every_printed_login_signs_in_by_name_and_by_phone_and_finds_a_desk(
    small_city, client, line
):
    password = logins()[0].password
    found = []
    for login in (line.username, line.phone):
        answer = client.post("/sign-in", {"login": login, "password": password})
        desk = client.get("/desk")
        found.append((answer.status_code, desk.status_code, desk.wsgi_request.user.username))
        client.post("/sign-out")

    assert found == [(303, 200, line.username)] * 2


def test_the_switch_of_posts_has_something_to_show(small_city):
    def holdings(username):
        account = Account.objects.get(username=username)
        return [
            (held.post.unit.short_name, held.post.permission_set_id, bool(held.acting_for))
            for held in holdings_of(account.pk, on=date(2026, 3, 2))
        ]

    assert holdings("housing") == [
        ("夏津住建局", "department_clerk", False),
        ("夏津综治中心", "centre_clerk", False),
    ]
    assert holdings("county") == [
        ("夏津综治中心", "centre_clerk", False),
        ("夏津综治中心", "leader", True),
    ]


def test_the_resident_signs_in_by_phone_and_has_no_account_before(small_city):
    resident = next(line for line in logins() if line.role == "resident")

    assert (resident.login, resident.password, resident.path) == (
        "15400000001",
        "",
        "/sign-in/phone",
    )
    assert not Account.objects.filter(kind=AccountKind.RESIDENT).exists()


def test_somebody_has_two_posts_and_somebody_acts_for_the_head_of_the_centre(small_city):
    housing = Account.objects.get(username="housing")
    acting = Acting.objects.get()

    assert [
        (post.unit.name, post.permission_set_id, post.is_default)
        for post in housing.posts.order_by("-is_default")
    ] == [
        ("夏津县住房和城乡建设局", "department_clerk", True),
        ("夏津县社会治安综合治理中心", "centre_clerk", False),
    ]
    assert (acting.account.username, acting.post.ref, acting.valid_from, acting.valid_to) == (
        "county",
        ACTING_FOR_REF,
        date(2026, 3, 2),
        date(2026, 3, 16),
    )
    assert (acting.post.unit.name, acting.post.permission_set_id) == (
        "夏津县社会治安综合治理中心",
        "leader",
    )


@pytest.mark.parametrize(
    ("category", "place", "unit"),
    [
        pytest.param("020101", "371427002009001", "夏津县城市管理局", id="road-in-a-grid"),
        pytest.param("030101", "371427002204", "夏津县自来水公司", id="water-in-a-village"),
        pytest.param("240101", "371427002204001", "胡里长屯村村民委员会", id="grid-service"),
        pytest.param("080103", "371427002009", "会盟社区居民委员会", id="noise-in-a-community"),
        pytest.param("080103", "371427002204", "北城街道办事处", id="noise-in-a-village"),
        pytest.param("210102", "371427002009", "北城街道人民调解委员会", id="neighbours"),
        pytest.param("210102", "371427000000", "夏津县司法局", id="only-the-county-is-known"),
        pytest.param("070201", "371471007000", "德州市交通运输局", id="zone-has-no-transport"),
        pytest.param("050101", "371471007000", "德州天衢新区住房和城乡建设局", id="zone-housing"),
        pytest.param("130301", "371427002009", "夏津县教育局", id="bullying-at-some-school"),
        pytest.param("220201", "371427002009", "夏津县人民法院", id="suing"),
    ],
)
def test_a_matter_finds_who_answers_for_it(small_city, category, place, unit):
    found = responsible(
        category=Category.objects.get(code=category),
        place=Place.objects.get(code=place),
        on=date(2026, 3, 2),
    )

    assert found[0].unit.name == unit


def test_offices_are_staffed_this_month_and_the_next_but_for_one_night_left_open(small_city):
    rosters = {}
    for entry in RosterEntry.objects.order_by("starts_at").select_related("unit"):
        rosters.setdefault(entry.unit, []).append(entry)
    days = [statutory_calendar().day(date(2026, 3, 1) + timedelta(days=n)) for n in range(61)]

    open_nights = {
        (unit.code, hole.kind.value, hole.on)
        for unit, entries in rosters.items()
        for hole in holes(times_of(unit.pk), entries, days, at=entries[0].starts_at)
    }

    assert {"GC-371400", "HC-371400", "GC-371427002", "DP-371427-housing"} <= {
        unit.code for unit in rosters
    }
    assert open_nights == {("GC-371427002", "night", date(2026, 3, 7))}
    assert RosterEntry.objects.exclude(account_id=None).exists()
    assert ShiftSwap.objects.get().answer == "asked"


def test_loading_again_changes_nothing(small_city):
    before = everything()

    ensure(scale="small", at=AT + timedelta(days=1))

    assert everything() == before


def test_a_lost_password_is_replaced_for_the_printed_logins(small_city, tmp_path, settings):
    settings.HUIYIN = dataclasses.replace(django_settings.HUIYIN, var=tmp_path)

    ensure(scale="small", at=AT)

    line = logins()[0]
    assert Account.objects.get(username=line.login).check_password(line.password)


def test_the_demo_city_is_refused_in_production(settings):
    settings.HUIYIN = dataclasses.replace(django_settings.HUIYIN, mode="production")

    with pytest.raises(OperatorError, match="HUIYIN_MODE=demo"):
        ensure(scale="small", at=AT)
