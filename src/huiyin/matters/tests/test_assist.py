"""Assistance: the units asked answer in time, or say why not; the lead answers to the person.

HBJ21 art. 14 says "in time" and fixes no limit: the city's values. Days off used below:

- 2025 Spring Festival 28 Jan (Tue) to 4 Feb (Tue); worked: Sun 26 Jan, Sat 8 Feb.
- 2025 National Day and Mid-autumn 1 Oct (Wed) to 8 Oct (Wed); worked: Sun 28 Sep, Sat 11 Oct.
- 2026 Spring Festival 15 Feb (Sun) to 23 Feb (Mon); worked: Sat 14 Feb, Sat 28 Feb.
- 2026 National Day 1 Oct (Thu) to 7 Oct (Wed); worked: Sun 20 Sep, Sat 10 Oct.
"""

import pytest

from huiyin.matters.tests.factories import an_assistance
from huiyin.procedures.runs import Outcome, Status
from huiyin.procedures.simulation import at_local
from huiyin.procedures.tests.answers import decided, due_on, refused


@pytest.mark.parametrize(
    ("start", "day", "extended"),
    [  # 2 working days from the request; 2 more, once, when the lead agrees
        pytest.param("2025-01-27", "Thu 2025-02-06", "Sat 2025-02-08", id="Mon-Spring-2025"),
        pytest.param("2025-09-30", "Fri 2025-10-10", "Mon 2025-10-13", id="Tue-National-2025"),
        pytest.param("2026-02-13", "Tue 2026-02-24", "Thu 2026-02-26", id="Fri-Spring-2026"),
        pytest.param("2026-09-30", "Fri 2026-10-09", "Mon 2026-10-12", id="Wed-National-2026"),
    ],
)
def test_the_answer_is_due_on(start, day, extended):
    world = an_assistance(at=f"{start}T16:00")
    assert due_on(world, "answer") == day

    decided(world.act("ask_answer_extension", amount=2))
    decided(world.act("approve_answer_extension"))

    assert due_on(world, "answer") == extended
    assert refused(world.act("ask_answer_extension", amount=1)).code == "run.extended_already"


def test_a_late_answer_is_a_fault_and_still_owed():
    world = an_assistance(at="2025-11-03T09:00")
    world.advance_to(at_local("2025-11-06T00:00"))  # Wed 5 Nov was the last day

    assert world.run.clocks["answer"].status is Status.RUNNING
    assert refused(world.act("ask_answer_extension", amount=1)).code == "run.window_closed"
    decided(world.act("answer"))
    assert world.run.clocks["answer"].was_late is True


def test_a_stage_report_stops_no_clock():
    world = an_assistance()
    before = world.run.clocks["answer"]

    decided(world.act("report_stage"))

    assert world.run.clocks["answer"] == before


@pytest.mark.parametrize(
    ("act", "result", "outcome"),
    [
        ("answer", "answered", Outcome.MET),
        ("refuse", "refused", Outcome.RETURNED),
        ("take_back", "withdrawn", Outcome.RETURNED),
    ],
)
def test_every_way_out_tells_the_parent(act, result, outcome):
    world = an_assistance()

    answer = decided(world.act(act))

    assert answer.done_with == result
    assert world.run.clocks["answer"].outcome is outcome


def test_a_refusal_gives_its_reason_and_basis():
    form = decided(an_assistance().act("refuse")).event.form

    assert {"reason", "basis"} <= form.keys()


def test_only_the_lead_takes_the_request_back():
    assert refused(an_assistance().act("take_back", by="helper")).code == "run.not_yours"
