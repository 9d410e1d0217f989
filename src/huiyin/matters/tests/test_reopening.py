"""Taken up again: by the reporter within the window, to the handling unit, with a new limit.

The window counts from the last close; the first end keeps its statistics (`done_at`).
"""

from datetime import timedelta

import pytest

from huiyin.matters import keeping
from huiyin.matters.models import Assignment, Run, RunClock
from huiyin.matters.refusals import ActRefused
from huiyin.matters.tests.records import the_record
from huiyin.matters.verifying import verify
from huiyin.units.tests.factories import NOW

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

# procedure, opening, until it is done for the first time, by which act it is taken up again, to
# which state, the clocks that begin anew, on which day the window is over
AGAIN = [
    pytest.param(
        "grid", "submit",
        ("verify_report", "register", "analyse", "dispatch", "acknowledge", "start_handling",
         "feed_back", "verify_result", "close"),
        "reopen", "handling", {"answer", "handle"}, 8, id="grid",
    ),
    pytest.param(
        "hotline", "accept_call",
        ("dispatch", "acknowledge", "answer", "audit", "call_back", "close"),
        "ask_again", "acknowledged", {"answer", "promise"}, 31, id="hotline",
    ),
    pytest.param(
        "orders", "submit", ("assign", "accept", "answer"),
        "reopen", "redo", {"whole", "respond"}, 8, id="orders",
    ),
]  # fmt: skip


def until_done(city, name, opening, acts, *, at=NOW):
    """A run that has been answered, the acts an hour apart, and when it was."""
    run = city.open(name, opening, at=at).run
    for action in acts:
        at += HOUR
        fields = {"by": "checker"} if action == "verify_result" else {}
        run = city.act(run.pk, action, at=at, **fields).run
    return run, at


@pytest.mark.parametrize(("name", "opening", "acts", "again", "state", "clocks", "over"), AGAIN)
def test_it_goes_back_to_the_handling_unit_with_a_new_limit_and_the_first_end_is_kept(
    name, opening, acts, again, state, clocks, over
):
    city = the_record()
    run, at = until_done(city, name, opening, acts)
    first = Run.objects.get(pk=run.pk).done_at
    unit = Assignment.objects.get(run=run, role="lead", to_at=None).unit

    done = city.act(run.pk, again, by=city.reporter, at=at + DAY)

    assert (done.run.state, done.run.is_done, done.run.done_at) == (state, False, first)
    assert first is not None
    assert Assignment.objects.get(run=run, role="lead", to_at=None).unit == unit
    begun = RunClock.objects.filter(run=run, status="running", started_at=at + DAY)
    assert clocks <= set(begun.values_list("name", flat=True))
    assert verify().differences == []


@pytest.mark.parametrize(("name", "opening", "acts", "again", "state", "clocks", "over"), AGAIN)
def test_it_is_refused_when_the_window_is_over(name, opening, acts, again, state, clocks, over):
    city = the_record()
    run, at = until_done(city, name, opening, acts)
    later = at + over * DAY
    keeping.keep(at=later)

    with pytest.raises(ActRefused):
        city.act(run.pk, again, by=city.reporter, at=later)


def test_the_window_counts_from_the_last_close():
    city = the_record()
    name, opening, acts = "grid", "submit", AGAIN[0].values[2]
    run, at = until_done(city, name, opening, acts)
    first = Run.objects.get(pk=run.pk).done_at
    at += 6 * DAY
    city.act(run.pk, "reopen", by=city.reporter, at=at)
    for action in ("feed_back", "verify_result", "close"):
        at += HOUR
        city.act(run.pk, action, at=at, **({"by": "checker"} if action == "verify_result" else {}))

    done = city.act(run.pk, "reopen", by=city.reporter, at=at + 6 * DAY)

    assert at + 6 * DAY > first + 8 * DAY  # the first window was over long ago
    assert (done.run.state, done.run.done_at) == ("handling", first)


def test_what_never_had_a_unit_is_asked_anew():
    city = the_record()
    run, at = until_done(city, "hotline", "accept_call", ("answer_directly", "close"))

    with pytest.raises(ActRefused) as refused:
        city.act(run.pk, "ask_again", by=city.reporter, at=at)

    assert refused.value.reason == "hotline.ask_anew"
