"""Re-classify: where it is counted and who sees it changes; what was said and promised does not."""

import pytest

from huiyin.categories.models import Category
from huiyin.matters.acting import hold
from huiyin.matters.handing_over import promised_at
from huiyin.matters.models import EventBody, EventHeader, Matter, RunClock
from huiyin.matters.reclassifying import reclassify
from huiyin.matters.refusals import (
    NotFound,
    NotPermitted,
    NotReclassified,
    ReasonMissing,
)
from huiyin.matters.tests.records import the_record
from huiyin.matters.verifying import verify
from huiyin.ui.identifiers import new_id
from huiyin.units.tests.factories import NOW, VILLAGE

pytestmark = pytest.mark.django_db
WHY = "照片上是垃圾，不是路灯。"


def clerk(city, *permissions):
    unit = city.unit("hotline_centre")
    return city.staff(unit, *(permissions or ("matter.reclassify",)))


def rubbish():
    return Category.objects.create(code="0901", name_zh="垃圾", name_en="Rubbish")


def change(city, matter, **more):
    given = {"reason": WHY, "by": clerk(city), "at": NOW, **more}
    return reclassify(matter_id=matter.pk, **given)


def test_number_words_answers_timeline_and_promise_stay():
    city = the_record()
    run = city.open("hotline").run
    matter = run.matter
    limits = [field.name for field in RunClock._meta.fields if field.name != "next_step_at"]
    clocks = list(RunClock.objects.filter(run=run).order_by("name").values(*limits))
    held = hold(run.pk, at=NOW)
    before = promised_at(held.before, held.procedure), matter.number, matter.words.text

    event = change(city, matter, category=rubbish())

    now = Matter.objects.get(pk=matter.pk)
    held = hold(run.pk, at=NOW)
    assert (promised_at(held.before, held.procedure), now.number, now.words.text) == before
    assert list(RunClock.objects.filter(run=run).order_by("name").values(*limits)) == clocks
    assert now.category.code == "0901"
    assert (event.action, event.seq) == ("matters.reclassified", 2)
    assert (event.from_state, event.to_state) == (run.state, run.state)
    assert event.effects["marks"] == {"category": ["", str(now.category_id)]}
    assert EventBody.objects.get(event=event).content == {"reason": WHY}
    assert verify().differences == []


def test_the_place_moves_with_all_above_it():
    city = the_record()
    matter = city.open("hotline").run.matter
    village = city.place.village
    assert village.code
    assert matter.grid_id == city.place.pk

    change(city, matter, place=village)

    now = Matter.objects.get(pk=matter.pk)
    assert (now.place_id, now.grid_id, now.village_id) == (village.pk, None, village.pk)
    assert VILLAGE in village.code


def test_units_named_as_accused_are_named_with_all_below_and_see_it_no_more():
    city = the_record()
    run = city.open("hotline").run
    run = city.act(run.pk, "dispatch").run
    unit = city.unit("department")
    below = city.unit("department", "below")
    below.superior = unit
    below.save(update_fields=["superior"])

    event = change(city, run.matter, accused=[unit.pk])

    matter = Matter.objects.get(pk=run.matter_id)
    assert set(matter.accused) == {unit.pk, below.pk}
    assert event.effects["marks"]["holders"] == [str(unit.pk)]
    with pytest.raises(NotFound):
        hold(run.pk, by=city.staff(unit), at=NOW)


def test_a_correction_is_refused_without_permission_reason_or_change():
    city = the_record()
    matter = city.open("hotline").run.matter
    before = EventHeader.objects.count()

    with pytest.raises(NotPermitted):
        change(city, matter, category=rubbish(), by=clerk(city, "matter.merge"))
    with pytest.raises(ReasonMissing):
        change(city, matter, place=city.place.village, reason=" 错了 ")
    with pytest.raises(NotReclassified):
        change(city, matter, place=city.place, accused=[])
    with pytest.raises(NotFound):
        reclassify(matter_id=new_id(), reason=WHY, by=clerk(city), at=NOW, place=city.place)
    with pytest.raises(NotFound):  # an office that does not see it
        change(
            city,
            city.open("petition").run.matter,
            place=city.place.village,
        )

    assert EventHeader.objects.filter(action="matters.reclassified").count() == 0
    assert EventHeader.objects.count() == before + 1  # the petition's opening


def test_a_correction_takes_a_fixed_number_of_queries(django_assert_max_num_queries):
    city = the_record()
    matter, category = city.open("hotline").run.matter, rubbish()
    by = clerk(city)

    with django_assert_max_num_queries(15):
        reclassify(matter_id=matter.pk, reason=WHY, by=by, at=NOW, category=category)
