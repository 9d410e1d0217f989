"""Attachments: sent in first, named by an act, opened through one door, forgotten when unused."""

import errno
import io
import os
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from huiyin.matters import attachments, files
from huiyin.matters.acting import act, act_many, hold
from huiyin.matters.attachments import attach, attachment
from huiyin.matters.models import Attachment, AttachmentUse, EventHeader
from huiyin.matters.refusals import (
    ActRefused,
    FileEmpty,
    FileKindUnknown,
    FileNotFound,
    StorageFull,
)
from huiyin.matters.tests import sample_files as sample
from huiyin.matters.tests.records import the_record
from huiyin.matters.tests.sample_files import a_file
from huiyin.people.actors import Actor
from huiyin.people.models import AccessLog
from huiyin.people.refusals import FileTooLarge, UploadsOfDayUsedUp
from huiyin.people.uploads import MB, bytes_left
from huiyin.procedures.simulation import a_form
from huiyin.ui.identifiers import new_id
from huiyin.units.tests.factories import NOW

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def an_order(city):
    run = city.open("hotline", "accept_call").run
    return city.act(run.pk, "dispatch").run


def material(city, run, *ids, by=None):
    """The reporter sends in photos."""
    form = {"about": "补充照片。", "files": [str(one) for one in ids]}
    return act(run.pk, "add_material", by=by or city.reporter, at=NOW, form=form)


# --- sending in ---------------------------------------------------------------------------------


def test_a_file_is_kept_under_its_digest_and_its_name_is_sealed():
    city = the_record()

    row = a_file(city.reporter, name="C:\\我的文件\\李娟家门口.JPG")

    assert (row.kind, row.media_type, row.name) == ("image", "image/png", "李娟家门口.png")
    assert (row.owner_id, row.width, row.height) == (city.resident.pk, 8, 6)
    assert files.digest_of(files.path_of(row.sha256)) == row.sha256
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM matters_attachment")
        assert "李娟" not in cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("报告.docx", "报告.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("invoice.pdf.exe", "invoice.pdf.pdf"),
        ("\u202egnp.exe\n", "gnp.pdf"),
        ("", "文件.pdf"),
        ("长" * 300, "长" * 116 + ".pdf"),
    ],
)
def test_the_name_has_no_folders_no_tricks_and_its_true_ending(given, kept):
    city = the_record()

    assert a_file(city.reporter, "document", name=given).name == kept


def test_the_same_bytes_are_kept_once_for_two_people():
    city = the_record()

    first, second = a_file(city.reporter), a_file(city.opponent)

    assert first.pk != second.pk
    assert first.sha256 == second.sha256


def test_a_file_counts_against_what_its_sender_may_send_in_a_day(settings):
    city = the_record()
    before = bytes_left(account_id=city.resident.pk, address=None, at=NOW)

    a_file(city.reporter, "document")

    left = bytes_left(account_id=city.resident.pk, address=None, at=NOW)
    assert before - left == len(sample.PDF)


def test_too_large_a_file_and_too_many_in_a_day_are_refused():
    city = the_record()
    large = sample.PDF + bytes(19 * MB) + b"%%EOF"

    with pytest.raises(FileTooLarge):
        a_file(city.reporter, content=bytes(25 * MB))
    for _ in range(10):
        a_file(city.reporter, "document", content=large)
    with pytest.raises(UploadsOfDayUsedUp):
        a_file(city.reporter, "document", content=large)

    assert Attachment.objects.count() == 10


@pytest.mark.parametrize(
    ("content", "refusal"), [(b"", FileEmpty), (b"MZ" + bytes(80), FileKindUnknown)]
)
def test_what_is_refused_leaves_no_row_and_no_bytes(content, refusal):
    city = the_record()
    before = set(files.root().rglob("*"))

    with pytest.raises(refusal):
        attach(io.BytesIO(content), name="x", by=city.reporter, at=NOW)

    assert not Attachment.objects.exists()
    assert {path for path in set(files.root().rglob("*")) - before if path.is_file()} == set()


