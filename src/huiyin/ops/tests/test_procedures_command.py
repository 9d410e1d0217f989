"""`huiyin procedures`: what authors of procedures see, without settings and without a database."""

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from huiyin.matters import effects
from huiyin.ops.commands.procedures import command
from huiyin.ops.errors import OperatorError
from huiyin.ops.procedures.catalogue import known, limits
from huiyin.ops.procedures.simulating import moved
from huiyin.procedures import library
from huiyin.procedures.simulation import at_local
from huiyin.procedures.tests import sample
from huiyin.worktime import parse_limit, statutory_calendar

BROKEN = Path(sample.__file__).parent / "broken"


def run(*arguments):
    """Run the command as `huiyin` does; what goes wrong is raised."""
    return CliRunner().invoke(
        command, list(map(str, arguments)), catch_exceptions=False, standalone_mode=False
    )


def refusal_of(*arguments):
    with pytest.raises(OperatorError) as refused:
        run(*arguments)
    return str(refused.value)


@pytest.fixture
def sample_file(tmp_path):
    path = tmp_path / "sample.yaml"
    path.write_text(sample.TEXT, encoding="utf-8")
    return path


@pytest.fixture
def trap_file(tmp_path):
    path = tmp_path / "order.yaml"
    path.write_text((BROKEN / "trap.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    return path


# --- list, show, draw -----------------------------------------------------------------------


def test_list_names_every_procedure_with_its_file():
    rows = json.loads(run("list", "--json").stdout)["procedures"]

    assert [row["name"] for row in rows] == sorted(library.procedures())
    whistle = next(row for row in rows if row["name"] == "whistle")
    assert whistle["kind"] == "child"
    assert whistle["file"] == "matters/procedures/whistle.yaml"
    assert whistle["title"]["zh"] == "吹哨报到"


def test_list_is_a_line_each():
    lines = run("list").stdout.splitlines()

    assert [line.split()[0] for line in lines] == sorted(library.procedures())


@pytest.mark.parametrize("name", sorted(library.procedures()))
def test_show_tells_every_actor_state_clock_and_action(name):
    procedure = library.procedure(name)
    text = run("show", name).stdout

    for names in (procedure.actors, procedure.states, procedure.clocks, procedure.actions):
        for entry in names.values():
            assert f"  {entry.name} " in text
            assert f"{entry.label.zh} {entry.label.en}" in text


def test_show_tells_the_rules_of_an_act(sample_file):
    lines = [line.strip() for line in run("show", sample_file).stdout.splitlines()]

    start = next(n for n, line in enumerate(lines) if line.startswith("give_back "))
    assert lines[start : start + 6] == [
        "give_back                 退单 Return",
        "by unit; from dispatched; to received",
        "within window; at most 2 times",
        "needs fact designated is no, else designated",
        "form: why (choice: not_ours|elsewhere), where (unit)",
        "does: starts route; stops window; returns handle; releases lead",
    ]


def test_show_as_json_is_the_whole_procedure(sample_file):
    shown = json.loads(run("show", sample_file, "--json").stdout)

    assert shown["name"] == "sample"
    assert shown["states"]["answered"]["result"] == "answered"
    assert shown["actions"]["remind"]["every"] == "1 working day"
    assert shown["actions"]["dispatch"]["clocks"]["start"] == ["window", "handle"]


def test_draw_writes_a_picture_to_a_file(tmp_path, sample_file):
    target = tmp_path / "sample.svg"

    shown = run("draw", sample_file, "--output", target, "--language", "en", "--here", "received")

    root = ElementTree.fromstring(target.read_text(encoding="utf-8"))  # noqa: S314 our own
    assert shown.stdout == ""
    assert root.get("lang") == "en"
    assert [e.get("data-state") for e in root.iter() if e.get("data-here")] == ["received"]


def test_draw_writes_to_stdout_without_a_file():
    assert run("draw", "whistle").stdout.startswith("<svg ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(
            ("show", "nothing"), 'There is no procedure "nothing": name one of ', id="name"
        ),
        pytest.param(("show", "no/file.yaml"), "no/file.yaml cannot be read (No such", id="file"),
        pytest.param(
            ("draw", "whistle", "--here", "lost"),
            'whistle has no state "lost": name one',
            id="state",
        ),
        pytest.param(
            ("draw", "whistle", "--output", "/no/such/place.svg"),
            "/no/such/place.svg cannot be written (No such",
            id="output",
        ),
        pytest.param(
            ("simulate", "whistle", "--at", "tomorrow"),
            '"tomorrow" is no time: write it as',
            id="at",
        ),
        pytest.param(
            ("simulate", "whistle", "--script", "no.txt"), "no.txt cannot be read", id="script"
        ),
    ],
)
def test_what_cannot_be_is_one_sentence(arguments, said):
    assert refusal_of(*arguments).startswith(said)


