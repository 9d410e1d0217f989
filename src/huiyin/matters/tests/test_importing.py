"""An import: many matters, each exactly as if it had been opened by itself."""

from datetime import timedelta
from time import perf_counter

import pytest

from huiyin.matters import intake
from huiyin.matters.importing import Imported, Incoming, import_matters
from huiyin.matters.intake import Person, Said
from huiyin.matters.models import (
    Assignment,
    Channel,
    Contact,
    EventBody,
    EventHeader,
    Matter,
    MatterText,
    Run,
    RunClock,
)
from huiyin.matters.refusals import ImportRefused, ProcedureUnknown
from huiyin.matters.tests.records import the_record
from huiyin.matters.verifying import verify
from huiyin.people.actors import SYSTEM
from huiyin.units.tests.factories import NOW

pytestmark = pytest.mark.django_db
ALL = (Matter, MatterText, Contact, Run, EventHeader, EventBody, RunClock, Assignment)
# What differs because it is another matter: its ids and number, and what is drawn by lot.
OWN = {
    "id", "number", "matter_id", "run_id", "event_id", "head", "hash", "salt", "body_digest",
    "name", "phone",
}  # fmt: skip


def incoming(city, number, **more):
    return Incoming(
        said=Said(f"路灯不亮 {number}", "新华路 3 号门口的路灯坏了三天。", "新华路 3 号"),
        place=city.place,
        form={"reason": "原系统在办"},
        reporter=Person("李娟", "15400000001", city.resident.pk),
        parties=(Person("物业", "0534-2600000", side="respondent"),),
        occurred_at=NOW - timedelta(days=9),
        lon=116.3,
        lat=37.45,
        **more,
    )


def take(rows, procedure="grid", action="take_over", **more):
    given = {"at": NOW, "source": "old-grid", **more}
    return import_matters(procedure=procedure, action=action, rows=rows, **given)


def opened_alone(row, procedure="grid", action="take_over"):
    return intake.open_matter(
        procedure=procedure, action=action, said=row.said, place=row.place, at=NOW,
        channel=Channel.IMPORT, by=SYSTEM, form=row.form, reporter=row.reporter,
        parties=row.parties, occurred_at=row.occurred_at, lon=row.lon, lat=row.lat,
    )  # fmt: skip


def rows_of(matter):
    """Everything kept of a matter, but for what makes it another one."""
    found = {
        Matter: Matter.objects.filter(pk=matter.pk),
        MatterText: MatterText.objects.filter(matter=matter),
        Contact: Contact.objects.filter(matter=matter).order_by("id"),
        Run: Run.objects.filter(matter=matter),
        EventHeader: EventHeader.objects.filter(run__matter=matter).order_by("seq"),
        EventBody: EventBody.objects.filter(event__run__matter=matter),
        RunClock: RunClock.objects.filter(run__matter=matter).order_by("name"),
        Assignment: Assignment.objects.filter(run__matter=matter),
    }
    assert found.keys() == set(ALL)
    return {
        model.__name__: [
            {name: value for name, value in row.items() if name not in OWN or model is RunClock}
            | {"id": None, "run_id": None}
            for row in rows.values()
        ]
        for model, rows in found.items()
    }


@pytest.mark.parametrize(
    ("procedure", "action"),
    [("grid", "take_over"), ("hotline", "take_over"), ("petition", "take_over")],
)
def test_an_imported_matter_is_row_by_row_the_one_opened_by_itself(procedure, action):
    city = the_record()
    row = incoming(city, 1)

    take([row], procedure, action)
    imported = Matter.objects.get()
    alone = opened_alone(row, procedure, action).run.matter

    assert rows_of(imported) == rows_of(alone)
    names = [(one.name, one.phone) for one in imported.contacts.order_by("id")]
    assert names == [("李娟", "15400000001"), ("物业", "0534-2600000")]
    assert verify().differences == []


def test_what_was_taken_before_is_passed_over():
    city = the_record()

    first = take([incoming(city, number, key=str(number)) for number in range(3)])
    again = take([incoming(city, number, key=str(number)) for number in (1, 2, 3, 3)])

    assert (first, again) == (Imported(3, 0), Imported(1, 3))
    assert Matter.objects.count() == 4


def test_one_row_that_cannot_be_opened_stops_all_of_them():
    city = the_record()
    rows = [incoming(city, number) for number in range(5)]
    rows[3] = Incoming(said=Said("x"), place=city.place, form={"reason": "长" * 1001})

    with pytest.raises(ImportRefused) as refused:
        take(rows, batch=2)

    assert refused.value.row == 4
    assert "reason: " in refused.value.why
    assert Matter.objects.count() == Run.objects.count() == 0


def test_a_row_from_the_future_and_an_unknown_procedure_are_refused():
    city = the_record()
    late = incoming(city, 1)

    with pytest.raises(ImportRefused) as refused:
        take([Incoming(said=late.said, place=late.place, occurred_at=NOW + timedelta(days=1))])
    with pytest.raises(ProcedureUnknown):
        take([late], procedure="nothing")

    assert refused.value.row == 1


def test_an_imported_matter_goes_on_as_any_other():
    city = the_record()
    take([incoming(city, 1)])

    done = city.act(Run.objects.get().pk, "verify_report")

    assert done.event.seq == 2
    assert verify().differences == []


def test_a_thousand_matters_take_a_few_seconds():
    city = the_record()
    rows = [incoming(city, number, key=str(number)) for number in range(1_000)]

    begun = perf_counter()
    taken = take(rows)
    took = perf_counter() - begun

    assert taken == Imported(1_000, 0)
    assert took < 20, f"{took:.1f} s"  # 2 to 4 on a machine of its own
    assert EventHeader.objects.count() == 1_000
