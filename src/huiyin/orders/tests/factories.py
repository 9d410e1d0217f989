"""A service order anywhere on its way, reached by the real acts of its procedure."""

from huiyin.procedures.library import procedure
from huiyin.procedures.simulation import World, at_local
from huiyin.procedures.tests.answers import decided
from huiyin.procedures.tests.shipped import limits
from huiyin.worktime import statutory_calendar

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
