"""Posts: given, ended, switched between; acting for somebody on leave."""

from datetime import date, timedelta

import pytest

from huiyin.people import accounts, posts
from huiyin.people.actors import SYSTEM
from huiyin.people.models import Account, PermissionSet, Post
from huiyin.people.refusals import (
    ActingForOneself,
    ActingTooLong,
    ActingTwice,
    EndIsPast,
    EndsBeforeItStarts,
    NotFound,
    NotPermitted,
    PostAlreadyHeld,
    PostEnded,
    ReasonMissing,
    SetNotYours,
    UnitClosed,
    UnknownPermissionSet,
)
from huiyin.people.tests.factories import (
    NOW,
    TODAY,
    TOMORROW,
    a_post,
    an_account,
    an_actor,
    somebody,
    the_city,
)
from huiyin.units import verbs as units

pytestmark = pytest.mark.django_db

YESTERDAY = TODAY - timedelta(days=1)
NEXT_WEEK = TODAY + timedelta(days=7)


def keys_of(account, *, on=TODAY):
    return [held.key for held in posts.holdings_of(account.pk, on=on)]


def account_of(actor):
    return Account.objects.get(pk=actor.account_id)


# --- giving -------------------------------------------------------------------------------------


def test_a_post_carries_unit_level_and_permissions():
    city = the_city()
    account = an_account()

    post = a_post(account, city.county_housing, "unit_admin", title="系统管理员")

    actor = an_actor(account)
    assert (
        actor.post_id,
        actor.unit_id,
        actor.unit_place_id,
        actor.unit_name,
        actor.level,
        actor.permission_set,
        actor.title,
        actor.acting_id,
    ) == (
        post.pk,
        city.county_housing.pk,
        city.county_housing.place_id,
        "德城区住建局",
        2,
        "unit_admin",
        "系统管理员",
        None,
    )
    assert actor.permissions == {
        "people.see", "people.administer", "people.reveal", "log.read", "services.offer",
        "roster.keep",
    }  # fmt: skip


def test_the_first_post_is_the_default_until_another_one_is_made_it():
    city = the_city()
    account = an_account()
    first = a_post(account, city.county_housing)
    second = a_post(account, city.county_centre, "centre_clerk")
    before = keys_of(account)

    posts.make_default(post_id=second.pk, by=an_actor(account), at=NOW)

    assert before == [f"post:{first.pk}", f"post:{second.pk}"]
    assert keys_of(account) == [f"post:{second.pk}", f"post:{first.pk}"]


def test_nobody_makes_the_default_for_somebody_else():
    city = the_city()
    post = a_post(an_account(), city.county_housing)

    with pytest.raises(NotFound):
        posts.make_default(post_id=post.pk, by=somebody("x1", city.county_housing), at=NOW)


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "held_on"),
    [
        pytest.param(TODAY, None, {TODAY, TOMORROW, NEXT_WEEK}, id="without-end"),
        pytest.param(TODAY, TOMORROW, {TODAY}, id="today-only"),
        pytest.param(TOMORROW, NEXT_WEEK, {TOMORROW}, id="begins-tomorrow"),
    ],
)
def test_a_post_is_held_on_its_days(valid_from, valid_to, held_on):
    account = an_account()
    a_post(account, the_city().county_housing, valid_from=valid_from, valid_to=valid_to)

    assert {day for day in (YESTERDAY, TODAY, TOMORROW, NEXT_WEEK) if keys_of(account, on=day)} == (
        held_on
    )


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        pytest.param({"permission_set": "king"}, UnknownPermissionSet, id="unknown-set"),
        pytest.param({"permission_set": "city_admin"}, SetNotYours, id="city-wide-set"),
        pytest.param({"permission_set": "auditor"}, SetNotYours, id="auditor"),
        pytest.param({"valid_from": YESTERDAY}, EndIsPast, id="begins-in-the-past"),
        pytest.param({"valid_to": TODAY}, EndsBeforeItStarts, id="ends-as-it-begins"),
        pytest.param({"permission_set": "department_clerk"}, PostAlreadyHeld, id="held-already"),
    ],
)
def test_a_post_that_cannot_be_is_refused(change, refusal):
    city = the_city()
    admin = somebody("admin", city.county_housing, "unit_admin")
    account = an_account()
    a_post(account, city.county_housing, "department_clerk")
    given = {"permission_set": "hotline_agent", "valid_from": TODAY} | change

    with pytest.raises(refusal):
        posts.give_post(
            account_id=account.pk, unit_id=city.county_housing.pk, by=admin, at=NOW, **given
        )

    assert Post.objects.filter(account=account).count() == 1


def test_posts_are_given_only_in_units_one_looks_after():
    city = the_city()
    admin = somebody("admin", city.county_housing, "unit_admin")
    account = an_account()
    a_post(account, city.county_housing)

    with pytest.raises(NotPermitted):
        posts.give_post(
            account_id=account.pk,
            unit_id=city.county_centre.pk,
            permission_set="centre_clerk",
            valid_from=TODAY,
            by=admin,
            at=NOW,
        )


