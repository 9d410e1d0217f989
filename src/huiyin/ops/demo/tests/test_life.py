"""Thirty days of life: texts of our own, told by the rules, once, with something for every desk."""

import csv
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from huiyin.matters import inbox
from huiyin.matters.handing_over import main_run
from huiyin.matters.models import Attachment, Contact, EventHeader, Matter, MatterText, Run
from huiyin.matters.verifying import verify
from huiyin.notices.models import Notice
from huiyin.ops.demo import strip
from huiyin.ops.demo.city import BUILT_IN, ensure
from huiyin.ops.demo.life import plan, pouring, texts
from huiyin.ops.demo.life.pictures import drawn, picture_for
from huiyin.ops.demo.logins import PRINTED, RESIDENT_PHONE
from huiyin.ops.models import Note
from huiyin.people.actors import actor_of
from huiyin.people.models import Post
from huiyin.people.phones import index_of

# A Thursday in November, in the afternoon: the heating has just been turned on.
AT = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)
MATTERS = 24
PART = 23
# What has to have happened in any city, however small.
HAPPENED = {
    "return_order", "blow_whistle", "report_in", "ask_assistance", "supervise", "give_feedback",
    "merge_into", "matters.merged_in", "matters.joined", "hand_over", "withdraw", "interim_reply",
    "ask_answer_extension", "approve_answer_extension", "redo", "ask_again", "reopen", "rework",
    "suspend", "resume", "object", "accept_simple", "fail", "call_back", "rate", "remind",
    "schedule_visit", "verify_result",
}  # fmt: skip


# --- texts --------------------------------------------------------------------------------------


def every_pattern():
    return [one for sort in texts.SORTS for one in texts.patterns(sort)]


def test_there_are_over_three_hundred_patterns_and_no_two_alike():
    said = Counter(one.says for one in every_pattern())

    assert len(said) >= 300
    assert [says for says, times in said.items() if times > 1] == []


def test_every_pattern_is_about_a_class_of_matter_that_exists():
    with (BUILT_IN / "categories.csv").open(encoding="utf-8-sig", newline="") as file:
        known = {row["code"] for row in csv.DictReader(file)}

    assert [one.title for one in every_pattern() if one.category not in known] == []


def test_every_slot_is_filled_and_no_pattern_names_a_number():
    rng = Random(1)  # noqa: S311 a story, no secret
    found = [texts.put_in(one, place="会盟社区", rng=rng) for one in every_pattern()]
    said = [text for one in found for text in (one.title, one.says, one.answer, one.address)]

    assert [text for text in said if "{" in text or "}" in text] == []
    assert [text for text in said if re.search(r"\d{5,}", text) and "12345" not in text] == []
    assert max(len(one.title) for one in found) <= 60


def test_pictures_are_drawn_alike_each_time():
    names = {picture_for(one.category) for one in every_pattern()}

    assert names == {"lamp", "notice", "puddle", "pothole", "street"}
    assert {drawn(name)[:3] for name in names | {"paper"}} == {b"\xff\xd8\xff"}


# --- the plan -----------------------------------------------------------------------------------


def test_the_plan_of_a_day_is_the_same_at_every_call():
    one, other = (plan.entries("small", now=AT, matters=80) for _ in range(2))

    assert one == other
    assert len({entry.seed for entry in one}) == len(one)
    assert min(entry.at for entry in one) >= AT - timedelta(days=plan.DAYS + 1)
    assert max(entry.at for entry in one) <= AT


def test_people_write_more_by_day_than_by_night_and_more_on_working_days():
    found = [one for one in plan.entries("full", now=AT) if one.seed.startswith("lot/")]
    hours = Counter((one.at + timedelta(hours=8)).hour for one in found)
    weekend = sum((one.at + timedelta(hours=8)).weekday() > 4 for one in found)
    heating = sum(one.pattern.category.startswith("0304") for one in found)

    assert hours[10] > 4 * hours[20] > 0
    assert 0 < weekend < len(found) / 4
    assert heating > len(found) / 20  # it is November


# --- in the database ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def life(django_db_setup, django_db_blocker):
    """Load the small city and pour a little life in, with one part that is lost on the way."""
    with django_db_blocker.unblock(), transaction.atomic():
        ensure(scale="small", at=AT)
        pouring.order(scale="small", at=AT, matters=MATTERS)
        progress = pouring.pour_part(part=PART)
        with transaction.atomic():  # what a kill leaves of a part: nothing
            pouring.pour_part(part=PART)
            transaction.set_rollback(True)
        assert pouring.progress() == progress
        while not progress.is_done:
            progress = pouring.pour_part(part=PART)
        yield progress
        transaction.set_rollback(True)


