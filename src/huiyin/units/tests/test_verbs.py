"""What can be done to units, their officers and their duties, and what is refused."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from huiyin.units import verbs
from huiyin.units.history import FieldChange, Subject, What, history
from huiyin.units.models import CommitteeKind, Duty, OfficerRole, Unit, UnitKind, UnitOfficer
from huiyin.units.queries import officers_of
from huiyin.units.refusals import (
    BasisMissing,
    Closed,
    CodeInUse,
    CodeMalformed,
    CommitteeKindForOthers,
    CommitteeKindMissing,
    DutyKnown,
    DutyOver,
    EndsBeforeItStarts,
    HostNotPossible,
    HoursNotUnderstood,
    NameMissing,
    NoOfficer,
    NothingToChange,
    NotKnown,
    OfficerLater,
    PhoneMalformed,
    PlaceClosed,
    SuperiorLoop,
    TextTooLong,
    UnitsBelow,
    UsccWrong,
)
from huiyin.units.tests.factories import (
    CITY,
    CLERK,
    COUNTY,
    GRID,
    NOW,
    TODAY,
    TOMORROW,
    TOWN,
    VILLAGE,
    a_category,
    a_unit,
    the_places,
)

pytestmark = pytest.mark.django_db
NOBODY = UUID(int=0)
HEAD, LIAISON = OfficerRole.HEAD, OfficerRole.LIAISON


def refused(refusal, call, **arguments):
    with pytest.raises(refusal) as caught:
        call(**arguments, by=CLERK, at=NOW)
    return caught.value.data


def test_a_unit_is_registered_with_its_reading_and_who_entered_it():
    places = the_places()

    unit = verbs.register_unit(
        code="DP-371402-housing",
        name="德城区住房和城乡建设局",
        short_name="德城住建局",
        kind=UnitKind.DEPARTMENT,
        function="housing",
        place_id=places[COUNTY].id,
        phone="0534-2345678",
        opening_hours={"sat": [["09:00", "12:00"]]},
        by=CLERK,
        at=NOW,
    )

    unit.refresh_from_db()
    assert (unit.level, unit.pinyin, unit.initials) == (
        2,
        "de cheng qu zhu fang he cheng xiang jian she ju",
        "dcqzfhcxjsj",
    )
    assert (unit.recorded_at, unit.recorded_by) == (NOW, CLERK.account_id)


def test_a_unit_of_a_grid_is_of_village_level():
    places = the_places()

    assert a_unit("SC-1", UnitKind.SCHOOL, places[GRID]).level == 4


@pytest.mark.parametrize(
    ("fields", "refusal", "data"),
    [
        ({"code": "有字"}, CodeMalformed, {"code": "有字"}),
        ({"code": "TAKEN"}, CodeInUse, {"code": "TAKEN", "holder": "市政府"}),
        ({"name": "  "}, NameMissing, {}),
        ({"name": "名" * 121}, TextTooLong, {"text": "名" * 121, "limit": 120}),
        (
            {"kind": UnitKind.MEDIATION_COMMITTEE, "name": "调委会"},
            CommitteeKindMissing,
            {"name": "调委会"},
        ),
        (
            {"committee_kind": CommitteeKind.TOWN, "name": "住建局"},
            CommitteeKindForOthers,
            {"name": "住建局"},
        ),
        ({"superior_id": NOBODY}, NotKnown, {"code": str(NOBODY)}),
        ({"uscc": "911"}, UsccWrong, {"uscc": "911"}),
        ({"phone": "2345678"}, PhoneMalformed, {"phone": "2345678"}),
        ({"opening_hours": {"mon": "all"}}, HoursNotUnderstood, {"part": "all"}),
    ],
)
def test_what_cannot_be_registered_is_refused(fields, refusal, data):
    places = the_places()
    a_unit("TAKEN", UnitKind.COMMITTEE_OFFICE, places[CITY], name="市政府")
    given = {
        "code": "NEW",
        "name": "新单位",
        "kind": UnitKind.DEPARTMENT,
        "place_id": places[CITY].id,
    } | fields

    assert refused(refusal, verbs.register_unit, **given) == data
    assert Unit.objects.count() == 1


def test_nothing_is_registered_in_a_place_that_is_no_more():
    places = the_places()
    town = places[TOWN]
    town.valid_to = TODAY
    town.save(update_fields=["valid_to"])

    assert refused(
        PlaceClosed,
        verbs.register_unit,
        code="TO-1",
        name="办事处",
        kind=UnitKind.TOWN_OFFICE,
        place_id=town.id,
    ) == {"place": "长河街道", "on": TODAY}


def test_a_room_stands_in_a_police_station_or_court_only():
    places = the_places()
    police = a_unit("PS-1", UnitKind.POLICE_STATION, places[TOWN])
    school = a_unit("SC-1", UnitKind.SCHOOL, places[TOWN], name="学校")
    room = a_unit("SR-1", UnitKind.STATIONED_ROOM, places[TOWN], host_id=police.id, name="调解室")

    assert room.host == police
    assert refused(HostNotPossible, verbs.move_unit, unit_id=room.id, host_id=school.id) == {
        "name": "调解室"
    }
    assert refused(HostNotPossible, verbs.move_unit, unit_id=school.id, host_id=police.id) == {
        "name": "学校"
    }


def test_a_renamed_unit_keeps_its_old_name_in_its_history():
    unit = a_unit("HC-1", UnitKind.HOTLINE_CENTRE, the_places()[CITY], name="市长热线中心")

    verbs.rename_unit(
        unit_id=unit.id, name="12345热线受理中心", by=CLERK, at=NOW, basis="德编〔2026〕1号"
    )

    unit.refresh_from_db()
    assert (unit.name, unit.initials) == ("12345热线受理中心", "12345rxslzx")
    renamed, added = history(unit)
    assert (renamed.act, renamed.what, renamed.account_id, renamed.at, renamed.basis) == (
        "units.rename",
        What.CHANGED,
        CLERK.account_id,
        NOW,
        "德编〔2026〕1号",
    )
    assert renamed.fields == (FieldChange("name", "市长热线中心", "12345热线受理中心"),)
    assert (added.what, added.subject, added.account_id) == (
        What.ADDED,
        Subject.UNIT,
        CLERK.account_id,
    )


def test_a_unit_moves_with_everything_that_was_said_about_it():
    places = the_places()
    government = a_unit("PG-1", UnitKind.COMMITTEE_OFFICE, places[CITY])
    unit = a_unit("DP-1", UnitKind.DEPARTMENT, places[CITY])

    verbs.move_unit(
        unit_id=unit.id,
        place_id=places[COUNTY].id,
        level=2,
        superior_id=government.id,
        address="东风路1号",
        by=CLERK,
        at=NOW,
    )

    assert history(unit)[0].fields == (
        FieldChange("level", 1, 2),
        FieldChange("place_id", places[CITY].id, places[COUNTY].id),
        FieldChange("superior_id", None, government.id),
        FieldChange("address", "", "东风路1号"),
    )


def test_no_unit_comes_under_one_below_it():
    places = the_places()
    top = a_unit("A", UnitKind.DEPARTMENT, places[CITY], name="甲")
    middle = a_unit("B", UnitKind.DEPARTMENT, places[COUNTY], name="乙", superior=top)
    low = a_unit("C", UnitKind.TOWN_OFFICE, places[TOWN], name="丙", superior=middle)

    for below in (top, middle, low):
        assert refused(SuperiorLoop, verbs.move_unit, unit_id=top.id, superior_id=below.id) == {
            "name": "甲",
            "superior": below.name,
        }


@pytest.mark.parametrize(
    ("verb", "same"),
    [
        (verbs.rename_unit, {"name": "甲"}),
        (verbs.move_unit, {"superior_id": None}),
        (verbs.set_contact, {"phone": "", "opening_hours": {}}),
    ],
)
def test_a_change_that_changes_nothing_is_refused(verb, same):
    unit = a_unit("A", UnitKind.DEPARTMENT, the_places()[CITY], name="甲")

    assert refused(NothingToChange, verb, unit_id=unit.id, **same) == {"name": "甲"}


def test_contact_changes_field_by_field():
    unit = a_unit("A", UnitKind.DEPARTMENT, the_places()[CITY], phone="12345", address="东风路1号")

    verbs.set_contact(
        unit_id=unit.id, phone="0534-2345678", opening_hours={"always": True}, by=CLERK, at=NOW
    )

    assert history(unit)[0].fields == (
        FieldChange("phone", "12345", "0534-2345678"),
        FieldChange("opening_hours", {}, {"always": True}),
    )


def test_a_new_head_ends_the_old_one():
    unit = a_unit("A", UnitKind.DEPARTMENT, the_places()[CITY])
    verbs.set_officer(
        unit_id=unit.id, role=HEAD, name="张明", on=date(2024, 5, 1), by=CLERK, at=NOW
    )

    verbs.set_officer(unit_id=unit.id, role=HEAD, name="李华", on=TOMORROW, by=CLERK, at=NOW)

    assert list(
        UnitOfficer.objects.order_by("id").values_list("name", "valid_from", "valid_to")
    ) == [("张明", date(2024, 5, 1), TOMORROW), ("李华", TOMORROW, None)]
    assert [officer.name for officer in officers_of(unit, on=TODAY)] == ["张明"]
    assert [officer.name for officer in officers_of(unit, on=TOMORROW)] == ["李华"]


def test_the_same_head_with_another_line_stays_the_same_row():
    unit = a_unit("A", UnitKind.DEPARTMENT, the_places()[CITY])
    given = {"unit_id": unit.id, "role": HEAD, "name": "张明", "by": CLERK, "at": NOW}
    verbs.set_officer(**given, on=TODAY)

    verbs.set_officer(**given, on=TOMORROW, phone="0534-2345678")

    assert list(UnitOfficer.objects.values_list("name", "phone", "valid_from")) == [
        ("张明", "0534-2345678", TODAY)
    ]
    changed, added, _ = history(unit)
    assert (changed.subject, changed.fields) == (
        Subject.OFFICER,
        (FieldChange("phone", "", "0534-2345678"),),
    )
    assert (added.subject, added.what) == (Subject.OFFICER, What.ADDED)


def test_a_name_entered_for_the_same_day_is_corrected():
    unit = a_unit("A", UnitKind.DEPARTMENT, the_places()[CITY])
    for name in ("张名", "张明"):
        verbs.set_officer(unit_id=unit.id, role=HEAD, name=name, on=TODAY, by=CLERK, at=NOW)

    assert list(UnitOfficer.objects.values_list("name", "valid_from", "valid_to")) == [
        ("张明", TODAY, None)
    ]


@pytest.mark.parametrize(
    ("fields", "refusal", "data"),
    [
        ({"on": TODAY - timedelta(1)}, OfficerLater, None),
        ({"name": " "}, NameMissing, {}),
        ({"phone": "1"}, PhoneMalformed, {"phone": "1"}),
        ({"name": "名" * 61}, TextTooLong, {"text": "名" * 61, "limit": 60}),
        ({"name": "张明"}, NothingToChange, {"name": "甲"}),
    ],
)
def test_an_officer_that_cannot_be_is_refused(fields, refusal, data):
    unit = a_unit("A", UnitKind.DEPARTMENT, the_places()[CITY], name="甲")
    verbs.set_officer(unit_id=unit.id, role=HEAD, name="张明", on=TODAY, by=CLERK, at=NOW)
    given = {"unit_id": unit.id, "role": HEAD, "name": "李华", "on": TOMORROW} | fields

    assert refused(refusal, verbs.set_officer, **given) == (
        {"role": HEAD, "name": "张明", "since": TODAY} if data is None else data
    )


def test_a_role_is_left_empty_from_a_day_on():
    unit = a_unit("A", UnitKind.DEPARTMENT, the_places()[CITY], name="甲")
    verbs.set_officer(unit_id=unit.id, role=LIAISON, name="张明", on=TODAY, by=CLERK, at=NOW)

    verbs.end_officer(unit_id=unit.id, role=LIAISON, on=TOMORROW, by=CLERK, at=NOW)

    assert officers_of(unit, on=TOMORROW) == []
    assert refused(NoOfficer, verbs.end_officer, unit_id=unit.id, role=LIAISON, on=TOMORROW) == {
        "role": LIAISON,
        "name": "甲",
    }


def test_a_duty_has_a_basis_and_is_there_once():
    places = the_places()
    unit = a_unit("A", UnitKind.DEPARTMENT, places[COUNTY], name="甲")
    category = a_category("01", name="市容环卫")
    given = {
        "unit_id": unit.id,
        "category_id": category.id,
        "place_id": places[COUNTY].id,
        "basis": "城市市容和环境卫生管理条例 10",
    }

    duty = verbs.add_duty(**given, item_no="12", by=CLERK, at=NOW)

    assert (duty.basis, duty.item_no, duty.recorded_by) == (
        "城市市容和环境卫生管理条例 10",
        "12",
        CLERK.account_id,
    )
    assert refused(DutyKnown, verbs.add_duty, **given) == {
        "name": "甲",
        "category": "市容环卫",
        "place": "德城区",
    }
    assert refused(BasisMissing, verbs.add_duty, **{**given, "basis": " "}) == {}


def test_a_withdrawn_duty_is_over_and_can_be_added_again():
    places = the_places()
    unit = a_unit("A", UnitKind.DEPARTMENT, places[COUNTY], name="甲")
    given = {
        "unit_id": unit.id,
        "category_id": a_category("01").id,
        "place_id": places[COUNTY].id,
        "basis": "清单第1项",
        "by": CLERK,
        "at": NOW,
    }
    duty = verbs.add_duty(**given, valid_from=date(2025, 1, 1))

    verbs.withdraw_duty(duty_id=duty.id, on=TODAY, by=CLERK, at=NOW, basis="清单调整")
    verbs.add_duty(**given, valid_from=TOMORROW)

    assert list(Duty.objects.order_by("id").values_list("valid_from", "valid_to")) == [
        (date(2025, 1, 1), TODAY),
        (TOMORROW, None),
    ]
    assert refused(DutyOver, verbs.withdraw_duty, duty_id=duty.id, on=TODAY) == {
        "name": "甲",
        "on": TODAY,
    }


def test_a_duty_does_not_end_before_it_begins():
    places = the_places()
    unit = a_unit("A", UnitKind.DEPARTMENT, places[COUNTY], name="甲")
    duty = verbs.add_duty(
        unit_id=unit.id,
        category_id=a_category("01").id,
        place_id=places[COUNTY].id,
        basis="清单第1项",
        valid_from=TODAY,
        by=CLERK,
        at=NOW,
    )

    assert refused(EndsBeforeItStarts, verbs.withdraw_duty, duty_id=duty.id, on=TODAY) == {
        "name": "甲",
        "since": TODAY,
    }


def test_a_closed_unit_hands_its_duties_over():
    places = the_places()
    old = a_unit("A", UnitKind.DEPARTMENT, places[COUNTY], name="甲")
    new = a_unit("B", UnitKind.DEPARTMENT, places[COUNTY], name="乙")
    for code in ("01", "02"):
        verbs.add_duty(
            unit_id=old.id,
            category_id=a_category(code).id,
            place_id=places[COUNTY].id,
            basis="清单第1项",
            by=CLERK,
            at=NOW,
        )
    verbs.add_duty(
        unit_id=new.id,
        category_id=Duty.objects.get(category__code="02").category_id,
        place_id=places[COUNTY].id,
        basis="清单第9项",
        by=CLERK,
        at=NOW,
    )
    verbs.set_officer(unit_id=old.id, role=HEAD, name="张明", on=TODAY, by=CLERK, at=NOW)
    verbs.set_officer(unit_id=old.id, role=HEAD, name="李华", on=TOMORROW, by=CLERK, at=NOW)

    closed = verbs.close_unit(
        unit_id=old.id, on=TOMORROW, duties_to_id=new.id, basis="机构改革方案", by=CLERK, at=NOW
    )

    assert closed.valid_to == TOMORROW
    assert list(
        Duty.objects.order_by("unit__code", "category__code").values_list(
            "unit__code", "category__code", "basis", "valid_from", "valid_to"
        )
    ) == [
        ("A", "01", "清单第1项", None, TOMORROW),
        ("A", "02", "清单第1项", None, TOMORROW),
        ("B", "01", "机构改革方案", TOMORROW, None),
        ("B", "02", "清单第9项", None, None),
    ]
    assert list(UnitOfficer.objects.values_list("name", "valid_to")) == [("张明", TOMORROW)]
    assert [change.row.name for change in history(old) if change.what == What.REMOVED] == ["李华"]


def test_a_unit_with_others_under_it_stays():
    places = the_places()
    top = a_unit("A", UnitKind.DEPARTMENT, places[COUNTY], name="甲")
    a_unit("B", UnitKind.TOWN_OFFICE, places[TOWN], name="乙", superior=top)

    assert refused(UnitsBelow, verbs.close_unit, unit_id=top.id, on=TOMORROW) == {
        "name": "甲",
        "count": 1,
        "example": "乙",
    }


def test_nothing_happens_to_a_closed_unit_any_more():
    places = the_places()
    unit = a_unit("A", UnitKind.VILLAGE_COMMITTEE, places[VILLAGE], name="甲")
    verbs.close_unit(unit_id=unit.id, on=TODAY, by=CLERK, at=NOW)

    data = {"name": "甲", "on": TODAY}
    assert refused(Closed, verbs.rename_unit, unit_id=unit.id, name="乙") == data
    assert refused(Closed, verbs.close_unit, unit_id=unit.id, on=TOMORROW) == data
    assert (
        refused(Closed, verbs.set_officer, unit_id=unit.id, role=HEAD, name="张明", on=TODAY)
        == data
    )


def test_a_unit_does_not_close_before_it_began():
    unit = a_unit(
        "A", UnitKind.DEPARTMENT, the_places()[CITY], name="甲", valid_from=date(2026, 1, 1)
    )

    assert refused(EndsBeforeItStarts, verbs.close_unit, unit_id=unit.id, on=date(2026, 1, 1)) == {
        "name": "甲",
        "since": date(2026, 1, 1),
    }
