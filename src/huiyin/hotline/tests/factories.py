"""A hotline order anywhere on its way, reached by the real acts of its procedure."""

from huiyin.procedures import Decision, Refusal
from huiyin.procedures.library import procedure
from huiyin.procedures.simulation import World, at_local
from huiyin.procedures.tests.shipped import limits
from huiyin.worktime import CITY, statutory_calendar

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


def decided(answer: object) -> Decision:
    """Return the decision; what was refused fails the test."""
    assert isinstance(answer, Decision), answer
    return answer


def refused(answer: object) -> Refusal:
    """Return the refusal; what was decided fails the test."""
    assert isinstance(answer, Refusal), answer
    return answer


def due_on(world: World, clock: str) -> str:
    """Return the last date in time of a clock, with its weekday."""
    return f"{world.run.clocks[clock].due_on:%a %Y-%m-%d}"


def due_at(world: World, clock: str) -> str:
    """Return the local moment at which a clock is over."""
    return f"{world.run.clocks[clock].due_at.astimezone(CITY):%Y-%m-%dT%H:%M}"
