"""Every error under /api/ is JSON in one shape, whatever answered."""

import json

import pytest
from django.test import Client
from django.utils import timezone

from huiyin.gateway.tests.callers import API, Caller, a_city, clerk, report, resident
from huiyin.people.tests.factories import PASSWORD, a_post, an_account, signed_in

pytestmark = pytest.mark.django_db


def shape(answer):
    """The code of an answer that has the one shape; fails for any other."""
    assert answer.headers["Content-Type"].startswith("application/json"), answer.content[:200]
    body = answer.json()
    assert sorted(body) == ["alternatives", "code", "data", "message"]
    assert body["message"]
    return body["code"]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        pytest.param("get", "/api/v1/nothing", 404, "api.nothing_here", id="unknown-address"),
        pytest.param("get", "/api/", 404, "api.nothing_here", id="no-version"),
        pytest.param("get", "/api/v1/matters/", 404, "api.nothing_here", id="slash-too-many"),
        pytest.param("delete", "/api/v1/places", 405, "api.wrong_method", id="wrong-method"),
        pytest.param("options", "/api/v1/places", 405, "api.wrong_method", id="no-cors"),
        pytest.param("get", "/api/v1/me", 401, "api.sign_in_first", id="visitor"),
        pytest.param("post", "/api/v1/matters", 401, "api.sign_in_first", id="visitor-writes"),
        pytest.param("get", "/api/v1/places?q=%00", 400, "api.malformed", id="nul"),
        pytest.param("get", "/api/v1/places", 422, "api.invalid", id="value-missing"),
        pytest.param("get", "/api/v1/places?q=x&limit=no", 422, "api.invalid", id="no-number"),
        pytest.param("get", "/api/v1/places/1", 404, "api.nothing_here", id="no-such-place"),
        pytest.param("get", "/api/v1/procedures/x", 404, "api.nothing_here", id="no-procedure"),
    ],
)
def test_errors_have_one_shape_for_visitors(method, path, status, code):
    answer = getattr(Client(), method)(path)

    assert (answer.status_code, shape(answer)) == (status, code)
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        pytest.param(b"{", 400, "api.malformed", id="no-json"),
        pytest.param(b'{"title": "\\u0000"}', 400, "api.malformed", id="nul"),
        pytest.param(b'{"title": "\\ud800"}', 400, "api.malformed", id="half-a-sign"),
        pytest.param(b'{"lon": NaN}', 400, "api.malformed", id="not-a-number"),
        pytest.param(b"[" * 10_000, 400, "api.malformed", id="deep"),
        pytest.param(b"\xff", 400, "api.malformed", id="no-utf-8"),
        pytest.param(b"[]", 422, "api.invalid", id="no-object"),
        pytest.param(b'{"more": 1}', 422, "api.invalid", id="unknown-name"),
        pytest.param(b" " * 300_000, 413, "api.too_large", id="too-large"),
    ],
)
def test_bodies_that_cannot_be_read_are_refused(body, status, code):
    caller = resident(a_city())

    answer = caller.client.post(
        f"{API}/matters", body, content_type="application/json", headers=caller.headers
    )

    assert (answer.status_code, shape(answer)) == (status, code)


def test_what_is_no_json_is_not_guessed_at():
    caller = resident(a_city())

    answer = caller.client.post(f"{API}/matters", {"title": "x"}, headers=caller.headers)

    assert (answer.status_code, shape(answer)) == (400, "api.malformed")


def test_a_missing_matter_and_that_of_others_answer_alike():
    city = a_city()
    number = report(city).json()["number"]
    bureau = clerk(city.unit("department"))

    missing, hidden = bureau.get("/matters/3714000000000000"), bureau.get(f"/matters/{number}")

    assert (missing.status_code, missing.json()) == (hidden.status_code, hidden.json())
    assert shape(missing) == "matters.not_found"


