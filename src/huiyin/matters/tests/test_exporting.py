"""Exports: the list its owner saw, covered unless they may see it clear, whole or not at all."""

import csv
import subprocess
import sys
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from huiyin.matters import exporting, files
from huiyin.matters.exporting import open_export, order_export, write_part
from huiyin.matters.models import Export, MatterText, Run
from huiyin.matters.refusals import (
    ExportEmpty,
    ExportNotFound,
    ExportNotReady,
    ExportOver,
    ExportsUnderWay,
    ExportTooLong,
)
from huiyin.matters.tests.records import the_record
from huiyin.matters.tests.test_file_faults import environment
from huiyin.people.actors import actor_of
from huiyin.people.models import AccessLog, PermissionSet, Post
from huiyin.people.refusals import NotPermitted, ReasonMissing
from huiyin.people.tests.factories import an_account
from huiyin.ui.identifiers import new_id
from huiyin.units.tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
CLEAR = "matter.export_clear"


def somebody(unit, *permissions):
    """A clerk with an account and a post of their own, as the worker finds them again."""
    held = PermissionSet.objects.create(
        code=f"set-{str(new_id())[-12:]}",
        name_zh="组",
        name_en="Set",
        permissions=list(permissions),
    )
    account = an_account(f"clerk-{str(new_id())[-12:]}")
    post = Post.objects.create(
        ref=str(new_id()), account=account, unit=unit, permission_set=held, title="经办"
    )
    return actor_of(account, post)


def orders(city, count=3):
    found = []
    for _ in range(count):
        run = city.open("hotline", "accept_call").run
        found.append(city.act(run.pk, "dispatch").run)
    return found


def asked(by, *, format="csv", is_clear=False, runs=None, at=NOW):
    listed = Run.objects.order_by("opened_at", "pk") if runs is None else runs
    return order_export(listed, format=format, purpose="月度核对", by=by, at=at, is_clear=is_clear)


def written(export, at=NOW):
    claim = new_id()
    assert exporting.claim(export.pk, claim=claim, at=at)
    while write_part(export.pk, claim=claim, at=at):
        pass
    return Export.objects.get(pk=export.pk)