def test_a_full_disk_is_told_and_keeps_nothing():
    class Full(io.BytesIO):
        def read(self, size=-1):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    city = the_record()

    with pytest.raises(StorageFull):
        attach(Full(), name="x", by=city.reporter, at=NOW)

    assert not Attachment.objects.exists()


# --- with an act --------------------------------------------------------------------------------


def test_an_act_binds_the_files_it_names_to_its_event():
    city = the_record()
    run = an_order(city)
    photo, paper = a_file(city.reporter), a_file(city.reporter, "document")

    done = material(city, run, photo.pk, paper.pk)

    uses = AttachmentUse.objects.filter(event=done.event).order_by("pk")
    assert [(use.attachment, use.run, use.field) for use in uses] == [
        (photo, run, "files"), (paper, run, "files")
    ]  # fmt: skip
    assert set(attachments.attachments_of([run.pk])) == {done.event.pk}


@pytest.mark.parametrize("whose", ["unknown", "no id", "another's", "nobody's"])
def test_an_act_that_names_a_file_that_is_not_the_actors_is_refused_and_writes_nothing(whose):
    city = the_record()
    run = an_order(city)
    events = EventHeader.objects.count()
    ids = {
        "unknown": new_id,
        "no id": lambda: "file-0",
        "another's": lambda: a_file(city.opponent).pk,
        "nobody's": lambda: a_file(Actor(account_id=None, kind="resident")).pk,
    }

    with pytest.raises(ActRefused) as refused:
        material(city, run, ids[whose]())

    assert refused.value.reason == "run.form"
    assert refused.value.errors == {"files": "其中有文件已不存在，请重新上传。"}
    assert EventHeader.objects.count() == events
    assert not AttachmentUse.objects.exists()


def test_a_field_takes_only_the_sorts_it_names():
    city = the_record()
    photo, paper = a_file(city.reporter), a_file(city.reporter, "document")

    with pytest.raises(ActRefused) as refused:
        city.open("grid", "submit", by=city.reporter, photos=[str(paper.pk)])
    run = city.open("grid", "submit", by=city.reporter, photos=[str(photo.pk)]).run

    assert refused.value.errors == {"photos": "这里只收：图片、视频、录音。"}
    assert [use.attachment for use in run.file_uses.all()] == [photo]


def test_an_act_that_names_files_takes_two_queries_more():
    city = the_record()
    run = an_order(city)

    def queries(*ids):
        with CaptureQueriesContext(connection) as seen:
            material(city, run, *ids)
        return [query["sql"] for query in seen if "matters_attachment" in query["sql"]]

    one = queries(a_file(city.reporter).pk)
    nine = queries(*(a_file(city.reporter).pk for _ in range(9)))

    assert [len(one), len(nine)] == [2, 2]


def test_what_a_form_names_is_looked_up_as_a_unit_only_where_a_unit_is_asked_for():
    city = the_record()
    run = an_order(city)
    photo, helper = a_file(city.reporter).pk, city.unit("department", "z").pk

    def is_looked_up(pk, act_on_it):
        with CaptureQueriesContext(connection) as seen:
            act_on_it()
        asked = [one["sql"].replace("-", "") for one in seen if 'FROM "units_unit"' in one["sql"]]
        return any(pk.hex in sql for sql in asked)

    assert not is_looked_up(photo, lambda: material(city, run, photo))
    assert is_looked_up(helper, lambda: city.act(run.pk, "ask_assistance", to_units=[str(helper)]))


def test_many_runs_may_be_given_the_same_file():
    city = the_record()
    runs = [an_order(city).pk for _ in range(3)]
    photo = a_file(city.reporter)

    answers = act_many(
        runs,
        "add_material",
        by=city.reporter,
        at=NOW,
        form={"files": [str(photo.pk)], "about": "图"},
    )

    assert [answer.event.seq for answer in answers.values()] == [3, 3, 3]
    assert photo.uses.count() == 3


# --- the door -----------------------------------------------------------------------------------


def unit_of(run):
    return run.assignments.get(role="lead", to_at=None).unit


