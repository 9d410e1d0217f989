"""Everybody a procedure says is told, is told, once; the accused and whoever acted are not."""

import pytest

from huiyin.matters.tests.records import the_record
from huiyin.notices.models import Notice

pytestmark = pytest.mark.django_db


def told(name):
    """Who was told by a name, over which channel."""
    return sorted(
        (str(notice.unit_id or notice.account_id or "phone"), notice.channel)
        for notice in Notice.objects.filter(name=name)
    )


def test_the_reporter_and_the_unit_are_told_of_a_dispatch():
    city = the_record()
    run = city.open("hotline", "accept_call").run

    city.act(run.pk, "dispatch")

    unit = city.unit("department")
    assert told("hotline.dispatch.unit") == [(str(unit.pk), "inbox")]
    assert {channel for _, channel in told("hotline.dispatch.person")} == {"inbox", "sms"}
    assert {who for who, _ in told("hotline.dispatch.person")} == {str(city.resident.pk)}


def test_nobody_is_told_of_what_was_refused():
    city = the_record()
    run = city.open("hotline", "accept_call").run
    before = Notice.objects.count()

    with pytest.raises(Exception, match="派单员"):
        city.act(run.pk, "dispatch", by=city.reporter)

    assert Notice.objects.count() == before


def test_an_office_is_found_by_its_place_the_nearest_first():
    city = the_record()
    centre = city.unit("hotline_centre", "z")

    city.open("hotline", "submit_online", by=city.reporter)

    assert told("hotline.submit_online.dispatcher") == [(str(centre.pk), "inbox")]


def test_the_accused_are_told_nothing():
    city = the_record()
    centre = city.unit("hotline_centre", "z")

    city.open("hotline", "submit_online", by=city.reporter, accused=(centre.pk,))

    assert told("hotline.submit_online.dispatcher") == []


def test_whoever_gave_a_matter_up_is_told_too():
    city = the_record()
    run = city.open("hotline", "accept_call").run
    city.act(run.pk, "dispatch")

    city.act(run.pk, "take_back")

    assert told("hotline.take_back.unit") == [(str(city.unit("department").pk), "inbox")]


def test_a_notice_names_number_and_promised_day():
    city = the_record()
    run = city.open("hotline", "accept_call").run
    notice = Notice.objects.get(name="hotline.accept_call.person", channel="sms")

    assert run.matter.number[-4:] in notice.texts


def test_a_petition_is_never_named_outside_the_house():
    city = the_record()
    city.open("petition", "submit", by=city.reporter)

    for notice in Notice.objects.filter(channel="sms"):
        assert "路灯" not in notice.texts
        assert "长河" not in notice.texts
