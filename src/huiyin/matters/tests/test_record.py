"""The timeline is the truth: walks over all procedures in a real database, replayed, compared."""

from datetime import timedelta
from importlib import import_module
from pkgutil import iter_modules
from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from huiyin.matters import access, codec, keeping, migrations, tallies
from huiyin.matters.acting import hold
from huiyin.matters.models import (
    Assignment,
    EventBody,
    EventHeader,
    MatterText,
    Run,
    RunClock,
    Tally,
)
from huiyin.matters.redacting import redact
from huiyin.matters.tests.records import the_record
from huiyin.matters.verifying import verify
from huiyin.procedures import possible
from huiyin.procedures.tests.shipped import PROCEDURES
from huiyin.ui.refusals import Refusal
from huiyin.units.tests.factories import NOW

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MAIN = sorted(name for name, rules in PROCEDURES.items() if not rules.is_child)
STEPS = 14
WITHOUT_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)


def open_acts(city, run, at):
    """Every action that somebody could take on a run now, with who."""
    held = hold(run.pk, at=at)
    found = []
    for name in held.procedure.actors:
        actor = city.whoever(held.procedure, name, held.before.roles, held.before)
        if not access.runs_seen_by(actor).filter(pk=run.pk).exists():
            continue
        listed = possible(held.procedure, held.before, held.actor(actor), at, held.facts)
        found += [(entry.action, actor) for entry in listed if entry.is_open]
    return found


