"""What procedures, states and actions are called stands in their files, nowhere in Python."""

import ast
from pathlib import Path

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


def compared(tree):
    """Yield every text that code compares something with, and where."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            for side in (node.left, *node.comparators):
                for leaf in ast.walk(side):
                    if isinstance(leaf, ast.Constant) and isinstance(leaf.value, str):
                        yield leaf.value, leaf.lineno
        elif isinstance(node, ast.MatchValue) and isinstance(node.value, ast.Constant):
            yield node.value.value, node.lineno


def test_no_code_asks_for_the_name_of_a_procedure_a_state_or_an_action():
    known = names()
    files = [
        file
        for file in SOURCE.rglob("*.py")
        if "tests" not in file.parts and "migrations" not in file.parts
    ]
    found = [
        f"{file.relative_to(SOURCE)}:{line}: {text}"
        for file in files
        for text, line in compared(ast.parse(file.read_text(encoding="utf-8")))
        if text in known
    ]

    assert len(files) > 100
    assert found == []


def test_such_a_question_would_be_found():
    tree = ast.parse('if state == "handling" or action in ("accept", "reply"): pass')

    assert {text for text, _ in compared(tree)} == {"handling", "accept", "reply"}
