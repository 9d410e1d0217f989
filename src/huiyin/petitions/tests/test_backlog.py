"""The backlog case: taken up, sponsored, planned, worked on, evaluated by others, ended.

No law fixes a limit; these are the city's values. Days off as in test_petition.
"""

from dataclasses import replace

import pytest

from huiyin.petitions.tests.factories import MONDAY, do, moment, running, start
from huiyin.procedures.runs import Outcome
from huiyin.procedures.simulation import an_actor
from huiyin.procedures.tests.answers import decided, due_on, refused
from huiyin.procedures.tests.eves import EVES

WAY = (
    "list", "name_sponsor", "plan", "start_work", "propose_solution", "approve_solution",
    "conclude_solved",
)  # fmt: skip


def a_case(upto, *acts, at=MONDAY):
    """Return a backlog case after an act of its way, and acts after it."""
    return do(start("backlog", at), *WAY[: WAY.index(upto) + 1], *acts)


# After Mon 27 Jan 2025: Wed 5, Thu 6, Fri 7, Sat 8 (worked), Mon 10 Feb … Fri 14, Mon 17 … Fri 21,
# Mon 24 Feb. After Tue 30 Sep 2025: Thu 9, Fri 10, Sat 11 (worked), Mon 13, Tue 14 … Tue 21 …
# Tue 28 Oct. After Fri 13 Feb 2026: Sat 14 (worked), Tue 24 … Fri 27, Sat 28 Feb (worked),
# Mon 2 … Thu 5 … Thu 12 Mar. After Wed 30 Sep 2026: Thu 8, Fri 9, Sat 10 (worked), Mon 12,
# Tue 13 … Tue 20 … Tue 27 Oct.
FIVE_WORKING = ("Mon 2025-02-10", "Tue 2025-10-14", "Fri 2026-02-27", "Tue 2026-10-13")
TEN_WORKING = ("Mon 2025-02-17", "Tue 2025-10-21", "Thu 2026-03-05", "Tue 2026-10-20")
FIFTEEN_WORKING = ("Mon 2025-02-24", "Tue 2025-10-28", "Thu 2026-03-12", "Tue 2026-10-27")


@pytest.mark.parametrize(
    ("clock", "upto", "days"),
    [
        ("sponsor", "list", FIVE_WORKING),
        ("plan", "name_sponsor", TEN_WORKING),
        ("evaluate", "propose_solution", FIFTEEN_WORKING),
        ("call_back", "conclude_solved", FIVE_WORKING),
    ],
)
def test_a_limit_in_working_days_ends_on(clock, upto, days):
    ends = [due_on(a_case(upto, at=f"{begin}T16:00"), clock) for begin in EVES]

    assert ends == list(days)


@pytest.mark.parametrize(
    ("clock", "upto", "begin", "day"),
    [
        # 90 days: 7 Jul + 90 = Sun 5 Oct 2025; 17 Nov 2025 + 90 = Sun 15 Feb 2026
        ("solve", "plan", "2025-07-07", "Thu 2025-10-09"),
        ("solve", "plan", "2025-11-17", "Tue 2026-02-24"),
        # 30 days: 5 Sep + 30 = Sun 5 Oct 2025; 16 Jan + 30 = Sun 15 Feb 2026
        ("conclude", "approve_solution", "2025-09-05", "Thu 2025-10-09"),
        ("conclude", "approve_solution", "2026-01-16", "Tue 2026-02-24"),
        ("rate", "conclude_solved", "2025-09-05", "Thu 2025-10-09"),
        ("rate", "conclude_solved", "2026-01-16", "Tue 2026-02-24"),
    ],
)
def test_a_limit_in_days_ends_on(clock, upto, begin, day):
    assert due_on(a_case(upto, at=f"{begin}T16:00"), clock) == day


def test_solving_is_extended_once_by_the_sponsor_and_the_petitioner_is_told():
    world = a_case("start_work")  # Mon 3 Mar + 90 = Sun 1 Jun, Dragon Boat to Mon 2 Jun
    before = due_on(world, "solve")

    decided(world.act("ask_solve_extension", amount=90))
    granted = decided(world.act("approve_solve_extension"))

    assert (before, due_on(world, "solve")) == (
        "Tue 2025-06-03",
        "Mon 2025-09-01",
    )  # + 180 = Sat 30 Aug
    assert "person" in {notice.to for notice in granted.notices}
    assert refused(world.act("ask_solve_extension", amount=1)).code == "run.extended_already"


def test_who_leads_does_not_evaluate():
    world = a_case("propose_solution")
    own = replace(an_actor(world.procedure, "evaluator", world.run), unit="unit-a")

    assert refused(world.act("approve_solution", by=own)).code == "run.not_yours"


def test_where_it_crosses_the_helping_units_are_listed():  # SDXF15 37
    world = a_case("list")
    form = {
        "sponsor_unit": "unit-s", "leader": "person-l", "lead_unit": "unit-a",
        "lead_basis": "place", "members": "专班成员", "crosses": ["region"],
    }  # fmt: skip

    refusal = refused(world.act("name_sponsor", form))

    assert refusal.data["errors"].keys() == {"helpers"}


def test_a_solution_that_others_find_wrong_is_worked_on_again():
    world = a_case("propose_solution", "send_back")

    assert (world.run.state, running(world)) == ("working", {"solve"})


def test_solved_is_for_the_office_to_record_and_satisfied_for_the_petitioner_to_say():
    world = a_case("conclude_solved")

    assert world.run.facts["matter_solved"] is True
    assert refused(world.act("rate", by="office")).code == "run.not_yours"
    answer = decided(world.act("rate", solved="no", satisfied="not_satisfied"))
    assert answer.event.form["solved"] == "no"
    assert refused(world.act("rate")).code == "backlog.rated_already"


def test_after_the_time_to_rate_the_case_is_archived():
    world = a_case("conclude_solved", "call_back")  # Mon 3 Mar + 30 = Wed 2 Apr

    world.advance_to(moment("2025-04-03T00:00"))

    assert world.run.state == "archived"


@pytest.mark.parametrize("acts", [(), ("call_back",)])
def test_the_petitioner_can_have_it_taken_up_again(acts):
    world = a_case("conclude_solved", *acts, "reopen")

    assert (world.run.state, running(world)) == ("listed", {"sponsor"})
    assert world.run.clocks["solve"].outcome is Outcome.MET


def test_what_was_taken_off_the_list_can_come_back():
    assert a_case("list", "delist", "reopen").run.state == "listed"


@pytest.mark.parametrize("action", ["withdraw", "rate", "reopen", "comment_solution"])
def test_staff_never_act_for_the_petitioner(action):
    world = a_case("conclude_solved")
    staff = [an_actor(world.procedure, name, world.run) for name in ("office", "sponsor", "unit")]

    assert {refused(world.act(action, by=one)).code for one in staff} == {"run.not_yours"}
