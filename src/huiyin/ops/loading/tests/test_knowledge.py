"""Loading the knowledge base: versions instead of changes, the check, every faulty cell told."""

import pytest

from huiyin.knowledge.models import Entry, State, Version
from huiyin.ops.loading import Counts, Table, load
from huiyin.ops.loading.tests.cities import NOW
from huiyin.ops.loading.tests.later import the_city
from huiyin.people.actors import SYSTEM

pytestmark = pytest.mark.django_db
ROW = {
    "code": "ZS-0001", "kind": "知识", "title_zh": "路灯不亮怎么报修",
    "text_zh": "说清哪条路。\n拍一张照片。", "unit_code": "DP-1", "category_code": "01",
    "review_on": "2027-01-01",
}  # fmt: skip


def loaded(*rows):
    return load([Table("knowledge", "knowledge.csv", list(rows))], at=NOW, by=SYSTEM)


def test_entries_wait_to_be_checked_and_a_second_load_changes_nothing():
    the_city()

    first, again = loaded(ROW), loaded(ROW)

    assert (first.errors, again.errors) == ([], [])
    assert first.counts["knowledge"] == Counts(created=1)
    assert again.counts["knowledge"] == Counts(unchanged=1)
    entry = Entry.objects.get()
    assert (entry.state, entry.owner.code, entry.shown) == (State.TO_CHECK, "DP-1", None)
    assert Version.objects.get().text_zh == "说清哪条路。\n拍一张照片。"


def test_what_was_checked_is_in_use_and_a_changed_row_is_a_new_version():
    the_city()
    loaded({**ROW, "is_checked": "是"})

    report = loaded({**ROW, "text_zh": "说清哪条路、哪一盏。"})

    assert report.counts["knowledge"] == Counts(changed=1)
    entry = Entry.objects.get()
    assert (entry.state, entry.shown.number, entry.latest.number) == (State.TO_CHECK, 1, 2)


@pytest.mark.parametrize(
    ("more", "column", "code"),
    [
        pytest.param({"text_zh": "找 13800002607。"}, "text_zh", "personal_words", id="a-phone"),
        pytest.param(
            {"text_zh": "找张女士。", "is_checked": "是"}, "text_zh", "personal_words",
            id="a-name-nobody-would-look-at-any-more",
        ),
        pytest.param({"unit_code": "DP-404"}, "unit_code", "unknown_unit", id="an-unknown-unit"),
        pytest.param({"category_code": "9999"}, "category_code", "unknown_category", id="a-class"),
        pytest.param({"review_on": ""}, "review_on", "required", id="no-review"),
        pytest.param({"title_zh": "长" * 81}, "title_zh", "too_long", id="too-long"),
    ],
)  # fmt: skip
def test_every_faulty_cell_is_told_with_its_row_and_nothing_is_written(more, column, code):
    the_city()

    report = loaded(ROW, {**ROW, "code": "ZS-0002", **more})

    assert [(one.row, one.column, one.code) for one in report.errors] == [(3, column, code)]
    assert not Entry.objects.exists()


def test_a_code_said_twice_is_told():
    the_city()

    report = loaded(ROW, ROW)

    assert [(one.row, one.code) for one in report.errors] == [(3, "duplicate")]