pytestmark = pytest.mark.django_db


def test_life_is_poured_in_once_whatever_is_killed(life):
    assert (life.told, life.refused) == (life.total, 0)
    assert Matter.objects.count() == life.matters
    assert pouring.pour_part() is None
    assert pouring.order(scale="small", at=AT + timedelta(days=3)) == life
    assert Matter.objects.count() == life.matters


def test_what_was_told_is_what_the_record_would_say(life):
    findings = verify()

    assert (findings.differences, findings.runs) == ([], Run.objects.count())


def test_everything_that_can_happen_has_happened(life):
    done = set(EventHeader.objects.values_list("action", flat=True))

    assert done >= HAPPENED
    assert {run.procedure for run in Run.objects.all()} >= {
        "hotline", "grid", "orders", "petition", "mediation", "whistle", "assist", "supervision",
    }  # fmt: skip
    assert Run.objects.filter(due_at__lt=AT, is_done=False).exists()  # some are late
    assert Attachment.objects.filter(uses__isnull=False).exists()


@pytest.mark.parametrize("line", PRINTED, ids=lambda line: line.username)
def test_every_printed_login_finds_something_on_its_desk(life, line):
    post = Post.objects.select_related("unit", "permission_set", "account").get(ref=line.ref)

    counts = inbox.counts(by=actor_of(post.account, post), at=AT)

    waiting = (inbox.Tray.TO_SIGN, inbox.Tray.TO_DO, inbox.Tray.ASSISTING, inbox.Tray.WAITING)
    assert sum(counts[tray] for tray in waiting) > 0


def test_the_resident_has_four_matters_in_different_states(life):
    contacts = Contact.objects.filter(phone_index=index_of(RESIDENT_PHONE))
    matters = {contact.matter for contact in contacts.select_related("matter")}

    states = [(main_run(one).procedure, main_run(one).state) for one in matters]

    assert sorted(states) == [
        ("grid", "handling"),
        ("hotline", "closed"),
        ("mediation", "in_mediation"),
        ("orders", "visit_scheduled"),
    ]


def test_the_sides_of_a_dispute_are_named_by_its_first_event(life):
    run = Run.objects.filter(procedure="mediation", parent=None, timeline__action="apply").first()
    opening = run.timeline.get(seq=1)
    sides = run.matter.contacts.exclude(side="").order_by("id")

    assert opening.body.content["form"]["parties"] == [str(one.pk) for one in sides]


def test_nobody_is_told_of_what_is_long_past_and_few_phones_ring(life):
    notices = Notice.objects.all()

    young = Matter.objects.filter(opened_at__gte=AT - timedelta(days=plan.LIVE_DAYS))
    assert {one.put_at >= AT - timedelta(days=plan.LIVE_DAYS) for one in notices} == {True}
    assert 0 < notices.filter(channel="sms").count() <= 100
    assert young.exists()


def test_people_in_the_stories_are_nobody(life):
    phones = {contact.phone for contact in Contact.objects.all()} - {""}
    said = [f"{one.title}{one.text}" for one in MatterText.objects.all()]

    assert [phone for phone in phones if not re.fullmatch(r"154\d{8}|0534-0\d{6}", phone)] == []
    assert [text for text in said if re.search(r"1[3-9]\d{9}", text)] == []


# --- the strip on every page ----------------------------------------------------------------------


def a_strip(client, **told):
    note = {"scale": "small", "now": AT.isoformat(), "total": 200, "matters": 90, "day": 12, **told}
    Note.objects.update_or_create(name=pouring.NOTE, defaults={"value": note, "written_at": AT})
    return client.get("/demo/progress").content.decode()


def test_the_strip_says_which_day_is_being_written_and_asks_again(client):
    page = a_strip(client, told=80)

    assert "第 12/30 天" in page
    assert 'hx-trigger="every 3s"' in page
    assert 'value="40"' in page


def test_the_strip_says_once_that_all_is_there_and_then_goes(client):
    page = a_strip(client, told=200)

    assert "every" not in page
    assert "已经写好" in page
    assert client.get("/demo/progress?told=1").content == b""


def test_a_page_is_told_until_all_is_there_and_asks_the_database_no_more(client, monkeypatch):
    monkeypatch.setattr(strip, "_kept", None)
    a_strip(client, told=200)

    with CaptureQueriesContext(connection) as asked:
        found = [strip.pouring(None) for _ in range(3)]

    assert found == [{}, {}, {}]
    assert len(asked) == 1
    monkeypatch.setattr(strip, "_kept", None)
    a_strip(client, told=80)
    assert strip.pouring(None)["pouring"].day == 12


def test_the_days_of_the_plan_go_forward_alone(life):
    assert life.day == 30
