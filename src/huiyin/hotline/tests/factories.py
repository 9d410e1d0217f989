"""A hotline order anywhere on its way, reached by the real acts of its procedure."""

from huiyin.procedures.library import procedure
from huiyin.procedures.simulation import World, at_local
from huiyin.procedures.tests.answers import decided
from huiyin.procedures.tests.shipped import limits
from huiyin.worktime import statutory_calendar

CALENDAR = statutory_calendar()


def way(grade: str) -> dict[str, dict[str, object]]:
    """The acts from the call to closing, each with what matters in its form."""
    return {
        "accept_call": {"grade": grade},
        "dispatch": {"to_unit": "unit-a", "grade": grade},
        "acknowledge": {},
        "answer": {},
        "audit": {},
        "call_back": {},
        "close": {},
    }


def an_order(upto: str, *, at: str = "2025-11-03T09:00", grade: str = "ordinary") -> World:
    """Return an order after an act, all of its acts taken at one local time."""
    world = World(procedure("hotline"), CALENDAR, at_local(at), limits())
    for action, fields in way(grade).items():
        decided(world.act(action, **fields))
        if action == upto:
            return world
    raise AssertionError(f"{upto} is not on the way")
