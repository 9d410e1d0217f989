"""`huiyin worktime`: limits counted from the command line, without Django or a database."""

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from huiyin.ops.commands.worktime import command
from huiyin.ops.errors import OperatorError


def output_of(*arguments):
    """Run the command; what goes wrong is raised."""
    return CliRunner().invoke(command, list(arguments), catch_exceptions=False).stdout


def json_of(*arguments):
    return json.loads(output_of(*arguments, "--json"))


def refusal_of(*arguments):
    with pytest.raises(OperatorError) as refused:
        output_of(*arguments)
    return str(refused.value)


def test_due_tells_last_day_moment_and_skipped_days_as_json():
    found = json_of("due", "--from", "2026-10-07T09:30", "--limit", "3 working days by closing")

    assert found == {
        "from": "2026-10-07T09:30:00+08:00",
        "limit": "3 working days by closing",
        "due_on": "2026-10-10",
        "due_at": "2026-10-10T17:30:00+08:00",
        "provisional": False,
        "provisional_reason": "",
        "paused": False,
        "counted_on": "2026-10-10",
        "skipped": [],
    }


def test_due_skips_spring_festival():
    found = json_of("due", "--from", "2026-02-10T09:30", "--limit", "5 working days")

    assert (found["due_on"], found["due_at"]) == ("2026-02-24", "2026-02-25T00:00:00+08:00")
    assert [day["date"][8:] for day in found["skipped"]] == [str(day) for day in range(15, 24)]
    assert found["skipped"][1] == {
        "date": "2026-02-16",
        "kind": "statutory_holiday",
        "reason": "Spring Festival (statutory holiday)",
        "reason_zh": "春节（法定节假日）",
    }


def test_due_as_text_is_for_people():
    text = output_of(
        "due",
        *("--from", "2026-12-04T16:30", "--limit", "25日", "--pause", "2026-12-07/2026-12-08"),
    )

    assert text == (
        "25 days from 2026-12-04 16:30 (Friday)\n"
        "Last day: 2026-12-30 (Wednesday)\n"
        "In time until: 24:00 on 2026-12-30\n"
        "Provisional: the notice for 2027 may still move the last days of December 2026.\n"
        "Skipped:\n"
        "  2026-12-08 Tue  paused  暂停计算\n"
    )


@pytest.mark.parametrize(
    ("limit", "clock"),
    [
        ("30 minutes", "00:10 on 2026-02-11"),
        ("20 minutes", "24:00 on 2026-02-10"),
        ("1 day by closing", "17:30 on 2026-02-11"),
    ],
)
def test_due_as_text_tells_the_moment(limit, clock):
    text = output_of("due", "--from", "2026-02-10T23:40", "--limit", limit)

    assert text.splitlines()[2] == f"In time until: {clock}"


@pytest.mark.parametrize("still", ["2026-02-11T09:00/", "2026-02-11T09:00/.."])
def test_a_pause_without_an_end_still_runs(still):
    arguments = ("due", "--from", "2026-02-10T09:30", "--limit", "2 days", "--pause", still)

    assert json_of(*arguments)["paused"] is True
    assert "Paused since 2026-02-11 09:00: it ends at this time or later." in output_of(*arguments)


def test_a_time_with_an_offset_is_taken_as_it_is():
    found = json_of("due", "--from", "2026-02-10T01:30Z", "--limit", "4 working hours")

    assert (found["from"], found["due_at"]) == (
        "2026-02-10T09:30:00+08:00",
        "2026-02-10T15:00:00+08:00",
    )


def test_office_hours_can_be_given():
    found = json_of(
        *("due", "--from", "2026-02-10T09:30", "--limit", "4 working hours"),
        *("--hours", "08:30-12:00,14:00-18:00"),
    )

    assert found["due_at"] == "2026-02-10T15:30:00+08:00"


