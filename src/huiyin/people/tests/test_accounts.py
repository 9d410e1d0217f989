"""Accounts: made without password, opened by a link, closed for good."""

from datetime import timedelta

import pytest
from django.utils import timezone

from huiyin.people import accounts, posts
from huiyin.people.actors import SYSTEM
from huiyin.people.models import AccessLog, Account, AccountKind, OneTimeLink, Session
from huiyin.people.refusals import (
    AccountClosed,
    LinkUsedUp,
    NameMissing,
    NotFound,
    NotPermitted,
    NoUnitForAdmin,
    OwnAccount,
    PasswordTooWeak,
    PasswordUnchanged,
    PasswordWrong,
    PhoneInUse,
    PhoneNotMobile,
    PostsElsewhere,
    SetNotYours,
    UsernameInUse,
    UsernameMalformed,
)
from huiyin.people.sessions import digest_of
from huiyin.people.tests.factories import (
    NOW,
    OTHER_PASSWORD,
    OTHER_PHONE,
    PASSWORD,
    PHONE,
    TODAY,
    TOMORROW,
    a_post,
    an_account,
    an_actor,
    somebody,
    the_city,
)

pytestmark = pytest.mark.django_db


def a_link(account, *, by=SYSTEM, at=NOW):
    path = accounts.issue_activation_link(account_id=account.pk, by=by, at=at)
    assert path.startswith("/activate/")
    return path.removeprefix("/activate/")


def a_session(account, key):
    return Session.objects.create(
        session_key=key, account=account, expire_date=NOW + timedelta(hours=9), last_seen_at=NOW
    )


def test_a_new_account_has_no_password_and_an_entry_in_the_log():
    account = accounts.create_staff(
        username=" WangFang ", name=" 王芳 ", phone="+86 154 0000 0001", by=SYSTEM, at=NOW
    )

    account.refresh_from_db()
    assert (account.kind, account.username, account.name, account.phone, account.created_at) == (
        AccountKind.STAFF,
        "wangfang",
        "王芳",
        PHONE,
        NOW,
    )
    assert (account.has_usable_password(), account.must_change_password) == (False, True)
    entry = AccessLog.objects.get()
    assert (entry.action, entry.subject_id, entry.account_id) == ("create", str(account.pk), None)


def test_the_phone_is_sealed_in_the_database():
    account = an_account(phone=PHONE)

    raw = Account.objects.extra(select={"raw": "phone || ''"}).values_list("raw", flat=True)

    assert PHONE not in raw.get(pk=account.pk)


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        pytest.param({"username": "a"}, UsernameMalformed, id="too-short"),
        pytest.param({"username": "王芳"}, UsernameMalformed, id="not-latin"),
        pytest.param({"username": "wang fang"}, UsernameMalformed, id="space"),
        pytest.param({"username": "15400000009"}, UsernameMalformed, id="like-a-phone"),
        pytest.param({"username": "TAKEN"}, UsernameInUse, id="taken-in-other-letters"),
        pytest.param({"name": "  "}, NameMissing, id="no-name"),
        pytest.param({"phone": "0534-2210001"}, PhoneNotMobile, id="office-line"),
        pytest.param({"phone": PHONE}, PhoneInUse, id="phone-taken"),
    ],
)
def test_an_account_that_cannot_be_is_refused(fields, refusal):
    an_account("taken", phone=PHONE)

    with pytest.raises(refusal):
        accounts.create_staff(
            **({"username": "lina", "name": "李娜", "phone": OTHER_PHONE} | fields),
            by=SYSTEM,
            at=NOW,
        )

    assert Account.objects.count() == 1


def test_only_administrators_make_accounts():
    clerk = somebody("clerk", the_city().county_housing)

    with pytest.raises(NotPermitted):
        accounts.create_staff(username="lina", name="李娜", by=clerk, at=NOW)


def test_enrolling_makes_account_and_post_or_neither():
    city = the_city()
    admin = somebody("admin", city.county_housing, "unit_admin")
    given = {"name": "李娜", "valid_from": TODAY, "by": admin, "at": NOW}

    account = accounts.enrol_staff(
        username="lina",
        unit_id=city.county_housing.pk,
        permission_set="department_clerk",
        **given,
    )
    with pytest.raises(NotPermitted):
        accounts.enrol_staff(
            username="other",
            unit_id=city.county_centre.pk,
            permission_set="department_clerk",
            **given,
        )

    (post,) = posts.open_posts(account.pk, on=TODAY)
    assert (post.unit, post.permission_set_id, post.is_default) == (
        city.county_housing,
        "department_clerk",
        True,
    )
    assert not Account.objects.filter(username="other").exists()


