"""A chronicle: what is told of the past stands there as if the verbs had written it."""

from datetime import UTC, datetime

import pytest
from django.db import transaction

from huiyin.matters import escalating
from huiyin.matters.acting import act
from huiyin.matters.chronicle import Chronicle
from huiyin.matters.intake import Person, Said, open_matter
from huiyin.matters.keeping import keep
from huiyin.matters.models import (
    Assignment,
    CallBack,
    Channel,
    Contact,
    EventBody,
    EventHeader,
    Matter,
    Run,
    RunClock,
)
from huiyin.matters.refusals import ActRefused
from huiyin.matters.similar import join
from huiyin.matters.tests.records import the_record
from huiyin.matters.verifying import verify
from huiyin.notices.models import Notice
from huiyin.worktime import CITY

pytestmark = pytest.mark.django_db
HOTLINE = (
    "hotline.dispatch", "hotline.decide", "hotline.call_back", "matter.hand_over", "matter.merge",
)  # fmt: skip
NOW = datetime(2026, 3, 20, 12, 0, tzinfo=CITY)


def instant(text):
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=CITY)


class Verbs:
    """The verbs themselves, with the interface of a chronicle; the clock-keeper looks in time."""

    def __init__(self, ends):
        self._ends = sorted(ends)

    def open(self, **said):
        return open_matter(**said).run.pk

    def act(self, run_id, action, *, by, at, form=None):
        self._keep(at)
        act(run_id, action, by=by, at=at, form=form)

    def join(self, run_id, person, *, by, at):
        self._keep(at)
        join(matter_id=self.matter(run_id).pk, person=person, by=by, at=at)

    def matter(self, run_id):
        return Matter.objects.get(runs=run_id)

    def main_run(self, run_id):
        return self.matter(run_id).runs.filter(parent=None).latest("opened_at", "id")

    def child(self, run_id, name):
        return self.matter(run_id).runs.filter(child_name=name).latest("opened_at", "id")

    def write(self):
        self._keep(NOW)

    def _keep(self, until):
        while self._ends and self._ends[0] <= until:
            keep(at=self._ends.pop(0))


def a_story(teller, city):
    """An order that is late, asks for help, is answered and called back about; two others, one
    merged into it, one handed over.
    """
    centre, unit = city.unit("hotline_centre"), city.unit("department")
    helper = city.unit("department", "2")
    agent = city.staff(centre, *HOTLINE, level="city", place=city.place)
    clerk = city.staff(unit)

    def called(at, title):
        return teller.open(
            procedure="hotline",
            action="accept_call",
            said=Said(title, "新华路 3 号门口的路灯坏了三天。", "新华路 3 号"),
            place=city.place,
            channel=Channel.CALL,
            by=agent,
            at=at,
            category=city.category,
            reporter=Person("李娟", "15400000001", city.resident.pk),
            form={
                "channel": "phone", "kind": "help", "grade": "ordinary",
                "category": str(city.category.pk), "place": str(city.place.pk),
                "content": "路灯坏了", "reply": "wanted", "keep_secret": False,
            },
        )  # fmt: skip

    first = called(instant("03-02T09:00"), "路灯不亮")
    second = called(instant("03-02T09:10"), "还是那盏路灯")
    third = called(instant("03-02T09:20"), "网格上的事")
    to_unit = {"to_unit": str(unit.pk), "basis": "functional", "grade": "ordinary"}
    teller.act(first, "dispatch", by=agent, at=instant("03-02T10:00"), form=to_unit)
    teller.join(first, Person("赵强", "15400000002"), by=agent, at=instant("03-02T10:30"))
    teller.act(
        second, "merge_into", by=agent, at=instant("03-02T10:40"),
        form={"other": teller.matter(first).number, "reason": "同一盏灯"},
    )  # fmt: skip
    teller.act(
        third, "hand_over", by=agent, at=instant("03-02T10:50"),
        form={"procedure": "grid", "reason": "网格能办"},
    )  # fmt: skip
    # Signed a day late: the limit ran out in between.
    teller.act(first, "acknowledge", by=clerk, at=instant("03-04T15:00"))
    teller.act(
        first, "ask_assistance", by=clerk, at=instant("03-04T15:30"),
        form={"to_units": [str(helper.pk)], "task": "请派升降车"},
    )  # fmt: skip
    teller.act(
        teller.child(first, "assist").pk, "answer", by=city.staff(helper),
        at=instant("03-05T09:00"), form={"text": "车已派到"},
    )  # fmt: skip
    teller.act(
        first, "answer", by=clerk, at=instant("03-06T09:00"),
        form={"outcome": "solved", "result": "已换灯", "told_how": "phone",
              "told_at": instant("03-06T08:50")},
    )  # fmt: skip
    teller.act(
        first, "audit", by=agent, at=instant("03-06T09:30"),
        form={"to_the_point": True, "really_done": True, "told": True},
    )  # fmt: skip
    teller.act(
        first, "call_back", by=agent, at=instant("03-06T10:00"),
        form={"contacted": "contacted", "solved": "solved"},
    )  # fmt: skip
    teller.act(first, "close", by=agent, at=instant("03-06T10:30"))
    teller.write()
    return first, second, third


