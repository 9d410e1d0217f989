"""Struck at twelve named points: nothing accepted is lost, nothing is done or told twice.

Each point is tried with every fault that can meet it there. Afterwards the work is taken up as it
would be: a client sends again under its key, a worker comes by after the lease or the silence.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from threading import Thread

import pytest
from django.db import transaction

from huiyin.matters import exporting, keeping, tallies
from huiyin.matters.acting import act, hold
from huiyin.matters.intake import Person, Said
from huiyin.matters.limits import procedure_of
from huiyin.matters.models import (
    Channel,
    EventHeader,
    Export,
    ExportState,
    Matter,
    Measure,
    Run,
    RunClock,
    TallyDelta,
)
from huiyin.matters.opening_once import open_once
from huiyin.matters.tests.records import SIDES, the_record
from huiyin.matters.tests.test_exporting import asked, rows_of, somebody
from huiyin.matters.verifying import verify
from huiyin.matters.writing import ESCALATED
from huiyin.notices import verbs
from huiyin.notices.delivery import LEASE, deliver_batch
from huiyin.notices.models import Notice, NoticeState
from huiyin.ops import fake_sms
from huiyin.ops.tests.fault_points import KILLED, PARTS, Fault, Point, struck_at
from huiyin.procedures import new_run
from huiyin.procedures.simulation import a_form
from huiyin.ui.identifiers import new_id
from huiyin.units.tests.factories import NOW

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.fault]
DAY = timedelta(days=1)
LATER = NOW + 20 * DAY
SECRET = "a-secret-of-forty-characters-for-the-tests-only"


# --- a gateway that honours message ids ---------------------------------------------------------


class DroppingGateway(fake_sms.Gateway):
    """Takes messages, each id once; hangs up without an answer on the first `drops` of them."""

    def __init__(self, outbox):
        super().__init__(0, SECRET, outbox)
        self.RequestHandlerClass = _DroppingHandler
        self.drops = 0


class _DroppingHandler(fake_sms._Handler):
    def _json(self, status, value):
        if self.server.drops:
            self.server.drops -= 1
            self.close_connection = True
            return
        super()._json(status, value)


@pytest.fixture
def gateway(settings, tmp_path):
    """A gateway in a thread of its own, and the settings that lead to it."""
    with DroppingGateway(fake_sms.Outbox(tmp_path / "sms.jsonl")) as server:
        thread = Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        url = f"http://127.0.0.1:{server.server_address[1]}/"
        settings.HUIYIN = replace(
            settings.HUIYIN, sms_url=url, sms_secret=SECRET, files=tmp_path / "files"
        )
        yield server
        server.shutdown()
        thread.join()


def everything_due_is_sent(at):
    while deliver_batch(at=at):
        pass


def assert_all_is_there_once(gateway, *, at):
    """What must hold after every fault: a clean record, exact counts, each message rang once."""
    everything_due_is_sent(at)
    sent = Notice.objects.filter(channel="sms")
    assert {notice.state for notice in sent} <= {NoticeState.SENT.value}
    rang = [message.id for message in gateway.outbox.messages()]
    assert sorted(rang) == sorted(str(notice.pk) for notice in sent)
    assert verify().differences == []


# --- the work, how it is taken up again, and when it is whole ------------------------------------


@dataclass(frozen=True)
class Work:
    """`job` is struck; `again` takes it up; `is_whole` looks at what is there afterwards."""

    job: Callable[[], object]
    again: Callable[[], object]
    is_whole: Callable[[], object]
    at: datetime = NOW + DAY  # when what is due has been sent


def an_intake(city):
    """A call is taken, under the key of the client's request."""
    before = Matter.objects.count()
    rules = procedure_of("hotline")
    opening = rules.actions["accept_call"]
    by = city.whoever(rules, opening.by[0], {})
    run = replace(new_run(rules), parties=dict.fromkeys(("person-a", "person-b"), SIDES[0]))
    form = city.form(a_form(opening, run, NOW), opening, by)
    key = str(new_id())

    def job():
        return open_once(
            key=key, by=by, at=NOW, procedure="hotline", action="accept_call",
            said=Said("路灯不亮", "新华路 3 号门口的路灯坏了三天。"), place=city.place,
            channel=Channel.ONLINE, form=form,
            reporter=Person("李娟", "15400000001", city.resident.pk),
        )  # fmt: skip

    def is_whole():
        assert Matter.objects.count() == before + 1
        assert job().is_repeat

    return Work(job, job, is_whole)