START = ("due", "--from", "2026-02-10T09:30", "--limit")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            (*START, "5 fortnights"),
            (
                '"fortnights" is no unit: use minutes, hours, working hours, days, working days, '
                'months or years, such as "5 working days", "30 minutes" or "5个工作日".'
            ),
        ),
        (
            ("due", "--from", "10/2/2026", "--limit", "5 days"),
            '"10/2/2026" is no time: write it as 2026-02-10T09:30.',
        ),
        (
            ("due", "--from", "2099-12-20", "--limit", "1 month"),
            "2100 is outside the calendar: give a date from 2000 to 2099.",
        ),
        (
            (*START, "5 days", "--pause", "2026-02-11"),
            '"2026-02-11" is no pause: write its two times as 2026-03-02T09:00/2026-03-12T17:00.',
        ),
        (
            (*START, "5 days", "--pause", "2026-02-12/2026-02-11"),
            (
                "A pause from 2026-02-12T00:00:00+08:00 cannot end before, at "
                "2026-02-11T00:00:00+08:00: exchange the two."
            ),
        ),
        (
            (*START, "5 days", "--hours", "9-5"),
            (
                '"9-5" is no span of the day: write opening and closing time, as in '
                '"08:30-12:00,13:30-17:30".'
            ),
        ),
        (
            (*START, "5 days", "--calendar", "/no/file.csv"),
            "/no/file.csv cannot be read (No such file or directory): name a CSV file.",
        ),
        (("year", "1990"), "1990 is outside the calendar: give a date from 2000 to 2099."),
        (("year", "2026", "--json", "--csv"), "--json and --csv are two forms: leave one out."),
    ],
    ids=lambda value: value[-1] if isinstance(value, tuple) else "",
)
def test_bad_input_is_one_sentence(arguments, sentence):
    assert refusal_of(*arguments) == sentence


def test_a_year_is_written_corrected_and_given_back(tmp_path):
    file = tmp_path / "2027.csv"
    computed = output_of("year", "2027", "--csv")
    file.write_text(
        f"{computed}2027-02-04,调休放假,春节,Spring Festival\n2027-01-30,调休上班,春节,\n",
        encoding="gb18030",  # as a spreadsheet in China saves it
    )

    before = json_of("year", "2027")
    after = json_of("year", "2027", "--calendar", str(file))
    found = json_of(
        *("due", "--from", "2027-01-29T09:30", "--limit", "5 working days"),
        *("--calendar", str(file)),
    )

    assert (before["provisional"], before["provisional_from"]) == (True, "2027-01-01")
    assert (after["provisional"], after["provisional_from"]) == (False, None)
    assert after["working_days"] == before["working_days"]  # one moved from Thursday to Saturday
    assert (found["due_on"], found["provisional"]) == ("2027-02-09", False)
    assert [day["date"][5:] for day in found["skipped"]] == [
        "01-31",
        "02-04",
        "02-05",
        "02-06",
        "02-07",
        "02-08",
    ]


def test_a_faulty_calendar_is_told_in_one_sentence(tmp_path):
    file = tmp_path / "bad.csv"
    file.write_text("date,kind\n" + "soon,weekend\n" * 7, encoding="utf-8")

    told = "; ".join(
        f'row {row}, date: "soon" is no date: write it as 2027-02-05' for row in range(2, 7)
    )
    assert refusal_of("year", "2027", "--calendar", str(file)) == f"{file}: {told}; and 2 more."


def test_a_file_that_is_no_text_is_told(tmp_path):
    file = tmp_path / "picture.png"
    file.write_bytes(b"\x89PNG\xff\xff\xff")

    assert refusal_of("year", "2027", "--calendar", str(file)) == (
        f"{file} is neither UTF-8 nor GB18030: save it as CSV, UTF-8."
    )


def test_a_year_as_text_shows_days_off_and_worked_weekends():
    lines = output_of("year", "2025").splitlines()

    assert lines[0] == "2025: announced, 248 working days"
    assert "  2025-02-08 Sat  makeup working day  Spring Festival 春节" in lines
    assert "  2025-10-08 Wed  adjusted day off    National Day 国庆节" in lines
    assert (
        output_of("year", "2027")
        .splitlines()[1]
        .startswith("Provisional from 2027-01-01: the days off of 2027 are not announced: ")
    )


def test_the_command_needs_neither_django_nor_a_database():
    script = """
import sys
from huiyin.ops.cli import cli
cli.main(["worktime", "due", "--from", "2026-02-10", "--limit", "1 day"], standalone_mode=False)
print(sorted({"django", "psycopg"} & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines()[-1] == "[]"
