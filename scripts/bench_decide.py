"""Measure the engine: microseconds for one decision, over every act of the largest procedure file.

    python scripts/bench_decide.py [NAME …]

Each act that is open to somebody in some state is decided again and again; the best of several
rounds counts, so that other work on the machine matters less.
"""

import statistics
import sys
import time

from huiyin.procedures import Decision, decide
from huiyin.procedures.language import Procedure
from huiyin.procedures.simulation import a_form, an_actor
from huiyin.procedures.tests.shipped import PROCEDURES
from huiyin.procedures.tests.walking import every_state

ROUNDS, TIMES = 5, 20


def cases(procedure: Procedure) -> list[tuple[object, ...]]:
    """Return the arguments of every decision that can be taken in some state of a procedure."""
    found = []
    for world in every_state(procedure).values():
        for name in procedure.actors:
            actor = an_actor(procedure, name, world.run)
            for action in world.open_actions(actor):
                form = a_form(procedure.actions[action], world.run, world.now)
                case = (procedure, world.run, action, form, actor, world.now, world.facts)
                if isinstance(decide(*case), Decision):
                    found.append(case)
    return found


def microseconds(case: tuple[object, ...]) -> float:
    """Return how long one decision takes, at best."""
    best = float("inf")
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        for _ in range(TIMES):
            decide(*case)
        best = min(best, (time.perf_counter() - begun) / TIMES)
    return best * 1e6


def main() -> None:
    """Print a line for each procedure: how many decisions, median and longest."""
    largest = max(PROCEDURES.values(), key=lambda procedure: len(procedure.actions))
    for name in sys.argv[1:] or [largest.name]:
        procedure = PROCEDURES[name]
        times = sorted((microseconds(case), str(case[2])) for case in cases(procedure))
        longest, action = times[-1]
        print(
            f"decide {name} ({len(procedure.states)} states, {len(procedure.actions)} actions): "
            f"{len(times)} decisions, median {statistics.median(t for t, _ in times):.0f} µs, "
            f"longest {longest:.0f} µs ({action})"
        )


if __name__ == "__main__":
    main()