def test_the_unit_that_handles_a_run_opens_its_files_and_others_do_not():
    city = the_record()
    run = an_order(city)
    photo = a_file(city.reporter)
    material(city, run, photo.pk)

    opened = attachment(photo.pk, by=city.staff(unit_of(run)), at=NOW)

    assert (opened.media_type, opened.name, opened.is_shown) == ("image/png", "现场.png", True)
    assert opened.path.read_bytes().startswith(b"\x89PNG")
    for other in (city.staff(city.unit("department", "other")), city.opponent):
        with pytest.raises(FileNotFound):
            attachment(photo.pk, by=other, at=NOW)
    with pytest.raises(FileNotFound):
        attachment(new_id(), by=city.reporter, at=NOW)


def test_thumbnails_are_of_pictures_alone_and_a_small_picture_is_its_own():
    city = the_record()
    photo, paper = a_file(city.reporter), a_file(city.reporter, "document")
    wide = attach(
        io.BytesIO(sample.a_picture("JPEG", size=(2_000, 1_000))),
        name="远.jpg",
        by=city.reporter,
        at=NOW,
    )

    for name in ("small", "large"):
        shown = attachment(wide.pk, by=city.reporter, at=NOW, size=name)
        assert (shown.media_type, shown.path.read_bytes()[8:12]) == ("image/webp", b"WEBP")
        own = attachment(photo.pk, by=city.reporter, at=NOW, size=name)
        assert own == attachment(photo.pk, by=city.reporter, at=NOW)
    for pk, size in ((photo.pk, "huge"), (paper.pk, "small")):
        with pytest.raises(FileNotFound):
            attachment(pk, by=city.reporter, at=NOW, size=size)


def test_people_open_what_they_have_sent_and_not_what_offices_keep():
    city = the_record()
    run = an_order(city)
    mine = a_file(city.reporter)
    material(city, run, mine.pk)
    staff = city.staff(unit_of(run))
    theirs = a_file(staff, "document")

    assert attachment(mine.pk, by=city.reporter, at=NOW).path.exists()
    assert attachment(theirs.pk, by=staff, at=NOW).is_shown is False
    with pytest.raises(FileNotFound):
        attachment(theirs.pk, by=city.reporter, at=NOW)


def an_answer_with(city, run, photo, by):
    """The unit answers; its photo shows how it is now."""
    run = city.act(run.pk, "acknowledge", by=by).run
    held = hold(run.pk, at=NOW)
    rule = held.procedure.actions["answer"]
    form = {**city.form(a_form(rule, held.before, NOW), rule, by), "files": [str(photo.pk)]}
    return act(run.pk, "answer", by=by, at=NOW, form=form)


def test_people_open_the_photos_of_an_answer_they_are_told():
    city = the_record()
    run = an_order(city)
    unit = city.staff(unit_of(run))
    photo = a_file(unit)
    with pytest.raises(FileNotFound):
        attachment(photo.pk, by=city.reporter, at=NOW)  # no act has named it

    an_answer_with(city, run, photo, unit)

    assert attachment(photo.pk, by=city.reporter, at=NOW).path.exists()
    assert attachment(photo.pk, by=city.reporter, at=NOW, size="small").is_shown
    with pytest.raises(FileNotFound):  # somebody who has no part in it
        attachment(photo.pk, by=Actor(account_id=new_id(), kind="resident"), at=NOW)
    with pytest.raises(FileNotFound):
        attachment(photo.pk, by=Actor(account_id=None, kind="resident"), at=NOW)


@pytest.mark.parametrize(("action", "field"), [("note", "files"), ("return_order", "evidence")])
def test_files_of_notes_and_of_what_units_tell_each_other_stay_closed_to_people(action, field):
    city = the_record()
    run = an_order(city)
    unit = city.staff(unit_of(run))
    paper = a_file(unit, "document")

    city.act(run.pk, action, by=unit, **{field: [str(paper.pk)]})

    assert AttachmentUse.objects.get(attachment=paper).event.action == action
    assert attachment(paper.pk, by=unit, at=NOW).path.exists()
    with pytest.raises(FileNotFound):
        attachment(paper.pk, by=city.reporter, at=NOW)


