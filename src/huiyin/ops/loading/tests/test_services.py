"""Loading the catalogue of services: versions instead of changes, and every faulty cell told."""

from datetime import timedelta

import pytest

from huiyin.ops.loading import Counts, Table, load
from huiyin.ops.loading.tests.cities import NOW
from huiyin.ops.loading.tests.later import the_city
from huiyin.orders.models import ServiceVersion, SlotPattern
from huiyin.people.actors import SYSTEM

pytestmark = pytest.mark.django_db
SERVICE = {
    "code": "FW-01", "title_zh": "上门法律咨询", "title_en": "Legal advice at home", "mode": "均可",
    "promise_days": "5", "category_code": "01", "unit_kind": "部门", "slot_minutes": "60",
}  # fmt: skip
SLOT = {
    "unit_code": "DP-1", "service_code": "FW-01", "weekday": "周二", "starts": "08:30",
    "ends": "11:30", "capacity": "2",
}  # fmt: skip


def loaded(services, slots=(), *, at=NOW):
    return load(
        [Table("services", "services.csv", services), Table("slots", "slots.csv", list(slots))],
        at=at, by=SYSTEM,
    )  # fmt: skip


def test_services_and_times_arrive_and_a_second_load_changes_nothing():
    the_city()

    first = loaded([SERVICE], [SLOT])
    again = loaded([SERVICE], [SLOT])

    assert (first.errors, again.errors) == ([], [])
    assert first.counts["services"] == first.counts["slots"] == Counts(created=1)
    assert again.counts["services"] == again.counts["slots"] == Counts(unchanged=1)
    version, pattern = ServiceVersion.objects.get(), SlotPattern.objects.get()
    assert (version.category.code, version.unit_kinds, version.mode) == (
        "01", ["department"], "both",
    )  # fmt: skip
    assert (pattern.unit.code, pattern.weekday, f"{pattern.ends:%H:%M}") == ("DP-1", 1, "11:30")


def test_a_changed_row_is_a_new_version_from_its_day_on():
    the_city()
    loaded([SERVICE])

    report = loaded([{**SERVICE, "promise_days": "3"}], at=NOW + timedelta(days=1))

    assert report.counts["services"] == Counts(changed=1)
    old, new = ServiceVersion.objects.order_by("number")
    assert (old.promise_days, new.promise_days) == (5, 3)
    assert old.valid_to == new.valid_from


@pytest.mark.parametrize(
    ("service", "slot", "column", "code"),
    [
        pytest.param({"code": "fw 1"}, {}, "code", "service_code", id="code"),
        pytest.param({"mode": "快递"}, {}, "mode", "unknown_word", id="mode"),
        pytest.param({"title_en": ""}, {}, "title_en", "required", id="no-english"),
        pytest.param(
            {"promise_days": "61"}, {}, "promise_days", "out_of_range", id="promise-too-long"
        ),
        pytest.param(
            {"category_code": "99"}, {}, "category_code", "unknown_category", id="category"
        ),
        pytest.param({}, {"service_code": "FW-09"}, "service_code", "unknown_service", id="which"),
        pytest.param({}, {"unit_code": "DP-9"}, "unit_code", "unknown_unit", id="whose"),
        pytest.param({}, {"weekday": "周八"}, "weekday", "unknown_word", id="weekday"),
        pytest.param({}, {"starts": "8点"}, "starts", "time_of_day", id="time"),
        pytest.param({}, {"ends": "08:00"}, "ends", "times_reversed", id="reversed"),
        pytest.param({}, {"ends": "09:00"}, "ends", "times_too_short", id="too-short"),
    ],
)
def test_a_faulty_cell_is_told_with_its_column_and_nothing_is_loaded(service, slot, column, code):
    the_city()

    report = loaded([{**SERVICE, **service}], [{**SLOT, **slot}])

    assert (column, code) in [(one.column, one.code) for one in report.errors]
    assert not ServiceVersion.objects.exists()


def test_what_is_said_twice_or_begins_too_early_is_told():
    the_city()
    loaded([SERVICE])

    early = loaded([{**SERVICE, "promise_days": "3"}])
    twice = loaded([SERVICE, SERVICE], [SLOT, {**SLOT, "starts": "10:00"}])

    assert [one.code for one in early.errors] == ["version_too_early"]
    assert sorted(one.code for one in twice.errors) == ["duplicate", "times_overlap"]
