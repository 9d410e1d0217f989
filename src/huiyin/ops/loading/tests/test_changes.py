"""A changed row changes what differs, and what was before is kept."""

from datetime import date

import pytest

from huiyin.ops.loading import Counts, load
from huiyin.ops.loading.tests.cities import (
    NOW,
    a_city,
    county,
    grid,
    tables_of,
    town,
    village,
)
from huiyin.ops.loading.tests.contents import contents
from huiyin.ops.loading.tests.later import IMPORTER, LATER, TODAY, load_later, row_of, the_city
from huiyin.ops.loading.tests.snapshots import snapshot
from huiyin.people.actors import SYSTEM
from huiyin.people.models import Account, GridWorker, Mediator, Post
from huiyin.places.models import Place, PlaceVersion
from huiyin.units.history import FieldChange, Subject, history
from huiyin.units.models import Duty, Unit, UnitOfficer

pytestmark = pytest.mark.django_db


# --- places ---------------------------------------------------------------------------------------


def test_a_renamed_place_gets_a_version_from_its_day():
    rows = the_city()
    row_of(rows, "places", town(1, 1)).update(
        name="新华街道", kind="街道", valid_from="2026-03-20", basis="示政字〔2026〕3号"
    )

    report = load_later(rows, "places", by=IMPORTER)

    assert report.counts["places"] == Counts(changed=1, unchanged=42)
    place = Place.objects.get(code=town(1, 1))
    assert (place.kind, place.full_name) == ("subdistrict", "示例市第1县新华街道")
    assert list(
        PlaceVersion.objects.filter(place=place).values_list(
            "name", "valid_from", "valid_to", "basis", "recorded_by"
        )
    ) == [
        ("第1县1号镇", None, date(2026, 3, 20), "", None),
        ("新华街道", date(2026, 3, 20), None, "示政字〔2026〕3号", IMPORTER.account_id),
    ]
    assert Place.objects.get(code=grid(1, 1, 1, 1)).full_name.startswith("示例市第1县新华街道")


def test_a_place_keeps_its_id_under_a_new_code():
    rows = the_city()
    before = Place.objects.get(code=village(1, 1, 3))
    moved = row_of(rows, "places", village(1, 1, 3))
    moved.update(
        code=village(1, 2, 9),
        previous_code=village(1, 1, 3),
        parent_code=town(1, 2),
        valid_from="2026-03-20",
    )
    for at in (1, 2):
        row_of(rows, "places", grid(1, 1, 3, at)).update(
            code=grid(1, 2, 9, at), previous_code=grid(1, 1, 3, at), parent_code=village(1, 2, 9)
        )

    report = load_later(rows, "places")

    assert report.counts["places"] == Counts(changed=3, unchanged=40)
    after = Place.objects.get(id=before.id)
    assert (after.code, after.parent.code, after.town.code) == (
        village(1, 2, 9),
        town(1, 2),
        town(1, 2),
    )
    assert Place.objects.get(code=grid(1, 2, 9, 1)).village == after
    assert list(PlaceVersion.objects.filter(place=after).values_list("code", "valid_to")) == [
        (village(1, 1, 3), date(2026, 3, 20)),
        (village(1, 2, 9), None),
    ]
    before_again = snapshot()
    assert load_later(rows, "places").counts["places"] == Counts(unchanged=43)
    assert snapshot() == before_again


def test_two_places_exchange_their_codes():
    rows = the_city()
    first, second = (
        Place.objects.get(code=village(1, 1, 1)),
        Place.objects.get(code=village(1, 1, 2)),
    )
    one, two = (row_of(rows, "places", place.code) for place in (first, second))
    one.update(code=second.code, previous_code=first.code)
    two.update(code=first.code, previous_code=second.code)
    for at in (1, 2):
        for place, other in ((1, 2), (2, 1)):
            row_of(rows, "places", grid(1, 1, place, at)).update(parent_code=village(1, 1, other))

    # The grids keep their codes, which now begin as those of the other village.
    report = load(tables_of({"places": rows["places"]}), at=LATER, by=SYSTEM)

    assert {problem.code for problem in report.errors} == {"code_not_of_parent"}
    for at in (1, 2):
        for place in (1, 2):
            row = next(r for r in rows["places"] if r["code"] == grid(1, 1, place, at))
            row.update(code=grid(1, 1, 3 - place, at + 4), previous_code=grid(1, 1, place, at))
    load_later(rows, "places")
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.code, second.code) == (village(1, 1, 2), village(1, 1, 1))


