"""My account, as people use it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from huiyin.people import access_log, posts
from huiyin.people.actors import SYSTEM
from huiyin.people.models import Acting, Post
from huiyin.people.tests.factories import (
    OTHER_PHONE,
    PASSWORD,
    PHONE,
    a_post,
    a_signed_in,
    an_account,
    signed_in,
    the_city,
)

pytestmark = pytest.mark.django_db


def day(offset=0):
    return timezone.localdate() + timedelta(days=offset)


@pytest.fixture
def city():
    return the_city()


@pytest.fixture
def lina(city):
    """A clerk of the county's housing department."""
    now = timezone.now()
    account = an_account("lina", name="李娜", phone=PHONE, at=now)
    a_post(account, city.county_housing, at=now)
    return account


def url_of(account, rest=""):
    return f"/desk/people/{account.pk}/{rest}"


@pytest.fixture
def me(client, city):
    """A clerk with two posts, signed in."""
    now = timezone.now()
    account = an_account("wangfang", name="王芳", phone=OTHER_PHONE, password=PASSWORD, at=now)
    a_post(account, city.county_housing, at=now)
    a_post(account, city.county_centre, "centre_clerk", at=now)
    signed_in(client, account)
    return account


def test_my_page_shows_my_posts_my_number_covered_and_this_session(client, me):
    page = client.get("/account/")

    shown = [(one["holding"].post.unit.name, one["is_current"]) for one in page.context["holdings"]]
    assert shown == [("德城区住建局", True), ("德城区综治中心", False)]
    assert OTHER_PHONE not in page.text
    assert [session.is_current for session in page.context["sessions"]] == [True]


def test_i_choose_in_which_post_i_begin(client, me):
    second = Post.objects.get(account=me, permission_set="centre_clerk")

    answer = client.post("/account/default-post", {"post": second.pk}, follow=True)

    assert "以后登录先进德城区综治中心" in answer.text
    second.refresh_from_db()
    assert second.is_default


@pytest.mark.parametrize("post", ["", "x", "019cae00-0000-7000-8000-00000000dead"])
def test_a_default_post_that_is_not_mine_is_refused(client, me, post):
    assert client.post("/account/default-post", {"post": post}).status_code == 409


def test_a_colleague_acts_for_me_and_i_come_back(client, me, city):
    colleague = an_account("chenjing", name="陈静", password=PASSWORD, at=timezone.now())
    (post, _) = posts.open_posts(me.pk, on=day())
    client.post(
        f"/account/acting/{post.pk}",
        {
            "colleague": "chenjing",
            "first_day": day().isoformat(),
            "last_day": day(3).isoformat(),
            "reason": "外出学习",
        },
    )
    there = signed_in(Client(), colleague)
    page = there.get("/account/")
    acting = Acting.objects.get()
    client.post(f"/account/acting/{acting.pk}/end")

    (held,) = page.context["holdings"]
    assert (held["holding"].acting_for, held["is_current"]) == ("王芳", True)
    assert "代 王芳" in page.text
    assert there.get("/account/").context["actor"].post_id is None


def test_an_acting_that_cannot_be_keeps_what_was_typed(client, me):
    (post, _) = posts.open_posts(me.pk, on=day())

    answer = client.post(
        f"/account/acting/{post.pk}",
        {
            "colleague": "wangfang",
            "first_day": day().isoformat(),
            "last_day": day(3).isoformat(),
            "reason": "外出学习",
        },
    )

    assert answer.status_code == 422
    assert "不能由本人代自己的班" in answer.text
    assert 'value="外出学习"' in answer.text
    assert [one["is_open"] for one in answer.context["holdings"]] == [True, False]


def test_somebody_elses_post_is_not_mine_to_lend(client, me, lina):
    (post,) = lina.posts.all()

    answer = client.post(
        f"/account/acting/{post.pk}",
        {
            "colleague": "wangfang",
            "first_day": day().isoformat(),
            "last_day": day().isoformat(),
            "reason": "代班",
        },
    )

    assert answer.status_code == 422
    assert not Acting.objects.exists()


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        pytest.param({"old": "not-it"}, "old", id="old-wrong"),
        pytest.param({"new": "short", "again": "short"}, "new", id="short"),
        pytest.param({"again": "not-the-same-one"}, "again", id="two-differ"),
        pytest.param({"new": PASSWORD, "again": PASSWORD}, "new", id="the-same-as-now"),
    ],
)
def test_a_password_that_will_not_do_is_said_at_its_field(client, me, sent, field):
    given = {"old": PASSWORD, "new": "some-other-road-home", "again": "some-other-road-home"} | sent

    answer = client.post("/account/password", given)

    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {field}
    assert PASSWORD not in answer.text


def test_my_language_is_kept_with_my_account(client, me):
    answer = client.post("/account/language", {"language": "en"}, follow=True)
    client.post("/account/language", {"language": "fr"})

    me.refresh_from_db()
    assert me.language == "en"
    assert "My posts" in answer.text


def test_i_read_who_looked_at_my_data(client, me, city):
    admin = a_signed_in(Client(), city.county_centre, "unit_admin")
    admin.post(url_of(me, "phone"), {"purpose": "紧急值班联系"})

    page = client.get("/account/")
    every = client.get("/account/looks")

    for answer in (page, every):
        assert "德城区综治中心" in answer.text
        assert "紧急值班联系" in answer.text
        assert "张敏" not in answer.text


def test_looks_have_pages_and_an_end(client, me, monkeypatch):
    monkeypatch.setattr("huiyin.people.views.account.LOOKS_A_PAGE", 2)
    for number in range(3):
        access_log.record(
            by=SYSTEM,
            at=timezone.now(),
            action="reveal",
            subject_type="account",
            subject_id=me.pk,
            purpose=f"look-{number}",
        )

    first = client.get("/account/looks")
    second = client.get("/account/looks" + first.context["older"])
    past = client.get(f"/account/looks?before={second.context['looks'][-1].id}")

    assert [look.purpose for look in first.context["looks"]] == ["look-2", "look-1"]
    assert [look.purpose for look in second.context["looks"]] == ["look-0"]
    assert second.context["older"] == ""
    assert "没有更多了" in past.text


@pytest.mark.parametrize("before", ["", "x", "-1", "99999999999999999999", "７"])
def test_a_page_that_cannot_be_is_the_first(client, me, before):
    answer = client.get(f"/account/looks?before={before}")

    assert answer.status_code == 200


def test_without_a_post_my_page_says_whom_to_ask(client):
    account = an_account("alone", password=PASSWORD, at=timezone.now())
    signed_in(client, account)

    page = client.get("/account/")

    assert page.context["holdings"] == []
    assert "您目前没有岗位" in page.text


@pytest.mark.parametrize(
    "path",
    ["/sign-in", "/sign-in/phone", "/account/", "/account/password", "/account/looks"],
)
def test_pages_are_not_kept_by_browsers_and_speak_english_too(client, me, path):
    client.cookies["huiyin_language"] = "en"
    visitor = Client()
    visitor.cookies["huiyin_language"] = "en"

    answer = (visitor if path.startswith("/sign-in") else client).get(path)

    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    assert '<html lang="en">' in answer.text
