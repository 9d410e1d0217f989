"""A call is taken in on one screen; what is known of it stands beside it."""

import re

import pytest

from huiyin.matters.models import Matter
from huiyin.matters.tests.records import the_record
from huiyin.people.models import AccessLog
from huiyin.procedures import library
from huiyin.procedures.language import FieldType
from huiyin.web.taking_in import Opening
from huiyin.web.tests.test_matter_page import a_call, desk_of

pytestmark = pytest.mark.django_db
NEW = "/desk/new/hotline.accept_call"
REST = {"channel": "phone", "kind": "help", "grade": "ordinary", "reply": "wanted"}


OPENINGS = [
    Opening(rules, action) for rules in library.procedures().values() for action in rules.openings
]


@pytest.fixture
def city():
    return the_record()


def agent_of(city):
    return desk_of(city.unit("hotline_centre"), "hotline_agent")


def sent(city, **more):
    return {
        "phone": "15400000009",
        "name": "张女士",
        "words": "路灯三天没亮了。晚上看不见路，老人不敢出门。",
        "category": str(city.category.pk),
        "place": str(city.place.pk),
        "key": "call-1",
        **REST,
        **more,
    }


def test_what_was_said_becomes_a_matter_with_a_number_to_read_out(city):
    answer = agent_of(city).post(NEW, sent(city), follow=True)

    matter = Matter.objects.get()
    assert answer.redirect_chain[-1][0] == f"/desk/matters/{matter.number}"
    assert matter.words.title == "路灯三天没亮了"
    assert matter.contacts.get().name == "张女士"
    assert "请念给对方听" in answer.content.decode()


def test_sent_twice_it_is_one_matter(city):
    desk = agent_of(city)

    for _ in range(2):
        desk.post(NEW, sent(city))

    assert Matter.objects.count() == 1


def test_nothing_is_lost_when_something_is_still_missing(city):
    answer = agent_of(city).post(NEW, sent(city, place="", reply=""))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "老人不敢出门" in page
    assert "请从列表里选一个地方" in page
    assert Matter.objects.count() == 0


def test_all_that_is_missing_is_said_at_once(city):
    page = agent_of(city).post(NEW, {"key": "call-1"}).content.decode()

    told = set(re.findall(r'id="(\w+)_error"', page))
    assert told == {"id_words", "id_place", *(f"more_{name}" for name in REST)}
    assert page.count("data-form-errors") == 1
    assert "还有 6 处要改" in page


def test_nothing_of_one_call_stays_in_the_form_for_the_next(city):
    page = agent_of(city).get(NEW).content.decode()

    assert re.search(r'<form class="intake"[^>]* autocomplete="off"', page)


def test_an_office_takes_in_its_own_work_first(city):
    petitions = desk_of(city.unit("petition_office"), "petition_clerk")

    hotline, office = (desk.get("/desk/new") for desk in (agent_of(city), petitions))

    assert hotline.context["opening"].name == "hotline.accept_call"
    assert office.context["opening"].name == "petition.register"


def test_the_day_of_whoever_answers_calls_begins_with_the_next_one(city):
    page = agent_of(city).get("/desk").content.decode()

    assert re.findall(r'<a class="btn primary" href="([^"]*)"', page) == ["/desk/new"]
    assert 'href="/desk/inbox"' in page


def test_what_may_be_the_same_opens_beside_the_call_where_it_may_be_seen(city):
    known = a_call(city).matter
    words = f"{known.words.title}。{known.words.text}"
    asked = {"words": words, "place": known.place_id, "category": known.category_id or ""}
    other = desk_of(city.unit("petition_office"), "petition_clerk")

    page, closed = (desk.get("/desk/new/hints", asked) for desk in (agent_of(city), other))

    address = f'href="/desk/matters/{known.number}" target="_blank"'
    assert "可能是同一件事" in closed.content.decode()
    assert address in page.content.decode()
    assert address not in closed.content.decode()


def test_a_number_nobody_can_be_called_back_under_is_refused_where_it_was_typed(city):
    desk = agent_of(city)

    refused = desk.post(NEW, sent(city, phone="123"))
    taken = desk.post(NEW, sent(city, phone="+86 154-0000-0009"))

    page = refused.content.decode()
    assert refused.status_code == 422
    assert re.search(r'id="id_phone_error"[^>]*>.*?无法回拨', page, re.S)
    assert 'value="123"' in page
    assert "老人不敢出门" in page
    assert taken.status_code == 303
    assert Matter.objects.get().contacts.get().phone == "15400000009"


def test_a_fault_the_engine_finds_stands_where_it_was_typed(city):
    answer = agent_of(city).post(NEW, sent(city, grade=""))

    assert answer.status_code == 422
    assert 'id="more_grade_error"' in answer.content.decode()


def test_whoever_does_not_say_who_they_are_is_taken_in_all_the_same(city):
    desk = agent_of(city)

    desk.post(NEW, sent(city, phone="", name="", is_anonymous="on"))

    assert not Matter.objects.get().contacts.exists()


def test_the_other_matters_of_a_caller_are_shown_and_the_look_is_written_down(city):
    a_call(city)
    desk = agent_of(city)

    shown = desk.post("/desk/new/others", {"phone": "15400000001"}).content.decode()
    nothing = desk.post("/desk/new/others", {"phone": "15400000077"}).content.decode()

    assert "路灯不亮" in shown
    assert "没有其他事项" in nothing
    assert AccessLog.objects.filter(purpose__contains="接听来电").count() == 2


def test_danger_is_said_before_anything_else(city):
    hints = agent_of(city).get("/desk/new/hints", {"words": "楼道着火了，有人困在里面"})

    page = hints.content.decode()
    assert "现在有危险：请先打 119" in page
    assert "照此答复" not in page


def test_a_post_that_takes_nothing_in_is_told_who_does(city):
    school = desk_of(city.unit("school"))

    assert "您的岗位不登记来电来访" in school.get("/desk/new").content.decode()
    assert school.get(NEW).status_code == 404


def test_sides_that_nobody_knows_yet_are_not_asked_for():
    asked = [field.name for opening in OPENINGS for field in opening.rest]
    files = [field for opening in OPENINGS for field in opening.action.form]

    assert any(field.type is FieldType.PARTIES for field in files)
    assert not any(field.type is FieldType.PARTIES and field.name in asked for field in files)