def test_a_file_that_cannot_be_read_is_told_with_its_lines(tmp_path):
    path = tmp_path / "sample.yaml"
    path.write_text(sample.TEXT.replace("to: received", "to: recieved"), encoding="utf-8")

    told = refusal_of("show", path)

    assert f"{path}:" in told
    assert "recieved" in told


# --- check ----------------------------------------------------------------------------------


def test_check_finds_nothing_in_a_sound_file():
    shown = run("check", "assist", "whistle", "--json")

    found = json.loads(shown.stdout)
    assert [(one["name"], one["findings"]) for one in found["procedures"]] == [
        ("assist", []),
        ("whistle", []),
    ]
    assert found["unreadable"] == []
    assert found["ok"]
    assert shown.return_value == 0


def test_check_states_the_bound_of_its_search():
    shown = run("check", "whistle")

    first, last = shown.stdout.splitlines()
    assert first.startswith("whistle: nothing found; ")
    assert first.endswith("all there are (bound 200,000)")
    assert last == "Sound."
    assert shown.return_value == 0


def test_check_tells_place_path_and_what_would_be_right(trap_file):
    shown = run("check", trap_file)

    lines = shown.stdout.splitlines()
    at = next(number for number, line in enumerate(lines) if line.endswith("[trap]"))
    assert lines[at].startswith(f"{trap_file}:")
    assert lines[at + 1].startswith("    Path: ")
    assert lines[at + 2].startswith("    Right: ")
    assert lines[-1] == "Not sound."
    assert shown.return_value == 1


def test_check_as_json_has_the_same(trap_file):
    shown = run("check", trap_file, "--json")

    found = json.loads(shown.stdout)
    (order,) = found["procedures"]
    assert not found["ok"]
    trap = next(finding for finding in order["findings"] if finding["code"] == "trap")
    assert trap["file"] == str(trap_file)
    assert trap["line"] > 1
    assert trap["path"]
    assert shown.return_value == 1


def test_check_tells_a_file_that_cannot_be_read(tmp_path):
    path = tmp_path / "sample.yaml"
    path.write_text("name: sample\n", encoding="utf-8")

    shown = run("check", path)

    assert f"{path}:1: lacks states." in shown.stdout
    assert shown.return_value == 1


def test_limits_without_a_source_are_not_known():
    assert limits()["pet.handle"] == parse_limit("60 days")
    assert known().terms == limits()
    assert "petition_office" in known().unit_kinds
    assert "people.see" in known().permissions


# --- simulate -------------------------------------------------------------------------------


def simulated(path, *steps, language="en", at="2026-03-02T09:00"):
    script = path.parent / "steps.txt"
    script.write_text("\n".join(steps), encoding="utf-8")
    return run("simulate", path, "--script", script, "--language", language, "--at", at)


def answers(shown):
    """What was said after each step, by step."""
    found, step = {}, ""
    for line in shown.stdout.splitlines():
        if line.startswith("> "):
            step = line.removeprefix("> ")
            found[step] = []
        elif step and line:
            found[step].append(line)
    return found


def test_a_script_tells_what_happened_state_and_clocks(sample_file):
    said = answers(simulated(sample_file, "receive", "dispatch to_unit=unit-b"))

    assert said["dispatch to_unit=unit-b"][:6] == [
        "✓ Dispatch (dispatch) · Office · to_unit=unit-b",
        "  Route ends",
        "  Return starts: by the end of Mon 9 Mar 2026",
        "  Handle starts: by the end of Mon 9 Mar 2026",
        "  tells Person, Unit",
        "  writes Letter",
    ]
    assert (
        "[Mon 2 Mar 2026 09:00] Dispatched (dispatched), turn of: Unit"
        in (said["dispatch to_unit=unit-b"])
    )
    assert "  lead: unit-b" in said["dispatch to_unit=unit-b"]


def test_the_same_script_says_the_same(sample_file):
    steps = ("receive", "dispatch", "advance 3 days", "as unit", "lift", "back", "look")

    first, second = simulated(sample_file, *steps), simulated(sample_file, *steps)

    assert first.stdout == second.stdout
    assert first.return_value == 0


def test_acts_are_listed_with_numbers_and_the_reason_against_the_others(sample_file):
    said = answers(simulated(sample_file, "receive", "dispatch", "designate"))["designate"]

    possible = said.index("Possible:")
    impossible = said.index("Not possible:")
    assert any(line.split()[1] == "answer" for line in said[possible + 1 : impossible])
    assert "    3 give_back                 A designated order cannot be returned." in said
    assert "  In other states: receive, dispatch, resume, mediation_ended, verify, close" in said


def test_an_act_is_taken_by_its_number(sample_file):
    assert answers(simulated(sample_file, "1"))["1"][0].startswith("✓ Receive (receive)")


def test_time_passes_and_clocks_go_off(sample_file):
    said = answers(simulated(sample_file, "receive", "dispatch", "advance 10 days"))

    assert said["advance 10 days"][:3] == [
        "  Handle is overdue",
        "  Return is over, the right has ended",
        "[Thu 12 Mar 2026 09:00] Dispatched (dispatched), turn of: Unit",
    ]
    assert any(line.startswith("  ▲ Handle (handle): by") for line in said["advance 10 days"])