def test_a_place_moves_under_a_new_one():
    rows = the_city()
    rows["places"].insert(
        0,
        {
            **row_of(rows, "places", town(2, 1)),
            "code": town(2, 3),
            "name": "新镇",
            "valid_from": "2026-03-15",
        },
    )
    row_of(rows, "places", village(2, 1, 1)).update(
        code=village(2, 3, 1),
        previous_code=village(2, 1, 1),
        parent_code=town(2, 3),
        valid_from="2026-03-15",
    )
    for at in (1, 2):
        row_of(rows, "places", grid(2, 1, 1, at)).update(
            code=grid(2, 3, 1, at), previous_code=grid(2, 1, 1, at), parent_code=village(2, 3, 1)
        )

    report = load_later(rows, "places")

    assert report.counts["places"] == Counts(created=1, changed=3, unchanged=40)
    moved = Place.objects.get(code=village(2, 3, 1))
    assert (moved.parent.name, moved.full_name) == ("新镇", "示例市第2县新镇2-1-1村")
    assert PlaceVersion.objects.filter(place=moved).count() == 2


def test_what_is_not_dated_of_a_place_is_kept_up():
    rows = the_city()
    row_of(rows, "places", grid(1, 1, 1, 1)).update(households="350", is_all_purpose="否")
    row_of(rows, "places", county(1)).update(lon="116.16", lat="37.51")

    report = load_later(rows, "places")

    assert report.counts["places"] == Counts(changed=2, unchanged=41)
    place = Place.objects.get(code=grid(1, 1, 1, 1))
    assert (place.households, place.is_all_purpose) == (350, False)
    assert PlaceVersion.objects.filter(place=place).count() == 1
    place = Place.objects.get(code=county(1))
    assert (place.lon, place.lat) == (116.16, 37.51)


def test_a_zone_lies_on_the_land_of_a_county():
    rows = a_city()
    zone = {
        **row_of(rows, "places", county(2)),
        "code": "990171000000",
        "name": "示例新区",
        "kind": "功能区",
        "lon": "",
        "lat": "",
        "overlay_parent_code": county(2),
    }
    old_town = {
        **row_of(rows, "places", town(2, 1)),
        "code": "990102009000",
        "name": "河东镇",
        "parent_code": "990171000000",
    }
    rows["places"] += [old_town, zone]

    report = load(tables_of(rows), at=NOW, by=SYSTEM)

    assert [(p.row, p.column, p.code) for p in report.warnings] == [
        (len(rows["places"]), "code", "code_of_other_county")
    ]
    assert report.errors == []
    loaded = Place.objects.get(code="990171000000")
    assert (loaded.overlay_parent.code, loaded.children.get().name) == (county(2), "河东镇")
    assert load_later(rows).counts["places"] == Counts(unchanged=45)


# --- units ----------------------------------------------------------------------------------------


def test_a_changed_unit_keeps_what_it_was():
    rows = the_city()
    row_of(rows, "units", "DP-1").update(
        name="第1县住房和城乡建设局", phone="0534-0100077", superior_code="", uscc=""
    )

    report = load_later(rows, "units", by=IMPORTER)

    assert report.counts["units"] == Counts(changed=1, unchanged=31)
    unit = Unit.objects.get(code="DP-1")
    assert unit.initials == "d1xzfhcxjsj"
    change = history(unit)[0]
    assert (change.act, change.account_id, change.at) == ("load", IMPORTER.account_id, LATER)
    assert [(field.field, field.before) for field in change.fields] == [
        ("name", "第1县住建局"),
        ("superior_id", Unit.objects.get(code="GV-1").id),
        (
            "uscc",
            "11990101MB0000001"
            + Unit.objects.get(code="DP-2").uscc[:0]
            + change.fields[2].before[-1],
        ),
        ("phone", "0534-0100000"),
    ]


