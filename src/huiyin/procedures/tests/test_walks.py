"""Random walks: whatever people do, a run comes to an end, its clocks right at each step."""

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from huiyin.procedures.language import NEW
from huiyin.procedures.tests.sample import a_procedure
from huiyin.procedures.tests.shipped import PROCEDURES
from huiyin.procedures.tests.walking import (
    FAR,
    a_world,
    branched,
    distances,
    flaws,
    is_settled,
    make,
    moves,
    outline,
)

# The steps of a walk are in its message; making it shorter would take minutes.
WITHOUT_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
ALL = {**PROCEDURES, "sample": a_procedure()}
AT_RANDOM = 25  # steps of a walk that go anywhere
TO_THE_END = 150  # further steps in which a walk that heads for an end has to arrive


def step(world, move):
    happened = make(world, move)
    found = flaws(world) if world.run.state != NEW else []
    assert found == [], (world.run.state, move, [step.action for step in world.steps])
    assert is_settled(world)
    return happened


def head_for_the_end(world, far, draw):
    """Take what brings the run nearer to an end, or lets a child run end; else anything at all."""
    here = far.get(world.run.state, FAR)
    others = []
    for move in sorted(moves(world), key=lambda move: _promise(world.procedure, far, move)):
        twin = branched(world)
        if not make(twin, move):
            continue
        if far.get(twin.run.state, FAR) < here or move.child:
            return move
        if outline(twin) != outline(world):
            others.append(move)
    assert others, f"nothing leads on from {world.run.state}"
    return draw(st.sampled_from(others))


def _promise(procedure, far, move):
    """How near to an end an act can lead at best; what is no act comes after all acts."""
    if not move.action:
        return FAR + bool(move.wait) + 2 * bool(move.toggle)
    rule = procedure.actions[move.action]
    return min((far.get(target, FAR) for target in (rule.to.names if rule.to else ())), default=FAR)


@pytest.mark.parametrize("name", sorted(ALL))
@settings(max_examples=max(settings().max_examples // 4, 1), phases=WITHOUT_SHRINKING)
@given(data=st.data())
def test_every_walk_comes_to_an_end_with_right_clocks_all_the_way(name, data):
    procedure = ALL[name]
    far = distances(procedure, (name for name, state in procedure.states.items() if state.end))
    world = a_world(procedure)
    for _ in range(AT_RANDOM):
        if world.is_over:
            break
        step(world, data.draw(st.sampled_from(list(moves(world)))))
    for _ in range(TO_THE_END):
        if world.is_over:
            break
        step(world, head_for_the_end(world, far, data.draw))

    assert world.is_over, [step.action for step in world.steps[-20:]]