def test_a_fault_of_ours_tells_a_code_and_no_trace(monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("内部细节")

    monkeypatch.setattr("huiyin.gateway.api.reference.search_places", broken)

    answer = Client(raise_request_exception=False).get(f"{API}/places?q=x1")

    assert (answer.status_code, shape(answer)) == (500, "api.our_fault")
    assert answer.json()["data"]["report"]
    assert "内部细节" not in answer.text


def test_messages_are_in_the_language_asked_for():
    zh = Client().get("/api/v1/me", headers={"Accept-Language": "zh-CN,en;q=0.8"})
    en = Client().get("/api/v1/me", headers={"Accept-Language": "fr, en-GB;q=0.9, zh;q=0.2"})
    other = Client().get("/api/v1/me", headers={"Accept-Language": "fr"})

    assert zh.json()["message"].startswith("请先登录")
    assert en.json()["message"].startswith("Sign in")
    assert other.json()["message"] == zh.json()["message"]
    assert en.headers["WWW-Authenticate"].startswith("Bearer")


# --- sessions -----------------------------------------------------------------------------------


def a_browser(city, *, strict=False):
    account = an_account("zhangmin", password=PASSWORD)
    post = a_post(account, city.unit("hotline_centre"), "hotline_agent", at=timezone.now())
    client = signed_in(Client(), account)
    if strict:
        cookies = client.cookies
        client = Client(enforce_csrf_checks=True)
        client.cookies = cookies
    return client, post


def test_a_session_reads_and_acts_as_its_post():
    city = a_city()
    client, post = a_browser(city)

    me = client.get(f"{API}/me").json()

    assert [one["key"] for one in me["posts"]] == [f"post:{post.pk}"]
    assert me["posts"][0]["is_current"]
    assert "hotline.dispatch" in me["permissions"]


def test_a_session_that_changes_something_needs_the_token_of_the_form():
    client, _ = a_browser(a_city(), strict=True)

    refused = client.post(f"{API}/acts", "{}", content_type="application/json")

    assert (refused.status_code, shape(refused)) == (403, "api.csrf")


def test_a_post_that_is_not_ones_own_is_refused():
    city = a_city()
    client, post = a_browser(city)
    other = clerk(city.unit("department"))

    own = client.get(f"{API}/me", headers={"Huiyin-Post": f"post:{post.pk}"})
    refused = client.get(f"{API}/me", headers={"Huiyin-Post": "post:x"})
    by_token = Caller()
    by_token.headers = {**other.headers, "Huiyin-Post": f"post:{post.pk}"}

    assert own.status_code == 200
    assert (refused.status_code, shape(refused)) == (403, "api.post_not_yours")
    assert shape(by_token.get("/me")) == "api.post_not_yours"


def test_a_post_that_was_taken_away_is_refused_at_once_though_the_session_began_in_it():
    city = a_city()
    client, post = a_browser(city)
    named = {"Huiyin-Post": f"post:{post.pk}"}
    assert client.get(f"{API}/me", headers=named).status_code == 200

    post.valid_to = timezone.localdate()
    post.save(update_fields=["valid_to"])

    assert shape(client.get(f"{API}/me", headers=named)) == "api.post_not_yours"


# --- limits -------------------------------------------------------------------------------------


def test_a_token_may_ask_so_often_a_minute_and_is_told_how_often_still(configured):
    configured(rate_per_minute=3)
    city = a_city()
    caller, other = resident(city), clerk(city.unit("department"))

    answers = [caller.get("/me") for _ in range(4)]

    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    assert [one.headers["RateLimit-Remaining"] for one in answers] == ["2", "1", "0", "0"]
    assert shape(answers[-1]) == "api.too_many"
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
    assert other.get("/me").status_code == 200


def test_guessing_tokens_is_counted_by_address(configured):
    configured(rate_per_minute=2)

    answers = [Caller(f"hyt_guess{number}").get("/me") for number in range(3)]

    assert [one.status_code for one in answers] == [401, 401, 429]
    assert shape(answers[0]) == "api.token_not_good"


def test_unknown_addresses_are_counted_too(configured):
    configured(rate_per_minute=2)

    answers = [Client().get("/api/v1/nothing") for _ in range(3)]

    assert [one.status_code for one in answers] == [404, 404, 429]
    assert json.loads(answers[-1].content)["code"] == "api.too_many"
