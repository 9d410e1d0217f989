"""Staff sign in by user name or phone; wrong passwords rest the sign-in, names stay unknown."""

import re
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.utils import timezone

from huiyin.people import accounts, limits, lockout, passwords
from huiyin.people.actors import SYSTEM
from huiyin.people.models import AccessLog, Account, RateCount, Session
from huiyin.people.tests.factories import (
    OTHER_PASSWORD,
    PASSWORD,
    PHONE,
    a_post,
    an_account,
    signed_in,
    the_city,
)

pytestmark = pytest.mark.django_db

hashed = []


class CountingArgon2(passwords.Argon2):
    """The hasher of the installation, which also counts how often it hashes or checks."""

    def encode(self, password, salt):
        hashed.append("encode")
        return super().encode(password, salt)

    def verify(self, password, encoded):
        hashed.append("verify")
        return super().verify(password, encoded)


@pytest.fixture
def wangfang():
    return an_account("wangfang", phone=PHONE, password=PASSWORD, at=timezone.now())


def attempt(client, login, password, **extra):
    return client.post("/sign-in", {"login": login, "password": password, **extra})


def sentences(answer):
    """What a page says, without what changes from answer to answer."""
    return re.sub(r'value="[^"]*"|csrf[^>]*|X-CSRFToken[^}]*', "", answer.text)


# --- letting in ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "login", ["wangfang", "WangFang ", "15400000001", "+86 154 0000 0001", "154-0000-0001"]
)
def test_user_name_and_phone_both_sign_in(client, wangfang, login):
    answer = attempt(client, login, PASSWORD)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk")
    assert client.get("/account/").context["account"] == wangfang


def test_signing_in_leads_back_to_where_one_was(client, wangfang):
    answer = attempt(client, "wangfang", PASSWORD, next="/account/looks?before=7")

    assert answer.headers["Location"] == "/account/looks?before=7"


@pytest.mark.parametrize("elsewhere", ["//evil.example/", "https://evil.example/", "javascript:1"])
def test_signing_in_leads_nowhere_else(client, wangfang, elsewhere):
    assert attempt(client, "wangfang", PASSWORD, next=elsewhere).headers["Location"] == "/desk"


def test_signing_in_is_written_down_without_the_name_that_was_typed(client, wangfang):
    attempt(client, "wangfang", PASSWORD)

    entry = AccessLog.objects.get(action="sign_in")
    assert (entry.account_id, entry.subject_id, entry.address) == (
        wangfang.pk,
        str(wangfang.pk),
        "127.0.0.1",
    )


def test_the_session_key_changes_at_sign_in_and_nothing_is_carried_over(client, wangfang):
    client.get("/sign-in")
    session = client.session
    session["planted"] = "by a visitor"
    session.save()
    client.cookies["huiyin_session"] = before = session.session_key

    attempt(client, "wangfang", PASSWORD)

    assert client.cookies["huiyin_session"].value != before
    assert "planted" not in client.session
    assert Session.objects.count() == 1


def test_whoever_is_signed_in_already_goes_on(client, wangfang):
    signed_in(client, wangfang)

    answer = client.get("/sign-in?next=/account/")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/account/")


def test_the_language_of_the_account_comes_back(client, wangfang):
    accounts.keep_language(account_id=wangfang.pk, language="en")

    attempt(client, "wangfang", PASSWORD)

    assert client.cookies["huiyin_language"].value == "en"


# --- not letting in -----------------------------------------------------------------------------


def test_an_unknown_name_a_wrong_password_and_a_closed_account_answer_the_same(client, wangfang):
    closed = an_account("closed", password=PASSWORD, at=timezone.now())
    accounts.close_account(account_id=closed.pk, by=SYSTEM, at=timezone.now())

    wrong = attempt(client, "wangfang", OTHER_PASSWORD)
    unknown = attempt(client, "nobody", OTHER_PASSWORD)
    gone = attempt(client, "closed", PASSWORD)

    assert [answer.status_code for answer in (wrong, unknown, gone)] == [422, 422, 422]
    assert sentences(wrong) == sentences(unknown) == sentences(gone)
    assert "用户名或密码不对" in wrong.text


def test_every_answer_costs_one_hash(client, wangfang, settings):
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingArgon2"]
    an_account("waiting", at=timezone.now())  # has no password yet
    accounts.resident_for_phone(phone="15400000009", at=timezone.now())
    counts = {}
    for login in ("wangfang", "nobody", "waiting", "15400000009"):
        hashed.clear()
        attempt(client, login, OTHER_PASSWORD)
        counts[login] = len(hashed)

    assert counts == dict.fromkeys(counts, 1)


