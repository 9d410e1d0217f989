"""What the demo's hotline knows: enough of it, sound, and nothing that names anybody."""

import csv
from collections import Counter

from huiyin.knowledge.models import Kind
from huiyin.knowledge.personal import findings
from huiyin.ops.demo.city import BUILT_IN
from huiyin.ops.demo.departments import BODIES
from huiyin.ops.demo.knowledge import rows


def test_there_is_enough_of_every_kind_and_something_to_do():
    found = Counter(kind for kind, _row in rows())
    states = Counter(row.get("state", "published") for _kind, row in rows())

    assert found[Kind.GUIDE] >= 60
    assert found[Kind.ANSWER] >= 20
    assert found[Kind.SCRIPT] >= 10
    assert states["to_check"] >= 3
    assert sum(row.get("review", 1) <= 0 for _kind, row in rows()) >= 4


def test_every_entry_belongs_to_a_class_and_an_owner_that_there_are():
    with (BUILT_IN / "categories.csv").open(encoding="utf-8-sig", newline="") as file:
        codes = {row["code"] for row in csv.DictReader(file)}
    owners = {f"{body.prefix}:{body.function}" for body in BODIES}

    assert {row["category"] for _kind, row in rows()} <= codes
    assert {row["owner"] for _kind, row in rows() if "owner" in row} <= owners


def test_nothing_in_it_names_anybody_and_no_question_comes_twice():
    titles = Counter(row["title"] for _kind, row in rows())

    assert [title for title, times in titles.items() if times > 1] == []
    assert [
        (row["title"], one.words)
        for kind, row in rows()
        if kind != Kind.SCRIPT
        for one in findings(f"{row['title']}\n{row['text']}\n{row.get('text_en', '')}")
    ] == []