def test_officers_follow_each_other():
    rows = the_city()
    row_of(rows, "units", "DP-1").update(
        head_name="王示例", liaison_phone="0534-0100088", leader_in_charge_name="赵示例"
    )

    load_later(rows, "units")

    assert list(
        UnitOfficer.objects.filter(unit__code="DP-1")
        .order_by("role", "id")
        .values_list("role", "name", "phone", "valid_from", "valid_to")
    ) == [
        ("head", "张示例", "0534-0100001", None, TODAY),
        ("head", "王示例", "0534-0100001", TODAY, None),
        ("leader_in_charge", "赵示例", "", TODAY, None),
        ("liaison", "李示例", "0534-0100088", None, None),
    ]
    before = snapshot()
    load_later(rows, "units")
    assert snapshot() == before


def test_an_officer_named_wrongly_today_is_corrected_today():
    rows = the_city()
    row_of(rows, "units", "DP-1").update(head_name="王示利")
    load_later(rows, "units")
    row_of(rows, "units", "DP-1").update(head_name="王示例")
    load_later(rows, "units")
    row_of(rows, "units", "DP-1").update(head_name="", head_phone="")
    load_later(rows, "units")

    assert list(
        UnitOfficer.objects.filter(unit__code="DP-1", role="head").values_list(
            "name", "valid_from", "valid_to"
        )
    ) == [("张示例", None, TODAY), ("王示例", None, TODAY)]


def test_columns_that_are_not_there_leave_what_is():
    rows = the_city()
    before = contents()
    slim = {
        "places": [
            {name: row[name] for name in ("code", "name", "kind")} for row in rows["places"]
        ],
        "units": [
            {name: row[name] for name in ("code", "name", "kind", "level", "place_code")}
            | {"committee_kind": row["committee_kind"]}
            for row in rows["units"]
        ],
        "people": [
            {name: row[name] for name in ("ref", "name", "role", "unit_code", "grid_code", "login")}
            | {"permission_set": row["permission_set"]}
            for row in rows["people"]
        ],
    }

    report = load_later(slim)

    assert {name: counts.changed for name, counts in report.counts.items()} == {
        "places": 0,
        "units": 0,
        "people": 0,
    }
    assert contents() == before


def test_rows_that_are_not_there_leave_what_is():
    rows = the_city()
    before = contents()

    load_later({**rows, "units": rows["units"][:3], "people": rows["people"][:2]})

    assert contents() == before


# --- duties ---------------------------------------------------------------------------------------


def test_a_duty_ends_and_begins_again():
    rows = the_city()
    duty = rows["duties"][0]
    duty["valid_to"] = "2026-04-01"
    rows["duties"].append({**duty, "basis": "新条例3", "valid_from": "2026-04-01", "valid_to": ""})

    report = load_later(rows, "duties")

    assert report.counts["duties"] == Counts(created=1, changed=1, unchanged=13)
    assert list(
        Duty.objects.filter(unit__code="DP-1")
        .order_by("id")
        .values_list("basis", "valid_from", "valid_to")
    ) == [("示例条例10", None, TODAY), ("新条例3", TODAY, None)]
    change = history(Unit.objects.get(code="DP-1"))[1]
    assert (change.subject, change.fields) == (
        Subject.DUTY,
        (FieldChange("valid_to", None, TODAY),),
    )
    before = snapshot()
    load_later(rows, "duties")
    assert snapshot() == before


# --- limits ---------------------------------------------------------------------------------------


def test_a_limit_changes_from_a_day_on_and_may_come_in_any_order():
    rows = the_city()
    own = rows["terms"][1]
    rows["terms"].insert(0, {**own, "amount": "3", "in_force_from": "2026-07-01"})
    rows["terms"].insert(0, {**own, "amount": "2", "in_force_from": "2026-05-01"})

    load_later(rows, "terms")

    assert [
        (amount, since, until)
        for key, _, _, amount, _, category, _, _, _, _, since, until in contents()["terms"]
        if key == "own.sign" and category is None
    ] == [
        (1, None, date(2026, 5, 1)),
        (2, date(2026, 5, 1), date(2026, 7, 1)),
        (3, date(2026, 7, 1), None),
    ]
    before = snapshot()
    load_later(rows, "terms")
    assert snapshot() == before


