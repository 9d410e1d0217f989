"""However much there is: as many queries with thirty as with one."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from huiyin.matters import access, attachments, inbox, merging, numbers, search, tallies
from huiyin.matters.acting import act
from huiyin.matters.inbox import Tray
from huiyin.matters.intake import Person, Said, open_matter
from huiyin.matters.models import Assignment, AttachmentUse, Channel, Measure, Run, RunClock
from huiyin.matters.queries import possible_acts, told
from huiyin.matters.reclassifying import reclassify
from huiyin.matters.search import Wanted
from huiyin.matters.similar import similar
from huiyin.matters.tests.loaded import an_order, queries
from huiyin.matters.tests.machine import MAIN
from huiyin.matters.tests.records import SIDES, the_record
from huiyin.matters.timeline import timeline
from huiyin.notices.models import Notice
from huiyin.places.models import Place
from huiyin.procedures import new_run
from huiyin.procedures.library import procedure
from huiyin.procedures.simulation import a_form
from huiyin.units.tests.factories import NOW, VILLAGE

pytestmark = pytest.mark.django_db
MANY = 30
DAY = timedelta(days=1)


# --- lists --------------------------------------------------------------------------------------


def reading_lists(city, at):
    """Every list of a unit, of the centre and of a resident: how many rows and queries."""
    lead = city.staff(city.unit("department"))
    centre = city.staff(city.unit("hotline_centre"), "hotline.dispatch")
    rows, taken = {}, {}

    def read(name, job):
        taken[name] = queries(lambda: rows.__setitem__(name, len(job())))

    def shown(runs):
        return [(run.matter.words.title, run.matter.place.name, run.matter.number) for run in runs]

    def described(matters):
        return [(one.words.title, one.place.name, str(one.category)) for one in matters]

    for which in Tray:
        by = centre if which in (Tray.TO_DO, Tray.DUE_SOON, Tray.OVERDUE) else lead
        read(which, lambda which=which, by=by: shown(inbox.tray(which, by=by, at=at).runs))
    taken["counts"] = queries(inbox.counts, by=lead, at=at)
    for name, wanted in (
        ("words", Wanted("路灯")),
        ("unit", Wanted(unit_id=lead.unit_id)),
        ("state", Wanted(procedure="hotline", state="dispatched")),
        ("place", Wanted(place=city.town)),
    ):
        read(name, lambda wanted=wanted: described(search.search(wanted, by=lead).matters))
    read("own", lambda: described(search.search(Wanted(), by=city.reporter).matters))
    read(
        "phone",
        lambda: described(search.by_phone("15400000001", by=centre, purpose="回访", at=at).matters),
    )
    taken["alike"] = queries(similar, place=city.place, text="路灯不亮", at=NOW + DAY)
    taken["tally"] = queries(tallies.total, Measure.OPENED, place_id=city.town.pk)
    return rows, taken


def test_lists_take_as_many_queries_with_thirty_rows_as_with_one():
    city = the_record()
    rows, taken = [], []
    at = NOW + 40 * DAY  # everything is late
    for more in (1, MANY - 1):
        for _ in range(more):
            city.open("hotline", "accept_call")
            run = city.open("hotline", "accept_call").run
            city.act(run.pk, "dispatch")
        reading_lists(city, at)  # whatever is read once and kept in memory
        found = reading_lists(city, at)
        rows.append(found[0])
        taken.append(found[1])

    assert taken[0] == taken[1]
    assert all(count <= 6 for count in taken[1].values()), taken[1]
    assert rows[0][Tray.TO_SIGN] == rows[0]["unit"] == 1
    for name in (Tray.TO_SIGN, Tray.TO_DO, Tray.OVERDUE, "words", "unit", "own", "phone"):
        assert rows[1][name] == MANY, name


# --- a matter begins ----------------------------------------------------------------------------


def an_intake(city, name, parties):
    """A call that opens a matter by the first opening that people may take, its form filled in."""
    rules = procedure(name)
    opening = next(one for one in rules.openings if one.by[0] != "system")
    by = city.whoever(rules, opening.by[0], {})
    run = replace(new_run(rules), parties={"person-a": "applicant", "person-b": "respondent"})
    form = city.form(a_form(opening, run, NOW), opening, by)
    return partial(
        open_matter, procedure=name, action=opening.name, said=Said("路灯不亮", "三天了。"),
        place=city.place, channel=Channel.VISIT, by=by, at=NOW, form=form, category=city.category,
        reporter=Person("李娟", "15400000001", city.resident.pk), parties=parties,
    )  # fmt: skip


def numbers_at_hand():
    """See to it that the next numbers need no query: they come in blocks of fifty."""
    while len(numbers._block) < 5:
        numbers.next_number(city_code="371400000000", at=NOW)


@pytest.mark.parametrize("name", MAIN)
def test_a_matter_of_any_procedure_begins_in_twelve_queries_at_most(name):
    city = the_record()
    sides = [
        Person(f"当事人{number}", f"154000001{number:02}", side=SIDES[number % 2])
        for number in range(MANY)
    ]
    few, many = an_intake(city, name, sides[:2]), an_intake(city, name, sides)
    an_intake(city, name, sides[:2])()
    numbers_at_hand()

    taken = [queries(few), queries(many)]

    assert taken[0] == taken[1] <= 12, taken


# --- one matter ---------------------------------------------------------------------------------


def reading_one(city, run):
    """What is read of one matter by its unit, by the centre, and by whoever brought it."""
    lead = city.staff(city.unit("department"), "matter.reclassify")
    village = Place.objects.get(code=VILLAGE)
    return {
        "possible acts": queries(possible_acts, run.pk, by=lead, at=NOW),
        "own possible acts": queries(possible_acts, run.pk, by=city.reporter, at=NOW),
        "told": queries(told, run.matter_id, by=city.reporter, at=NOW),
        "timeline": queries(timeline, run.matter, by=lead, limit=500),
        "own timeline": queries(timeline, run.matter, by=city.reporter, limit=500),
        "matter": queries(access.look, run.matter_id, by=lead, at=NOW),
        "people": queries(access.contacts, run.matter, by=lead),
        "attached": queries(merging.attached, run.matter),
        "files": queries(attachments.attachments_of, [run.pk]),
        "note": queries(acting, city, run, "note", lead),
        "message": queries(acting, city, run, "message_person", lead),
        "reply": queries(acting, city, run, "message_unit", city.reporter),
        "more time": queries(acting, city, run, "ask_answer_extension", lead),
        "correct": queries(
            reclassify,
            matter_id=run.matter_id,
            reason="看错了地方。",
            by=lead,
            at=NOW,
            place=village,
        ),
    }


FORMS = {"ask_answer_extension": {"reason": "等待配件。", "amount": 1}}


def acting(city, run, action, by):
    form = FORMS.get(action, {"text": "已联系。"})
    assert act(run.pk, action, by=by, at=NOW, form=form).event.action == action


def test_one_matter_takes_as_many_queries_with_thirty_of_everything_as_with_one():
    city = the_record()
    few, many = an_order(city, 1), an_order(city, MANY)
    for run, count in ((few, 1), (many, MANY)):
        runs = Run.objects.filter(matter=run.matter_id)
        assert AttachmentUse.objects.filter(run__in=runs).count() == count
        assert Assignment.objects.filter(run__in=runs, role="helper").count() == count
        assert RunClock.objects.filter(run__parent=run).count() == count
        assert run.matter.contacts.filter(role="joined").count() == count

    few, many = reading_one(city, few), reading_one(city, many)

    assert few == many
    acts = {name: many[name] for name in ("note", "message", "reply", "more time")}
    assert all(count <= 12 for count in acts.values()), acts
    assert many["possible acts"] <= 4


def test_the_end_of_the_last_of_thirty_runs_inside_another_takes_as_many_queries_as_of_one():
    city = the_record()
    taken = []
    for count in (1, MANY):
        run = an_order(city, count)
        child = Run.objects.filter(parent=run).order_by("id").last()
        helper = child.assignments.get(role="helper").unit
        taken.append(queries(city.act, child.pk, "answer", by=city.staff(helper)))

    assert taken[0] == taken[1]


def test_whoever_was_merged_into_a_matter_is_told_in_as_many_queries_as_one():
    city = the_record()
    taken, told_now = [], []
    merger = city.staff(city.unit("hotline_centre"), "matter.merge")
    for count in (1, MANY):
        into = city.open("hotline", "accept_call").run
        for _ in range(count):
            run = city.open("hotline", "accept_call").run
            city.act(run.pk, "merge_into", by=merger, other=into.matter.number)
        before = Notice.objects.count()
        taken.append(queries(acting, city, into, "message_person", merger))
        told_now.append(Notice.objects.count() - before)

    assert taken[0] == taken[1] <= 13  # one more reads who was merged into it
    assert told_now[0] <= told_now[1]
