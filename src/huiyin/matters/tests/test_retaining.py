"""How long matters are kept, and what stays of them; readable by whoever answers for it."""

from datetime import timedelta

import pytest

from huiyin.matters import retaining
from huiyin.matters.models import Contact, EventBody, EventHeader, Matter, Run, Tombstone
from huiyin.matters.redacting import place_hold
from huiyin.matters.refusals import ActRefused
from huiyin.matters.retaining import Then, due, retain, rules
from huiyin.matters.tests.records import the_record
from huiyin.matters.verifying import verify
from huiyin.procedures.library import procedures
from huiyin.units.tests.factories import NOW

pytestmark = pytest.mark.django_db
YEAR = timedelta(days=365, hours=6)


def an_ended(city, procedure="hotline", opening="accept_call", *steps):
    """A matter that has come to its end."""
    run = city.open(procedure, opening).run
    for step in steps or ("decline", "archive"):
        run = city.act(run.pk, step).run
    assert run.is_over
    return run


def test_every_procedure_a_matter_may_be_in_has_a_rule_with_its_ground():
    main = {name for name, one in procedures().items() if not one.is_child}

    assert rules().keys() == main
    assert all(1 <= rule.years <= 30 and rule.law_zh and rule.law_en for rule in rules().values())


def test_a_matter_is_kept_five_years_after_its_end_and_then_made_nameless():
    city = the_record()
    run = an_ended(city)
    before = Matter.objects.get()

    assert retain(at=NOW + 5 * YEAR - timedelta(days=3)) == 0
    assert retain(at=NOW + 5 * YEAR + timedelta(days=1)) == 1

    after = Matter.objects.get()
    assert (after.number, after.opened_at, after.place_id) == (
        before.number, before.opened_at, before.place_id,
    )  # fmt: skip
    assert (after.words.title, after.words.text) == ("", "")
    assert set(Contact.objects.values_list("name", "phone", "account")) == {("", "", None)}
    kept = EventBody.objects.values_list("event__action", flat=True)
    assert list(kept) == ["matter.retained"]
    assert EventHeader.objects.filter(run=run).count() == Run.objects.get().events
    stone = Tombstone.objects.get()
    assert (stone.how, stone.rule, stone.state, stone.ended_on.isoformat()) == (
        "anonymise", "hotline", "archived", "2026-03-02",
    )  # fmt: skip
    found = verify()
    assert found.differences == []
    assert found.orders == {"retention hotline": found.redacted}


def test_it_is_done_once():
    city = the_record()
    an_ended(city)
    late = NOW + 6 * YEAR

    assert [retain(at=late), retain(at=late)] == [1, 0]
    assert list(due(at=late)) == []


def test_where_the_rule_says_delete_nobody_is_left_in_it(monkeypatch):
    city = the_record()
    an_ended(city)
    rule = rules()["hotline"]
    shorter = retaining.Rule("hotline", 1, Then.DELETE, rule.law_zh, rule.law_en)
    monkeypatch.setattr(retaining, "rules", lambda: {"hotline": shorter})

    retain(at=NOW + 2 * YEAR)

    assert not Contact.objects.exists()
    assert Tombstone.objects.get().how == "delete"
    assert verify().differences == []


def test_what_is_on_hold_or_not_at_its_end_stays():
    city = the_record()
    held = an_ended(city)
    keeper = city.staff(city.unit("governance_centre", "keeper"), "matter.hold")
    place_hold(held.matter, reason="行政诉讼", by=keeper, at=NOW)
    city.open("hotline", "accept_call")

    assert list(due(at=NOW + 9 * YEAR)) == []


def test_the_dry_run_tells_what_is_due_in_batches_and_writes_nothing():
    city = the_record()
    runs = [an_ended(city) for _ in range(3)]
    events = EventHeader.objects.count()

    found = list(due(at=NOW + 6 * YEAR, batch=2))

    assert [one.number for one in found] == [run.matter.number for run in runs]
    assert {(one.rule.procedure, one.rule.years) for one in found} == {("hotline", 5)}
    assert EventHeader.objects.count() == events


def test_nothing_is_done_any_more_in_a_matter_that_was_retained():
    city = the_record()
    run = an_ended(city)
    retain(at=NOW + 6 * YEAR)

    with pytest.raises(ActRefused):
        city.act(run.pk, "note", by=city.whoever(procedures()["hotline"], "agent", {}))


@pytest.mark.parametrize(
    ("today", "last"),
    [("2031-03-02", "2026-03-02"), ("2028-02-29", "2023-02-28")],
    ids=["five-years", "a-leap-day"],
)
def test_years_are_counted_to_the_same_day(today, last):
    rule = rules()["hotline"]

    assert rule.ended_before(retaining.date.fromisoformat(today)).isoformat() == last


def test_an_answer_is_kept_for_repeats_ninety_days():
    city = the_record()
    run = city.open("hotline", "accept_call").run
    city.act(run.pk, "dispatch", key="k")

    assert retaining.forget_keys(at=NOW + timedelta(days=90)) == 0
    assert retaining.forget_keys(at=NOW + timedelta(days=90, seconds=1)) == 1