def an_act(city):
    """An order is answered, under the key of the client's request; the caller gets an SMS."""
    run = city.open("hotline", "accept_call").run
    with transaction.atomic():
        for action in ("dispatch", "acknowledge"):
            run = city.act(run.pk, action).run
        held = hold(run.pk, at=NOW)
        rule = held.procedure.actions["answer"]
        by = city.whoever(held.procedure, rule.by[0], held.before.roles, held.before)
        form = city.form(a_form(rule, held.before, NOW), rule, by)
    key = str(new_id())

    def job():
        return act(run.pk, "answer", by=by, at=NOW, form=form, key=key)

    def is_whole():
        (event,) = EventHeader.objects.filter(run=run, action="answer")
        told = Notice.objects.filter(key__startswith=str(event.pk), channel="sms")
        assert [notice.name for notice in told] == ["hotline.answer.person"]
        assert job().is_repeat

    return Work(job, job, is_whole)


def a_delivery(city):
    """The worker sends what an intake has put into the outbox."""
    everything_due_is_sent(NOW)  # of before
    city.open("hotline", "accept_call")
    assert Notice.objects.filter(state=NoticeState.QUEUED).count() == 1

    def is_whole():
        assert not Notice.objects.filter(state=NoticeState.QUEUED).exists()

    return Work(
        job=lambda: deliver_batch(at=NOW),
        again=lambda: everything_due_is_sent(NOW + LEASE),
        is_whole=is_whole,
    )


def a_round_of_the_keeper(city):
    """Limits of two runs are over."""
    keeping.keep(at=LATER)  # of before
    runs = [city.open("hotline", "accept_call").run for _ in range(2)]

    def is_whole():
        for run in runs:
            ends = EventHeader.objects.filter(run=run, action="")
            assert sorted(RunClock.objects.filter(run=run, overdue_at=LATER).values_list(
                "name", flat=True
            )) == ["dispatch", "promise"]  # fmt: skip
            assert ends.count() == 2
        assert keeping.keep(at=LATER).fired == 0

    keep = lambda: keeping.keep(at=LATER, batch=1)  # noqa: E731
    return Work(keep, keep, is_whole, at=LATER + DAY)


def an_export(city):
    """A list is written in parts of one row each."""
    by = somebody(city.unit("department"))
    opened = []
    for _ in range(PARTS):
        run = city.open("hotline", "accept_call").run
        with transaction.atomic():
            opened.append(city.act(run.pk, "dispatch").run)
    listed = Run.objects.filter(pk__in=[run.pk for run in opened]).order_by("opened_at", "pk")
    export = asked(by, runs=listed)

    def is_whole():
        assert Export.objects.get(pk=export.pk).state == ExportState.READY
        numbers = [row[0] for row in rows_of(export, by)[1:]]
        assert numbers == [run.matter.number for run in listed.select_related("matter")]
        folder = exporting._folder(export)
        assert [path.name for path in folder.iterdir()] == ["list.csv"]

    return Work(
        job=lambda: write(export, at=NOW),
        again=lambda: write(export, at=NOW + 2 * exporting.SILENT),
        is_whole=is_whole,
    )


