"""The checker finds each fault it knows, and nothing where nothing is wrong.

Each file in broken/ says in its first line what has to be found in it, neither less nor more.
"""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from huiyin.procedures.checking import CODES
from huiyin.procedures.checking.findings import Finding
from huiyin.procedures.language import Choosing, Words
from huiyin.procedures.reading import read_procedure
from huiyin.procedures.tests.checked import codes, found, names_in, sound, text_of
from huiyin.procedures.tests.mutants import with_action

BROKEN = names_in("broken")
ON_THE_WAY = {  # found by walking: the finding shows the shortest way there
    "trap", "hangs_on_person", "owner_idle", "clock_missing", "clock_stray", "clock_at_end",
    "clock_restarted", "clock_paused_twice", "clock_not_paused", "clock_stays_paused", "term_unset",
    "expiry_refused", "child_not_open", "child_end_refused", "child_open_at_end", "result_missing",
}  # fmt: skip


def expected(name):
    first = text_of("broken", name).splitlines()[0]
    return {code.strip() for code in first.removeprefix("# Expected:").split(",")}


def with_state(procedure, name, **changes):
    state = replace(procedure.states[name], **changes)
    return replace(procedure, states={**procedure.states, name: state})


def with_target(procedure, name, options):
    action = procedure.actions[name]
    to = Choosing(action.to.of, action.to.name, options)
    return with_action(procedure, replace(action, to=to))


ORDER = sound("order")
UNREADABLE = {  # the reader refuses such files: here the values themselves are wrong
    "label_missing": replace(ORDER, title=Words("工单", "")),
    "name_unknown": with_state(ORDER, "answered", owner="nobody"),
    "name_reserved": replace(
        ORDER, states={**ORDER.states, "open": replace(ORDER.states["archived"], name="open")}
    ),
    "map_gap": with_target(ORDER, "inspection_ended", {"good": "assigned"}),
    "map_excess": with_target(
        ORDER, "inspection_ended", {"good": "assigned", "bad": "correcting", "fine": "assigned"}
    ),
    "state_without_owner": with_state(ORDER, "answered", owner=""),
    "no_opening": replace(
        ORDER, actions={name: act for name, act in ORDER.actions.items() if name != "submit"}
    ),
}


@pytest.mark.parametrize("name", names_in("sound"))
def test_nothing_is_found_in_a_sound_procedure(name):
    report = found(sound(name))

    assert report.findings == ()
    assert report.complete
    assert report.is_sound


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_wrong_in_a_broken_file_is_found_and_nothing_else(name):
    procedure = read_procedure(text_of("broken", name), file=f"{sound_name(name)}.yaml")

    report = found(procedure)

    assert codes(report) == expected(name)
    for finding in report.findings:
        assert finding.instead
        assert finding.line > 0
        if finding.code != "target_unset":  # seen in the file, or on the way
            assert bool(finding.path) == (finding.code in ON_THE_WAY)
        if finding.path:
            assert finding.path[0].partition("(")[0] in {one.name for one in procedure.openings}


def sound_name(name):
    """The sound procedure that a broken one was."""
    lines = text_of("broken", name).splitlines()
    return next(line for line in lines if line.startswith("name:")).removeprefix("name: ")


@pytest.mark.parametrize("code", UNREADABLE)
def test_what_the_reader_refuses_is_found_in_values_too(code):
    assert code in codes(found(UNREADABLE[code]))


def test_every_code_has_a_fault_of_its_own():
    shown = set(UNREADABLE).union(*map(expected, BROKEN))

    assert shown == set(CODES)


def test_the_handbook_lists_every_code_and_what_it_means():
    page = (Path(__file__).parents[4] / "docs" / "soundness.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", page, re.MULTILINE))

    assert rows == CODES


def test_the_path_is_the_shortest_one_with_what_was_chosen():
    report = found(read_procedure(text_of("broken", "clock_stays_paused"), file="order.yaml"))

    stays = next(one for one in report.findings if one.code == "clock_stays_paused")
    assert stays.path == ("submit", "assign(grade=simple)", "hold_hearing")


def test_a_clock_that_runs_out_is_a_step_of_the_path():
    report = found(read_procedure(text_of("broken", "clock_at_end"), file="order.yaml"))

    assert report.findings[0].path[-2:] == ("close", "archive [keep runs out]")


def test_a_search_that_was_cut_short_says_so_and_claims_nothing_it_has_not_seen():
    report = found(ORDER, bound=5)

    assert not report.complete
    assert report.bound == 5
    assert report.findings == ()
    assert not report.is_sound


def test_the_first_finding_is_enough_when_asked():
    broken = read_procedure(text_of("broken", "clock_stray"), file="order.yaml")

    report = found(broken, stop_at_first=True)

    assert codes(report) == {"clock_stray"}
    assert not report.complete


def test_a_finding_reads_as_one_paragraph():
    finding = Finding("trap", "states.b: no end.", "x.yaml", 3, ("open", "go"), "Lead on.")

    assert str(finding) == "x.yaml:3: states.b: no end. Path: open → go. Lead on. [trap]"


def test_without_a_library_child_runs_are_not_looked_at():
    broken = read_procedure(text_of("broken", "child_unknown"), file="order.yaml")

    assert codes(found(broken)) == {"child_unknown"}
    assert found(replace(broken, children={}, states=ORDER.states)).findings
