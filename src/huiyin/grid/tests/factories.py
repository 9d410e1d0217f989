"""A grid matter anywhere on its way, reached by the real acts of its procedure."""

from huiyin.procedures.library import procedure
from huiyin.procedures.simulation import World, at_local
from huiyin.procedures.tests.answers import decided
from huiyin.procedures.tests.shipped import limits
from huiyin.worktime import statutory_calendar

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