@pytest.mark.parametrize("name", MAIN)
@settings(
    max_examples=max(settings().max_examples // 20, 1),
    phases=WITHOUT_SHRINKING,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_whatever_is_done_the_events_give_the_run_again(name, data):
    with transaction.atomic():
        city = the_record()
        at = NOW
        city.open(name, at=at)
        for _ in range(STEPS):
            run = data.draw(st.sampled_from(list(Run.objects.filter(is_over=False).order_by("id"))))
            acts = open_acts(city, run, at)
            if acts and data.draw(st.integers(0, 3)):
                action, actor = data.draw(st.sampled_from(acts))
                _try(city, run, action, actor, at)
            else:
                at += data.draw(st.sampled_from((HOUR, DAY, 9 * DAY)))
                keeping.keep(at=at)
            if not Run.objects.filter(is_over=False).exists():
                break
        found = verify()
        assert found.differences == []
        assert found.events == EventHeader.objects.count() >= 1
        for run in Run.objects.filter(is_over=False):
            assert run.owner
        transaction.set_rollback(True)


def _try(city, run, action, actor, at):
    before = EventHeader.objects.count()
    try:
        with transaction.atomic():
            city.act(run.pk, action, by=actor, at=at)
    except Refusal:
        assert EventHeader.objects.count() == before  # a refusal writes nothing
    else:
        assert EventHeader.objects.filter(run=run).count() >= 1
        assert EventHeader.objects.count() > before


# --- what verify finds --------------------------------------------------------------------------


def a_handled_order():
    city = the_record()
    run = city.open("hotline", "accept_call").run
    for action in ("dispatch", "acknowledge", "answer"):
        run = city.act(run.pk, action).run
    return run


@pytest.mark.parametrize(
    ("change", "seq", "text"),
    [
        pytest.param(
            "UPDATE matters_eventheader SET action = 'decline' WHERE seq = 2",
            2, "it was changed after it was written.", id="another-action",
        ),
        pytest.param(
            "UPDATE matters_eventheader SET effects = jsonb_set(effects, '{state}', '\"closed\"')"
            " WHERE seq = 3",
            3, "it was changed after it was written.", id="another-effect",
        ),
        pytest.param(
            "UPDATE matters_eventheader SET recorded_at = recorded_at - interval '1 day'"
            " WHERE seq = 1",
            1, "it was changed after it was written.", id="an-earlier-time",
        ),
        pytest.param(
            "UPDATE matters_eventbody SET content = '{\"form\": {}}' WHERE event_id ="
            " (SELECT id FROM matters_eventheader WHERE seq = 4)",
            4, "what was written in its form was changed.", id="another-text",
        ),
        pytest.param(
            "DELETE FROM matters_eventbody WHERE event_id = (SELECT id FROM matters_eventheader"
            " WHERE seq = 2); DELETE FROM matters_eventheader WHERE seq = 2",
            2, "it is missing: the next one there is 3.", id="one-taken-out",
        ),
        pytest.param(
            "DELETE FROM matters_eventbody WHERE event_id = (SELECT id FROM matters_eventheader"
            " WHERE seq = 4); DELETE FROM matters_eventheader WHERE seq = 4",
            3, "the run counts 4 events, there are 3.", id="the-last-taken-off",
        ),
        pytest.param(
            "UPDATE matters_eventheader SET seq = 9 WHERE seq = 2;"
            " UPDATE matters_eventheader SET seq = 2 WHERE seq = 3;"
            " UPDATE matters_eventheader SET seq = 3 WHERE seq = 9",
            2, "it does not follow the event before it.", id="two-swapped",
        ),
        pytest.param(
            "UPDATE matters_eventheader SET body_digest = decode(repeat('00', 32), 'hex')"
            " WHERE seq = 3",
            3, "it was changed after it was written.", id="another-digest",
        ),
        pytest.param(
            "UPDATE matters_eventheader SET to_state = 'nowhere' WHERE seq = 3",
            3, "it was changed after it was written.", id="a-state-there-is-not",
        ),
        pytest.param(
            "DELETE FROM matters_runclock WHERE name = 'promise'",
            4, "its clocks are others.", id="a-clock-taken-away",
        ),
        pytest.param(
            "UPDATE matters_run SET state = 'closed'",
            4, "its columns say another state.", id="another-state",
        ),
        pytest.param(
            "UPDATE matters_run SET memory = jsonb_set(memory, '{result}', '\"x\"')",
            4, "the run is not what its events say.", id="another-memory",
        ),
        pytest.param(
            "UPDATE matters_runclock SET due_at = due_at + interval '9 days'"
            " WHERE name = 'promise'",
            4, "the clock promise says something else.", id="a-later-end",
        ),
        pytest.param(
            "UPDATE matters_assignment SET done_at = NULL",
            4, "the unit that is its lead has it as done at another time.", id="not-done",
        ),
        pytest.param(
            "UPDATE matters_assignment SET moved_at = moved_at + interval '1 hour'",
            4, "the unit that is its lead is said to have moved it on at another time.",
            id="moved-later",
        ),
        pytest.param(
            "UPDATE matters_assignment SET came_in_at = came_in_at + interval '1 hour'",
            4, "the unit that is its lead has it as come in at another time.", id="came-in-later",
        ),
        pytest.param(
            "UPDATE matters_run SET came_in_at = came_in_at + interval '1 hour'",
            4, "lists have it among those of another day, unit or urgency.", id="among-another-day",
        ),
        pytest.param(
            "UPDATE matters_mattertext SET came_in_at = came_in_at + interval '1 hour'",
            4, "lists have it among those of another day, unit or urgency.",
            id="words-of-another-day",
        ),
        pytest.param(
            "UPDATE matters_run SET opener_id = gen_random_uuid()",
            4, "lists have it among those of another day, unit or urgency.",
            id="opened-by-another-unit",
        ),
        pytest.param(
            "UPDATE matters_run SET urgency_rank = 0",
            4, "lists have it among those of another day, unit or urgency.", id="among-the-urgent",
        ),
    ],
)  # fmt: skip
def test_tampering_is_found_at_the_right_event(change, seq, text):
    run = a_handled_order()
    assert verify().differences == []

    with connection.cursor() as cursor:
        cursor.execute(change)

    difference = verify().differences[0]  # counts of tampered events may differ as well
    assert (difference.number, difference.seq, difference.text) == (run.matter.number, seq, text)


def test_what_came_first_is_told_by_the_order_of_events_also_where_clocks_differ():
    city = the_record()
    run = city.open("hotline", "accept_call", at=NOW).run
    city.act(run.pk, "dispatch", at=NOW)

    city.act(run.pk, "acknowledge", at=NOW - MINUTE)  # by a process whose clock is behind

    assert run.assignments.get(role="lead").moved_at == NOW - MINUTE
    assert verify().differences == []


def test_what_a_unit_did_before_it_was_given_a_run_again_is_no_answer_to_it():
    city = the_record()
    run = city.open("hotline", "accept_call", at=NOW).run
    for action in ("dispatch", "acknowledge", "return_order"):
        city.act(run.pk, action, at=NOW + MINUTE)

    city.act(run.pk, "redispatch", at=NOW)

    assert list(run.assignments.filter(to_at=None).values_list("moved_at", flat=True)) == [None]
    assert verify().differences == []


def fill(migration):
    """Fill columns that repeat something, as the migration does."""
    (name,) = (
        one.name for one in iter_modules(migrations.__path__) if one.name.endswith(migration)
    )
    filling = import_module(f"{migrations.__name__}.{name}")
    filling.fill(None, SimpleNamespace(connection=connection))


def test_what_assignments_repeat_can_be_read_off_the_events_again():
    a_handled_order()
    Assignment.objects.update(moved_at=None, done_at=None)

    fill("fill_when_moved_when_done")

    assert verify().differences == []


def test_what_lists_are_sorted_by_can_be_read_off_the_record_again():
    city = the_record()
    run = city.open("hotline", "accept_call").run
    city.act(run.pk, "dispatch")
    Assignment.objects.update(due_at=None)
    (difference,) = verify().differences
    assert difference.text == "the unit that is its lead has it as due at another time."
    Assignment.objects.update(came_in_at=NOW - timedelta(days=9))
    Run.objects.update(came_in_at=NOW - timedelta(days=9), urgency_rank=0)

    fill("fill_what_lists_are_sorted_by")

    assert verify().differences == []


def test_what_a_post_sees_lately_can_be_read_off_the_record_again():
    city = the_record()
    city.open("hotline", "accept_call")
    city.open("grid", "submit")
    MatterText.objects.update(came_in_at=NOW - timedelta(days=9))
    Run.objects.update(opener_id=None)
    assert {one.run_id for one in verify().differences} == set(
        Run.objects.values_list("pk", flat=True)
    )

    fill("fill_what_posts_see_lately")

    assert verify().differences == []


def test_an_order_that_was_changed_is_found_at_its_event():
    city = the_record()
    run = city.open("hotline", "accept_call").run
    officer = city.staff(city.unit("governance_centre", "office"), "matter.redact")
    redact(run, order_no="7", legal_basis="个人信息保护法第四十七条", by=officer, at=NOW)
    assert verify().orders == {"7": 1}

    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE matters_eventheader SET effects ="
            " jsonb_set(effects, '{marks,order}', '\"8\"') WHERE seq = 2"
        )

    (difference,) = verify().differences
    assert (difference.seq, difference.text) == (2, "it was changed after it was written.")


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.django_db(transaction=True)
def test_a_count_that_was_changed_is_found_by_its_cell(jobs):
    city = the_record()
    with transaction.atomic():
        run = city.open("hotline", "accept_call").run
    while tallies.roll_up():
        pass
    Tally.objects.filter(measure="opened").update(count=3)

    (difference,) = verify(jobs=jobs).differences

    assert difference.number == "tallies"
    assert f"place {run.matter.town_id}" in difference.text
    assert "opened hotline" in difference.text
    assert difference.text.endswith("3 is kept, 1 is right")


def test_a_text_that_is_gone_without_an_order_is_found():
    run = a_handled_order()

    EventBody.objects.filter(event__run=run, event__seq=4).delete()

    (difference,) = verify().differences
    assert difference.seq == 4
    assert difference.text == "what was written in its form is gone, and no order says so."


def test_a_run_read_back_is_the_run_that_was_written():
    run = a_handled_order()
    held = hold(run.pk, at=NOW)

    assert codec.encoded(held.before) == Run.objects.get(pk=run.pk).memory


# --- the clock-keeper ---------------------------------------------------------------------------


def test_the_end_of_a_limit_is_recorded_once_also_after_a_long_sleep():
    city = the_record()
    run = city.open("hotline", "accept_call").run
    later = NOW + 20 * DAY

    first = keeping.keep(at=later)
    again = keeping.keep(at=later)

    assert first.fired >= 2
    assert (again.fired, again.busy) == (0, 0)
    overdue = RunClock.objects.filter(run=run).exclude(overdue_at=None)
    assert set(overdue.values_list("name", flat=True)) == {"promise", "dispatch"}
    assert EventHeader.objects.filter(run=run, action="").count() == 2
    assert verify().differences == []


def test_the_keeper_knows_how_far_it_is_behind():
    city = the_record()
    city.open("hotline", "accept_call")  # dispatching: 4 hours
    assert keeping.lag(at=NOW) == 0

    # It has to look when the first step of the ladder comes, at four fifths of the time.
    assert keeping.lag(at=NOW + 192 * MINUTE) == 0
    assert keeping.lag(at=NOW + 6 * HOUR) == 168 * 60

    keeping.keep(at=NOW + 6 * HOUR)
    assert keeping.lag(at=NOW + 6 * HOUR) == 0


def test_a_child_run_opens_inside_the_matter_and_tells_its_parent():
    city = the_record()
    run = city.open("hotline", "accept_call").run
    run = city.act(run.pk, "dispatch").run

    done = city.act(run.pk, "supervise")

    child = Run.objects.get(parent=run)
    assert (child.procedure, child.child_name) == ("supervision", "supervision")
    assert done.run.memory["children"]["0"][1] == str(child.pk)
    assert child.matter_id == run.matter_id
    assert verify().differences == []