def rows_of(export, by, at=NOW):
    path = open_export(export.pk, by=by, at=at).path
    if path.suffix == ".xlsx":
        sheet = load_workbook(path, read_only=True).worksheets[0]
        return [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_a_list_becomes_a_file_with_names_and_numbers_covered(format):
    city = the_record()
    runs = orders(city)
    by = somebody(city.unit("department"))

    export = written(asked(by, format=format))

    heading, *rows = rows_of(export, by)
    assert (export.state, export.done, export.total) == ("ready", 3, 3)
    assert heading[:3] == ["编号", "程序", "状态"]
    assert [row[0] for row in rows] == [run.matter.number for run in runs]
    assert rows[0][1:3] == ["12345 热线工单", "已派单"]
    assert rows[0][-3:] == ["路灯不亮", "李*", "154****0001"]


def test_clear_data_need_the_right_and_a_purpose():
    city = the_record()
    orders(city, 1)
    clerk, head = somebody(city.unit("department")), somebody(city.unit("department"), CLEAR)

    with pytest.raises(NotPermitted):
        asked(clerk, is_clear=True)
    with pytest.raises(ReasonMissing):
        order_export(Run.objects.all(), format="csv", purpose=" ", by=head, at=NOW)
    export = written(asked(head, is_clear=True))

    assert rows_of(export, head)[1][-2:] == ["李娟", "15400000001"]


def test_whoever_asked_to_stay_unknown_stays_so():
    city = the_record()
    (run,) = orders(city, 1)
    run.matter.contacts.update(wants_secrecy=True)
    head = somebody(city.unit("department"), CLEAR)

    export = written(asked(head, is_clear=True))

    assert rows_of(export, head)[1][-2:] == ["", ""]


def test_numbers_in_titles_are_covered_and_formulas_are_no_formulas():
    city = the_record()
    first, second = orders(city, 2)
    MatterText.objects.filter(matter=first.matter).update(
        title="联系15400000001或37140219800101123X"
    )
    MatterText.objects.filter(matter=second.matter).update(title='=HYPERLINK("http://x","y")')
    by = somebody(city.unit("department"))

    csv_rows = rows_of(written(asked(by)), by)
    xlsx_rows = rows_of(written(asked(by, format="xlsx")), by)

    assert csv_rows[1][-3] == "联系154******01或371*************3X"
    assert csv_rows[2][-3] == xlsx_rows[2][-3] == '\'=HYPERLINK("http://x","y")'


def test_of_a_confidential_matter_only_the_number_goes_out():
    city = the_record()
    (run,) = orders(city, 1)
    run.matter.is_confidential = True
    run.matter.save(update_fields=["is_confidential"])
    by = somebody(city.unit("department"))

    export = written(asked(by))

    assert rows_of(export, by)[1][0] == run.matter.number
    assert rows_of(export, by)[1][-3:] == ["", "", ""]


def test_a_part_costs_as_many_queries_however_many_rows_it_has():
    city = the_record()
    orders(city, 1)
    by = somebody(city.unit("department"))
    short = asked(by)
    orders(city, 4)
    long = asked(by)
    written(asked(by))  # what is asked once for each process is known now

    asked_of = []
    for export in (short, long):
        with CaptureQueriesContext(connection) as found:
            written(export)
        asked_of.append(len(found))

    assert asked_of[0] == asked_of[1] <= 13


def test_only_what_the_owner_sees_is_exported_when_asked_and_when_written():
    city = the_record()
    runs = orders(city, 3)
    other = somebody(city.unit("department", "other"))
    by = somebody(city.unit("department"))

    with pytest.raises(ExportEmpty):
        asked(other)
    export = asked(by)
    runs[1].matter.accused = [by.unit_id]
    runs[1].matter.save(update_fields=["accused"])

    rows = rows_of(written(export), by)[1:]
    assert [row[0] for row in rows] == [runs[0].matter.number, runs[2].matter.number]


def test_too_long_a_list_and_too_many_at_once_are_refused(monkeypatch):
    city = the_record()
    orders(city, 3)
    by = somebody(city.unit("department"))

    monkeypatch.setattr(exporting, "MOST_ROWS", 2)
    with pytest.raises(ExportTooLong) as refused:
        asked(by)
    assert refused.value.most == 2
    monkeypatch.setattr(exporting, "MOST_ROWS", 3)
    for _ in range(3):
        asked(by)
    with pytest.raises(ExportsUnderWay):
        asked(by)


def test_asking_and_every_download_are_logged():
    city = the_record()
    orders(city, 1)
    by = somebody(city.unit("department"), CLEAR)

    export = written(asked(by, is_clear=True))
    open_export(export.pk, by=by, at=NOW, address="203.0.113.7")

    entries = AccessLog.objects.filter(subject_id=str(export.pk)).order_by("pk")
    assert [(one.action, one.purpose, one.fields) for one in entries] == [
        ("export_asked", "月度核对", ["name", "phone", "title"]),
        ("export", "月度核对", ["name", "phone", "title"]),
    ]


def test_an_export_is_its_owners_in_that_post_alone():
    city = the_record()
    orders(city, 1)
    by = somebody(city.unit("department"))
    export = asked(by)

    with pytest.raises(ExportNotReady) as refused:
        open_export(export.pk, by=by, at=NOW)
    assert (refused.value.done, refused.value.total) == (0, 1)
    written(export)
    with pytest.raises(ExportNotFound):
        open_export(export.pk, by=somebody(city.unit("department")), at=NOW)
    with pytest.raises(ExportNotFound):
        open_export(new_id(), by=by, at=NOW)


def test_the_file_is_gone_after_three_days():
    city = the_record()
    orders(city, 1)
    by = somebody(city.unit("department"))
    export = written(asked(by))
    path = open_export(export.pk, by=by, at=NOW).path

    with pytest.raises(ExportOver):
        open_export(export.pk, by=by, at=NOW + 3 * DAY)
    assert exporting.expire(at=NOW + 3 * DAY) == 1

    assert not path.parent.exists()
    assert Export.objects.get(pk=export.pk).state == "expired"
    assert exporting.expire(at=NOW + 4 * DAY) == 0


def test_a_post_that_has_ended_or_lost_the_right_gets_no_file():
    city = the_record()
    orders(city, 1)
    gone, poorer = somebody(city.unit("department")), somebody(city.unit("department"), CLEAR)
    first, second = asked(gone), asked(poorer, is_clear=True)
    Post.objects.filter(pk=gone.post_id).update(valid_to=TODAY + DAY)
    PermissionSet.objects.filter(pk=poorer.permission_set).update(permissions=[])

    assert written(first, at=NOW + 2 * DAY).state == "failed"
    assert written(second).state == "failed"


# --- whoever writes it may die -------------------------------------------------------------------


def test_another_worker_goes_on_where_a_dead_one_stopped(monkeypatch):
    monkeypatch.setattr(exporting, "CHUNK", 2)
    city = the_record()
    runs = orders(city, 5)
    by = somebody(city.unit("department"))
    export = asked(by)
    dead, alive = new_id(), new_id()
    assert exporting.claim(export.pk, claim=dead, at=NOW)
    assert write_part(export.pk, claim=dead, at=NOW)

    assert exporting.unwritten(at=NOW + MINUTE) == []
    assert not exporting.claim(export.pk, claim=alive, at=NOW + MINUTE)  # it may still be at it
    assert exporting.unwritten(at=NOW + 3 * MINUTE) == [export.pk]
    assert exporting.claim(export.pk, claim=alive, at=NOW + 3 * MINUTE)
    assert Export.objects.get(pk=export.pk).done == 2
    while write_part(export.pk, claim=alive, at=NOW + 3 * MINUTE):
        assert not write_part(export.pk, claim=dead, at=NOW + 3 * MINUTE)  # it was given up

    numbers = [row[0] for row in rows_of(export, by)[1:]]
    assert numbers == [run.matter.number for run in runs]


def test_an_export_that_kills_every_worker_fails_in_the_end():
    city = the_record()
    orders(city, 1)
    export = asked(somebody(city.unit("department")))
    tries = [
        exporting.claim(export.pk, claim=new_id(), at=NOW + number * 3 * MINUTE)
        for number in range(7)
    ]

    assert tries == [True] * 5 + [False] * 2
    assert Export.objects.get(pk=export.pk).state == "failed"


def test_the_job_waits_for_the_worker_in_the_same_transaction():
    city = the_record()
    orders(city, 1)

    export = asked(somebody(city.unit("department")))
    exporting.put_to_work(export.pk)  # no second one

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT status FROM procrastinate_jobs"
            " WHERE task_name = 'matters.write_export' AND args ->> 'export_id' = %s",
            [str(export.pk)],
        )
        assert cursor.fetchall() == [("todo",)]


