"""Every refusal the engine can answer has a sentence; none is kept for nothing."""

import ast
from pathlib import Path

import huiyin.procedures
from huiyin.procedures.guards import GUARDS
from huiyin.procedures.refusals import FIELD_SENTENCES, SENTENCES

FOLDER = Path(huiyin.procedures.__file__).parent


def first_texts(file, call):
    """The first argument of every call of a name in a module, where it is a plain text."""
    for node in ast.walk(ast.parse((FOLDER / file).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == call:
            first = node.args[0]
            if isinstance(first, ast.Constant):
                yield first.value


def test_every_code_of_the_engine_has_its_sentence():
    codes = set(first_texts("deciding.py", "Refusal")) | {f"guard.{name}" for name in GUARDS}

    assert codes == set(SENTENCES)


def test_every_code_of_a_field_has_its_sentence():
    codes = set(first_texts("forms.py", "_Wrong")) | set(first_texts("forms.py", "FieldError"))
    codes |= set(first_texts("../matters/references.py", "FieldError"))

    assert codes == set(FIELD_SENTENCES)
