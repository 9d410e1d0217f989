"""Everybody reads what they were told, and what their unit was told since they are there."""

from datetime import timedelta

import pytest
from django.db import connection

from huiyin.notices import queries, recipients, verbs
from huiyin.notices.models import Notice
from huiyin.notices.queries import inbox_of, latest_of, unread_count
from huiyin.notices.tests.factories import INBOX, NOW, a_notice_to, put
from huiyin.people import posts
from huiyin.people.actors import SYSTEM
from huiyin.people.tests.factories import (
    TODAY,
    TOMORROW,
    a_post,
    an_account,
    an_actor,
    somebody,
    the_city,
)  # fmt: skip
from huiyin.ui.tests.plans import faults, plans

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)
NEXT_WEEK = NOW + timedelta(days=7)


def to_account(pk, *, key, **more):
    (notice,) = put("hotline.answer.centre", to=recipients.account(pk, INBOX), key=key, **more)
    return notice


def ids(actor, *, at=LATER):
    """What an actor may read; the pages show the same."""
    found = [notice.pk for notice in inbox_of(actor, at=at)]
    paged, last = [], None
    while page := latest_of(actor, at=at, before=last, most=1):
        last = page[-1].pk
        paged.append(last)
    assert paged == found
    return found


def test_each_sees_their_own_and_their_units_the_latest_first():
    city = the_city()
    clerk, other = somebody("clerk-a", city.county_housing), somebody("clerk-b", city.city_housing)
    own = to_account(clerk.account_id, key="k1")
    units = a_notice_to(city.county_housing, key="k2")
    a_notice_to(city.county_centre, key="k3")

    assert ids(clerk) == [units.pk, own.pk]
    assert ids(other) == []


def test_what_is_to_be_told_later_is_not_there_yet():
    clerk = somebody("clerk-a", the_city().county_housing)
    notice = to_account(clerk.account_id, key="k1", not_before=NEXT_WEEK)

    assert ids(clerk) == []
    assert ids(clerk, at=NEXT_WEEK) == [notice.pk]


def test_each_of_a_unit_reads_for_themselves():
    unit = the_city().county_housing
    first, second = somebody("clerk-a", unit), somebody("clerk-b", unit)
    a_notice_to(unit, key="k1")

    verbs.mark_read(by=first, at=LATER)

    assert (unread_count(first, at=LATER), unread_count(second, at=LATER)) == (0, 1)


def test_who_comes_new_is_not_shown_what_others_were_told_before():
    unit = the_city().county_housing
    a_notice_to(unit, key="k1")
    new = an_account("new")
    a_post(new, unit, valid_from=TOMORROW)
    later = a_notice_to(unit, key="k2", at=NEXT_WEEK)

    assert ids(an_actor(new, at=NEXT_WEEK), at=NEXT_WEEK) == [later.pk]


def test_who_acts_for_somebody_reads_what_the_unit_is_told_meanwhile():
    city = the_city()
    holder, deputy = an_account("holder"), an_account("deputy")
    post = a_post(holder, city.county_housing)
    before = a_notice_to(city.county_housing, key="k1", at=NOW - timedelta(days=3))
    posts.begin_acting(
        post_id=post.pk,
        account_id=deputy.pk,
        reason="外出学习",
        valid_from=TODAY,
        valid_to=TODAY + timedelta(days=10),
        by=SYSTEM,
        at=NOW,
    )
    meanwhile = a_notice_to(city.county_housing, key="k2")

    seen = ids(an_actor(deputy))

    assert seen == [meanwhile.pk]
    assert before.pk not in seen


def test_reading_marks_ones_own_only_and_once():
    unit = the_city().county_housing
    clerk, other = somebody("clerk-a", unit), somebody("clerk-b", unit)
    own, others = (
        to_account(clerk.account_id, key="k1"),
        to_account(other.account_id, key="k2"),
    )

    assert verbs.mark_read(by=clerk, at=LATER, ids=[own.pk, others.pk]) == 1
    assert verbs.mark_read(by=clerk, at=LATER, ids=[own.pk]) == 0
    assert unread_count(other, at=LATER) == 1


@pytest.mark.parametrize("many", [1, 30])
def test_list_and_count_cost_one_query_each(django_assert_num_queries, many):
    unit = the_city().county_housing
    clerk = somebody("clerk-a", unit)
    for at in range(many):
        a_notice_to(unit, key=f"k{at}")

    with django_assert_num_queries(1):
        assert len(list(inbox_of(clerk, at=LATER))) == many
    with django_assert_num_queries(1):
        assert unread_count(clerk, at=LATER) == many


MANY, PAGE = 100_000, 31
A_THIRD = """
INSERT INTO notices_notice (
    id, key, name, channel, account_id, unit_id, address, address_index, language, texts,
    text_version, link, confidential, urgent, state, put_at, due_at, tries, reason, sent_at
)
SELECT gen_random_uuid(), %(state)s || %(unit)s || n, 'x', %(channel)s, %(account)s::uuid,
       nullif(%(unit)s, '')::uuid, %(address)s, %(index)s::bytea, 'zh-hans', %(texts)s, 0, '',
       FALSE, FALSE, %(state)s, %(at)s, %(at)s, 1, '', %(at)s
FROM generate_series(1, %(many)s) AS n
"""


def test_of_100_000_notices_no_list_reads_or_sorts_more_than_a_page():
    city = the_city()
    clerk = somebody("clerk-a", city.county_housing)
    sealed = {name: Notice._meta.get_field(name).get_prep_value for name in ("texts", "address")}
    plain = {
        "at": NOW, "many": MANY // 3, "texts": sealed["texts"]('{"zh-hans": ["", ""]}'),
        "channel": "inbox", "state": "sent", "account": None, "unit": "", "address": "",
        "index": None,
    }  # fmt: skip
    phone = {"address": sealed["address"]("15400000001"), "index": b"1"}
    with connection.cursor() as cursor:
        for kind in (
            {"account": clerk.account_id},
            {"unit": str(clerk.unit_id)},
            {"account": clerk.account_id, "channel": "sms", "state": "dead", **phone},
        ):
            cursor.execute(A_THIRD, plain | kind)
        cursor.execute("ANALYZE notices_notice")
    page = queries.latest_of(clerk, at=LATER, most=PAGE)
    lists = {
        "told": lambda: queries.latest_of(clerk, at=LATER, most=PAGE),
        "told before": lambda: queries.latest_of(
            clerk, at=LATER, before=page[-1].pk, most=PAGE
        ),
        "troubled": lambda: list(queries.troubled()[:PAGE]),
        "dead": lambda: list(queries.troubled(state="dead")[:PAGE]),
        "of no such kind": lambda: list(queries.troubled(state="refused")[:PAGE]),
    }  # fmt: skip

    for name, look in lists.items():
        with plans() as gone_about:
            look()
        assert gone_about, name
        assert faults(gone_about, most=2 * PAGE) == [], name


def test_counting_stops_at_a_hundred(monkeypatch):
    monkeypatch.setattr(queries, "MOST_COUNTED", 2)
    unit = the_city().county_housing
    clerk = somebody("clerk-a", unit)
    for at in range(5):
        a_notice_to(unit, key=f"k{at}")

    assert unread_count(clerk, at=LATER) == 3
