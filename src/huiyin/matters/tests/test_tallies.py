"""Tallies: every act adds what it changes; whatever is done, counting again gives the same."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from huiyin.matters import keeping, recounting, tallies
from huiyin.matters.models import Matter, Measure, Run, Tally, TallyDelta
from huiyin.matters.refusals import ActRefused
from huiyin.matters.tests.records import the_record
from huiyin.matters.tests.test_record import MAIN, open_acts
from huiyin.places.models import Place
from huiyin.ui.refusals import Refusal
from huiyin.units.tests.factories import NOW

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TODAY = timezone.localdate(NOW)


def rolled_up():
    while tallies.roll_up():
        pass
    assert not TallyDelta.objects.exists()


def total(city, measure, **only):
    """Return how many are kept for the town; counting the events of the grid gives the same."""
    kept = tallies.total(measure, place_id=city.town.pk, **only)
    assert kept == tallies.total(measure, place_id=city.place.pk, **only)
    return kept


# --- what is counted ----------------------------------------------------------------------------


def test_an_order_is_counted_on_its_way():
    city = the_record()
    run = city.open("hotline", "accept_call").run
    assert (total(city, Measure.OPENED), total(city, Measure.DONE)) == (1, 0)
    assert total(city, Measure.IN_STATE, state="received") == 1

    for action in ("dispatch", "acknowledge", "answer"):
        run = city.act(run.pk, action).run
    unit = city.unit("department").pk

    assert total(city, Measure.IN_STATE, state="received") == 0
    assert total(city, Measure.IN_STATE, state=run.state, unit_id=unit) == 1
    assert total(city, Measure.ENTERED, state="dispatched") == 1
    assert total(city, Measure.DONE, unit_id=unit) == int(run.is_done)
    assert recounting.verify() == []


def test_the_three_kinds_of_limits_are_counted_apart():
    city = the_record()
    city.open("hotline", "accept_call")

    keeping.keep(at=NOW + 20 * DAY)

    later = timezone.localdate(NOW + 20 * DAY)
    assert total(city, Measure.OVERDUE_PROMISE, since=later, until=later) == 1
    assert total(city, Measure.OVERDUE_STAGE) == 1
    assert total(city, Measure.OVERDUE_UNIT) == 0
    assert total(city, Measure.OVERDUE_STAGE, until=TODAY) == 0
    assert recounting.verify() == []


def test_what_a_unit_sends_back_is_counted_for_that_unit():
    city = the_record()
    run = city.open("hotline", "accept_call").run
    run = city.act(run.pk, "dispatch").run
    first = run.assignments.get(role="lead", to_at=None).unit_id

    city.act(run.pk, "return_order")

    assert total(city, Measure.RETURNED, unit_id=first) == 1
    assert total(city, Measure.RETURNED) == 1
    assert recounting.verify() == []


def test_every_place_above_counts_and_no_other():
    city = the_record()
    matter = city.open("hotline", "accept_call").run.matter
    above = {matter.place_id, matter.village_id, matter.town_id, matter.county_id, matter.city_id}

    for place in Place.objects.all():
        expected = int(place.pk in {*above, matter.grid_id, matter.overlay_id})
        assert tallies.total(Measure.OPENED, place_id=place.pk) == expected
        assert expected or place.pk not in above
    rolled_up()
    for place in Place.objects.all():
        expected = int(place.pk in {*above, matter.grid_id, matter.overlay_id})
        assert tallies.total(Measure.OPENED, place_id=place.pk) == expected


def test_counts_are_told_by_state_day_class_and_unit():
    city = the_record()
    for number in range(3):
        run = city.open("hotline", "accept_call", at=NOW + number * DAY).run
    city.act(run.pk, "dispatch", at=NOW + 3 * DAY)

    by_day = tallies.counted(Measure.OPENED, place_id=city.town.pk, by=("day",))
    by_state = tallies.counted(Measure.IN_STATE, place_id=city.town.pk, by=("procedure", "state"))

    assert by_day == {(TODAY + timedelta(days=number),): 1 for number in range(3)}
    assert by_state == {("hotline", "received"): 2, ("hotline", "dispatched"): 1}
    with pytest.raises(ValueError, match="not kept by"):
        tallies.counted(Measure.OPENED, place_id=city.town.pk, by=("reporter",))


def test_an_answer_is_one_query_and_the_same_before_and_after_the_roll_up(
    django_assert_num_queries,
):
    city = the_record()
    for _ in range(4):
        city.act(city.open("hotline", "accept_call").run.pk, "dispatch")
        if _ == 1:
            rolled_up()

    def everything():
        return {
            measure: tallies.counted(measure, place_id=city.town.pk, by=tallies.GROUPS)
            for measure in Measure
        }

    before = everything()
    rolled_up()

    assert everything() == before
    with django_assert_num_queries(1):
        tallies.total(Measure.OPENED, place_id=city.town.pk)


def test_counting_every_run_by_itself_gives_the_same():
    city = the_record()
    run = city.open("hotline", "accept_call").run
    for action in ("dispatch", "return_order", "redispatch", "acknowledge", "answer"):
        run = city.act(run.pk, action, key=action).run
    city.open("grid", "submit")

    where = {"place_id": city.town.pk, "by": tallies.GROUPS}
    for asked in (where, {**where, "procedure": "grid", "since": TODAY}):
        kept = {measure: tallies.counted(measure, **asked) for measure in Measure}
        assert kept == {
            measure: tallies.counted_in(Run.objects.all(), measure, **asked) for measure in Measure
        }
    assert tallies.counted_in(Run.objects.none(), Measure.OPENED, **where) == {}


def test_a_day_is_the_local_day():
    city = the_record()
    before_midnight = NOW.replace(hour=23, minute=59)

    city.open("hotline", "accept_call", at=before_midnight)
    city.open("hotline", "accept_call", at=before_midnight + timedelta(minutes=1))

    by_day = tallies.counted(Measure.OPENED, place_id=city.town.pk, by=("day",))
    assert by_day == {(TODAY,): 1, (TODAY + timedelta(days=1),): 1}


def test_a_refused_act_counts_nothing():
    city = the_record()
    run = city.open("hotline", "accept_call").run
    before = TallyDelta.objects.count()

    with pytest.raises(ActRefused):
        city.act(run.pk, "dispatch", by=city.reporter)

    assert TallyDelta.objects.count() == before


def test_an_act_takes_one_query_for_its_counts():
    city = the_record()
    run = city.open("hotline", "accept_call").run

    with CaptureQueriesContext(connection) as seen:
        city.act(run.pk, "dispatch")

    assert sum("tally" in query["sql"] for query in seen) == 1


# --- another class or place ---------------------------------------------------------------------


def test_a_matter_that_gets_another_class_takes_its_counts_along():
    city = the_record()
    run = city.open("hotline", "accept_call").run
    run = city.act(run.pk, "dispatch").run
    rolled_up()
    was = Matter.objects.get(pk=run.matter_id)
    matter = Matter.objects.get(pk=run.matter_id)

    matter.category = city.category
    matter.save(update_fields=["category"])
    tallies.rebook(matter=matter, was=was)

    assert total(city, Measure.OPENED, category_id=None) == 0
    assert total(city, Measure.OPENED, category_id=city.category.pk) == 1
    assert total(city, Measure.IN_STATE, category_id=city.category.pk) == 1
    assert recounting.verify() == []
    rolled_up()
    assert recounting.verify() == []


def test_a_matter_that_gets_another_place_takes_its_counts_along():
    city = the_record()
    run = city.open("hotline", "accept_call").run
    was = Matter.objects.get(pk=run.matter_id)
    matter = Matter.objects.get(pk=run.matter_id)
    village = Place.objects.get(pk=matter.village_id)

    matter.place, matter.grid_id = village, None
    matter.save(update_fields=["place", "grid_id"])
    tallies.rebook(matter=matter, was=was)

    assert tallies.total(Measure.OPENED, place_id=city.place.pk) == 0
    assert tallies.total(Measure.OPENED, place_id=village.pk) == 1
    assert recounting.verify() == []


# --- counting again -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", MAIN)
@settings(
    max_examples=max(settings().max_examples // 20, 1),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_whatever_is_done_counting_again_gives_the_same(name, data):
    with transaction.atomic():
        city = the_record()
        at = NOW
        city.open(name, at=at)
        for _ in range(14):
            run = data.draw(st.sampled_from(list(Run.objects.order_by("id"))))
            acts = [] if run.is_over else open_acts(city, run, at)
            if acts and data.draw(st.integers(0, 3)):
                action, actor = data.draw(st.sampled_from(acts))
                try:
                    with transaction.atomic():
                        city.act(run.pk, action, by=actor, at=at)
                except Refusal:
                    pass
            else:
                at += data.draw(st.sampled_from((HOUR, DAY, 9 * DAY)))
                keeping.keep(at=at)
            if data.draw(st.booleans()):
                tallies.roll_up(batch=data.draw(st.integers(1, 20)))
        assert recounting.verify() == []
        simple = Counter(
            (run.procedure, run.state) for run in Run.objects.filter(matter__place=city.place)
        )
        by_state = tallies.counted(
            Measure.IN_STATE, place_id=city.town.pk, by=("procedure", "state")
        )
        assert by_state == dict(simple)
        done = Run.objects.exclude(done_at=None).count()
        assert total(city, Measure.DONE) == done
        assert total(city, Measure.OPENED) == Run.objects.count()
        transaction.set_rollback(True)


def test_a_count_that_was_changed_is_found_and_told():
    city = the_record()
    run = city.open("hotline", "accept_call").run
    rolled_up()
    Tally.objects.filter(measure=Measure.OPENED).update(count=7)

    (wrong,) = recounting.verify()

    assert (wrong.kept, wrong.counted, wrong.cell.place_id) == (7, 1, run.matter.town_id)
    assert "7 is kept, 1 is right" in str(wrong)
    assert str(TODAY) in str(wrong)


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM matters_tallydelta WHERE measure = 'entered'",
        "UPDATE matters_tallydelta SET delta = 2 WHERE measure = 'in_state' AND delta = 1",
        "UPDATE matters_tallydelta SET day = day + 1",
        "UPDATE matters_tallydelta SET town_id = NULL",
        "UPDATE matters_run SET state = 'dispatched'",
    ],
)
def test_every_difference_is_found(change):
    city = the_record()
    city.open("hotline", "accept_call")
    assert recounting.verify() == []

    with connection.cursor() as cursor:
        cursor.execute(change)

    assert recounting.verify() != []


def test_counts_of_nothing_are_cleared_away():
    city = the_record()
    run = city.open("hotline", "accept_call").run
    rolled_up()
    city.act(run.pk, "dispatch")
    rolled_up()

    assert not Tally.objects.filter(count=0).exists()
    assert not Tally.objects.filter(measure=Measure.IN_STATE, state="received").exists()


@pytest.mark.django_db(transaction=True)
def test_two_that_roll_up_at_once_add_nothing_twice():
    with transaction.atomic():
        city = the_record()
        for _ in range(5):
            city.act(city.open("hotline", "accept_call").run.pk, "dispatch")
    start = threading.Barrier(3)
    rows = TallyDelta.objects.count()
    taken = []

    def roll():
        start.wait()
        try:
            for _ in range(40):
                taken.append(tallies.roll_up(batch=3))
        finally:
            connection.close()

    workers = [threading.Thread(target=roll) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    rolled_up()

    assert sum(taken) <= rows
    assert recounting.verify() == []