def test_the_law_changes_a_fixed_limit_from_a_day_on_only():
    rows = the_city()
    law = rows["terms"][0]
    changed = {**rows, "terms": [{**law, "amount": "7"}]}

    report = load(tables_of(changed), at=LATER, by=SYSTEM)
    assert [(p.column, p.code) for p in report.errors] == [("amount", "term_locked_value")]

    load_later({"terms": [law, {**law, "amount": "7", "in_force_from": "2026-06-01"}]})
    assert [row[3] for row in contents()["terms"] if row[0] == "law.reply"] == [5, 7]


def test_nobody_unlocks_a_fixed_limit():
    rows = the_city()
    rows["terms"][0]["locked"] = "否"

    report = load(tables_of(rows), at=LATER, by=SYSTEM)

    assert [(p.column, p.code) for p in report.errors] == [("locked", "term_unlocked")]


# --- people ---------------------------------------------------------------------------------------


def test_a_person_changes_grid_name_and_number():
    rows = the_city()
    ref = f"{grid(1, 1, 1, 1)}-F"
    row_of(rows, "people", ref, "ref").update(
        name="郑示例", phone="15499999999", grid_code=grid(1, 1, 1, 2), title="专职网格员"
    )

    report = load_later(rows, "people")

    assert report.counts["people"] == Counts(changed=1, unchanged=53)
    worker = GridWorker.objects.get(ref=ref)
    assert (worker.name, worker.grid.code) == ("郑示例", grid(1, 1, 1, 2))
    account = Account.objects.get(id=worker.account_id)
    assert (account.name, account.phone) == ("郑示例", "15499999999")
    assert Post.objects.get(ref=ref).title == "专职网格员"


def test_two_people_exchange_their_numbers():
    rows = the_city()
    one, two = (row_of(rows, "people", f"DP-{c}-1", "ref") for c in (1, 2))
    one["phone"], two["phone"] = two["phone"], one["phone"]

    load_later(rows, "people")

    assert Account.objects.get(username="dp1").phone == "15400000002"
    assert Account.objects.get(username="dp2").phone == "15400000001"


def test_an_empty_number_leaves_the_account_its_number():
    rows = the_city()
    row_of(rows, "people", "DP-1-1", "ref")["phone"] = ""

    assert load_later(rows, "people").counts["people"].changed == 0
    assert Account.objects.get(username="dp1").phone == "15400000001"


def test_a_grid_worker_becomes_a_mediator():
    rows = the_city()
    ref = f"{grid(1, 1, 1, 1)}-F"
    row_of(rows, "people", ref, "ref").update(
        role="兼职调解员", grid_code="", unit_code="MC-1-1", permission_set="", is_default=""
    )

    load_later(rows, "people")

    assert GridWorker.objects.get(ref=ref).valid_to == TODAY
    assert (Post.objects.get(ref=ref).valid_to, Post.objects.get(ref=ref).is_default) == (
        TODAY,
        False,
    )
    mediator = Mediator.objects.get(ref=ref)
    assert (mediator.committee.code, mediator.account.username) == (
        "MC-1-1",
        f"w{grid(1, 1, 1, 1)}",
    )
    before = snapshot()
    load_later(rows, "people")
    assert snapshot() == before


def test_somebody_with_the_same_user_name_is_not_overwritten():
    rows = the_city()
    row_of(rows, "people", "DP-1-1", "ref").update(ref="GV-1-7", name="别人")

    report = load(tables_of({"people": rows["people"]}), at=LATER, by=SYSTEM)

    assert [(p.column, p.code) for p in report.errors] == [("login", "login_of_two")]
    assert Account.objects.get(username="dp1").name == "孙示例1"


def test_a_closed_account_is_not_opened_by_a_file():
    rows = the_city()
    Account.objects.filter(username="dp1").update(is_active=False)

    report = load(tables_of({"people": rows["people"]}), at=LATER, by=SYSTEM)

    assert [(p.column, p.code) for p in report.errors] == [("login", "account_closed")]
