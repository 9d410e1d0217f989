"""When the clock-keeper lags, whoever looks after the system is told, once an episode."""

from datetime import date, timedelta

import pytest

from huiyin.matters import keeping, limits, watching
from huiyin.matters.models import KeeperState, RunClock
from huiyin.matters.tests.records import the_record
from huiyin.notices.models import Notice
from huiyin.people.tests.factories import a_post, an_account

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def told():
    return Notice.objects.filter(name=watching.LATE)


def test_a_lag_beyond_the_setting_is_told_once_an_episode():
    city = the_record()
    keeper = an_account("keeper")
    a_post(keeper, city.unit("department"), "city_admin")
    a_post(an_account("clerk"), city.unit("department"), "department_clerk")
    city.open("hotline", "accept_call")
    look = RunClock.objects.earliest("next_step_at").next_step_at  # the first step of a ladder

    assert not watching.watch(at=look + 5 * MINUTE)
    assert watching.watch(at=look + 6 * MINUTE)
    assert not watching.watch(at=look + 7 * MINUTE)
    assert list(told().values_list("account_id", flat=True)) == [keeper.pk]
    assert KeeperState.objects.get().late_since == look + 6 * MINUTE

    keeping.keep(at=look + 8 * MINUTE)
    assert not watching.watch(at=look + 8 * MINUTE)
    assert KeeperState.objects.get().late_since is None

    assert watching.watch(at=look + 5 * HOUR)  # it has stopped anew
    assert told().count() == 2


# --- the city's own days --------------------------------------------------------------------------


@pytest.fixture
def own_days(settings, tmp_path):
    """Write a calendar of our own that the running system reads."""

    def write(text):
        file = tmp_path / "days.csv"
        file.write_text(text, encoding="utf-8")
        config = settings.HUIYIN
        names = config.__slots__
        settings.HUIYIN = type(config)(
            **{name: getattr(config, name) for name in names} | {"calendar": file}
        )
        limits.calendar_of_file.cache_clear()

    yield write
    limits.calendar_of_file.cache_clear()


def test_the_citys_own_days_count_in_the_running_system(own_days):
    city = the_record()
    own_days("date,kind,name_zh,name_en\n2026-03-03,adjusted_day_off,停工,Closed\n")

    run = city.open("hotline", "submit_online", by=city.reporter).run

    promise = run.clocks.get(name="promise")
    assert promise.due_on == date(2026, 3, 10)  # five working days from Monday; Tuesday is off


def test_a_faulty_calendar_stops_counting_and_says_where(own_days):
    own_days("date,kind\nyesterday,off\n")

    with pytest.raises(limits.CalendarUnreadable, match=r"days\.csv"):
        limits.calendar()
