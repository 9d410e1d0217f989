"""Messages in trouble: seen by the administrator, sent again or laid aside; forgotten in time."""

from datetime import timedelta
from uuid import UUID

import pytest

from huiyin.notices import cleaning, queries, verbs
from huiyin.notices.delivery import LEASE, deliver_batch
from huiyin.notices.models import Notice, NoticeState
from huiyin.notices.refusals import BodyGone, NotFound, NotPermitted, NotTroubled
from huiyin.notices.tests.factories import (
    MINUTE,
    NIGHT,
    NOW,
    a_dead_one,
    a_notice_to,
    an_email,
    an_sms,
    now_of,
)  # fmt: skip
from huiyin.people.actors import SYSTEM
from huiyin.people.tests.factories import somebody, the_city
from huiyin.people.tests.gateways import SECRET, Gateway

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)


def an_admin():
    return somebody("admin", the_city().city_centre, "city_admin")


def an_unclear_one(configured):
    notice = an_sms()
    with Gateway(drop=True) as gateway:
        configured(sms_url=gateway.url, sms_secret=SECRET)
        deliver_batch(at=NOW)
    return now_of(notice)


def test_an_unclear_one_is_sent_again_under_its_id_when_somebody_decides_so(configured):
    admin, notice = an_admin(), an_unclear_one(configured)
    with Gateway() as gateway:
        configured(sms_url=gateway.url, sms_secret=SECRET)
        verbs.resend(notice_id=notice.pk, by=admin, at=NIGHT)
        deliver_batch(at=NIGHT)

    assert [message["id"] for message in gateway.messages] == [str(notice.pk)]
    again = now_of(notice)
    assert (again.state, again.resent_at, again.resent_by) == ("sent", NIGHT, admin.account_id)


def test_a_dead_one_begins_its_tries_anew():
    notice = a_dead_one()

    verbs.resend(notice_id=notice.pk, by=SYSTEM, at=LATER)

    assert (now_of(notice).state, now_of(notice).tries) == ("queued", 0)


def test_what_is_on_its_way_is_not_sent_again():
    notice = an_sms()

    with pytest.raises(NotTroubled):
        verbs.resend(notice_id=notice.pk, by=SYSTEM, at=LATER)


def test_two_who_send_it_again_send_it_once():
    notice = a_dead_one()
    verbs.resend(notice_id=notice.pk, by=SYSTEM, at=LATER)

    with pytest.raises(NotTroubled):
        verbs.resend(notice_id=notice.pk, by=SYSTEM, at=LATER)


@pytest.mark.parametrize("verb", [verbs.resend, verbs.lay_aside])
def test_only_who_may_looks_after_messages(verb):
    notice, clerk = a_dead_one(), somebody("clerk", the_city().county_housing)

    with pytest.raises(NotPermitted):
        verb(notice_id=notice.pk, by=clerk, at=LATER)
    with pytest.raises(NotFound):
        verb(notice_id=UUID(int=1), by=SYSTEM, at=LATER)


def test_what_somebody_saw_to_is_off_the_list():
    notice, other = a_dead_one(key="k1"), a_dead_one(key="k2")

    verbs.lay_aside(notice_id=notice.pk, by=SYSTEM, at=LATER)

    assert list(queries.troubled()) == [other]
    assert queries.troubled_counts() == {"unknown": 0, "dead": 1, "refused": 0}
    with pytest.raises(NotTroubled):
        verbs.lay_aside(notice_id=notice.pk, by=SYSTEM, at=LATER)


# --- forgetting ---------------------------------------------------------------------------------

OLD = NOW + timedelta(days=181)


def test_after_half_a_year_the_words_and_the_address_are_gone(gateway):
    notice = an_sms()
    deliver_batch(at=NOW)

    assert cleaning.empty_bodies(at=OLD - timedelta(days=2)) == 0
    assert cleaning.empty_bodies(at=OLD) == 1

    emptied = now_of(notice)
    assert (emptied.texts, emptied.address, emptied.link) == ("", "", "")
    assert (emptied.state, emptied.sent_at, emptied.emptied_at) == ("sent", NOW, OLD)
    assert cleaning.empty_bodies(at=OLD) == 0


def test_what_was_read_in_huiyin_is_forgotten_too():
    unit = the_city().county_housing
    clerk = somebody("clerk-a", unit)
    a_notice_to(unit, key="k1")

    cleaning.empty_bodies(at=OLD)

    assert list(queries.inbox_of(clerk, at=OLD)) == []


def test_what_waits_or_is_in_trouble_is_kept(configured):
    waiting, dead = an_sms(key="k1"), a_dead_one(key="k2")

    cleaning.empty_bodies(at=OLD)

    assert (now_of(waiting).texts != "", now_of(dead).texts != "") == (True, True)


def test_trouble_of_a_year_ago_is_forgotten_and_cannot_be_sent_again():
    dead = a_dead_one()

    cleaning.empty_bodies(at=NOW + timedelta(days=366))

    with pytest.raises(BodyGone):
        verbs.resend(notice_id=dead.pk, by=SYSTEM, at=LATER)


# --- figures ------------------------------------------------------------------------------------


def test_the_queue_tells_its_length_and_age():
    an_sms(key="k1")
    an_email(key="k2", at=NOW + MINUTE)
    an_sms(key="k3", not_before=NOW + timedelta(days=1))

    waiting = queries.waiting(at=NOW + 10 * MINUTE)

    assert (waiting.count, waiting.oldest_seconds, waiting.is_late) == (2, 600, False)


def test_somebody_is_told_to_look_when_a_message_waits_too_long(configured):
    an_sms()

    assert queries.waiting(at=NOW + 10 * MINUTE + MINUTE).is_late
    configured(notice_alarm_minutes=30)
    assert not queries.waiting(at=NOW + 11 * MINUTE).is_late


def test_what_rests_for_the_night_is_not_late():
    an_sms(at=NOW)

    assert queries.waiting(at=NIGHT).count == 0
    assert queries.waiting(at=NIGHT + timedelta(hours=10)).count == 1


def test_nothing_waits_where_nothing_is_put():
    assert queries.waiting(at=NOW) == queries.Waiting(0, 0.0)


def test_a_message_being_sent_is_still_due(gateway):
    """A worker that hangs is noticed: a lease does not hide what it holds."""
    notice = an_sms()
    Notice.objects.filter(pk=notice.pk).update(leased_until=NOW + LEASE)

    assert queries.waiting(at=NOW + MINUTE).count == 1
    assert Notice.objects.get(pk=notice.pk).state == NoticeState.QUEUED
