"""Hand-over: one number, one promise, a receipt on both sides, whatever the procedure."""

from datetime import timedelta

import pytest

from huiyin.matters import handing_over
from huiyin.matters.acting import act, hold
from huiyin.matters.limits import procedure_of
from huiyin.matters.models import EventHeader, Matter, Run, RunClock
from huiyin.matters.refusals import ActRefused
from huiyin.matters.tests.records import the_record
from huiyin.matters.verifying import verify
from huiyin.procedures.tests.shipped import PROCEDURES
from huiyin.units.tests.factories import NOW

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def ways():
    """Every procedure that hands over, to each of those it can hand over to."""
    for name, rules in sorted(PROCEDURES.items()):
        for action in rules.actions.values():
            if action.hand_over:
                field = action.field_named(action.hand_over)
                for other in field.options:
                    yield pytest.param(name, action.name, other, id=f"{name}-to-{other}")


WAYS = list(ways())


def handed(city, name="hotline", action="hand_over", to="grid", *, at=NOW):
    """A matter opened in one procedure and handed over to another one: both its runs."""
    run = city.open(name).run
    done = city.act(run.pk, action, at=at, procedure=to, reason="属于网格职责。")
    return done.run, handing_over.main_run(done.run.matter)


@pytest.mark.parametrize(("name", "action", "to"), WAYS)
def test_a_matter_goes_on_in_every_procedure_it_can_be_handed_over_to(name, action, to):
    city = the_record()

    gave, goes_on = handed(city, name, action, to)

    assert (gave.is_over, gave.state) == (True, "handed_over")
    assert (goes_on.procedure, goes_on.parent, goes_on.is_over) == (to, None, False)
    assert goes_on.matter == gave.matter
    assert goes_on.owner
    assert verify().differences == []


def test_each_side_has_one_event_that_is_the_receipt_for_the_other():
    city = the_record()

    gave, goes_on = handed(city)

    given, taken = gave.timeline.latest("seq"), goes_on.timeline.get()
    assert (given.action, taken.action) == ("hand_over", "take_over")
    assert handing_over.receipt_in(given) == {"procedure": "grid", "run": str(goes_on.pk)}
    assert handing_over.receipt_in(taken) == {"procedure": "hotline", "run": str(gave.pk)}
    assert taken.body.content["form"]["reason"] == "属于网格职责。"
    assert handing_over.main_runs(gave.matter) == [gave, goes_on]


def test_the_number_the_words_and_the_people_stay():
    city = the_record()
    run = city.open("hotline").run
    number, words = run.matter.number, run.matter.words.text

    city.act(run.pk, "hand_over", procedure="orders")

    matter = Matter.objects.get()
    assert (matter.number, matter.words.text) == (number, words)
    assert matter.contacts.count() == 2  # the reporter is a side of it too
    held = hold(handing_over.main_run(matter).pk, at=NOW)
    assert held.before.reporter == str(matter.contacts.get(role="reporter").pk)


def test_what_was_promised_is_not_lengthened():
    city = the_record()
    run = city.open("hotline").run
    promised = RunClock.objects.get(run=run, name="promise").due_at

    city.act(run.pk, "hand_over", procedure="orders", at=NOW + 3 * DAY)

    goes_on = handing_over.main_run(run.matter)
    whole = RunClock.objects.get(run=goes_on, name="whole")
    assert (whole.kind, whole.due_at) == ("promise", promised)
    held = hold(goes_on.pk, at=NOW + 3 * DAY)
    assert handing_over.promised_at(held.before, held.procedure) == promised
    assert verify().differences == []


def test_the_promise_goes_along_until_the_next_procedure_makes_its_own():
    city = the_record()
    run = city.open("hotline").run
    promised = RunClock.objects.get(run=run, name="promise").due_at
    city.act(run.pk, "hand_over", procedure="grid", at=NOW + DAY)
    grid = handing_over.main_run(run.matter)
    assert not RunClock.objects.filter(run=grid, kind="promise").exists()
    held = hold(grid.pk, at=NOW + DAY)
    assert handing_over.promised_at(held.before, held.procedure) == promised

    city.act(grid.pk, "hand_over", procedure="orders", at=NOW + 2 * DAY)

    orders = handing_over.main_run(run.matter)
    assert RunClock.objects.get(run=orders, name="whole").due_at <= promised


def test_a_limit_of_the_law_is_as_the_law_says_and_the_earlier_promise_is_still_told():
    city = the_record()
    run = city.open("hotline").run
    promised = RunClock.objects.get(run=run, name="promise").due_at

    city.act(run.pk, "hand_over", procedure="petition")

    held = hold(handing_over.main_run(run.matter).pk, at=NOW)
    assert held.before.promised == {"city": promised}
    assert handing_over.promised_at(held.before, held.procedure) == promised


def test_a_matter_handed_over_to_a_confidential_procedure_is_confidential_from_then_on():
    city = the_record()

    handed(city, "hotline", "hand_over", "petition")

    assert procedure_of("petition").confidential
    assert Matter.objects.get().is_confidential


def test_a_refused_hand_over_writes_nothing():
    city = the_record()
    run = city.open("hotline").run
    before = EventHeader.objects.count()

    with pytest.raises(ActRefused):
        city.act(run.pk, "hand_over", form={"procedure": "grid"})

    assert EventHeader.objects.count() == before
    assert Run.objects.count() == 1


def test_a_hand_over_takes_a_fixed_number_of_queries(django_assert_max_num_queries):
    city = the_record()
    run = city.open("hotline").run
    form = {"procedure": "grid", "reason": "属于网格职责。"}
    by = city.staff(city.unit("hotline_centre"), "hotline.decide")

    with django_assert_max_num_queries(30):  # two runs: each its event, clocks and roles
        act(run.pk, "hand_over", by=by, at=NOW, form=form)
