"""Pauses: hearing (petition regulation art. 36), appraisal (medical disputes art. 38, 40) …

The pause from one day to another gives back the days between; working days likewise.
"""

from datetime import UTC, date, datetime, timedelta

import pytest

from huiyin.worktime import PAUSED, Pause, PauseError
from huiyin.worktime.tests.days import at, day, due_of, pause


@pytest.mark.parametrize(
    ("limit", "pauses", "last_day"),
    [
        # 15 days from Mon 2 Nov end on Tue 17 Nov.
        pytest.param("15 days", [], "Tue 2026-11-17", id="none"),
        pytest.param("15 days", ["05/08"], "Fri 2026-11-20", id="three-days"),
        pytest.param("15 days", ["05T08/05T20"], "Tue 2026-11-17", id="within-a-day"),
        pytest.param("15 days", ["02/05"], "Fri 2026-11-20", id="from-the-first-day"),
        pytest.param("15 days", ["17T23/19"], "Thu 2026-11-19", id="from-the-last-evening"),
        pytest.param("15 days", ["18/25"], "Tue 2026-11-17", id="after-the-end"),
        pytest.param("15 days", ["05/09"], "Mon 2026-11-23", id="then-rolled"),  # Sat 21
        pytest.param("15 days", ["05/07", "06/08"], "Fri 2026-11-20", id="overlapping"),
        pytest.param("15 days", ["05/07T10", "07T14/08"], "Fri 2026-11-20", id="on-one-day"),
        pytest.param("15 days", ["09/10", "05/07"], "Fri 2026-11-20", id="in-any-order"),
        pytest.param("15 days", ["05/08", "18/20"], "Mon 2026-11-23", id="second-in-the-gain"),
        # 12 days from Mon 2 Nov: Sat 14, rolled to Mon 16.
        pytest.param("12 days", ["15/17"], "Tue 2026-11-17", id="in-the-days-off-at-the-end"),
        pytest.param("12 days", ["14/15"], "Mon 2026-11-16", id="over-before-the-days-off-are"),
        # 5 working days from Mon 2 Nov end on Mon 9 Nov.
        pytest.param("5 working days", [], "Mon 2026-11-09", id="working-none"),
        pytest.param("5 working days", ["03/05"], "Wed 2026-11-11", id="working-two"),
        pytest.param("5 working days", ["06T12/08T12"], "Mon 2026-11-09", id="working-weekend"),
        pytest.param("5 working days", ["06T12/09T12"], "Tue 2026-11-10", id="working-to-monday"),
        # 4 working days end on Fri 6 Nov: a pause from that day to Sunday ends on Monday.
        pytest.param("4 working days", ["06T12/08T12"], "Mon 2026-11-09", id="working-last-day"),
        pytest.param(
            "4 working days by closing", ["06T12/06T18"], "Mon 2026-11-09", id="past-closing"
        ),
        pytest.param(
            "4 working days by closing", ["06T18/12"], "Fri 2026-11-06", id="after-closing"
        ),
        # 1 month from Mon 2 Nov ends on Wed 2 Dec.
        pytest.param("1 month", ["05/08"], "Mon 2026-12-07", id="month-then-rolled"),  # Sat 5
    ],
)
def test_a_pause_gives_back_its_days(limit, pauses, last_day):
    found = due_of("2026-11-02T09:30", limit, *(_november(text) for text in pauses))

    assert found.due_on == day(last_day)


@pytest.mark.parametrize(
    ("limit", "pauses", "ends"),
    [
        ("48 hours", ["03T00/03T12"], "2026-11-04T21:30"),
        ("48 hours", ["03T00/03T12", "03T06/03T18"], "2026-11-05T03:30"),
        ("48 hours", ["01T00/02T10:30"], "2026-11-04T10:30"),  # from before the start
        ("48 hours", ["04T09:30/05T00"], "2026-11-04T09:30"),  # when it had ended
        ("4 working hours", ["02T10/02T11"], "2026-11-02T16:00"),
        ("4 working hours", ["02T12/02T13:30"], "2026-11-02T15:00"),  # the lunch break
        ("4 working hours", ["02T14/05T09"], "2026-11-05T10:00"),
        ("4 working hours", ["02T15/05T09"], "2026-11-02T15:00"),
    ],
)
def test_a_pause_gives_back_its_hours(limit, pauses, ends):
    found = due_of("2026-11-02T09:30", limit, *(_november(text) for text in pauses))

    assert found.due_at == at(ends)


def test_a_review_with_a_hearing_over_spring_festival():
    """Request received Mon 19 Jan 2026, hearing from Mon 9 Feb to Fri 13 Feb: 30 + 4 days."""
    found = due_of("2026-01-19T10:00", "30 days", pause("2026-02-09T09:00", "2026-02-13T17:00"))

    assert found.counted_on == day("Sun 2026-02-22")
    assert found.due_on == day("Tue 2026-02-24")
    assert [(skipped.on.day, skipped.kind) for skipped in found.skipped] == [
        (10, PAUSED),
        (11, PAUSED),
        (12, PAUSED),
        (13, PAUSED),
        (22, "weekend"),
        (23, "adjusted_day_off"),
    ]
    assert found.skipped[0].reason == "paused"
    assert found.skipped[0].reason_zh == "暂停计算"


def test_a_pause_that_still_runs_gives_the_earliest_end_and_nothing_is_overdue():
    found = due_of("2026-11-02T09:30", "15 days", pause("2026-11-05T09:00"))

    assert found.due_on == date(2026, 11, 17)
    assert found.paused_from == at("2026-11-05T09:00")
    assert not found.is_overdue(at("2027-01-01T00:00"))


def test_an_open_pause_takes_in_those_that_begin_after_it():
    found = due_of(
        "2026-11-02T09:30",
        "48 hours",
        pause("2026-11-03T09:00"),
        pause("2026-11-03T12:00", "2026-11-04T12:00"),
    )

    assert (found.due_at, found.paused_from) == (at("2026-11-04T09:30"), at("2026-11-03T09:00"))


@pytest.mark.parametrize("limit", ["15 days", "4 working hours", "48 hours"])
def test_an_open_pause_after_the_end_changes_nothing(limit):
    plain = due_of("2026-11-02T09:30", limit)

    found = due_of("2026-11-02T09:30", limit, pause("2026-12-01T09:00"))

    assert (found.due_at, found.paused_from) == (plain.due_at, None)


def test_a_pause_that_cannot_be_is_refused():
    with pytest.raises(PauseError, match=r"cannot end before, at .*: exchange the two"):
        pause("2026-11-05T09:00", "2026-11-04T09:00")
    with pytest.raises(PauseError, match=r"a pause that ends at .* needs a time zone"):
        Pause(at("2026-11-05T09:00"), datetime(2026, 11, 6))  # noqa: DTZ001


def test_pauses_in_any_time_zone_are_local_days():
    in_utc = Pause(
        at("2026-11-05T00:30").astimezone(UTC), at("2026-11-05T00:30") + timedelta(days=3)
    )

    assert due_of("2026-11-02T09:30", "15 days", in_utc).due_on == day("Fri 2026-11-20")


def _november(text: str) -> Pause:
    """Read "05/08T10": from 5 November, 09:00, to 8 November, 10:00."""
    return pause(*(_moment(part) for part in text.split("/")))


def _moment(text: str) -> str:
    on, _, time = text.partition("T")
    hour, _, minute = (time or "09").partition(":")
    return f"2026-11-{on}T{hour}:{minute or '00'}"
