"""A petition, a review, a backlog case anywhere on its way, reached by its own acts."""

from datetime import datetime

from huiyin.procedures import Decision, Refusal
from huiyin.procedures.library import procedure
from huiyin.procedures.simulation import World, a_form, at_local
from huiyin.procedures.tests.answers import decided
from huiyin.procedures.tests.shipped import limits
from huiyin.worktime import statutory_calendar

CALENDAR = statutory_calendar()
MONDAY = "2025-03-03T09:00"  # no holiday near

# What has to be said besides what the simulation makes up.
FIELDS: dict[str, dict[str, object]] = {
    "mediate": {"committee": "unit-committee"},
    "reply": {"review_unit": "unit-above"},
    "reply_supported": {"review_unit": "unit-above"},
    "request_re_review": {"re_review_unit": "unit-top"},
}

REFERRED = ("submit", "transfer", "inform_receipt_referred", "handle", "reply", "serve")
DIRECT = ("register_direct", "inform_receipt", "accept", "handle")
SIMPLE = ("submit", "transfer", "accept_simple")


def start(name: str, at: str = MONDAY) -> World:
    """Return a run of a procedure that is not open yet."""
    return World(procedure(name), CALENDAR, moment(at), limits())


def moment(at: str) -> datetime:
    """Return a local time; a date alone means nine o'clock."""
    return at_local(at if "T" in at else f"{at}T09:00")


def do(world: World, *acts: str, at: str | None = None) -> World:
    """Take acts one after the other at one moment; a refusal fails the test."""
    if at:
        world.advance_to(moment(at))
    for act in acts:
        decided(world.act(act, **FIELDS.get(act, {})))
    return world


def choose(world: World, action: str, **choices: str) -> Decision | Refusal:
    """Take an act with these choices, filling in what the form then asks for."""
    rule = world.procedure.actions[action]
    return world.act(action, a_form(rule, world.run, world.now, choices=choices))


def a_petition(*acts: str, at: str = MONDAY) -> World:
    """Return a petition after some acts, all taken at one local time."""
    return do(start("petition", at), *acts)


def upto(act: str, way: tuple[str, ...] = REFERRED) -> tuple[str, ...]:
    """Return the acts of a way as far as one of them."""
    return way[: way.index(act) + 1]


def running(world: World) -> set[str]:
    """Return the clocks that run or rest."""
    return {name for name, clock in world.run.clocks.items() if clock.is_alive}
