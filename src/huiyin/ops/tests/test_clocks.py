"""What operations see of limits: how far the keeper is behind, and whether our days can be read."""

from datetime import timedelta

import pytest
from django.utils import timezone

from huiyin.matters import limits
from huiyin.matters.tests.records import the_record
from huiyin.ops import checks, readiness
from huiyin.ops.metrics import exposition


@pytest.mark.django_db
def test_a_keeper_that_lags_is_told_and_counted_and_lets_people_in_all_the_same():
    assert readiness.limits() == readiness.OK
    city = the_record()
    city.open("hotline", "accept_call", at=timezone.now() - timedelta(days=20))

    assert readiness.limits().endswith("minutes behind: look at huiyin worker")
    assert readiness.is_ready({"database": "ok", "limits": readiness.limits()})
    (line,) = [
        line
        for line in exposition().decode().splitlines()
        if line.startswith("huiyin_clock_lag_seconds ")
    ]
    assert float(line.split()[1]) > 19 * 24 * 3600


@pytest.mark.parametrize(
    ("text", "is_fine"),
    [
        ("date,kind,name_zh,name_en\n2026-03-03,adjusted_day_off,停工,Closed\n", True),
        ("date,kind,name_zh,name_en\nyesterday,off,,\n", False),
        (None, False),
    ],
)
def test_the_check_reads_the_citys_own_days(settings, tmp_path, text, is_fine):
    file = tmp_path / "days.csv"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    config = settings.HUIYIN
    values = {name: getattr(config, name) for name in config.__slots__}
    settings.HUIYIN = type(config)(**values | {"calendar": file})
    limits.calendar_of_file.cache_clear()
    try:
        found = checks.own_calendar(None)
    finally:
        limits.calendar_of_file.cache_clear()

    assert [one.id for one in found] == ([] if is_fine else ["huiyin.E011"])
    assert all("days.csv" in one.msg for one in found)
