"""What procedures, states and actions are called stands in their files, nowhere in Python."""

import ast
import re
from pathlib import Path

import pytest

import huiyin
from huiyin.procedures.reading.actions import ACTION_KEYS, FIELD_KEYS
from huiyin.procedures.tests.shipped import PROCEDURES

SOURCE = Path(huiyin.__file__).parent
# Words of the language and of other fields that some file also uses as a name; a comparison with
# one of them says nothing about a procedure.
OTHERWISE_MEANT = {"new", "open", "done", "closed", "end", "previous", *ACTION_KEYS, *FIELD_KEYS}


def names():
    found = set()
    for procedure in PROCEDURES.values():
        found |= {procedure.name, *procedure.states, *procedure.actions}
    return found - OTHERWISE_MEANT


# The floors that know of runs: here every text counts. Below them only names of several words do,
# because a short one is a word of their own field (a file, a list, a note of office hours).
FLOORS = ("matters", "gateway", "insight", "web")
CAPABILITIES = {file.parent.parent.name for file in SOURCE.glob("*/procedures/*.yaml")} - {*FLOORS}
# Keywords whose texts are shown to people who read the schema, and nothing is decided by.
EXAMPLES = {"example", "examples", "description", "summary"}
# What else a word is there: a column, a key of an answer, a value of another list.
ELSEWHERE = {
    "matters/checks.py": {"registered"},
    "matters/codec.py": {"asked"},
    "matters/exporting.py": {"list"},
    "matters/owning.py": {"assigned"},
    "matters/models/exports.py": {"failed"},
    "matters/models/matter.py": {"grid", "merged"},
    "matters/models/tallies.py": {"returned"},
    "matters/ratings.py": {"no_answer", "solved"},
    "matters/redacting.py": {"order"},
    "matters/retaining.py": {"order"},
    "matters/tallies/moves.py": {"returned"},
    "matters/verifying.py": {"order"},
    "notices/urls.py": {"lay_aside"},
    # Folders of capabilities, tabs, fields of forms and columns of the administrator's pages.
    "web/administration/posts.py": {"ended"},
    "web/administration/procedures.py": {"grid", "hotline", "orders", "mediation"},
    "web/administration/undelivered.py": {"failed"},
    "web/registers/models.py": {"redirect"},
    "web/views/administration/duties.py": {"planned", "answer", "file"},
    "web/views/administration/landing.py": {"list"},
    "web/views/administration/procedures.py": {"file"},
    "web/views/administration/undelivered.py": {"given_up", "give_up"},
    "web/views/administration/units.py": {"close"},
    "web/asking.py": {"reply"},
    "web/asking_pages.py": {"asked", "report"},
    "web/context.py": {"list"},
    # What is done with an entry of the knowledge base.
    "web/views/knowledge.py": {
        "send_back",
        "review",
        "ask",
        "withdrawn",
        "withdraw",
        "note",
    },
    "web/views/taking_in.py": {"settle"},
    # The benchmark measures the hotline's orders, as the rival's does its tickets.
    "ops/bench/cases.py": {"accept_call"},
    "ops/bench/due.py": {"accept_call"},
    "ops/bench/inside.py": {"accept_call"},
    # … and plays a day of the city, as the demo does.
    "ops/bench/day.py": {
        "accept_call",
        "answer_directly",
        "call_back",
        "feed_back",
        "settle_on_spot",
        "start_handling",
        "submit_online",
        "verify_report",
        "verify_result",
    },
    # Which door leads into which procedure is said there and nowhere else.
    "web/doors.py": {
        "reply",
        "order",
        "report",
        "hotline",
        "submit_online",
        "orders",
        "submit",
        "mediation",
        "apply",
        "petition",
    },
    "web/functions.py": {"audit"},
    "web/looks.py": {"refused", "close"},
    "web/roster_forms.py": {"file", "list"},
    # The pages of whistles and of supervision are those of one procedure each.
    "web/supervision.py": {"supervision", "supervise"},
    "web/terms.py": {"grid", "order", "mediation", "supervision", "assist", "backlog"},
    # The pages of grid workers are those of one procedure.
    "web/on_foot.py": {"note"},
    "web/reporting.py": {"grid"},
    "web/sending.py": {"refused", "note", "received"},
    "web/stars.py": {"orders"},
    "web/urls.py": {"begin", "data_request", "answer"},
    "web/views/field.py": {"report", "note", "grid", "received", "file"},
    "web/views/follow.py": {"asked"},
    "web/views/maps.py": {"asked"},
    "web/views/mine.py": {"data_request", "ask"},
    "web/views/report.py": {"begin"},
    "web/views/report_who.py": {"begin"},
    "web/views/rosters.py": {"asked", "answer", "cancel", "note", "file"},
    "web/views/start.py": {"redirect", "answer"},
    "web/views/supervision.py": {"order", "orders"},
    "web/views/visits.py": {"note", "grid"},
    "web/whistles.py": {"whistle", "blow_whistle", "set_out", "report_in", "finish"},
}


def spoken(tree):
    """Yield every text in code, and where; of a text with holes, its words.

    Docstrings, sentences for the screen and examples of a schema are none.
    """
    silent = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            silent.add(node.value)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            silent |= set(node.args if node.func.id in ("_", "gettext_lazy", "pgettext") else ())
        if isinstance(node, ast.keyword) and node.arg in EXAMPLES:
            silent |= set(ast.walk(node.value))
        if isinstance(node, ast.JoinedStr):
            parts = [part for part in node.values if isinstance(part, ast.Constant)]
            silent |= set(parts)
            for part in parts:
                yield from ((word, part.lineno) for word in re.findall(r"\w+", part.value))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in silent:
            yield node.value, node.lineno


def asked_for(file, known):
    """Yield what a file of ours knows of names."""
    where = file.relative_to(SOURCE)
    if {"tests", "migrations", "demo"} & set(where.parts) or where.parts[0] in CAPABILITIES:
        return
    is_above = where.parts[0] in FLOORS
    for text, line in spoken(ast.parse(file.read_text(encoding="utf-8"))):
        is_name = text in known and (is_above or "_" in text)
        if is_name and text not in ELSEWHERE.get(str(where), ()):
            yield f"{where}:{line}: {text}"


def test_no_code_knows_the_name_of_a_procedure_a_state_or_an_action():
    files = list(SOURCE.rglob("*.py"))
    known = names()

    assert len(files) > 100
    assert [found for file in files for found in asked_for(file, known)] == []


def test_every_exception_is_still_one():
    known = names()

    idle = {
        where: idle
        for where, words in ELSEWHERE.items()
        if (
            idle := words
            - ({text for text, _ in spoken(ast.parse((SOURCE / where).read_text()))} & known)
        )
    }

    assert idle == {}


@pytest.mark.parametrize(
    "code",
    [
        'if state == "dispatched": pass',
        'ENDED = frozenset({"closed_by_person", "dispatched"})',
        'TEXTS = {"dispatched": "given"}',
        'match state:\n    case "dispatched": pass',
        'def f(x="dispatched"): pass',
        'send(f"{procedure}.dispatched.person")',
    ],
)
def test_such_a_name_would_be_found(code):
    assert "dispatched" in {text for text, _ in spoken(ast.parse(code))} & names()


def test_what_is_only_said_is_not_taken_for_a_name():
    code = '"""dispatched"""\n_("dispatched")\nField(examples=["dispatched"])'

    assert set(spoken(ast.parse(code))) == set()
