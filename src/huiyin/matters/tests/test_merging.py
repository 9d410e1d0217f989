"""Merge: one thing is handled once, and everybody who reported it is told."""

import pytest

from huiyin.matters import numbers
from huiyin.matters.acting import act
from huiyin.matters.handing_over import main_run
from huiyin.matters.intake import Person
from huiyin.matters.merging import attached, goes_on_in, is_attached, merged_with
from huiyin.matters.models import Assignment, Contact, EventHeader, Matter
from huiyin.matters.refusals import (
    MergeAccusesOthers,
    MergeConfidential,
    MergedOnAlready,
    MergeIntoDone,
    MergeIntoItself,
    MergeUnknown,
    NotRated,
)
from huiyin.matters.similar import join, rate_along
from huiyin.matters.tests.records import the_record
from huiyin.matters.verifying import verify
from huiyin.notices.models import Notice
from huiyin.people.actors import Actor
from huiyin.units.tests.factories import NOW

pytestmark = pytest.mark.django_db


def merge(city, run, into, **form):
    """Merge the matter of a run into another one, by somebody who sees both."""
    lead = Assignment.objects.filter(run=run, role="lead").first()
    unit = lead.unit if lead else city.unit("hotline_centre")
    by = None if run.procedure == "grid" else city.staff(unit, "matter.merge")
    return city.act(run.pk, "merge_into", by=by, **{"other": into.number, **form})


def test_a_merged_matter_ends_and_names_the_other_and_the_other_says_who_came_in():
    city = the_record()
    run, other = city.open("grid").run, city.open("grid").run

    done = merge(city, run, other.matter)

    matter = Matter.objects.get(pk=run.matter_id)
    assert (done.run.state, done.run.is_over) == ("merged", True)
    assert matter.merged_into == other.matter
    assert done.event.effects["marks"]["merged_into"]["number"] == other.matter.number
    came_in = other.timeline.latest("seq")
    assert came_in.action == "matters.merged_in"
    assert came_in.effects["marks"]["number"] == matter.number
    assert (came_in.from_state, came_in.to_state) == (other.state, other.state)
    assert verify().differences == []


def test_a_merge_writes_one_event_on_each_of_both():
    city = the_record()
    run, other = city.open("grid").run, city.open("grid").run

    merge(city, run, other.matter)

    assert EventHeader.objects.filter(run=run).count() == 2
    assert EventHeader.objects.filter(run=other).count() == 2


def test_the_number_may_be_written_as_it_is_read_out():
    city = the_record()
    run, other = city.open("hotline").run, city.open("hotline").run

    merge(city, run, other.matter, other=numbers.spoken(other.matter.number))

    assert Matter.objects.get(pk=run.matter_id).merged_into == other.matter


def test_every_reporter_stays_attached_however_far_it_was_merged():
    city = the_record()
    first, second, third = (city.open("hotline").run for _ in range(3))
    merge(city, first, second.matter)
    merge(city, second, third.matter)

    start = Matter.objects.get(pk=first.matter_id)

    assert goes_on_in(start) == third.matter
    assert merged_with(third.matter) == [third.matter_id, second.matter_id, first.matter_id]
    told = attached(third.matter)
    assert {contact.matter_id for contact in told} == set(merged_with(third.matter))
    assert is_attached(third.matter, city.resident.pk)


def merged_already(city):
    run, other, third = (city.open("hotline").run for _ in range(3))
    merge(city, other, third.matter)
    return run, other


def round_in_a_circle(city):
    run, other = city.open("hotline").run, city.open("hotline").run
    merge(city, other, run.matter)
    return run, other


def answered(city):
    run, other = city.open("hotline").run, city.open("hotline").run
    city.act(other.pk, "answer_directly")
    return run, other


def other_accused(city):
    accused = (city.unit("department").pk,)
    return city.open("hotline").run, city.open("hotline", accused=accused).run


def confidential(city):
    runs = [city.open("hotline").run for _ in range(2)]
    for run in runs:
        city.act(run.pk, "dispatch")
    Matter.objects.update(is_confidential=True)
    return runs


CASES = [
    pytest.param(merged_already, MergedOnAlready, id="merged-already"),
    pytest.param(round_in_a_circle, MergedOnAlready, id="round-in-a-circle"),
    pytest.param(answered, MergeIntoDone, id="answered-already"),
    pytest.param(other_accused, MergeAccusesOthers, id="other-accused"),
    pytest.param(
        confidential, MergeConfidential, id="confidential",
    ),
    pytest.param(lambda city: (city.open("hotline").run,) * 2, MergeIntoItself, id="itself"),
]  # fmt: skip


