"""What a person may have a copy of (PIPL art. 45): what they said and were told, of their own."""

import io
import json
import zipfile

import pytest

from huiyin.matters.intake import Person
from huiyin.matters.own_copy import FILE, as_zip, own_copy
from huiyin.matters.similar import join
from huiyin.matters.tests.records import the_record
from huiyin.people.accounts import resident_for_phone
from huiyin.people.actors import Actor
from huiyin.people.models import AccountKind
from huiyin.ui.identifiers import new_id
from huiyin.units.tests.factories import NOW

pytestmark = pytest.mark.django_db


def an_answered_order(city):
    run = city.open("hotline", "accept_call").run
    for action in ("dispatch", "acknowledge"):
        run = city.act(run.pk, action).run
    city.act(run.pk, "message_unit", text="能不能快一点？")
    city.act(run.pk, "note", text="电话里语气很急。")
    city.act(run.pk, "message_person", text="师傅下午三点到。")
    return city.act(run.pk, "answer", result="灯已修好。").run


def test_a_copy_holds_what_the_person_said_and_was_told_and_no_note_of_staff():
    city = the_record()
    run = an_answered_order(city)

    copy = own_copy(account_id=city.resident.pk, at=NOW)

    (matter,) = copy["matters"]
    assert matter["number"] == run.matter.number
    assert matter["title"] == "路灯不亮"
    assert [(one["role"], one["side"], one["phone"]) for one in matter["you"]] == [
        ("reporter", "applicant", "15400000001")
    ]
    text = json.dumps(copy, ensure_ascii=False)
    assert "能不能快一点？" in text
    assert "师傅下午三点到。" in text
    assert "语气很急" not in text
    assert "赵强" not in text
    assert [one["act"] for one in matter["timeline"] if one["is_yours"]] == ["给经办人留言"]


def test_a_stranger_gets_an_empty_copy():
    city = the_record()
    an_answered_order(city)

    assert own_copy(account_id=new_id(), at=NOW) == {"written_at": NOW.isoformat(), "matters": []}


def test_whoever_joined_gets_no_words_of_those_who_reported_it():
    city = the_record()
    run = city.open("grid", "submit").run
    newcomer = resident_for_phone(phone="15400000003", at=NOW)
    person = Person("钱云", "15400000003", newcomer.pk)
    by = Actor(account_id=newcomer.pk, kind=AccountKind.RESIDENT, name="钱云")
    join(matter_id=run.matter.pk, person=person, by=by, at=NOW)

    (matter,) = own_copy(account_id=newcomer.pk, at=NOW)["matters"]

    assert (matter["number"], matter["title"], matter["text"]) == (run.matter.number, "", "")


def test_the_copy_is_a_zip_with_one_file():
    city = the_record()
    an_answered_order(city)

    packed = zipfile.ZipFile(io.BytesIO(as_zip(account_id=city.resident.pk, at=NOW)))

    assert packed.namelist() == [FILE]
    assert json.loads(packed.read(FILE)) == own_copy(account_id=city.resident.pk, at=NOW)


@pytest.mark.parametrize("matters", [1, 3])
def test_a_copy_takes_four_queries_however_many_matters(matters, django_assert_num_queries):
    city = the_record()
    for _ in range(matters):
        an_answered_order(city)

    with django_assert_num_queries(4):
        own_copy(account_id=city.resident.pk, at=NOW)
