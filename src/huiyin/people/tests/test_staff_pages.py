"""The staff list and what administrators do on it."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from huiyin.people import accounts, lockout
from huiyin.people.actors import SYSTEM
from huiyin.people.models import AccessLog, Account, Acting, Post
from huiyin.people.permission_sets import built_in
from huiyin.people.tests.factories import (
    OTHER_PHONE,
    PASSWORD,
    PHONE,
    a_post,
    a_signed_in,
    an_account,
    the_city,
)

pytestmark = pytest.mark.django_db

SETS = [row["code"] for row in built_in()]


def day(offset=0):
    return timezone.localdate() + timedelta(days=offset)


@pytest.fixture
def city():
    return the_city()


@pytest.fixture
def admin(client, city):
    """The administrator of the county's housing department, signed in."""
    return a_signed_in(client, city.county_housing, "unit_admin")


@pytest.fixture
def lina(city):
    """A clerk of the county's housing department."""
    now = timezone.now()
    account = an_account("lina", name="李娜", phone=PHONE, at=now)
    a_post(account, city.county_housing, at=now)
    return account


def url_of(account, rest=""):
    return f"/desk/people/{account.pk}/{rest}"


# --- who may open what --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/desk/people/", {"leader", "unit_admin", "city_admin", "auditor"}),
        ("/desk/people/new", {"unit_admin", "city_admin"}),
        ("/account/", set(SETS)),
    ],
)
def test_pages_open_for_these_posts(city, path, allowed):
    opened = {}
    for number, code in enumerate(SETS):
        client = a_signed_in(Client(), city.county_housing, code, username=f"user{number}")
        opened[code] = client.get(path).status_code

    assert opened == {code: 200 if code in allowed else 403 for code in SETS}


@pytest.mark.parametrize("rest", ["", "phone", "link", "unlock", "close", "posts"])
@pytest.mark.parametrize("code", ["department_clerk", "leader", "auditor"])
def test_acts_on_accounts_are_for_administrators(client, city, lina, rest, code):
    a_signed_in(client, city.county_housing, code)
    sees = code != "department_clerk"

    answer = client.post(url_of(lina, rest)) if rest else client.get(url_of(lina))

    assert answer.status_code == (200 if sees and not rest else 403)


@pytest.mark.parametrize("rest", ["", "phone", "link", "unlock", "close", "posts"])
def test_an_account_of_another_office_is_answered_like_a_missing_one(client, city, lina, rest):
    a_signed_in(client, city.town_centre, "unit_admin")
    missing = UUID("019cae00-0000-7000-8000-00000000dead")
    ask = client.post if rest else client.get

    answers = [ask(url_of(lina, rest)), ask(f"/desk/people/{missing}/{rest}")]

    assert [answer.status_code for answer in answers] == [404, 404]


def test_visitors_are_led_to_sign_in_and_back(client, lina):
    shown = client.get(url_of(lina))
    sent = client.post(url_of(lina, "close"))

    assert shown.headers["Location"] == f"/sign-in?next={url_of(lina)}"
    assert sent.headers["Location"] == "/sign-in"
    assert Account.objects.get(pk=lina.pk).is_active


# --- the list -----------------------------------------------------------------------------------


def names_on(answer):
    return [account.username for account in answer.context["accounts"]]


def test_the_list_has_the_accounts_one_looks_after(admin, city, lina):
    a_post(an_account("stranger", at=timezone.now()), city.town_centre, at=timezone.now())

    assert names_on(admin.get("/desk/people/")) == ["lina", "zhangmin"]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        pytest.param("q=李", ["lina"], id="part-of-the-name"),
        pytest.param("q=LIN", ["lina"], id="part-of-the-user-name"),
        pytest.param("q=王", [], id="nobody"),
        pytest.param("unit=德城区住建局", ["lina", "zhangmin"], id="unit-by-name"),
        pytest.param("unit=HB-2&q=min", ["zhangmin"], id="unit-by-code-and-name"),
    ],
)
def test_the_list_is_searched(admin, lina, query, names):
    assert names_on(admin.get(f"/desk/people/?{query}")) == names


def test_a_unit_nobody_knows_is_said_in_place(admin, lina):
    answer = admin.get("/desk/people/?unit=火星分局")

    assert "没有这个名称" in answer.text
    assert 'value="火星分局"' in answer.text


