"""The search forgets what makes no difference; here it is shown that it really makes none."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huiyin.procedures.checking import graph as graphs
from huiyin.procedures.checking.exploring import Search
from huiyin.procedures.checking.findings import Findings
from huiyin.procedures.checking.graph import Graph
from huiyin.procedures.checking.judging import judge
from huiyin.procedures.language import NEW
from huiyin.procedures.reading import read_procedure
from huiyin.procedures.runs import Status
from huiyin.procedures.tests.checked import names_in, text_of
from huiyin.procedures.tests.shipped import PROCEDURES
from huiyin.procedures.tests.walking import a_world, make, moves

BOUND = 200_000


def searched(procedure):
    search = Search(Graph(procedure, tells_result=procedure.is_child), bound=BOUND)
    search.run()
    return search


def judged(procedure):
    findings = Findings(procedure)
    judge(searched(procedure), findings)
    return {(finding.code, finding.text) for finding in findings.all()}


@pytest.mark.parametrize("name", names_in("broken"))
def test_forgetting_changes_no_finding(name, monkeypatch):
    procedure = read_procedure(text_of("broken", name))
    before = judged(procedure)

    def remember_all(moves, always, reads_in, states):
        return [-1] * states

    monkeypatch.setattr(graphs, "live_after", remember_all)
    assert judged(procedure) == before


@cache
def outlines(name):
    """Every state with the clocks that run or rest in it, as the search has seen them."""
    search = searched(PROCEDURES[name])
    assert search.complete
    layout = search.graph.layout
    seen = set()
    for number in search.numbers:
        clocks = frozenset(
            (clock, Status.PAUSED if number & bits.rests else Status.RUNNING)
            for clock, bits in layout.clocks.items()
            if number & bits.alive
        )
        seen.add((layout.names[number & layout.state.mask], clocks))
    return seen


@pytest.mark.parametrize("name", sorted(PROCEDURES))
@settings(max_examples=5)
@given(data=st.data())
def test_whatever_the_engine_does_the_search_has_seen(name, data):
    world = a_world(PROCEDURES[name])
    for _ in range(30):
        if world.is_over:
            break
        make(world, data.draw(st.sampled_from(list(moves(world)))))
        if world.run.state == NEW or world.is_over:
            continue
        alive = {(c.name, c.status) for c in world.run.clocks.values() if c.is_alive}
        assert (world.run.state, frozenset(alive)) in outlines(name)
