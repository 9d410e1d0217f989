"""Sessions: they know their account, end when idle, and can be ended by their owner."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from huiyin.people import accounts, posts, sessions
from huiyin.people.actors import SYSTEM
from huiyin.people.models import Account, AccountKind, Session
from huiyin.people.sessions import SEEN_EVERY, SessionStore, digest_of, lifetimes_of
from huiyin.people.signing_in import sign_in
from huiyin.people.tests.factories import (
    OTHER_PASSWORD,
    PASSWORD,
    PHONE,
    a_post,
    an_account,
    signed_in,
    the_city,
)
from huiyin.ui.identifiers import new_id

pytestmark = pytest.mark.django_db

EDGE = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/124.0 Safari/537.36 Edg/124.0"


@pytest.fixture
def wangfang():
    return an_account("wangfang", password=PASSWORD, at=timezone.now())


@pytest.fixture
def resident(client, rf):
    """A resident, signed in on `client`."""
    account = accounts.resident_for_phone(phone=PHONE, at=timezone.now())
    request = rf.get("/")
    request.session = SessionStore()
    sign_in(request, account, at=timezone.now())
    request.session.save()
    client.cookies["huiyin_session"] = request.session.session_key
    return account


def unused_for(span):
    Session.objects.update(last_seen_at=timezone.now() - span)


def is_in(client):
    return client.get("/account/").status_code == 200


def test_a_session_knows_account_device_and_times_and_not_its_key(wangfang):
    client = Client(HTTP_USER_AGENT=EDGE)
    signed_in(client, wangfang)
    key = client.cookies["huiyin_session"].value

    (row,) = Session.objects.all()

    assert (row.account, row.device, row.session_key) == (wangfang, "Edge, Windows", digest_of(key))
    assert row.expire_date - row.created_at == timedelta(hours=12)
    assert key not in str(row.__dict__)


def test_the_key_in_the_table_opens_nothing(client, wangfang):
    signed_in(client, wangfang)
    client.cookies["huiyin_session"] = Session.objects.get().session_key

    assert not is_in(client)


@pytest.mark.parametrize(
    ("unused", "stays"),
    [
        pytest.param(timedelta(minutes=30), True, id="within"),
        pytest.param(timedelta(minutes=31, seconds=1), False, id="over"),
    ],
)
def test_staff_are_signed_out_when_idle(client, wangfang, unused, stays):
    signed_in(client, wangfang)
    unused_for(unused)

    assert is_in(client) is stays
    assert Session.objects.exists() is stays


def test_the_sign_in_page_says_that_it_was_idle(client, wangfang):
    signed_in(client, wangfang)
    unused_for(timedelta(hours=1))

    answer = client.get("/account/", follow=True)

    assert answer.redirect_chain == [("/sign-in?next=/account/&idle=1", 303)]
    assert answer.context["was_idle"]
    assert "huiyin_session" not in {name for name, c in client.cookies.items() if c.value}


def test_a_part_of_a_page_leads_to_sign_in_and_back_to_the_page(client, wangfang):
    signed_in(client, wangfang)
    unused_for(timedelta(hours=1))

    answer = client.get(
        "/account/looks",
        HTTP_HX_REQUEST="true",
        HTTP_HX_CURRENT_URL="http://localhost/account/?tab=1",
    )

    assert (answer.status_code, answer.headers["HX-Redirect"]) == (
        204,
        "/sign-in?next=/account/%3Ftab%3D1&idle=1",
    )


def test_a_form_within_a_page_stays_as_it_is_written_when_the_session_has_ended(client, wangfang):
    signed_in(client, wangfang)
    unused_for(timedelta(hours=1))

    answer = client.post(
        "/account/looks", HTTP_HX_REQUEST="true", HTTP_HX_CURRENT_URL="http://localhost/account/"
    )

    assert answer.status_code == 401
    assert "HX-Redirect" not in answer.headers
    assert "写的内容还在这里" in answer.content.decode()
    assert 'href="/sign-in?next=/account/"' in answer.content.decode()


def test_a_session_ends_after_its_hours_however_much_it_is_used(client, wangfang):
    signed_in(client, wangfang)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))

    assert not is_in(client)


def test_use_does_not_move_the_end(client, wangfang):
    signed_in(client, wangfang)
    Session.objects.update(created_at=timezone.now() - timedelta(hours=3))
    (before,) = Session.objects.values_list("expire_date", flat=True)
    client.post("/account/language", {"language": "en"})

    client.get("/account/")

    assert list(Session.objects.values_list("expire_date", flat=True)) == [before]


def test_being_seen_is_written_once_a_minute(client, wangfang, django_assert_num_queries):
    signed_in(client, wangfang)
    client.get("/account/")
    (first,) = Session.objects.values_list("last_seen_at", flat=True)
    client.get("/account/")
    unchanged = list(Session.objects.values_list("last_seen_at", flat=True)) == [first]
    unused_for(SEEN_EVERY)
    client.get("/account/")

    (now,) = Session.objects.values_list("last_seen_at", flat=True)
    assert unchanged
    assert now > first


def test_residents_stay_signed_in_for_longer(client, resident):
    unused_for(timedelta(days=6))

    assert is_in(client)
    assert lifetimes_of(AccountKind.RESIDENT).life == timedelta(days=30)


def test_residents_are_signed_out_after_a_week_without_use(client, resident):
    unused_for(timedelta(days=7, minutes=2))

    assert not is_in(client)


def test_the_cookie_of_staff_goes_with_the_window_and_is_hidden_from_scripts(client, wangfang):
    signed_in(client, wangfang)

    cookie = client.cookies["huiyin_session"]

    assert (cookie["expires"], cookie["httponly"], cookie["samesite"]) == ("", True, "Lax")


def test_visitors_get_no_session(client):
    client.get("/sign-in")

    assert not Session.objects.exists()


# --- ending them --------------------------------------------------------------------------------


def test_a_list_shows_ones_own_sessions_this_one_first(client, wangfang):
    there = signed_in(Client(HTTP_USER_AGENT=EDGE), wangfang)
    signed_in(client, wangfang)
    signed_in(Client(), an_account("lina", password=PASSWORD, at=timezone.now()))
    key = client.cookies["huiyin_session"].value

    shown = sessions.sessions_of(wangfang.pk, kind="staff", current_key=key, at=timezone.now())

    assert [(one.device, one.is_current, one.ref) for one in shown] == [
        ("", True, digest_of(key)),
        ("Edge, Windows", False, digest_of(there.cookies["huiyin_session"].value)),
    ]


def test_a_session_elsewhere_is_ended_from_here(client, wangfang):
    there = signed_in(Client(), wangfang)
    signed_in(client, wangfang)
    ref = digest_of(there.cookies["huiyin_session"].value)

    answer = client.post("/account/sessions", {"ref": ref})

    assert answer.headers["Location"] == "/account/"
    assert (is_in(client), is_in(there)) == (True, False)


def test_all_others_are_ended_at_once(client, wangfang):
    others = [signed_in(Client(), wangfang) for _ in range(2)]
    signed_in(client, wangfang)

    client.post("/account/sessions", {"ref": "others"})

    assert [is_in(one) for one in (client, *others)] == [True, False, False]


def test_nobody_ends_the_session_of_somebody_else(client, wangfang):
    other = signed_in(Client(), an_account("lina", password=PASSWORD, at=timezone.now()))
    signed_in(client, wangfang)

    client.post("/account/sessions", {"ref": digest_of(other.cookies["huiyin_session"].value)})

    assert is_in(other)


def test_a_session_ended_elsewhere_does_not_come_back(wangfang):
    client = signed_in(Client(), wangfang)
    store = SessionStore(client.cookies["huiyin_session"].value)
    store["note"] = "written after the end"
    sessions.end_sessions(account_id=wangfang.pk)

    with pytest.raises(sessions.UpdateError):
        store.save()

    assert not Session.objects.exists()


def test_a_new_password_ends_the_others_and_not_this_one(client, wangfang):
    there = signed_in(Client(), wangfang)
    signed_in(client, wangfang)
    before = client.cookies["huiyin_session"].value

    client.post(
        "/account/password", {"old": PASSWORD, "new": OTHER_PASSWORD, "again": OTHER_PASSWORD}
    )

    assert (is_in(client), is_in(there)) == (True, False)
    assert client.cookies["huiyin_session"].value != before


def test_a_password_set_behind_the_session_ends_it(client, wangfang):
    signed_in(client, wangfang)
    wangfang.set_password(OTHER_PASSWORD)
    wangfang.save(update_fields=["password"])

    assert not is_in(client)


# --- the post in the session --------------------------------------------------------------------


def actor_on(client):
    return client.get("/account/").context["actor"]


def test_one_begins_in_the_default_post_and_switches(client, wangfang):
    now, city = timezone.now(), the_city()
    a_post(wangfang, city.county_housing, at=now)
    second = a_post(wangfang, city.county_centre, "centre_clerk", at=now)
    signed_in(client, wangfang)
    first_unit = actor_on(client).unit_name

    client.post("/account/post", {"holding": f"post:{second.pk}"})

    assert (first_unit, actor_on(client).unit_name) == ("德城区住建局", "德城区综治中心")


def test_a_post_taken_away_stops_at_once(client, wangfang):
    now, city = timezone.now(), the_city()
    post = a_post(wangfang, city.county_housing, "unit_admin", at=now)
    signed_in(client, wangfang)
    before = client.get("/desk/people/").status_code

    posts.end_post(post_id=post.pk, on=timezone.localdate(now), by=SYSTEM, at=now)

    assert (before, client.get("/desk/people/").status_code) == (200, 403)
    assert actor_on(client).post_id is None


def test_the_default_post_takes_the_place_of_one_that_ended(client, wangfang):
    now, city = timezone.now(), the_city()
    a_post(wangfang, city.county_housing, at=now)
    second = a_post(wangfang, city.county_centre, "centre_clerk", at=now)
    signed_in(client, wangfang)
    client.post("/account/post", {"holding": f"post:{second.pk}"})

    posts.end_post(post_id=second.pk, on=timezone.localdate(now), by=SYSTEM, at=now)

    assert actor_on(client).unit_name == "德城区住建局"


def test_permissions_taken_out_of_a_set_stop_at_once(client, wangfang):
    post = a_post(wangfang, the_city().county_housing, "unit_admin", at=timezone.now())
    signed_in(client, wangfang)

    post.permission_set.permissions = []
    post.permission_set.save()

    assert client.get("/desk/people/").status_code == 403


def test_a_closed_account_is_out_at_once(client, wangfang):
    signed_in(client, wangfang)
    Account.objects.filter(pk=wangfang.pk).update(is_active=False)

    assert not is_in(client)
    assert not Session.objects.exists()


def test_the_post_of_somebody_else_cannot_be_switched_to(client, wangfang):
    now, city = timezone.now(), the_city()
    a_post(wangfang, city.county_housing, at=now)
    other = a_post(an_account("lina", at=now), city.county_centre, "unit_admin", at=now)
    signed_in(client, wangfang)

    answer = client.post("/account/post", {"holding": f"post:{other.pk}"})

    assert answer.status_code == 409
    assert actor_on(client).unit_name == "德城区住建局"


def test_who_acts_costs_one_query_and_the_count(
    client, wangfang, resident, django_assert_num_queries
):
    a_post(wangfang, the_city().county_housing, at=timezone.now())
    staff = Client()
    signed_in(staff, wangfang)

    for one in (staff, client):  # of staff in a post, and of a resident
        one.get("/ui/display")
        with django_assert_num_queries(2):  # session with account and post, rate
            one.get("/ui/display")


def test_the_post_read_with_a_session_is_a_hint_that_the_session_has_to_bear_out(client, wangfang):
    now, city = timezone.now(), the_city()
    own = a_post(wangfang, city.county_housing, at=now)
    other = a_post(an_account("lina", at=now), city.county_centre, "unit_admin", at=now)
    signed_in(client, wangfang)
    assert Session.objects.get().post_id == own.pk

    for hint in (None, other.pk, new_id()):
        Session.objects.update(post=hint)
        assert actor_on(client).unit_name == "德城区住建局"