def test_nobody_found_says_what_to_do(admin):
    answer = admin.get("/desk/people/?q=王")

    assert "没有找到" in answer.text
    assert 'href="/desk/people/"' in answer.text


def test_a_long_list_has_pages(admin, city, monkeypatch):
    monkeypatch.setattr("huiyin.people.staff_list.PAGE_SIZE", 2)
    for number in range(4):
        account = an_account(f"clerk{number}", at=timezone.now())
        a_post(account, city.county_housing, at=timezone.now())

    first = admin.get("/desk/people/?unit=HB-2")
    second = admin.get("/desk/people/" + first.context["older"])
    third = admin.get("/desk/people/" + second.context["older"])
    back = admin.get("/desk/people/" + third.context["newer"])

    assert [names_on(page) for page in (first, second, third, back)] == [
        ["clerk0", "clerk1"],
        ["clerk2", "clerk3"],
        ["zhangmin"],
        ["clerk2", "clerk3"],
    ]
    assert (first.context["newer"], third.context["older"]) == ("", "")
    assert "unit=HB-2" in first.context["older"]


@pytest.mark.parametrize("count", [1, 4])
def test_the_list_costs_the_same_however_long(admin, city, django_assert_num_queries, count):
    for number in range(count):
        account = an_account(f"clerk{number}", at=timezone.now())
        a_post(account, city.county_housing, at=timezone.now())
        a_post(account, city.county_centre, "centre_clerk", at=timezone.now())

    with django_assert_num_queries(
        7
    ):  # session with actor, rate, scope twice, accounts, posts, units
        admin.get("/desk/people/")


# --- one account --------------------------------------------------------------------------------


def test_a_new_account_gets_post_and_link(admin, city):
    made = admin.post(
        "/desk/people/new",
        {
            "name": "陈静",
            "username": "ChenJing",
            "phone": "154 0000 0002",
            "unit": "德城区住建局",
            "permission_set": "department_clerk",
            "title": "经办人",
            "first_day": day().isoformat(),
            "last_day": day(30).isoformat(),
        },
    )
    account = Account.objects.get(username="chenjing")
    linked = admin.post(url_of(account, "link"))

    assert made.headers["Location"] == url_of(account)
    (post,) = account.posts.all()
    assert (account.phone, post.unit, post.title, post.valid_to) == (
        OTHER_PHONE,
        city.county_housing,
        "经办人",
        day(31),
    )
    link = linked.context["link"]
    assert link.startswith("http://localhost:8000/activate/")
    assert link in linked.text
    assert link not in admin.get(url_of(account)).text
    assert Client().get(link.removeprefix("http://localhost:8000")).status_code == 200