def write(export, *, at):
    """What the worker's task does, at an instant; False when somebody else is at it."""
    claim = new_id()
    is_ours = exporting.claim(export.pk, claim=claim, at=at)
    while is_ours and exporting.write_part(export.pk, claim=claim, at=at):
        pass
    return is_ours


def a_roll_up(city):
    """What acts have changed is brought into the counts."""
    while tallies.roll_up():
        pass
    city.open("hotline", "accept_call")
    opened = Matter.objects.count()

    def total():
        return tallies.total(Measure.OPENED, place_id=city.town.pk)

    assert total() == opened

    def is_whole():
        assert not TallyDelta.objects.exists()
        assert total() == opened

    return Work(tallies.roll_up, tallies.roll_up, is_whole)


WORKS = {
    "intake": an_intake,
    "act": an_act,
    "outbox": a_delivery,
    "keeper": a_round_of_the_keeper,
    "export": an_export,
    "rollup": a_roll_up,
}


def faults_at(point):
    files_too = [Fault.FULL] if point.startswith("export.") else []
    return [Fault.KILL, Fault.CUT, *files_too]


@pytest.mark.parametrize("point", Point)
def test_after_any_fault_the_work_is_taken_up_and_all_is_there_once(point, gateway, monkeypatch):
    monkeypatch.setattr(exporting, "CHUNK", 1)
    city = the_record()
    prepare = WORKS[point.partition(".")[0]]

    for fault in faults_at(point):
        work = prepare(city)
        before = ends_and_acts().count()

        became = struck_at(point, fault, work.job)

        assert became in SEEN[fault], fault
        if point not in LONG_WORK:
            assert ends_and_acts().count() == before  # all of it or none
        assert verify().differences == []
        work.again()
        work.is_whole()
        assert_all_is_there_once(gateway, at=work.at)


SEEN = {
    Fault.KILL: {KILLED},
    Fault.CUT: {"OperationalError", "InterfaceError"},
    Fault.FULL: {"StorageFull"},
}


def ends_and_acts():
    """Events but for steps of the ladder: those are taken in transactions of their own before."""
    return EventHeader.objects.exclude(action=ESCALATED)


# Work of several transactions: what was done before the fault stays.
LONG_WORK = (Point.KEEPER_BETWEEN_RUNS,)


def test_a_gateway_that_hangs_up_after_accepting_has_the_message_once(gateway):
    city = the_record()
    city.open("hotline", "accept_call")
    gateway.drops = 1

    everything_due_is_sent(NOW)

    notice = Notice.objects.get(channel="sms")
    assert (notice.state, notice.reason) == (NoticeState.UNKNOWN, "gateway_unclear")
    everything_due_is_sent(NOW + DAY)  # nothing unclear is sent again by itself
    assert [message.id for message in gateway.outbox.messages()] == [str(notice.pk)]
    clerk = city.staff(city.unit("department"), verbs.ADMINISTER)
    verbs.resend(notice_id=notice.pk, by=clerk, at=NOW + DAY)
    assert_all_is_there_once(gateway, at=NOW + DAY)


def test_an_export_on_a_disk_that_stays_full_has_failed_and_leaves_no_list(gateway, monkeypatch):
    monkeypatch.setattr(exporting, "CHUNK", 1)
    city = the_record()
    an_export(city)
    export = Export.objects.get()
    minutes = [NOW + number * 2 * exporting.SILENT for number in range(exporting.MOST_TRIES + 1)]

    became = [
        struck_at(Point.EXPORT_BEFORE_RENAME, Fault.FULL, partial(write, export, at=at))
        for at in minutes[:-1]
    ]
    at = minutes[-1]
    assert write(export, at=at) is False

    assert became == ["StorageFull"] * exporting.MOST_TRIES
    export.refresh_from_db()
    assert (export.state, export.claim) == (ExportState.FAILED, None)
    assert not exporting._file_of(export).exists()
    exporting.expire(at=at)
    assert not exporting._folder(export).exists()
