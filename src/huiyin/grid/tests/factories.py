"""A grid matter anywhere on its way, reached by the real acts of its procedure."""

from huiyin.procedures import Decision, Refusal
from huiyin.procedures.library import procedure
from huiyin.procedures.simulation import World, at_local
from huiyin.procedures.tests.shipped import limits
from huiyin.worktime import CITY, statutory_calendar

CALENDAR = statutory_calendar()


def way(urgency: str, grade: str) -> dict[str, dict[str, object]]:
    """The acts from report to closing, each with what matters in its form."""
    return {
        "report": {"urgency": urgency, "photos": ["photo"]} if urgency == "normal" else {},
        "verify_report": {"urgency": urgency, "level": "town"},
        "register": {"grade": grade},
        "analyse": {"urgency": urgency, "grade": grade, "level": "town"},
        "dispatch": {"to_unit": "unit-a"},
        "acknowledge": {},
        "start_handling": {},
        "feed_back": {},
        "verify_result": {},
        "close": {},
    }


def a_matter(
    upto: str, *, at: str = "2025-11-03T09:00", urgency: str = "normal", grade: str = "normal"
) -> World:
    """Return a matter after an act, all of its acts taken at one local time."""
    world = World(procedure("grid"), CALENDAR, at_local(at), limits())
    for action, fields in way(urgency, grade).items():
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
