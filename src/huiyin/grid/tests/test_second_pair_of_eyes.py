"""Closing needs a check by somebody else: not of the handling unit, and not who handled it."""

from dataclasses import replace

import pytest

from huiyin.grid.tests.factories import way
from huiyin.matters.queries import possible_acts
from huiyin.matters.refusals import ActRefused
from huiyin.matters.tests.records import the_record
from huiyin.units.models import UnitKind
from huiyin.units.tests.factories import NOW

pytestmark = pytest.mark.django_db


def a_matter_fed_back(city, handler, *, unit=None):
    """A matter that a unit says is done; everything the unit did, this person did."""
    _report, *acts = way("normal", "normal").items()
    run = city.open("grid", "submit", by=city.reporter).run
    lead = unit or city.unit("department")
    for action, fields in acts:
        if action == "verify_result":
            return run
        if action == "dispatch":
            fields = {**fields, "to_unit": str(lead.pk)}
        by = handler if action in ("acknowledge", "start_handling", "feed_back") else None
        run = city.act(run.pk, action, by=by, **fields).run
    raise AssertionError


def test_whoever_is_not_of_the_unit_and_has_not_handled_it_checks_and_it_is_closed():
    city = the_record()
    run = a_matter_fed_back(city, city.staff(city.unit("department")))

    run = city.act(run.pk, "verify_result").run
    run = city.act(run.pk, "close").run

    assert run.state == "closed"


def test_nothing_is_closed_without_a_check():
    city = the_record()
    run = a_matter_fed_back(city, city.staff(city.unit("department")))

    with pytest.raises(ActRefused) as refused:
        city.act(run.pk, "close", by="centre")

    assert refused.value.reason == "run.not_from_here"


def test_nobody_of_the_handling_unit_checks():
    city = the_record()
    centre = city.unit(UnitKind.GOVERNANCE_CENTRE)
    run = a_matter_fed_back(city, city.staff(centre), unit=centre)

    with pytest.raises(ActRefused) as refused:
        city.act(run.pk, "verify_result", by=city.staff(centre))

    assert refused.value.reason == "run.not_yours"


def test_whoever_handled_it_does_not_check_it_in_another_post():
    city = the_record()
    handler = city.staff(city.unit("department"))
    run = a_matter_fed_back(city, handler)
    checker = city.staff(city.unit(UnitKind.GOVERNANCE_CENTRE, "z"), level="village")
    same_person = replace(checker, account_id=handler.account_id)

    with pytest.raises(ActRefused) as refused:
        city.act(run.pk, "verify_result", by=same_person)

    assert "换一位核查人" in refused.value.sentence
    listed = {one.action: one for one in possible_acts(run.pk, by=same_person, at=NOW)}
    assert (listed["verify_result"].is_open, listed["rework"].is_open) == (False, True)
    assert city.act(run.pk, "verify_result", by=checker).run.state == "verified_result"
