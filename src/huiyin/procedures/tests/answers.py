"""What a procedure answers, and by when: what the tests of every capability ask."""

from huiyin.procedures import Decision, Refusal
from huiyin.procedures.simulation import World
from huiyin.worktime import CITY


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
