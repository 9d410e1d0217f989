"""The runs that any matter may open inside it, anywhere on their way, reached by real acts."""

from huiyin.procedures.library import procedure
from huiyin.procedures.simulation import World, at_local
from huiyin.procedures.tests.answers import decided
from huiyin.procedures.tests.shipped import limits
from huiyin.worktime import statutory_calendar

CALENDAR = statutory_calendar()


def a_run(name: str, *acts: str, at: str = "2025-11-03T09:00", **first: object) -> World:
    """Return a run after these acts, all taken at one local time; `first`: the opening's form."""
    world = World(procedure(name), CALENDAR, at_local(at), limits())
    for number, action in enumerate(acts):
        decided(world.act(action, **(first if number == 0 else {})))
    return world


def a_whistle(*acts: str, urgency: str = "normal", level: str = "county",
              at: str = "2025-11-03T09:00") -> World:  # fmt: skip
    """Return a whistle from unit-b to unit-a after these acts."""
    return a_run("whistle", "blow", *acts, at=at, urgency=urgency, level=level,
                 to_unit="unit-a", by_unit="unit-b")  # fmt: skip


def a_supervision(*acts: str, degree: str = "daily", at: str = "2025-11-03T09:00") -> World:
    """Return a supervision of unit-a by unit-b after these acts."""
    return a_run("supervision", "order", *acts, at=at, degree=degree, unit="unit-a",
                 by_unit="unit-b")  # fmt: skip


def an_assistance(*acts: str, at: str = "2025-11-03T09:00") -> World:
    """Return a request by unit-b to unit-a after these acts."""
    return a_run("assist", "ask", *acts, at=at, to_unit="unit-a", by_unit="unit-b")
