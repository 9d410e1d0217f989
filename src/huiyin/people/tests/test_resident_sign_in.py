"""Residents sign in by phone, in two steps, without a password and without JavaScript."""

import re

import pytest
from django.utils import timezone

from huiyin.people.models import Account, AccountKind, PhoneCode, Session
from huiyin.people.tests.factories import PASSWORD, PHONE, an_account, signed_in

pytestmark = pytest.mark.django_db


def ask(client, phone=PHONE, **extra):
    return client.post("/sign-in/phone", {"phone": phone, **extra})


def digits_in(gateway):
    return re.search(r"\d{6}", gateway.messages[-1]["text"]).group()


def words_of(answer):
    return re.sub(r'value="[^"]*"|X-CSRFToken[^}]*|csrf[^>]*', "", answer.text)


def test_a_phone_and_its_code_sign_in(client, gateway):
    asked = ask(client, "+86 154 0000 0001")
    shown = client.get(asked.headers["Location"])
    done = client.post("/sign-in/phone/code", {"code": digits_in(gateway)})

    assert asked.headers["Location"] == "/sign-in/phone/code"
    assert shown.context["phone"] == "154****0001"
    assert PHONE not in shown.text
    assert (done.status_code, done.headers["Location"]) == (303, "/")
    account = client.get("/account/").context["account"]
    assert (account.kind, account.phone) == (AccountKind.RESIDENT, PHONE)


def test_the_second_time_it_is_the_same_account(client, gateway):
    for _ in range(2):
        PhoneCode.objects.all().delete()
        ask(client)
        client.post("/sign-in/phone/code", {"code": digits_in(gateway)})
        client.post("/sign-out")

    assert Account.objects.count() == 1


def test_known_and_unknown_numbers_answer_the_same(client, gateway):
    an_account("staff", phone="15400000008", at=timezone.now())
    pages = []
    for phone in ("15400000008", "15400000009"):
        asked = ask(client, phone)
        pages.append((asked.status_code, asked.headers["Location"]))
        pages.append(words_of(client.get("/sign-in/phone/code")).replace(phone[-4:], "…"))

    assert pages[:2] == pages[2:]
    assert [message["to"] for message in gateway.messages] == ["15400000008", "15400000009"]


def test_the_way_back_goes_through_both_steps(client, gateway):
    asked = ask(client, next="/account/looks")
    done = client.post(
        "/sign-in/phone/code", {"code": digits_in(gateway), "next": "/account/looks"}
    )

    assert asked.headers["Location"] == "/sign-in/phone/code?next=%2Faccount%2Flooks"
    assert done.headers["Location"] == "/account/looks"


def test_the_phone_is_not_readable_in_the_session(client, gateway):
    ask(client)

    (row,) = Session.objects.all()

    assert PHONE not in str(client.session.load())
    assert row.account is None


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        pytest.param(None, "这不是我们发出的验证码", id="wrong"),
        pytest.param("12345", "验证码是 6 位数字", id="too-short"),
        pytest.param("abcdef", "验证码是 6 位数字", id="letters"),
        pytest.param("", "请输入 6 位验证码", id="empty"),
    ],
)
def test_a_wrong_code_is_said_in_place(client, gateway, typed, shown):
    ask(client)
    another = f"{(int(digits_in(gateway)) + 1) % 1_000_000:06d}"

    answer = client.post("/sign-in/phone/code", {"code": another if typed is None else typed})

    assert answer.status_code == 422
    assert shown in answer.text


def test_digits_may_be_grouped(client, gateway):
    ask(client)
    digits = digits_in(gateway)

    answer = client.post("/sign-in/phone/code", {"code": f" {digits[:3]} {digits[3:]} "})

    assert answer.status_code == 303


def test_another_code_can_be_had_after_a_minute_and_not_before(client, gateway):
    ask(client)
    early = client.post("/sign-in/phone/again")
    PhoneCode.objects.update(created_at=timezone.now() - timezone.timedelta(seconds=61))
    later = client.post("/sign-in/phone/again")

    assert (early.status_code, later.status_code) == (422, 303)
    assert "秒后" in early.text
    assert len(gateway.messages) == 2


def test_asking_again_at_once_leads_to_the_code_that_is_on_its_way(client, gateway):
    answers = [ask(client) for _ in range(2)]

    assert [answer.headers["Location"] for answer in answers] == ["/sign-in/phone/code"] * 2
    assert len(gateway.messages) == 1


def test_a_number_that_is_none_is_said_in_place_and_stays(client, gateway):
    answer = ask(client, "0534-2210001")

    assert answer.status_code == 422
    assert 'value="0534-2210001"' in answer.text
    assert "11 位" in answer.text


def test_a_broken_gateway_is_nobodys_fault(client, configured):
    configured(sms_url="")

    answer = ask(client)

    assert answer.status_code == 422
    assert "12345" in answer.text


def test_without_a_phone_the_second_step_leads_to_the_first(client):
    for answer in (client.get("/sign-in/phone/code"), client.post("/sign-in/phone/again")):
        assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in/phone")


def test_a_signed_in_person_needs_no_code(client):
    signed_in(client, an_account("wangfang", password=PASSWORD, at=timezone.now()))

    assert client.get("/sign-in/phone").headers["Location"] == "/desk"
    assert client.get("/sign-in/phone/code").headers["Location"] == "/desk"


def test_a_residents_page_is_the_residents(client, gateway):
    ask(client)
    client.post("/sign-in/phone/code", {"code": digits_in(gateway)})

    page = client.get("/account/")

    assert page.context["layout"] == "ui/resident.html"
    assert page.context["holdings"] == []
    assert "154" in page.text
    assert PHONE not in page.text
    assert client.get("/account/password").status_code == 404
