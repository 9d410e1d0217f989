"""How urgent a matter is is heard when it comes in, kept with it, and never a reason to refuse."""

import pytest

from huiyin.dispatch.models import Level
from huiyin.matters import search
from huiyin.matters.inbox import Tray, tray
from huiyin.matters.inbox_filters import Filters
from huiyin.matters.intake import Person, Said, open_matter
from huiyin.matters.limits import procedure_of
from huiyin.matters.models import Channel, Matter, RunClock
from huiyin.matters.reclassifying import reclassify
from huiyin.matters.search import Wanted
from huiyin.matters.tests.records import the_record
from huiyin.people.actors import SYSTEM
from huiyin.procedures import new_run
from huiyin.procedures.simulation import a_form
from huiyin.units.tests.factories import NOW, a_category

pytestmark = pytest.mark.django_db


def sent_in(city, text, *, title="求助", category=None):
    """A resident sends in what they see."""
    rules = procedure_of("hotline")
    opening = rules.actions["submit_online"]
    form = city.form(a_form(opening, new_run(rules), NOW), opening, city.reporter)
    return open_matter(
        procedure="hotline", action="submit_online", said=Said(title, text), place=city.place,
        channel=Channel.ONLINE, by=city.reporter, at=NOW, form=form, category=category,
        reporter=Person("李娟", "15400000001", city.resident.pk),
    ).run.matter  # fmt: skip


@pytest.mark.parametrize(
    ("text", "level", "number"),
    [
        ("楼下漏气，味道很大。", Level.EMERGENCY, "119"),
        ("门口井盖丢了。", Level.URGENT, ""),
        ("路灯坏了三天。", Level.NORMAL, ""),
        ("我怕漏气，想换管子。", Level.NORMAL, ""),
    ],
)
def test_what_the_words_say_is_kept_with_the_matter(text, level, number):
    matter = sent_in(the_record(), text)

    kept = Matter.objects.get(pk=matter.pk)
    assert (kept.urgency, kept.call_first) == (level, number)
    assert bool(kept.words.urgent_words) == (level != Level.NORMAL)


def test_danger_in_the_title_counts_too():
    assert sent_in(the_record(), "快来。", title="着火了").urgency == Level.EMERGENCY


def test_urgent_matters_are_found_in_the_inbox_and_by_search():
    city = the_record()
    calm, urgent = sent_in(city, "路灯坏了三天。"), sent_in(city, "门口井盖丢了。")
    by = city.staff(city.unit("hotline_centre", "z"), "hotline.dispatch")

    page = tray(Tray.TO_DO, by=by, at=NOW, filters=Filters(is_urgent=True))
    found = search.search(Wanted(urgent=True), by=by)

    assert [run.matter_id for run in page.runs] == [urgent.pk]
    assert [matter.pk for matter in found.matters] == [urgent.pk]
    assert len(search.search(Wanted(), by=by).matters) == len([calm, urgent])


def test_another_class_of_matter_makes_it_urgent_and_its_limits_are_looked_at_anew():
    city = the_record()
    matter = sent_in(city, "路灯坏了三天。")
    urgent = a_category("09", name="燃气")
    urgent.urgency = "urgent"
    urgent.save()

    reclassify(matter_id=matter.pk, reason="是燃气问题", by=SYSTEM, at=NOW, category=urgent)

    assert Matter.objects.get(pk=matter.pk).urgency == Level.URGENT
    looks = RunClock.objects.filter(run__matter=matter).values_list("next_step_at", flat=True)
    assert set(looks) == {NOW}