def kept(runs):
    """Everything kept of these matters, but for what is drawn by lot; ids by their order."""
    matters = [Matter.objects.get(runs=run) for run in runs]
    runs = Run.objects.filter(matter__in=matters).order_by("matter__opened_at", "id")
    contacts = Contact.objects.filter(matter__in=matters).order_by("matter__opened_at", "id")
    names = {str(one.pk): f"matter {number}" for number, one in enumerate(matters)}
    names |= {one.number: f"number {number}" for number, one in enumerate(matters)}
    names |= {str(one.pk): f"run {number}" for number, one in enumerate(runs)}
    names |= {str(one.pk): f"contact {number}" for number, one in enumerate(contacts)}

    def plain(rows, *without):
        drawn = {"id", "head", "hash", "previous", "salt", "body_digest", "event_id", *without}
        text = repr([{k: v for k, v in row.items() if k not in drawn} for row in rows.values()])
        for own, name in names.items():
            text = text.replace(own, name)
        return text

    events = EventHeader.objects.filter(run__in=runs).order_by("run__opened_at", "run", "seq")
    bodies = EventBody.objects.filter(event__in=events)
    return {
        "matters": plain(Matter.objects.filter(pk__in=[one.pk for one in matters]).order_by("pk")),
        "contacts": plain(contacts, "name", "phone"),
        "runs": plain(runs),
        "events": plain(events, "account_id", "post_id"),
        "bodies": plain(bodies.order_by("event__run__opened_at", "event__run", "event__seq")),
        # When a clock is looked at next is for the ladder to say, which takes no steps here.
        "clocks": plain(
            RunClock.objects.filter(run__in=runs).order_by("run", "name"), "next_step_at"
        ),
        "assignments": plain(
            Assignment.objects.filter(run__in=runs).order_by("run", "from_at", "role")
        ),
        "call-backs": plain(CallBack.objects.filter(run__in=runs).order_by("at")),
    }


def test_a_story_told_afterwards_is_row_by_row_what_the_verbs_write(monkeypatch):
    # Nobody is warned of what is long past: the verbs of this test take no steps either.
    monkeypatch.setattr(escalating, "take_steps", lambda **_: escalating.Stepped())
    city = the_record()
    for kind, name in (("hotline_centre", ""), ("department", ""), ("department", "2")):
        city.unit(kind, name)
    assert city.category.code == "01"

    with transaction.atomic():
        runs = a_story(Chronicle(now=NOW), city)
        told = kept(runs)
        ends = EventHeader.objects.filter(action="").values_list("recorded_at", flat=True)
        when = [at.astimezone(UTC) for at in ends.order_by("recorded_at")]
        different = verify().differences
        notices = Notice.objects.count()
        transaction.set_rollback(True)
    done = kept(a_story(Verbs(when), city))

    assert told == done
    assert "solved" in told["call-backs"]
    assert different == verify().differences == []
    assert (notices, Notice.objects.count() > 0) == (0, True)
    assert len(when) > 2  # the limits that ran out were recorded on both ways


def test_what_is_refused_leaves_the_story_as_it_was():
    city = the_record()
    chronicle = Chronicle(now=NOW)
    clerk = city.staff(city.unit("department"))
    opened = {
        "procedure": "grid", "action": "submit", "said": Said("路灯不亮"), "place": city.place,
        "channel": Channel.ONLINE, "by": city.reporter, "at": instant("03-02T09:00"),
        "reporter": Person("李娟", "15400000001", city.resident.pk),
        "form": {"urgency": "normal", "place": str(city.place.pk), "text": "路灯不亮"},
    }  # fmt: skip
    run = chronicle.open(**opened)

    with pytest.raises(ActRefused):
        chronicle.act(run, "acknowledge", by=clerk, at=instant("03-02T10:00"))
    with pytest.raises(ValueError, match="before what was told last"):
        chronicle.act(run, "withdraw", by=city.reporter, at=instant("03-02T08:00"))
    chronicle.write()

    assert list(EventHeader.objects.exclude(action="").values_list("action", flat=True)) == [
        "submit"
    ]
    assert verify().differences == []