@pytest.mark.parametrize(("case", "refusal"), CASES)
def test_a_merge_is_refused_and_writes_nothing_when(case, refusal):
    city = the_record()
    run, other = case(city)
    before = EventHeader.objects.count()

    with pytest.raises(refusal):
        merge(city, run, other.matter)

    assert EventHeader.objects.count() == before
    assert Matter.objects.get(pk=run.matter_id).merged_into is None


def test_a_number_of_nothing_is_refused():
    city = the_record()
    run = city.open("hotline").run

    for number in ("3714", "3714 2611 0000 0000"):
        with pytest.raises(MergeUnknown):
            merge(city, run, run.matter, other=number)


def test_a_matter_that_is_not_theirs_to_see_is_none():
    city = the_record()
    run, other = city.open("hotline").run, city.open("petition").run

    with pytest.raises(MergeUnknown):
        merge(city, run, other.matter)


def test_whoever_joined_or_was_merged_rates_the_answer_and_may_change_it_once():
    city = the_record()
    run, other = city.open("hotline").run, city.open("hotline").run
    joiner = Actor(account_id=city.other.pk, kind="resident")
    joined = join(
        matter_id=run.matter_id, person=Person(account_id=city.other.pk), by=joiner, at=NOW
    )
    assert joined.reported_by == 2
    merge(city, run, other.matter)

    with pytest.raises(NotRated):  # nothing has been answered yet
        rate_along(matter_id=run.matter_id, stars=5, by=joiner, at=NOW)
    city.act(other.pk, "answer_directly")
    first = rate_along(matter_id=run.matter_id, stars=2, by=joiner, at=NOW, text="还不亮。")
    again = rate_along(matter_id=run.matter_id, stars=5, by=joiner, at=NOW)
    with pytest.raises(NotRated):
        rate_along(matter_id=run.matter_id, stars=1, by=joiner, at=NOW)

    assert (first.is_repeat, again.is_repeat) == (False, True)
    rated = main_run(other.matter).timeline.filter(action="matters.rated").order_by("seq")
    assert [event.effects["marks"]["stars"] for event in rated] == [2, 5]
    assert {event.contact_id for event in rated} == {joined.contact.pk}
    assert verify().differences == []


def test_nobody_rates_who_did_not_report():
    city = the_record()
    run = city.open("hotline").run
    city.act(run.pk, "answer_directly")

    with pytest.raises(NotRated):
        rate_along(
            matter_id=run.matter_id, stars=1, at=NOW,
            by=Actor(account_id=city.other.pk, kind="resident"),
        )  # fmt: skip
    with pytest.raises(NotRated):  # the first reporter has the procedure's own act for it
        rate_along(matter_id=run.matter_id, stars=1, by=city.reporter, at=NOW)


def test_a_merge_takes_a_fixed_number_of_queries(django_assert_max_num_queries):
    city = the_record()
    run, other = city.open("hotline").run, city.open("hotline").run
    form = {"other": other.matter.number, "reason": "同一盏路灯。"}
    by = city.staff(city.unit("hotline_centre"), "matter.merge")

    with django_assert_max_num_queries(26):  # two runs, each with its event
        act(run.pk, "merge_into", by=by, at=NOW, form=form)


def test_whoever_joined_or_was_merged_is_told_under_the_number_they_know():
    city = the_record()
    run, other = city.open("hotline").run, city.open("hotline").run
    Contact.objects.filter(matter=run.matter).exclude(role="reporter").delete()
    neighbour = Person("赵强", "15400000002", city.other.pk)
    by = Actor(account_id=city.other.pk, kind="resident")
    join(matter_id=run.matter_id, person=neighbour, by=by, at=NOW)
    merge(city, run, other.matter)

    city.act(other.pk, "answer_directly")

    told = Notice.objects.filter(name="hotline.answer_directly.person", channel="inbox")
    assert {notice.account_id for notice in told} == {city.resident.pk, city.other.pk}
    texts = {notice.account_id: notice.texts for notice in told}
    assert numbers.spoken(run.matter.number) in texts[city.other.pk]
    assert numbers.spoken(other.matter.number) not in texts[city.other.pk]
