"""The access log in words, for whoever looks after those who looked."""

import pytest
from django.utils.translation import override

from huiyin.people import access_log
from huiyin.people.access_log import SUBJECT_ACCOUNT, log_seen_by
from huiyin.people.actors import SYSTEM
from huiyin.units.models import UnitKind
from huiyin.web.looks import lines
from huiyin.web.tests.factories import NOW, a_city, a_unit, an_account, an_actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def offices():
    places = a_city()
    centre = a_unit("GC-1", UnitKind.GOVERNANCE_CENTRE, places["夏津县"], "夏津县综治中心")
    bureau = a_unit("DP-1", UnitKind.DEPARTMENT, places["夏津县"], "夏津县住建局")
    return centre, bureau


def a_look(by, subject, **more):
    return access_log.record(
        by=by,
        at=NOW,
        action="reveal",
        subject_type=SUBJECT_ACCOUNT,
        subject_id=subject.pk,
        fields=("phone",),
        **more,
    )


def test_a_look_says_who_saw_what_of_whom_and_why(offices):
    actor = an_actor(offices[0], "unit_admin")
    colleague = an_account("tian", name="田文静")
    a_look(actor, colleague, purpose="通知值班", case_no="3714 2601", address="10.0.0.8")

    with override("en"):
        (line,) = lines(log_seen_by(actor))

    assert (line.who, line.unit, line.role) == ("韩志远", "夏津县综治中心", "Unit administrator")
    assert (line.words, line.subject, line.fields) == ("Looked at covered data", "田文静", "Phone")
    assert (line.purpose, line.case_no, line.address) == ("通知值班", "3714 2601", "10.0.0.8")


def test_what_the_system_did_has_nobody_behind_it(offices):
    access_log.record(by=SYSTEM, at=NOW, action="export", subject_type="city", subject_id="371400")

    (line,) = lines(log_seen_by(an_actor(offices[0], "auditor")))

    assert (line.who, line.unit, line.role, line.subject) == ("", "", "", "")


@pytest.mark.parametrize("many", [1, 3])
def test_the_words_cost_the_same_for_many_entries(offices, many, django_assert_num_queries):
    actor = an_actor(offices[0], "auditor")
    for number in range(many):
        a_look(actor, an_account(f"c{number}"))

    with django_assert_num_queries(4):  # the entries, people, units, roles
        lines(log_seen_by(actor))
