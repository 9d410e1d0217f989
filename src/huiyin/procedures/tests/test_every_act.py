"""Every state × action × actor of every file, decided, and compared with what the file says."""

from functools import cache

import pytest

from huiyin.procedures import Decision, Refusal, decide
from huiyin.procedures.decisions import Change
from huiyin.procedures.language import NEW, PREVIOUS
from huiyin.procedures.runs import SYSTEM, Status
from huiyin.procedures.simulation import PASSER_BY, STRANGER, a_form, all_choices, an_actor
from huiyin.procedures.tests.sample import a_procedure
from huiyin.procedures.tests.shipped import PROCEDURES
from huiyin.procedures.tests.walking import every_state, held

ALL = {**PROCEDURES, "sample": a_procedure()}
OUTSIDERS = {"stranger": STRANGER, "passer-by": PASSER_BY, "clock-keeper": SYSTEM}


@cache
def _reached(name):
    return ALL[name], every_state(ALL[name])


@pytest.fixture(params=sorted(ALL))
def reached(request):
    """A procedure with a run in each of its states."""
    return _reached(request.param)


def test_every_state_is_reached_by_real_acts(reached):
    procedure, worlds = reached

    assert worlds.keys() == {NEW, *procedure.states}


def test_every_act_of_every_actor_from_every_state_is_decided_as_the_file_says(reached):
    procedure, worlds = reached
    decisions = 0

    for state, world in worlds.items():
        actors = {name: an_actor(procedure, name, world.run) for name in procedure.actors}
        for name, rule in procedure.actions.items():
            for actor_name, actor in (actors | OUTSIDERS).items():
                for choices in all_choices(rule):
                    form = a_form(rule, world.run, world.now, choices=choices)
                    case = f"{state} × {name} × {actor_name} {choices}"
                    answer = decide(procedure, world.run, name, form, actor, world.now, world.facts)
                    if isinstance(answer, Refusal):
                        _is_refused_rightly(procedure, world, rule, actor_name, answer, case)
                    else:
                        decisions += 1
                        _is_decided_rightly(procedure, world, rule, answer, case)

    assert decisions >= len(procedure.states)


def _is_refused_rightly(procedure, world, rule, actor_name, refusal, case):
    state = world.run.state
    if state != NEW and procedure.states[state].end:
        assert refusal.code == "run.ended", case
    elif actor_name in rule.by and held(procedure, actor_name, world.run):
        assert refusal.code != "run.not_yours", case
        if state not in rule.froms:
            assert refusal.code == "run.not_from_here", case
        else:
            assert refusal.code != "run.not_from_here", case
            assert refusal.code != "run.form", (case, refusal.data)


def _is_decided_rightly(procedure, world, rule, decision: Decision, case):
    event, after = decision.event, decision.after
    assert world.run.state in rule.froms, case
    assert event.as_actor in rule.by, case
    assert (event.from_state, event.to_state) == (world.run.state, after.state), case
    if event.is_pending:
        assert after.state == world.run.state, case
        return
    if rule.to is None:
        assert after.state == world.run.state, case
    else:
        targets = {world.run.came_from if t == PREVIOUS else t for t in rule.to.names}
        assert after.state in targets, case
        if not rule.to.of and PREVIOUS not in rule.to.names:
            assert targets == {after.state}, case
    changes = {(change.change, change.clock.name) for change in decision.clocks}
    for clock in rule.clocks.start:
        assert (Change.STARTED, clock) in changes, case
    for clock in (*rule.clocks.stop, *rule.clocks.give_back):
        if clock in world.run.clocks and clock not in rule.clocks.start:
            assert after.clocks[clock].status is Status.ENDED, case
    if procedure.states[after.state].end:
        assert not any(clock.is_alive for clock in after.clocks.values()), case
    assert [notice.to for notice in decision.notices] == list(rule.notify), case
    assert decision.documents == rule.documents, case
    assert {opening.child for opening in decision.openings} == set(rule.open), case
    assert set(decision.assigned) <= set(rule.assign), case
    assert not set(rule.release) - set(rule.assign) & set(after.roles), case
    is_done = procedure.states[after.state].done
    was_done = world.run.state != NEW and procedure.states[world.run.state].done
    assert (decision.done_with is not None) == (is_done and not was_done), case


def test_nobody_outside_may_do_what_is_for_named_actors(reached):
    procedure, worlds = reached

    for world in worlds.values():
        for name, rule in procedure.actions.items():
            kinds = {procedure.actors[actor].kind for actor in rule.by}
            if kinds & {"staff", "not_of"} or world.run.state == NEW:
                continue
            for outsider in (STRANGER, PASSER_BY):
                answer = decide(procedure, world.run, name, {}, outsider, world.now, world.facts)
                assert isinstance(answer, Refusal), (name, outsider.id)
                assert answer.code in ("run.not_yours", "run.ended"), (name, answer)
