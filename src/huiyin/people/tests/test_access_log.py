"""The access log: who reads it, and what somebody reads about themselves."""

from datetime import timedelta

import pytest
from django.utils import translation

from huiyin.people import access, access_log, log_list
from huiyin.people.access_log import Look
from huiyin.people.actors import SYSTEM
from huiyin.people.log_list import Wanted
from huiyin.people.models import AccessLog
from huiyin.people.tests.factories import NOW, PHONE, a_post, an_account, somebody, the_city

pytestmark = pytest.mark.django_db


def look_at(account, by, *, purpose="值班联系", at=NOW):
    access.reveal(account_id=account.pk, by=by, purpose=purpose, at=at)


def test_somebody_reads_which_office_saw_what_and_why_and_not_who():
    city = the_city()
    admin = somebody("admin", city.county_housing, "unit_admin")
    account = an_account(phone=PHONE)
    a_post(account, city.county_housing)
    look_at(account, admin)

    with translation.override("en"):
        found = access_log.access_log_of(account.pk)

    assert found == [
        Look(
            id=AccessLog.objects.get(action="reveal").pk,
            at=NOW,
            unit_name="德城区住建局",
            role="Unit administrator",
            fields=("phone",),
            purpose="值班联系",
            case_no="",
        )
    ]


def test_ones_own_looks_and_other_acts_are_no_looks():
    city = the_city()
    account = an_account(phone=PHONE)
    a_post(account, city.county_housing, "unit_admin")
    me = somebody("other", city.county_housing, "unit_admin")
    look_at(account, me, purpose="别人看我")
    own = access_log.record(
        by=me, at=NOW, action="reveal", subject_type="account", subject_id=me.account_id
    )

    assert [look.purpose for look in access_log.access_log_of(account.pk)] == ["别人看我"]
    assert access_log.access_log_of(me.account_id) == []
    assert own.pk


def test_looks_come_the_latest_first_page_after_page(django_assert_num_queries):
    city = the_city()
    admin = somebody("admin", city.county_housing, "unit_admin")
    account = an_account(phone=PHONE)
    a_post(account, city.county_housing)
    for number in range(3):
        look_at(account, admin, purpose=f"第{number}次", at=NOW + timedelta(hours=number))

    with django_assert_num_queries(3):
        first = access_log.access_log_of(account.pk, limit=2)
    rest = access_log.access_log_of(account.pk, limit=2, before=first[-1].id)

    assert [look.purpose for look in (*first, *rest)] == ["第2次", "第1次", "第0次"]


@pytest.mark.parametrize(
    ("unit", "permission_set", "read"),
    [
        pytest.param("county_housing", "auditor", {"here", "there"}, id="auditor"),
        pytest.param("county_housing", "leader", {"here"}, id="leader-of-the-unit"),
        pytest.param("county_housing", "unit_admin", {"here"}, id="administrator-of-the-unit"),
        pytest.param("city_housing", "leader", {"here"}, id="leader-above"),
        pytest.param("county_centre", "leader", {"there"}, id="centre-of-the-place"),
        pytest.param("county_housing", "department_clerk", set(), id="clerk"),
    ],
)
def test_the_log_is_read_by_auditors_and_by_those_above_whoever_looked(unit, permission_set, read):
    city = the_city()
    for purpose, office in (("here", city.county_housing), ("there", city.town_centre)):
        by = somebody(f"looker-{purpose}", office, "unit_admin")
        access_log.record(by=by, at=NOW, action="reveal", subject_type="account", purpose=purpose)
    reader = somebody("reader", getattr(city, unit), permission_set)

    seen = access_log.log_seen_by(reader).filter(action="reveal")

    assert {entry.purpose for entry in seen} == read


@pytest.mark.parametrize("few", [0, 1, 100], ids=["many units", "one unit", "few units"])
@pytest.mark.parametrize("reader", ["auditor", "leader", "unit_admin", "department_clerk"])
def test_pages_of_the_log_have_what_the_whole_log_has(monkeypatch, few, reader):
    monkeypatch.setattr(log_list, "FEW_UNITS", few)
    city = the_city()
    offices = (city.county_housing, city.town_centre, city.city_housing, city.county_centre)
    lookers = [somebody(f"looker-{at}", unit, "unit_admin") for at, unit in enumerate(offices)]
    for number in range(24):
        access_log.record(
            by=lookers[number % 4], at=NOW + timedelta(minutes=number * 7 % 11),
            action=("reveal", "look", "sign_in")[number % 3], subject_type="account",
            subject_id=lookers[number % 3].account_id, case_no="3714" if number % 5 == 0 else "",
        )  # fmt: skip
    by = somebody("reader", city.county_centre, reader)
    one = lookers[0].account_id

    for wanted, fits in (
        (Wanted(), lambda row: True),
        (Wanted(action="look"), lambda row: row.action == "look"),
        (Wanted(who=[one]), lambda row: row.account_id == one),
        (Wanted(about=[one]), lambda row: row.subject_id == str(one)),
        (Wanted(about=[one], case_no="3714"),
         lambda row: row.subject_id == str(one) or row.case_no == "3714"),
        (Wanted(about=[]), lambda row: False),
        (Wanted(since=NOW + timedelta(minutes=3), until=NOW + timedelta(minutes=8)),
         lambda row: NOW + timedelta(minutes=3) <= row.at < NOW + timedelta(minutes=8)),
    ):  # fmt: skip
        seen = [row for row in access_log.log_seen_by(by) if fits(row)]
        whole = [row.pk for row in sorted(seen, key=lambda row: (row.at, row.pk), reverse=True)]
        paged, last = [], None
        while page := log_list.entries(wanted, by=by, most=5, after=last):
            paged += [row.pk for row in page]
            last = paged[-1]
        assert paged == whole, wanted
        if len(whole) > 3:
            back = log_list.entries(wanted, by=by, most=2, before=whole[3])
            assert [row.pk for row in back] == [whole[2], whole[1]], wanted


def test_the_system_reads_everything():
    access_log.record(by=SYSTEM, at=NOW, action="export", subject_type="account")

    assert access_log.log_seen_by(SYSTEM).count() == 1
