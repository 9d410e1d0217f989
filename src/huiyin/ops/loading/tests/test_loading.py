"""Loading a city: what arrives, what a second load leaves alone, what a changed row changes."""

import pytest
from django.contrib.auth.hashers import is_password_usable

from huiyin.ops.loading import Counts, load
from huiyin.ops.loading.readers import read_folder
from huiyin.ops.loading.tests.cities import (
    CITY,
    NOW,
    a_city,
    county,
    tables_of,
    write_csv,
    write_xlsx,
)
from huiyin.ops.loading.tests.contents import contents
from huiyin.ops.loading.tests.later import LATER, load_later, row_of, the_city
from huiyin.ops.loading.tests.snapshots import snapshot
from huiyin.people.actors import SYSTEM
from huiyin.people.models import Account, Post
from huiyin.units.models import Unit

pytestmark = pytest.mark.django_db


def default_posts(username):
    found = Post.objects.filter(is_default=True, account__username=username)
    return list(found.values_list("ref", flat=True))


def test_everything_arrives():
    rows = the_city()

    found = contents()
    assert [code for code, *_ in found["places"]] == sorted(row["code"] for row in rows["places"])
    assert {name: len(of) for name, of in found.items()} == {
        "places": 43,
        "versions": 43,
        "boundaries": 2,
        "categories": 4,
        "terms": 3,
        "units": 32,
        "officers": 4,
        "duties": 14,
        "accounts": 26,
        "posts": 26,
        "workers": 48,
        "mediators": 4,
    }
    department = Unit.objects.get(code="DP-1")
    assert (department.superior.code, department.place.code, department.level) == (
        "GV-1",
        county(1),
        2,
    )
    assert department.opening_hours["mon"] == [["08:30", "12:00"], ["14:00", "17:30"]]
    assert (department.recorded_at, department.recorded_by) == (NOW, None)


def test_counts_say_what_was_new():
    rows = a_city()

    report = load(tables_of(rows), at=NOW, by=SYSTEM)

    assert report.counts == {name: Counts(created=len(of)) for name, of in rows.items() if of}


def test_accounts_come_without_a_password_that_works():
    the_city()

    accounts = list(Account.objects.all())
    assert [a.username for a in accounts if is_password_usable(a.password)] == []
    assert {account.must_change_password for account in accounts} == {True}
    assert len({account.password for account in accounts}) == len(accounts)


def test_the_first_post_is_the_default_unless_the_file_says_otherwise():
    rows = a_city(counties=1)
    clerk = row_of(rows, "people", "DP-1-1", "ref")
    rows["people"].append({**clerk, "ref": "DP-1-2", "unit_code": "GV-1"})

    load(tables_of(rows), at=NOW, by=SYSTEM)
    assert list(
        Post.objects.filter(is_default=True, account__username="dp1").values_list("ref")
    ) == [("DP-1-1",)]

    rows["people"][-1]["is_default"] = "是"
    load_later(rows)
    assert list(
        Post.objects.filter(is_default=True, account__username="dp1").values_list("ref")
    ) == [("DP-1-2",)]
    before = snapshot()
    load_later(rows)
    assert snapshot() == before


def test_a_second_load_changes_nothing():
    rows = the_city()
    before = snapshot()

    report = load_later(rows)

    assert report.counts == {name: Counts(unchanged=len(of)) for name, of in rows.items() if of}
    assert snapshot() == before


@pytest.mark.parametrize("again", ["csv", "gb18030", "xlsx"])
def test_the_same_files_in_another_form_are_the_same(tmp_path, again):
    rows = a_city()
    write_csv(tmp_path / "utf8", rows)
    tables, problems = read_folder(tmp_path / "utf8")
    assert load(tables, at=NOW, by=SYSTEM, problems=problems).errors == []
    before = snapshot()
    if again == "xlsx":
        write_xlsx(tmp_path / "twin", rows)
    else:
        write_csv(tmp_path / "twin", rows, encoding="utf-8-sig" if again == "csv" else again)

    tables, problems = read_folder(tmp_path / "twin")
    report = load(tables, at=LATER, by=SYSTEM, problems=problems)

    assert (report.errors, report.warnings) == ([], [])
    assert snapshot() == before


def test_a_workbook_alone_gives_the_same_city(tmp_path):
    rows = a_city()
    write_xlsx(tmp_path, rows)
    tables, problems = read_folder(tmp_path)

    report = load(tables, at=NOW, by=SYSTEM, problems=problems, dry_run=True)

    assert (report.errors, report.warnings) == ([], [])
    assert report.counts == {name: Counts(created=len(of)) for name, of in rows.items() if of}


def test_a_trial_writes_nothing_and_counts_the_same():
    the_city(counties=1)
    rows = a_city()
    rows["units"][0]["name"] = "第1县人民政府办公室"
    before = snapshot()

    trial = load_later(rows, dry_run=True)

    assert snapshot() == before
    assert trial.dry_run
    assert load_later(rows).counts == trial.counts
    assert trial.counts["units"] == Counts(created=16, changed=1, unchanged=15)


def test_progress_reaches_its_end_and_never_goes_back():
    rows = a_city()
    seen = []

    load(
        tables_of(rows),
        at=NOW,
        by=SYSTEM,
        progress=lambda name, done, total: seen.append((name, done, total)),
    )

    total = 3 * sum(map(len, rows.values()))
    done = [so_far for _, so_far, _ in seen]
    assert done == sorted(done)
    assert seen[-1] == ("people", total, total)


# --- all or nothing -------------------------------------------------------------------------------


def test_what_only_a_verb_notices_is_told_and_nothing_is_written():
    rows = the_city()
    row_of(rows, "places", CITY)["name"] = "示" * 80
    for row in rows["places"]:
        if row["kind"] != "市":
            row["name"] = "名" * 78 + row["name"][-2:]
    before = snapshot()

    report = load(tables_of(rows), at=LATER, by=SYSTEM)

    assert [(p.row, p.code) for p in report.errors] == [(0, "refused")]
    assert "240" in report.errors[0].problem
    assert report.counts == {}
    assert snapshot() == before


def test_a_table_comes_once():
    rows = a_city(counties=1)

    with pytest.raises(ValueError, match="places"):
        load([*tables_of(rows), *tables_of({"places": rows["places"]})], at=NOW, by=SYSTEM)
