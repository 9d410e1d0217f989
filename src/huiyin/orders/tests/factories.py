"""A service order anywhere on its way, reached by the real acts of its procedure."""

from huiyin.procedures import Decision, Refusal
from huiyin.procedures.library import procedure
from huiyin.procedures.simulation import World, at_local
from huiyin.procedures.tests.shipped import limits
from huiyin.worktime import CITY, statutory_calendar

CALENDAR = statutory_calendar()
ONLINE = ("submit", "assign", "accept", "answer", "close")
VISIT = ("submit", "assign", "accept", "schedule_visit", "record_visit", "answer", "close")


def an_order(upto: str, *, at: str = "2025-11-03T09:00", mode: str = "online") -> World:
    """Return an order after an act, all of its acts taken at one local time."""
    world = World(procedure("orders"), CALENDAR, at_local(at), limits())
    for action in ONLINE if mode == "online" else VISIT:
        first = {"mode": mode, "address": "某小区"} if action == "submit" and mode == "visit" else (
            {"mode": mode} if action == "submit" else {}
        )  # fmt: skip
        decided(world.act(action, **first))
        if action == upto:
            return world
    raise AssertionError(f"{upto} is not on the way of an order {mode}")


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