# --- the activation link ------------------------------------------------------------------------


def test_a_link_sets_the_password_once():
    account = an_account()
    token = a_link(account)

    assert accounts.link_owner(token, at=NOW) == account
    activated = accounts.activate(token=token, password=PASSWORD, at=NOW)

    assert activated.check_password(PASSWORD)
    assert not activated.must_change_password
    with pytest.raises(LinkUsedUp):
        accounts.activate(token=token, password=OTHER_PASSWORD, at=NOW)


def test_a_link_works_for_three_days():
    account = an_account()
    token = a_link(account)

    assert accounts.link_owner(token, at=NOW + timedelta(days=3, seconds=-1)) == account
    with pytest.raises(LinkUsedUp):
        accounts.link_owner(token, at=NOW + timedelta(days=3))


def test_a_new_link_ends_the_one_before():
    account = an_account()
    first, second = a_link(account), a_link(account)

    assert accounts.link_owner(second, at=NOW) == account
    with pytest.raises(LinkUsedUp):
        accounts.link_owner(first, at=NOW)


def test_a_weak_password_does_not_use_the_link_up():
    account = an_account()
    token = a_link(account)

    with pytest.raises(PasswordTooWeak):
        accounts.activate(token=token, password="1234567890", at=NOW)

    assert accounts.link_owner(token, at=NOW) == account


def test_activating_ends_the_sessions_of_before():
    account = an_account(password=PASSWORD)
    a_session(account, "old")

    accounts.activate(token=a_link(account), password=OTHER_PASSWORD, at=NOW)

    assert not Session.objects.exists()


def test_the_token_is_not_in_the_database():
    token = a_link(an_account())

    assert token.encode() not in bytes(OneTimeLink.objects.get().digest)


def test_the_link_of_a_colleague_with_a_post_elsewhere_is_for_the_city_to_make():
    city = the_city()
    admin = somebody("admin", city.county_housing, "unit_admin")
    shared = an_account("shared")
    a_post(shared, city.county_housing)
    a_post(shared, city.county_centre, "centre_clerk")

    with pytest.raises(PostsElsewhere) as refused:
        a_link(shared, by=admin)

    assert refused.value.unit == "德城区综治中心"
    assert a_link(shared, by=somebody("mayor", city.city_centre, "city_admin"))


def test_a_unit_administrator_cannot_open_the_account_of_a_city_administrator():
    city = the_city()
    admin = somebody("admin", city.city_centre, "unit_admin")
    above = somebody("above", city.city_centre, "city_admin")

    with pytest.raises(SetNotYours):
        a_link(Account.objects.get(pk=above.account_id), by=admin)


def test_links_are_made_only_for_those_one_looks_after():
    city = the_city()
    admin = somebody("admin", city.county_housing, "unit_admin")
    stranger = somebody("stranger", city.town_centre)

    with pytest.raises(NotFound):
        accounts.issue_activation_link(account_id=stranger.account_id, by=admin, at=NOW)


# --- the first administrator --------------------------------------------------------------------


def test_the_first_administrator_gets_a_post_in_the_governance_centre_and_a_link():
    city = the_city()

    path = accounts.create_admin(username="root", name="周明", at=NOW)

    account = accounts.link_owner(path.removeprefix("/activate/"), at=NOW)
    actor = an_actor(account)
    assert (actor.unit_id, actor.permission_set) == (city.city_centre.pk, "city_admin")
    assert actor.may("people.administer_all")


def test_without_units_there_is_no_administrator():
    with pytest.raises(NoUnitForAdmin) as refused:
        accounts.create_admin(username="root", name="周明", at=NOW)

    assert "huiyin load" in str(refused.value)
    assert not Account.objects.exists()


# --- passwords ----------------------------------------------------------------------------------


def test_changing_the_password_ends_all_other_sessions():
    account = an_account(password=PASSWORD)
    here, there = a_session(account, digest_of("here-and-now")), a_session(account, "elsewhere")

    accounts.change_password(
        account_id=account.pk,
        old=PASSWORD,
        new=OTHER_PASSWORD,
        by=an_actor(account),
        at=NOW,
        session_key="here-and-now",
    )

    account.refresh_from_db()
    assert account.check_password(OTHER_PASSWORD)
    assert list(Session.objects.values_list("pk", flat=True)) == [here.pk]
    assert there.pk != here.pk