def test_a_file_that_no_act_has_used_is_its_senders_alone():
    city = the_record()
    run = an_order(city)
    photo = a_file(city.reporter)

    with pytest.raises(FileNotFound):
        attachment(photo.pk, by=city.staff(unit_of(run)), at=NOW)


def test_the_accused_unit_opens_nothing():
    city = the_record()
    accused = city.unit("department", "accused")
    run = city.open("hotline", "accept_call", accused=(accused.pk,)).run
    photo = a_file(city.reporter)
    material(city, run, photo.pk)

    with pytest.raises(FileNotFound):
        attachment(photo.pk, by=city.staff(accused), at=NOW)


def test_a_look_into_a_confidential_matter_is_logged():
    city = the_record()
    run = an_order(city)
    photo = a_file(city.reporter)
    material(city, run, photo.pk)
    staff = city.staff(unit_of(run))
    attachment(photo.pk, by=staff, at=NOW)
    assert not AccessLog.objects.exists()
    run.matter.is_confidential = True
    run.matter.save(update_fields=["is_confidential"])

    attachment(photo.pk, by=staff, at=NOW, address="203.0.113.7")

    entry = AccessLog.objects.get()
    assert (entry.action, entry.subject_type, entry.subject_id, entry.case_no) == (
        "look", "attachment", str(photo.pk), run.matter.number
    )  # fmt: skip


# --- going --------------------------------------------------------------------------------------


def test_what_no_act_has_named_is_gone_after_a_day(django_capture_on_commit_callbacks):
    city = the_record()
    run = an_order(city)
    used = a_file(city.reporter)
    unused = a_file(city.reporter, "document")
    material(city, run, used.pk)

    assert attachments.expire(at=NOW + DAY) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert attachments.expire(at=NOW + DAY + HOUR) == 1

    assert list(Attachment.objects.all()) == [used]
    assert files.path_of(used.sha256).exists()
    assert not files.path_of(unused.sha256).exists()


def test_bytes_that_another_row_names_stay(django_capture_on_commit_callbacks):
    city = the_record()
    run = an_order(city)
    a_file(city.reporter, "document")
    same = a_file(city.opponent, "document", at=NOW + DAY)

    with django_capture_on_commit_callbacks(execute=True):
        assert attachments.expire(at=NOW + DAY + HOUR) == 1

    assert files.path_of(same.sha256).exists()
    assert run.pk


def test_a_redaction_deletes_the_files_of_its_events(django_capture_on_commit_callbacks):
    city = the_record()
    first, second = an_order(city), an_order(city)
    photo = a_file(city.reporter)
    one = material(city, first, photo.pk)
    other = material(city, second, photo.pk)

    with django_capture_on_commit_callbacks(execute=True):
        assert attachments.erase(event_ids=[one.event.pk]) == 0
    assert files.path_of(photo.sha256).exists()  # the other matter names it too

    with django_capture_on_commit_callbacks(execute=True):
        assert attachments.erase(event_ids=[other.event.pk]) == 1
    assert not files.path_of(photo.sha256).exists()
    assert not list(files.path_of(photo.sha256).parent.glob(f"{photo.sha256}*"))


def test_a_file_that_an_act_has_named_cannot_be_deleted():
    city = the_record()
    run = an_order(city)
    photo = a_file(city.reporter)
    material(city, run, photo.pk)

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM matters_attachment")
        with pytest.raises(IntegrityError, match="violates foreign key"):
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)


def test_bytes_without_a_row_are_found_and_deleted_when_they_are_old():
    city = the_record()
    kept = a_file(city.reporter)
    lost = "ab" + "0" * 62
    for path in (files.path_of(lost), files.path_of(lost, "small"), files.root() / ".drafts/left"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"lost")

    attachments.clean(at=NOW - 10_000 * DAY)
    assert files.path_of(lost).exists()  # not old enough: somebody may be about to name it
    attachments.clean(at=NOW + 10_000 * DAY)

    assert not files.path_of(lost).exists()
    assert not files.path_of(lost, "small").exists()
    assert not (files.root() / ".drafts/left").exists()
    assert files.path_of(kept.sha256).exists()
