"""Ratings are the person's own; call-backs are somebody else's notes: two records, never mixed."""

from datetime import timedelta

import pytest

from huiyin.matters import links, retaining
from huiyin.matters.models import CallBack, Contact, Link, Rating
from huiyin.matters.ratings import differences
from huiyin.matters.refusals import ActRefused, NotFound
from huiyin.matters.tests.records import the_record
from huiyin.matters.verifying import verify
from huiyin.units.tests.factories import NOW

pytestmark = pytest.mark.django_db


def an_audited_order(city):
    run = city.open("hotline", "accept_call").run
    for action in ("dispatch", "acknowledge", "answer", "audit"):
        run = city.act(run.pk, action).run
    return run


def the_agent(city, unit=None):
    return city.staff(unit or city.unit("hotline_centre", "z"), "hotline.call_back")


def test_a_call_back_is_kept_apart_and_is_no_rating():
    city = the_record()
    run = an_audited_order(city)

    city.act(run.pk, "call_back", by=the_agent(city), solved="partly", contacted="contacted")

    row = CallBack.objects.get(run=run)
    assert (row.reached, row.solved, row.contacted) == ("spoke", "partly", "contacted")
    assert row.unit_id == city.unit("hotline_centre", "z").pk
    assert not Rating.objects.exists()


def test_nobody_of_the_handling_unit_calls_back():
    city = the_record()
    centre = city.unit("hotline_centre", "z")
    run = city.open("hotline", "accept_call").run
    city.act(run.pk, "dispatch", to_unit=str(centre.pk))
    for action in ("acknowledge", "answer", "audit"):
        run = city.act(run.pk, action).run

    with pytest.raises(ActRefused) as refused:
        city.act(run.pk, "call_back", by=the_agent(city, centre))
    city.act(run.pk, "call_back", by=the_agent(city, city.unit("hotline_centre", "county")))

    assert refused.value.reason == "run.not_yours"
    assert CallBack.objects.count() == 1


def test_three_calls_without_an_answer_are_a_call_back_that_reached_nobody():
    city = the_record()
    run = an_audited_order(city)
    for _ in range(3):
        city.act(run.pk, "try_call_back", by=the_agent(city))

    city.act(run.pk, "call_back_unreached", by=the_agent(city))

    assert CallBack.objects.get(run=run).reached == "no_answer"


def test_nobody_rates_for_the_person():
    city = the_record()
    run = an_audited_order(city)

    for somebody in (the_agent(city), city.staff(city.unit("department"))):
        with pytest.raises(ActRefused) as refused:
            city.act(run.pk, "rate", by=somebody)
        assert refused.value.reason == "run.not_yours"
    with pytest.raises(NotFound):
        city.act(run.pk, "rate", by=city.opponent)

    assert not Rating.objects.exists()


def test_a_rating_is_changed_once_and_what_was_written_stays_in_the_body():
    city = the_record()
    run = an_audited_order(city)
    city.act(run.pk, "rate", by=city.reporter, satisfaction="unsatisfied", reason="灯还是不亮")
    first = Rating.objects.get(run=run)

    city.act(run.pk, "rate", by=city.reporter, satisfaction="satisfied")
    with pytest.raises(ActRefused):
        city.act(run.pk, "rate", by=city.reporter)

    row = Rating.objects.get(run=run)
    assert (first.satisfaction, row.satisfaction) == ("unsatisfied", "satisfied")
    assert (first.changed_at, row.changed_at, row.at) == (None, NOW, NOW)
    assert row.contact_id == Contact.objects.get(matter=run.matter, role="reporter").pk
    assert "灯还是不亮" not in str(vars(first))


def test_stars_are_kept_of_matters_that_are_rated_with_stars():
    city = the_record()
    run = city.open("grid", "report").run
    run = city.act(run.pk, "settle_on_spot").run if run.state == "reported" else run

    city.act(run.pk, "rate", by=city.reporter, stars=4, solved="yes")

    row = Rating.objects.get(run=run)
    assert (row.stars, row.solved, row.satisfaction) == (4, "yes", "")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        pytest.param(
            lambda: Rating.objects.update(satisfaction="satisfied"),
            "its rating is not what the person said.", id="changed",
        ),
        pytest.param(lambda: Rating.objects.all().delete(), "its rating is missing.", id="gone"),
        pytest.param(
            lambda: CallBack.objects.update(solved="solved"),
            "its call-back is not what was written down.", id="call-back-changed",
        ),
        pytest.param(
            lambda: CallBack.objects.all().delete(), "its call-back is missing.",
            id="call-back-gone",
        ),
    ],
)  # fmt: skip
def test_verify_finds_a_rating_or_call_back_that_is_not_what_was_said(wrong, told):
    city = the_record()
    run = an_audited_order(city)
    city.act(run.pk, "call_back", by=the_agent(city), solved="unsolved")
    city.act(run.pk, "rate", by=city.reporter, satisfaction="unsatisfied")
    assert verify(run_ids=[run.pk]).differences == []

    wrong()

    assert [one.text for one in verify(run_ids=[run.pk]).differences] == [told]
    assert [text for _, _, text in differences()] == [told]


def test_a_rating_outlasts_the_person_who_gave_it_and_their_links_do_not(monkeypatch):
    city = the_record()
    run = an_audited_order(city)
    contact = Contact.objects.get(matter=run.matter, role="reporter")
    links.make(run, contact, at=NOW, action="rate")
    for action in ("call_back", "rate", "close", "archive"):
        run = city.act(run.pk, action).run
    rule = retaining.rules()["hotline"]
    shorter = retaining.Rule("hotline", 1, retaining.Then.DELETE, rule.law_zh, rule.law_en)
    monkeypatch.setattr(retaining, "rules", lambda: {"hotline": shorter})

    assert retaining.retain(at=NOW + timedelta(days=800)) == 1

    assert (Contact.objects.count(), Link.objects.count()) == (0, 0)
    assert Rating.objects.get(run=run).contact_id == contact.pk
    assert verify().differences == []


def test_old_links_are_deleted_half_a_year_after_their_end():
    run = an_audited_order(the_record())
    contact = Contact.objects.get(matter=run.matter, role="reporter")
    links.make(run, contact, at=NOW, action="rate")

    assert links.clean(at=NOW + links.LIFE + links.KEPT) == 0
    assert links.clean(at=NOW + links.LIFE + links.KEPT + timedelta(days=1)) >= 1
    assert not Link.objects.exists()