@pytest.mark.parametrize(
    ("change", "field"),
    [
        pytest.param({"username": "lina"}, "username", id="user-name-taken"),
        pytest.param({"username": "陈"}, "username", id="user-name-malformed"),
        pytest.param({"phone": "12345"}, "phone", id="phone-malformed"),
        pytest.param({"phone": PHONE}, "phone", id="phone-taken"),
        pytest.param({"unit": "德城区综治中心"}, "unit", id="unit-of-others"),
        pytest.param({"permission_set": "city_admin"}, "permission_set", id="set-not-offered"),
        pytest.param({"first_day": "yesterday"}, "first_day", id="no-day"),
        pytest.param({"name": ""}, "name", id="no-name"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(admin, lina, change, field):
    sent = {
        "name": "陈静",
        "username": "chenjing",
        "phone": "",
        "unit": "HB-2",
        "permission_set": "department_clerk",
        "title": "经办人",
        "first_day": day().isoformat(),
        "last_day": "",
    } | change

    answer = admin.post("/desk/people/new", sent)

    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {field}
    assert 'value="经办人"' in answer.text
    assert not Account.objects.filter(username="chenjing").exists()


def test_a_number_is_covered_until_a_reason_is_given(admin, lina):
    before = admin.get(url_of(lina))
    without = admin.post(url_of(lina, "phone"), {"purpose": ""})
    shown = admin.post(url_of(lina, "phone"), {"purpose": "紧急值班"})
    after = admin.get(url_of(lina))

    assert [PHONE in answer.text for answer in (before, without, shown, after)] == [
        False,
        False,
        True,
        False,
    ]
    assert without.status_code == 422
    assert shown.headers["Cache-Control"].count("no-store") == 1
    assert AccessLog.objects.get(action="reveal").purpose == "紧急值班"


def test_an_account_that_rests_is_unlocked(admin, lina):
    for _ in range(5):
        Client().post("/sign-in", {"login": "lina", "password": "wrong-password"})
    resting = admin.get(url_of(lina)).context["state"]

    admin.post(url_of(lina, "unlock"))

    assert resting == "resting"
    assert not lockout.is_resting(lina, at=timezone.now())


@pytest.mark.parametrize(
    ("make", "state"),
    [
        pytest.param("nothing", "waiting", id="made"),
        pytest.param("link", "invited", id="link-given"),
        pytest.param("password", "working", id="password-set"),
        pytest.param("close", "closed", id="closed"),
    ],
)
def test_the_page_says_how_an_account_stands(admin, lina, make, state):
    now = timezone.now()
    if make in ("link", "password"):
        path = accounts.issue_activation_link(account_id=lina.pk, by=SYSTEM, at=now)
    if make == "password":
        accounts.activate(token=path.rpartition("/")[2], password=PASSWORD, at=now)
    if make == "close":
        accounts.close_account(account_id=lina.pk, by=SYSTEM, at=now)

    assert admin.get(url_of(lina)).context["state"] == state


def test_a_post_is_given_and_ended(admin, city, lina):
    given = admin.post(
        url_of(lina, "posts"),
        {
            "unit": "HB-2",
            "permission_set": "mediator",
            "title": "",
            "first_day": day().isoformat(),
            "last_day": "",
        },
    )
    post = Post.objects.get(account=lina, permission_set="mediator")
    ended = admin.post(url_of(lina, f"posts/{post.pk}/end"), {"last_day": day(6).isoformat()})
    at_once = admin.post(url_of(lina, f"posts/{post.pk}/end"), {"last_day": ""})

    assert [answer.headers["Location"] for answer in (given, ended, at_once)] == [url_of(lina)] * 3
    post.refresh_from_db()
    assert post.valid_to == day()
    assert [former.pk for former in admin.get(url_of(lina)).context["former"]] == [post.pk]


def test_a_post_that_cannot_be_given_says_why_on_the_open_form(admin, lina):
    sent = {"unit": "HB-2", "permission_set": "department_clerk", "first_day": day().isoformat()}

    answer = admin.post(url_of(lina, "posts"), sent)

    assert (answer.status_code, answer.context["post_open"]) == (422, True)
    assert "已有这个岗位" in answer.text


def test_an_acting_is_arranged_and_ended(admin, city, lina):
    colleague = an_account("chenjing", name="陈静", at=timezone.now())
    (post,) = lina.posts.all()
    sent = {
        "colleague": "chenjing",
        "first_day": day().isoformat(),
        "last_day": day(6).isoformat(),
        "reason": "产假",
    }

    unknown = admin.post(url_of(lina, f"posts/{post.pk}/acting"), sent | {"colleague": "nobody"})
    done = admin.post(url_of(lina, f"posts/{post.pk}/acting"), sent)
    acting = Acting.objects.get()
    admin.post(url_of(lina, f"acting/{acting.pk}/end"))

    assert (unknown.status_code, done.status_code) == (422, 303)
    assert (acting.account, acting.valid_to) == (colleague, day(7))
    acting.refresh_from_db()
    assert acting.valid_to == day()


def test_closing_an_account_is_said_and_final(admin, lina):
    answer = admin.post(url_of(lina, "close"), follow=True)

    assert "李娜 的账号已注销" in answer.text
    assert answer.context["state"] == "closed"
    assert not answer.context["may_administer"]


def test_nobody_finds_a_button_to_close_their_own_account(admin):
    me = Account.objects.get(username="zhangmin")

    page = admin.get(url_of(me))
    answer = admin.post(url_of(me, "close"))

    assert url_of(me, "close") not in page.text
    assert answer.status_code == 409
    assert "不能对自己的账号这样做" in answer.text


def test_a_shared_colleague_is_left_to_the_city(admin, city, lina):
    a_post(lina, city.county_centre, "centre_clerk", at=timezone.now())

    answer = admin.post(url_of(lina, "link"))

    assert answer.status_code == 409
    assert "德城区综治中心" in answer.context["trouble"]
    assert answer.context["link"] == ""