def test_posts_are_given_only_to_those_one_sees():
    city = the_city()
    admin = somebody("admin", city.county_housing, "unit_admin")
    stranger = somebody("stranger", city.town_centre)

    with pytest.raises(NotFound):
        posts.give_post(
            account_id=stranger.account_id,
            unit_id=city.county_housing.pk,
            permission_set="department_clerk",
            valid_from=TODAY,
            by=admin,
            at=NOW,
        )


def test_a_closed_unit_gives_no_posts_and_its_posts_stop_with_it():
    city = the_city()
    account = an_account()
    a_post(account, city.county_housing)
    units.close_unit(unit_id=city.county_housing.pk, on=TOMORROW, by=SYSTEM, at=NOW)
    city.county_housing.refresh_from_db()

    assert keys_of(account, on=TODAY) != []
    assert keys_of(account, on=TOMORROW) == []
    with pytest.raises(UnitClosed):
        a_post(an_account("lina"), city.county_housing, valid_from=TOMORROW)


# --- ending -------------------------------------------------------------------------------------


def test_ending_a_post_today_ends_it_at_once():
    city = the_city()
    admin = somebody("admin", city.county_housing, "unit_admin")
    account = an_account()
    post = a_post(account, city.county_housing)

    ended = posts.end_post(post_id=post.pk, on=TODAY, by=admin, at=NOW)

    assert ended.valid_to == TODAY
    assert keys_of(account) == []
    assert [former.pk for former in posts.former_posts(account.pk, on=TODAY)] == [post.pk]


def test_the_history_says_who_ended_a_post():
    city = the_city()
    admin = somebody("admin", city.county_housing, "unit_admin")
    post = a_post(an_account(), city.county_housing)

    posts.end_post(post_id=post.pk, on=TOMORROW, by=admin, at=NOW)

    (before,) = post.events.all()
    assert (before.pgh_label, before.valid_to) == ("update", None)
    assert before.pgh_context.metadata == {
        "act": "people.end_post",
        "account": str(admin.account_id),
        "at": NOW.isoformat(),
    }


@pytest.mark.parametrize(
    ("on", "ended_before", "refusal"),
    [
        pytest.param(YESTERDAY, False, EndIsPast, id="in-the-past"),
        pytest.param(TODAY, True, PostEnded, id="twice"),
    ],
)
def test_a_post_that_cannot_end_so_is_refused(on, ended_before, refusal):
    city = the_city()
    admin = somebody("admin", city.county_housing, "unit_admin")
    post = a_post(an_account(), city.county_housing)
    if ended_before:
        posts.end_post(post_id=post.pk, on=TODAY, by=admin, at=NOW)

    with pytest.raises(refusal):
        posts.end_post(post_id=post.pk, on=on, by=admin, at=NOW)


def test_the_other_post_of_a_shared_colleague_is_not_ones_to_end():
    city = the_city()
    admin = somebody("admin", city.county_housing, "unit_admin")
    shared = an_account()
    a_post(shared, city.county_housing)
    elsewhere = a_post(shared, city.county_centre, "centre_clerk")

    with pytest.raises(NotPermitted):
        posts.end_post(post_id=elsewhere.pk, on=TODAY, by=admin, at=NOW)


def test_a_post_of_the_city_administration_is_not_for_a_unit_administrator_to_end():
    city = the_city()
    admin = somebody("admin", city.city_centre, "unit_admin")
    above = somebody("above", city.city_centre, "city_admin")

    with pytest.raises(SetNotYours):
        posts.end_post(post_id=above.post_id, on=TODAY, by=admin, at=NOW)


# --- acting -------------------------------------------------------------------------------------


def an_acting(post, account, *, by, valid_from=TODAY, valid_to=NEXT_WEEK, reason="外出学习"):
    return posts.begin_acting(
        post_id=post,
        account_id=account.pk,
        reason=reason,
        valid_from=valid_from,
        valid_to=valid_to,
        by=by,
        at=NOW,
    )


def test_whoever_acts_works_in_the_post_of_the_person_on_leave():
    city = the_city()
    holder = somebody("holder", city.county_centre, "leader")
    clerk = somebody("clerk", city.county_centre, "centre_clerk")
    acting = an_acting(holder.post_id, account_of(clerk), by=holder)

    _, held = posts.holdings_of(clerk.account_id, on=TODAY)
    actor = held.actor(account_of(clerk))

    assert held.key == f"acting:{acting.pk}"
    assert (
        actor.account_id,
        actor.post_id,
        actor.acting_id,
        actor.acting_for,
        actor.permission_set,
        actor.name,
    ) == (clerk.account_id, holder.post_id, acting.pk, "某holder", "leader", "某clerk")


