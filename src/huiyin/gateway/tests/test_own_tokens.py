"""One's own tokens: made, shown once, used, revoked; nobody else's."""

import re

import pytest
from django.utils import timezone

from huiyin.gateway import tokens
from huiyin.gateway.models import ApiToken
from huiyin.gateway.tests.callers import Caller, in_a_browser
from huiyin.people.accounts import resident_for_phone
from huiyin.people.models import AccessLog
from huiyin.people.tests.factories import PASSWORD, PHONE, a_post, an_account, the_city

pytestmark = pytest.mark.django_db
PAGE = "/account/keys/"


def a_clerk():
    city = the_city()
    clerk = an_account("wangfang", password=PASSWORD, at=timezone.now())
    return clerk, a_post(clerk, city.county_housing, at=timezone.now())


def made(client, post, **more):
    said = {"label": "对接程序", "may": "act", "days": "90", "post": str(post.pk), **more}
    return client.post(PAGE + "make", said)


def secret_in(response):
    return re.search(r"hyt_[\w-]{40,}", response.content.decode())[0]


def test_a_key_is_shown_once_works_and_ends_when_it_is_revoked():
    clerk, post = a_clerk()
    client = in_a_browser(clerk)

    secret = secret_in(made(client, post))
    assert secret not in client.get(PAGE).content.decode()
    assert Caller(secret).get("/me").json()["rights"] == ["act", "read"]

    token = ApiToken.objects.get()
    client.post(PAGE + "revoke", {"token": str(token.pk)})

    assert Caller(secret).get("/me").json()["code"] == "api.token_not_good"
    logged = AccessLog.objects.filter(subject_type="api_token").order_by("pk")
    assert [one.action for one in logged] == ["token_made", "token_revoked"]


def test_nobody_revokes_or_sees_the_keys_of_somebody_else():
    clerk, post = a_clerk()
    made(in_a_browser(clerk), post)
    token = ApiToken.objects.get()
    other = in_a_browser(an_account("lina", password=PASSWORD, at=timezone.now()))

    refused = other.post(PAGE + "revoke", {"token": str(token.pk)})

    assert refused.status_code == 409
    assert "对接程序" not in refused.content.decode()
    token.refresh_from_db()
    assert token.revoked_at is None


def test_a_key_works_only_in_a_post_of_ones_own():
    clerk, _ = a_clerk()
    colleague = an_account("lina", password=PASSWORD, at=timezone.now())
    theirs = a_post(colleague, clerk.posts.get().unit, at=timezone.now())

    refused = made(in_a_browser(clerk), theirs)

    assert refused.status_code == 422
    assert not ApiToken.objects.exists()


def test_residents_make_keys_without_a_post_and_not_for_webhooks():
    the_city()
    lijuan = in_a_browser(resident_for_phone(phone=PHONE, at=timezone.now()))
    said = {"label": "我的手机", "may": "read", "days": "30"}

    assert lijuan.post(PAGE + "make", {**said, "may": "webhooks"}).status_code == 422
    secret = secret_in(lijuan.post(PAGE + "make", said))

    assert Caller(secret).get("/me").json()["kind"] == "resident"


def test_there_are_at_most_twenty_valid_keys(monkeypatch):
    monkeypatch.setattr(tokens, "MOST_VALID", 1)
    clerk, post = a_clerk()
    client = in_a_browser(clerk)
    made(client, post)

    refused = made(client, post)

    assert refused.status_code == 409
    assert ApiToken.objects.count() == 1