def test_what_was_typed_stays_and_the_password_does_not(client, wangfang):
    answer = attempt(client, "wangfang", "wrong-password-1", next="/account/")

    assert 'value="wangfang"' in answer.text
    assert 'name="next" value="/account/"' in answer.text
    assert "wrong-password-1" not in answer.text


def test_empty_fields_are_asked_for(client):
    answer = attempt(client, "", "")

    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"login", "password"}
    assert AccessAttempt.objects.count() == 0


# --- resting ------------------------------------------------------------------------------------


def test_the_last_tries_are_counted_aloud(client, wangfang):
    answers = [attempt(client, "wangfang", OTHER_PASSWORD).text for _ in range(4)]

    assert [re.findall(r"还可以再试 (\d) 次", text) for text in answers] == [[], [], ["2"], ["1"]]


@pytest.mark.parametrize("login", ["wangfang", "nobody"])
def test_five_wrong_passwords_rest_the_sign_in_and_say_for_how_long(client, wangfang, login):
    answers = [attempt(client, login, OTHER_PASSWORD) for _ in range(5)]
    after = attempt(client, login, PASSWORD)

    assert [answer.status_code for answer in (*answers, after)] == [422] * 4 + [429] * 2
    assert "15 分钟" in after.text
    assert 14 * 60 <= int(after.headers["Retry-After"]) <= 15 * 60


def test_phone_and_user_name_are_counted_together(client, wangfang):
    for login in ("wangfang", PHONE, "wangfang", "+86 15400000001", "WANGFANG"):
        last = attempt(client, login, OTHER_PASSWORD)

    assert last.status_code == 429


def test_the_rest_ends_after_a_quarter_of_an_hour_also_for_those_who_keep_trying(client, wangfang):
    for _ in range(7):
        attempt(client, "wangfang", OTHER_PASSWORD)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=15, seconds=1))

    assert attempt(client, "wangfang", PASSWORD).status_code == 303


def test_trying_during_the_rest_does_not_make_it_longer(client, wangfang):
    for _ in range(5):
        attempt(client, "wangfang", OTHER_PASSWORD)
    (before,) = AccessAttempt.objects.values_list("attempt_time", "failures_since_start")

    attempt(client, "wangfang", OTHER_PASSWORD)

    assert list(AccessAttempt.objects.values_list("attempt_time", "failures_since_start")) == [
        before
    ]


def test_others_at_the_same_address_still_sign_in(client, wangfang):
    an_account("lina", password=PASSWORD, at=timezone.now())
    for _ in range(5):
        attempt(client, "wangfang", OTHER_PASSWORD)

    assert attempt(client, "lina", PASSWORD).status_code == 303


def test_a_right_password_begins_the_count_afresh(client, wangfang):
    for _ in range(4):
        attempt(client, "wangfang", OTHER_PASSWORD)
    signed_in(client, wangfang)
    client.post("/sign-out")

    assert attempt(client, "wangfang", OTHER_PASSWORD).status_code == 422


def test_a_name_tried_from_many_addresses_rests_too(client, wangfang):
    for number in range(lockout.FAILURES_OF_A_NAME):
        client.post(
            "/sign-in",
            {"login": "wangfang", "password": OTHER_PASSWORD},
            REMOTE_ADDR=f"192.0.2.{number}",
        )

    answer = attempt(client, "wangfang", PASSWORD)

    assert answer.status_code == 429
    assert lockout.is_resting(wangfang, at=timezone.now())


def test_an_address_that_tries_many_names_rests_too(client, wangfang, monkeypatch):
    monkeypatch.setattr(lockout, "FAILURES_OF_AN_ADDRESS", 3)
    for name in ("a1", "a2", "a3"):
        attempt(client, name, OTHER_PASSWORD)

    assert attempt(client, "wangfang", PASSWORD).status_code == 429
    other = client.post(
        "/sign-in", {"login": "wangfang", "password": PASSWORD}, REMOTE_ADDR="192.0.2.99"
    )
    assert other.status_code == 303


def test_an_administrator_lets_somebody_try_again_at_once(client, wangfang):
    for _ in range(5):
        attempt(client, "wangfang", OTHER_PASSWORD)
    resting = lockout.is_resting(wangfang, at=timezone.now())

    accounts.unlock_sign_in(account_id=wangfang.pk, by=SYSTEM, at=timezone.now())

    assert (resting, lockout.is_resting(wangfang, at=timezone.now())) == (True, False)
    assert attempt(client, "wangfang", PASSWORD).status_code == 303


def test_neither_names_nor_passwords_reach_the_tables(client, wangfang):
    attempt(client, "wangfang", "wrong-password-1", next="/account/")
    attempt(client, PHONE, "wrong-password-1")
    attempt(client, "somebody-else", "wrong-password-1")

    kept = str([*AccessAttempt.objects.values(), *RateCount.objects.values()])

    assert AccessAttempt.objects.count() == 2
    for typed in ("wangfang", PHONE, "somebody-else", "wrong-password-1", "/account/"):
        assert typed not in kept