def test_back_takes_the_last_step_back(sample_file):
    said = answers(simulated(sample_file, "receive", "dispatch", "back"))

    assert said["back"] == said["receive"][-len(said["back"]) :]


def test_a_child_run_is_finished_with_a_result(sample_file):
    said = answers(
        simulated(
            sample_file,
            "receive",
            "dispatch",
            "agree party=person-applicant",
            "agree party=person-respondent",
            "child mediation agreed",
        )
    )

    assert "  opens Mediation" in said["agree party=person-respondent"]
    assert said["child mediation agreed"][0] == (
        "✓ Mediation over (mediation_ended) · System · result=agreed"
    )


def test_facts_from_outside_are_set(sample_file):
    said = answers(simulated(sample_file, "receive", "fact pending=yes", "dispatch"))

    assert said["dispatch"] == ["✗ It is being handled below."]


def test_the_form_of_an_act_is_shown_with_what_is_made_up(sample_file):
    said = answers(simulated(sample_file, "form give_back"))

    assert said["form give_back"] == [
        "  why Reason: choice not_ours|elsewhere [not_ours]",
        "  where Whose: unit",
    ]


def test_what_is_chosen_decides_which_fields_are_made_up(sample_file):
    said = answers(simulated(sample_file, "receive", "dispatch", "give_back why=elsewhere"))

    assert said["give_back why=elsewhere"][0] == (
        "✓ Return (give_back) · Unit · why=elsewhere, where=unit-a"
    )


def test_a_refusal_tells_which_field_is_wrong(sample_file):
    said = answers(simulated(sample_file, "receive", "dispatch", "answer text=''"))

    assert said["answer text=''"][0].startswith("✗ Please correct what is marked")
    assert "Answer (text):" in said["answer text=''"][0]


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("dance", 'There is no act "dance": type one of those listed, or help.'),
        ("receive when=now", "receive has no field when: its fields are received_at."),
        ("receive now", '"now" is no field: write NAME=VALUE.'),
        ("advance", "No limit is given"),
        ("advance 2 fortnights", '"fortnights" is no unit'),
        ("advance 900 years", "900 years leads beyond the calendar: take less."),
        ("as nobody", 'There is no actor "nobody": name one of office, unit'),
        ("child quarrel agreed", 'There is no child run "quarrel": there are mediation.'),
        ("fact designated=yes", 'There is no fact "designated" from outside: there are pending.'),
        ("fact pending=perhaps", "pending is yes or no."),
        ("back", "There is nothing to take back."),
        ("receive 'half", "A quotation mark is not closed."),
        ("form", "Write: form ACTION."),
    ],
)
def test_bad_input_is_one_sentence_and_nothing_is_lost(sample_file, step, said):
    shown = simulated(sample_file, step, "look")

    told = answers(shown)
    assert len(told[step]) == 1
    assert told[step][0].startswith(said)
    assert told["look"][0].endswith("Not open yet (new)")
    assert shown.return_value == 1


def test_a_colon_tells_a_step_from_an_act_of_the_same_name(tmp_path):
    path = tmp_path / "sample.yaml"
    path.write_text(sample.TEXT.replace("receive:\n", "back:\n", 1), encoding="utf-8")

    said = answers(simulated(path, "back", ":back"))

    assert said["back"][0].startswith("✓ Receive (back)")
    assert said[":back"][0].endswith("Not open yet (new)")


def test_the_prompt_ends_with_quit_and_with_the_end_of_input(sample_file):
    for given in ("receive\nquit\n", "receive\n"):
        shown = CliRunner().invoke(command, ["simulate", str(sample_file)], input=given)
        assert shown.exit_code == 0
        assert "已收到 (received)" in shown.stdout


@pytest.mark.parametrize(
    ("limit", "until"),
    [
        ("30 minutes", "2026-02-13T09:30"),
        ("2 hours", "2026-02-13T11:00"),
        ("3 days", "2026-02-16T09:00"),
        pytest.param("1 working day", "2026-02-14T09:00", id="a-make-up-saturday"),
        pytest.param("2 working days", "2026-02-24T09:00", id="over-spring-festival"),
    ],
)
def test_time_moves_as_it_is_written(limit, until):
    now = at_local("2026-02-13T09:00")  # Friday

    assert moved(now, parse_limit(limit), statutory_calendar()) == at_local(until)


def test_it_needs_neither_settings_nor_django_nor_a_database():
    script = """
import sys
from huiyin.ops.cli import cli
cli.main(["procedures", "draw", "whistle"], standalone_mode=False)
print(sorted({"django", "psycopg"} & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env={}
    )

    assert done.stdout.splitlines()[-1] == "[]"


def test_the_effects_known_are_those_that_capabilities_register():
    assert known().effects == effects.names()
    assert "note_rating" in known().effects
