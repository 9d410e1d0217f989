"""Random walks: whatever people do, a run comes to an end, its clocks right at each step."""

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from huiyin.procedures.language import NEW
from huiyin.procedures.tests.sample import a_procedure
from huiyin.procedures.tests.shipped import PROCEDURES
from huiyin.procedures.tests.walking import a_world, branched, flaws, is_settled, make, moves

# The steps of a walk are in its message; making it shorter would take minutes.
WITHOUT_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
ALL = {**PROCEDURES, "sample": a_procedure()}
AT_RANDOM = 25  # steps of a walk that go anywhere
FAR = 1_000
TO_THE_END = 80  # further steps in which a walk that heads for an end has to arrive


def distances(procedure):
    """How many acts each state is away from an end, by the file alone."""
    far = {name: 0 for name, state in procedure.states.items() if state.end}
    changed = True
    while changed:
        changed = False
        for rule in procedure.actions.values():
            targets = [far[t] for t in (rule.to.names if rule.to else ()) if t in far]
            for state in rule.froms if targets else ():
                if far.get(state, FAR) > min(targets) + 1:
                    far[state], changed = min(targets) + 1, True
    return far


def step(world, move):
    happened = make(world, move)
    found = flaws(world) if world.run.state != NEW else []
    assert found == [], (world.run.state, move, [step.action for step in world.steps])
    assert is_settled(world)
    return happened


def head_for_the_end(world, far):
    """Take what brings the run nearer to an end; else anything that changes it, waiting last."""
    here = far.get(world.run.state, FAR)
    rest = None
    for move in sorted(moves(world), key=lambda move: _promise(world.procedure, far, move)):
        twin = branched(world)
        if not make(twin, move):
            continue
        if far.get(twin.run.state, FAR) < here:
            return move
        changed = twin.run.state != world.run.state if move.action else twin.run != world.run
        if rest is None and (changed or move.toggle):
            rest = move
    assert rest, f"nothing leads on from {world.run.state}"
    return rest


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
    far = distances(procedure)
    world = a_world(procedure)
    for _ in range(AT_RANDOM):
        if world.is_over:
            break
        step(world, data.draw(st.sampled_from(list(moves(world)))))
    for _ in range(TO_THE_END):
        if world.is_over:
            break
        step(world, head_for_the_end(world, far))

    assert world.is_over, [step.action for step in world.steps[-20:]]