def test_acting_lasts_up_to_its_day_and_not_longer_than_the_post():
    city = the_city()
    holder = somebody("holder", city.county_centre, "centre_clerk")
    clerk = an_account("clerk")
    an_acting(holder.post_id, clerk, by=holder, valid_from=TOMORROW)
    on_days = {day: len(keys_of(clerk, on=day)) for day in (TODAY, TOMORROW, NEXT_WEEK)}

    posts.end_post(
        post_id=holder.post_id,
        on=TOMORROW,
        by=somebody("mayor", city.city_centre, "city_admin"),
        at=NOW,
    )

    assert on_days == {TODAY: 0, TOMORROW: 1, NEXT_WEEK: 0}
    assert keys_of(clerk, on=TOMORROW) == []


def test_the_holder_ends_the_acting_when_back():
    city = the_city()
    holder = somebody("holder", city.county_centre, "centre_clerk")
    clerk = an_account("clerk")
    acting = an_acting(holder.post_id, clerk, by=holder)

    posts.end_acting(acting_id=acting.pk, by=holder, at=NOW)

    assert keys_of(clerk) == []
    with pytest.raises(PostEnded):
        posts.end_acting(acting_id=acting.pk, by=holder, at=NOW)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        pytest.param({"reason": " "}, ReasonMissing, id="no-reason"),
        pytest.param({"valid_from": YESTERDAY}, EndIsPast, id="in-the-past"),
        pytest.param({"valid_to": TODAY}, EndsBeforeItStarts, id="no-day"),
        pytest.param({"valid_to": date(2026, 12, 31)}, ActingTooLong, id="half-a-year"),
    ],
)
def test_an_acting_that_cannot_be_is_refused(change, refusal):
    city = the_city()
    holder = somebody("holder", city.county_centre, "centre_clerk")

    with pytest.raises(refusal):
        an_acting(holder.post_id, an_account("clerk"), by=holder, **change)


def test_nobody_acts_for_themselves_or_twice_at_a_time():
    city = the_city()
    holder = somebody("holder", city.county_centre, "centre_clerk")
    clerk = an_account("clerk", name="李强")
    an_acting(holder.post_id, clerk, by=holder)

    with pytest.raises(ActingForOneself):
        an_acting(holder.post_id, account_of(holder), by=holder)
    with pytest.raises(ActingTwice) as refused:
        an_acting(holder.post_id, clerk, by=holder, valid_from=TOMORROW)

    assert (refused.value.name, refused.value.until) == ("李强", NEXT_WEEK)


def test_a_clerk_does_not_choose_who_acts_for_others():
    city = the_city()
    holder = somebody("holder", city.county_centre, "leader")
    clerk = somebody("clerk", city.county_centre, "centre_clerk")

    with pytest.raises(NotPermitted):
        an_acting(holder.post_id, account_of(clerk), by=clerk)


def test_a_unit_administrator_does_not_let_themselves_act_for_the_city():
    city = the_city()
    admin = somebody("admin", city.city_centre, "unit_admin")
    above = somebody("above", city.city_centre, "city_admin")

    with pytest.raises(SetNotYours):
        an_acting(above.post_id, account_of(admin), by=admin)


def test_closing_an_account_ends_what_it_acts_for():
    city = the_city()
    holder = somebody("holder", city.county_centre, "centre_clerk")
    mayor = somebody("mayor", city.city_centre, "city_admin")
    clerk = an_account("clerk")
    acting = an_acting(holder.post_id, clerk, by=holder)

    accounts.close_account(account_id=clerk.pk, by=mayor, at=NOW)

    acting.refresh_from_db()
    assert acting.valid_to == TODAY


# --- which sets may be given --------------------------------------------------------------------


def test_a_unit_administrator_gives_the_sets_that_stay_in_the_unit():
    city = the_city()
    every = set(PermissionSet.objects.values_list("pk", flat=True))
    admin = somebody("admin", city.county_housing, "unit_admin")
    mayor = somebody("mayor", city.city_centre, "city_admin")

    given = {held.pk for held in posts.sets_given_by(admin)}

    assert every - given == {"city_admin", "auditor"}
    assert {held.pk for held in posts.sets_given_by(mayor)} == every


# --- the key in the session ---------------------------------------------------------------------


def test_a_key_finds_the_holding_in_one_query(django_assert_num_queries):
    city = the_city()
    account = an_account()
    post = a_post(account, city.county_housing)

    with django_assert_num_queries(1):
        found = posts.holding_by_key(f"post:{post.pk}", account_id=account.pk, on=TODAY)
        assert found[1].actor(found[0]).unit_name == "德城区住建局"


@pytest.mark.parametrize("key", ["post:", "post:x", "acting:", "", "anything"])
def test_a_key_that_cannot_be_finds_nothing(key):
    assert posts.holding_by_key(key, account_id=an_account().pk, on=TODAY) is None


def test_the_key_of_somebody_else_finds_nothing():
    city = the_city()
    other = somebody("other", city.county_housing)

    found = posts.holding_by_key(f"post:{other.post_id}", account_id=an_account().pk, on=TODAY)

    assert found is None
