"""What reader and checker say is said in Chinese too: every pattern, with every hole."""

import ast
import re
from string import Formatter

import pytest

from huiyin.procedures import library
from huiyin.procedures.reading import ReadingError, read_procedure
from huiyin.procedures.sentences import fill, said_by
from huiyin.procedures.tests.checked import found, names_in, text_of
from huiyin.procedures.tests.test_checking import sound_name
from huiyin.procedures.tests.test_names_in_code import SOURCE

HAN = re.compile("[\u4e00-\u9fff]")


def patterns_of_the_code():
    """Every pattern that a sentence of reader or checker is made from."""
    for folder in ("checking", "reading"):
        for file in sorted((SOURCE / "procedures" / folder).glob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                is_made = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "fill"
                if is_made and isinstance(node.args[0], ast.Constant):
                    yield node.args[0].value


def holes(pattern):
    return len([name for _, name, *_ in Formatter().parse(pattern) if name is not None])


def test_every_pattern_has_a_chinese_one_with_the_same_holes():
    chinese = library.chinese()
    patterns = {one for one in patterns_of_the_code() if re.search("[a-z]{2}", one)}
    patterns -= {"{}.form.{}"}

    assert len(patterns) > 100
    assert [one for one in patterns if one not in chinese] == []
    for english in patterns:
        values = [f"name_{number}" for number in range(holes(english))]
        made = said_by(chinese, fill(english, *values))
        assert all(value in made for value in values), english
        assert HAN.search(made), english


def test_a_value_that_is_a_sentence_is_said_in_chinese_too():
    inner = fill("fact.{} may have no value in {}", "level", "received")

    made = said_by(library.chinese(), fill("it has nowhere to go: {}.", inner))

    assert made == "它没有去处：fact.level 在 received 可能没有值。"
    assert str(fill("{}: {}", "actions.go", "nobody can do it.")) == "actions.go: nobody can do it."


@pytest.mark.parametrize(
    "spoiled",
    [("to: registered", "to: nowhere"), ("owner: office", "owner: nobody"),
     ("from: registered", "from: registred"), ("type: unit", "type: unitt"),
     ("law:", "lew:"), ("version: 1", "version: one")],
)  # fmt: skip
def test_nothing_the_reader_says_of_a_spoiled_file_stays_english(spoiled):
    text = library.texts()["petitions/procedures/petition.yaml"].replace(*spoiled, 1)

    try:
        read_procedure(text, fragments=library.fragments())
        faults = ()
    except ReadingError as error:
        faults = error.faults

    for fault in faults:
        said = [said_by(library.chinese(), one) for one in (fault.text, fault.instead) if one]
        assert all(HAN.search(one) for one in said), said


@pytest.mark.parametrize("name", names_in("broken"))
def test_nothing_the_checker_says_of_a_broken_file_stays_english(name):
    broken = read_procedure(text_of("broken", name), file=f"{sound_name(name)}.yaml")

    for one in found(broken).findings:
        said = [said_by(library.chinese(), text) for text in (one.text, one.instead) if text]
        assert all(HAN.search(text) for text in said), said