# --- an initial password ------------------------------------------------------------------------


@pytest.fixture
def initial(client, wangfang):
    Account.objects.filter(pk=wangfang.pk).update(must_change_password=True)
    return signed_in(client, wangfang)


@pytest.mark.parametrize("path", ["/account/", "/", "/desk", "/desk/people/"])
def test_an_initial_password_leads_to_the_form_and_nowhere_else(initial, path):
    answer = initial.get(path)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/account/password")


def test_with_an_initial_password_one_may_choose_language_and_sign_out(initial):
    language = initial.post("/ui/language", {"language": "en", "next": "/account/password"})
    form = initial.get("/account/password")

    assert language.headers["Location"] == "/account/password"
    assert (form.status_code, form.context["must"]) == (200, True)
    assert initial.post("/sign-out").headers["Location"] == "/"


def test_a_password_of_ones_own_opens_everything(initial, wangfang):
    changed = initial.post(
        "/account/password",
        {"old": PASSWORD, "new": OTHER_PASSWORD, "again": OTHER_PASSWORD},
    )

    assert changed.headers["Location"] == "/account/"
    assert initial.get("/account/").status_code == 200


def test_htmx_is_led_there_too(initial):
    answer = initial.get("/account/", HTTP_HX_REQUEST="true")

    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/account/password")


# --- signing out --------------------------------------------------------------------------------


def test_signing_out_ends_the_session(client, wangfang):
    signed_in(client, wangfang)

    answer = client.post("/sign-out")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert not Session.objects.exists()
    assert client.get("/account/").headers["Location"] == "/sign-in?next=/account/"


def test_a_link_cannot_sign_anybody_out(client, wangfang):
    signed_in(client, wangfang)

    assert client.get("/sign-out").status_code == 405
    assert Session.objects.count() == 1


# --- activation ---------------------------------------------------------------------------------


def test_an_activation_link_shows_at_get_and_is_used_up_at_post(client):
    now = timezone.now()
    account = an_account("lina", name="李娜", at=now)
    a_post(account, the_city().county_housing, at=now)
    path = accounts.issue_activation_link(account_id=account.pk, by=SYSTEM, at=now)

    shown = [client.get(path) for _ in range(2)]
    weak = client.post(path, {"new": "1234567890", "again": "1234567890"})
    differs = client.post(path, {"new": PASSWORD, "again": OTHER_PASSWORD})
    done = client.post(path, {"new": PASSWORD, "again": PASSWORD})
    again = client.get(path)

    assert [answer.status_code for answer in (*shown, weak, differs, done, again)] == [
        200,
        200,
        422,
        422,
        303,
        410,
    ]
    assert done.headers["Location"] == "/desk"
    assert client.get("/account/").context["account"] == account
    assert "lina" in shown[0].text


def test_a_link_nobody_made_says_what_to_do(client):
    answer = client.get("/activate/not-a-real-one")

    assert answer.status_code == 410
    assert "/sign-in" in answer.text


# --- how often ----------------------------------------------------------------------------------


def test_a_visitor_may_ask_only_so_often_a_minute(client, configured):
    configured(rate_per_minute=3)

    answers = [client.get("/sign-in") for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert 1 <= int(answers[3].headers["Retry-After"]) <= 60


def test_an_address_where_nothing_is_counts_too(client, configured):
    configured(rate_per_minute=2)

    answers = [client.get("/no-such-page") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [404, 404, 429]


def test_signed_in_people_are_counted_by_account_not_by_address(client, configured, wangfang):
    signed_in(client, wangfang)
    limits.forget(*RateCount.objects.values_list("key", flat=True))
    configured(rate_per_minute=2)
    for _ in range(2):
        client.get("/account/")

    here = client.get("/account/")
    visitor = type(client)().get("/sign-in")

    assert (here.status_code, visitor.status_code) == (429, 200)


@pytest.mark.parametrize("path", ["/health", "/static/ui/icon.svg"])
def test_machines_are_not_counted(client, configured, path):
    configured(rate_per_minute=1)
    statuses = []

    for _ in range(3):
        answer = client.get(path)
        statuses.append(answer.status_code)
        answer.close()

    assert statuses == [200, 200, 200]


# --- cost ---------------------------------------------------------------------------------------


def test_argon2_costs_what_owasp_asks_for_outside_of_tests():
    assert issubclass(passwords.Argon2, Argon2PasswordHasher)
    assert passwords.COST == {"production": (2, 19_456), "demo": (2, 19_456), "test": (1, 8)}