_WRITE = """
import os, signal, sys
import django
django.setup()
from datetime import datetime
from uuid import UUID
from huiyin.matters import exporting
exporting.CHUNK = 2
pk, claim, at = UUID(sys.argv[1]), UUID(sys.argv[2]), datetime.fromisoformat(sys.argv[3])
where = sys.argv[4]
put = exporting._place
def kill(source, target):
    if where == "before" and "000002" in target.name:
        os.kill(os.getpid(), signal.SIGKILL)
    put(source, target)
    if where == "after" and "000002" in target.name or where == "end" and "list" in target.name:
        os.kill(os.getpid(), signal.SIGKILL)
exporting._place = kill
assert exporting.claim(pk, claim=claim, at=at)
while exporting.write_part(pk, claim=claim, at=at):
    pass
"""


@pytest.mark.fault
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("where", ["before", "after", "end"])
def test_a_worker_that_is_killed_leaves_nothing_half_and_nothing_twice(where, monkeypatch):
    monkeypatch.setattr(exporting, "CHUNK", 2)
    with transaction.atomic():
        city = the_record()
        runs = orders(city, 5)
        by = somebody(city.unit("department"))
    export = asked(by)
    killed = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _WRITE, str(export.pk), str(new_id()),
         NOW.isoformat(), where],
        env=environment(),
        check=False, capture_output=True,
    )  # fmt: skip
    assert killed.returncode == -9, killed.stderr.decode()
    with pytest.raises(ExportNotReady):
        open_export(export.pk, by=by, at=NOW)

    export = written(export, at=NOW + 3 * MINUTE)

    numbers = [row[0] for row in rows_of(export, by)[1:]]
    assert numbers == [run.matter.number for run in runs]
    assert [path.name for path in (files.root() / ".exports" / str(export.pk)).iterdir()] == [
        "list.csv"
    ]