@pytest.mark.parametrize(
    ("old", "new", "refusal"),
    [
        pytest.param("not this", OTHER_PASSWORD, PasswordWrong, id="old-wrong"),
        pytest.param(PASSWORD, PASSWORD, PasswordUnchanged, id="same"),
        pytest.param(PASSWORD, "short", PasswordTooWeak, id="short"),
        pytest.param(PASSWORD, "wangfang-01", PasswordTooWeak, id="like-the-user-name"),
        pytest.param(PASSWORD, "qwertyuiop", PasswordTooWeak, id="common"),
    ],
)
def test_a_password_that_will_not_do_changes_nothing(old, new, refusal):
    account = an_account(password=PASSWORD)

    with pytest.raises(refusal):
        accounts.change_password(
            account_id=account.pk, old=old, new=new, by=an_actor(account), at=NOW
        )

    account.refresh_from_db()
    assert account.check_password(PASSWORD)


def test_nobody_changes_the_password_of_somebody_else():
    city = the_city()
    account = an_account(password=PASSWORD)

    with pytest.raises(NotPermitted):
        accounts.change_password(
            account_id=account.pk,
            old=PASSWORD,
            new=OTHER_PASSWORD,
            by=somebody("mayor", city.city_centre, "city_admin"),
            at=NOW,
        )


# --- closing ------------------------------------------------------------------------------------


def test_closing_ends_posts_sessions_and_links():
    city = the_city()
    admin = somebody("admin", city.county_housing, "unit_admin")
    account = an_account(password=PASSWORD)
    a_post(account, city.county_housing)
    a_session(account, "open")
    token = a_link(account)

    accounts.close_account(account_id=account.pk, by=admin, at=NOW + timedelta(days=1))

    account.refresh_from_db()
    (post,) = account.posts.all()
    assert (account.is_active, account.has_usable_password()) == (False, False)
    assert post.valid_to == TOMORROW
    assert not Session.objects.filter(account=account).exists()
    with pytest.raises(LinkUsedUp):
        accounts.link_owner(token, at=NOW)


def test_a_closed_account_stays_closed_and_in_sight():
    city = the_city()
    admin = somebody("admin", city.county_housing, "unit_admin")
    account = an_account()
    a_post(account, city.county_housing)
    accounts.close_account(account_id=account.pk, by=admin, at=NOW)

    with pytest.raises(AccountClosed):
        a_link(account, by=admin)
    with pytest.raises(AccountClosed):
        accounts.close_account(account_id=account.pk, by=admin, at=NOW)


def test_a_phone_is_free_again_when_its_account_is_closed():
    account = an_account(phone=PHONE)
    accounts.close_account(account_id=account.pk, by=SYSTEM, at=NOW)

    again = an_account("wangfang2", phone=PHONE)

    assert again.phone == PHONE


def test_nobody_closes_their_own_account():
    admin = somebody("admin", the_city().county_housing, "unit_admin")

    with pytest.raises(OwnAccount):
        accounts.close_account(account_id=admin.account_id, by=admin, at=NOW)


# --- names to sign in with ----------------------------------------------------------------------


def test_a_user_name_and_a_phone_mean_the_same_account():
    an_account("wangfang", phone=PHONE)

    assert [
        accounts.login_name(typed)
        for typed in ("WangFang ", "154 0000 0001", "+8615400000001", "nobody", OTHER_PHONE)
    ] == ["wangfang", "wangfang", "wangfang", "nobody", OTHER_PHONE]


def test_a_login_name_costs_one_query_known_or_not(django_assert_num_queries):
    an_account("wangfang", phone=PHONE)

    for typed in ("wangfang", "nobody", PHONE, OTHER_PHONE):
        with django_assert_num_queries(1):
            accounts.login_name(typed)


# --- residents ----------------------------------------------------------------------------------


def test_a_phone_has_one_resident_account():
    first = accounts.resident_for_phone(phone="154-0000-0001", at=NOW)
    second = accounts.resident_for_phone(phone="+86 15400000001", at=timezone.now())

    assert first == second
    assert (first.kind, first.username, first.phone, first.has_usable_password()) == (
        AccountKind.RESIDENT,
        None,
        PHONE,
        False,
    )


def test_a_colleague_is_a_resident_too_with_an_account_apart():
    staff = an_account(phone=PHONE)

    resident = accounts.resident_for_phone(phone=PHONE, at=NOW)

    assert resident != staff
    assert resident.kind == AccountKind.RESIDENT
