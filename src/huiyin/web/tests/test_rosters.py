"""The roster's pages: everybody reads it, whoever keeps it plans it, two colleagues swap."""

from datetime import date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from huiyin.notices.models import Notice
from huiyin.units.models import DutyTimes, RosterEntry, ShiftKind, ShiftSwap, UnitKind
from huiyin.web.rosters import Month
from huiyin.web.tests.access_table import client_of, session_of
from huiyin.web.tests.factories import a_city, a_post, a_unit, an_account

pytestmark = pytest.mark.django_db


class Office:
    """A governance centre with a keeper of its roster and two clerks."""

    def __init__(self) -> None:
        self.place = a_city()["夏津县"]
        self.unit = a_unit("GC-1", UnitKind.GOVERNANCE_CENTRE, self.place, "综治中心")
        self.keeper = self.staff("keeper", "赵强", "centre_clerk")
        self.fang = self.staff("fang", "王芳")
        self.lei = self.staff("lei", "李磊")
        self.today = timezone.localdate()
        self.monday = self.today - timedelta(days=self.today.weekday()) + timedelta(days=7)

    def staff(self, login, name, permission_set="department_clerk"):
        account = an_account(login, name=name)
        a_post(account, self.unit, permission_set)
        return account

    def client(self, account):
        return client_of(session_of(account))

    def shift(self, account, on, *, kind=ShiftKind.NIGHT):
        begins = timezone.make_aware(datetime.combine(on, datetime.min.time()))
        return RosterEntry.objects.create(
            unit=self.unit, starts_at=begins + timedelta(hours=17.5),
            ends_at=begins + timedelta(hours=32.5), kind=kind, name=account.name,
            account_id=account.pk, phone="0534-2345678",
        )  # fmt: skip


@pytest.fixture
def office():
    return Office()


def plan(office, day, **more):
    sent = {"kind": "night", "name": "王芳", "phone": "", "starts": "", "ends": "", **more}
    address = reverse("web:roster_day", args=[day.isoformat()])
    return office.client(office.keeper).post(address, sent)


def test_the_keeper_puts_a_colleague_on_duty_at_the_usual_time(office):
    assert plan(office, office.monday).status_code == 303

    shift = RosterEntry.objects.get()
    assert (shift.name, shift.account_id, shift.kind) == ("王芳", office.fang.pk, "night")
    assert [f"{timezone.localtime(at):%H:%M}" for at in (shift.starts_at, shift.ends_at)] == [
        "17:30", "08:30",
    ]  # fmt: skip


def test_a_day_that_is_taken_is_refused_in_words_unless_both_are_meant(office):
    plan(office, office.monday)

    refused = plan(office, office.monday, name="李磊")
    together = plan(office, office.monday, name="李磊", together="on")

    assert refused.status_code == 422
    assert "王芳" in refused.context["form"].non_field_errors()[0]
    assert together.status_code == 303


def test_whoever_does_not_keep_the_roster_reads_it_and_changes_nothing(office):
    office.shift(office.fang, office.monday)
    client = office.client(office.fang)
    month = {"month": f"{office.monday:%Y-%m}"}

    page = client.get(reverse("web:rosters"), month).content.decode()

    assert "王芳" in page
    assert reverse("web:roster_import") not in page
    for name in ("web:roster_times", "web:roster_import"):
        assert client.get(reverse(name)).status_code == 403
    assert client.post(reverse("web:roster_copy"), {"to": office.monday}).status_code == 403


def test_a_night_with_nobody_is_warned_of_two_weeks_ahead(office):
    DutyTimes.objects.create(unit=office.unit, kind="night", starts="17:30", ends="08:30")
    for ahead in range(-1, 16):
        if ahead != 3:
            office.shift(office.fang, office.today + timedelta(days=ahead))

    month = Month(office.unit, office.today.replace(day=1), timezone.now())
    page = office.client(office.keeper).get(reverse("web:rosters"))

    assert [hole.on for hole in month.warned] == [office.today + timedelta(days=3)]
    assert "两周内有 1 个班没有排满" in page.content.decode()


def test_a_unit_that_keeps_no_roster_is_not_blamed_for_it(office):
    page = office.client(office.fang).get(reverse("web:rosters"))

    assert page.context["month"].warned == []
    assert "没有排班" in page.content.decode()


@pytest.mark.parametrize(
    ("on", "mark", "festival"),
    [
        pytest.param(date(2026, 10, 1), "off", "国庆节", id="a holiday"),
        pytest.param(date(2026, 9, 20), "worked", None, id="a Sunday that is worked"),
        pytest.param(date(2026, 9, 13), "", None, id="a Sunday like any other"),
    ],
)
def test_the_official_calendar_is_on_the_roster(office, on, mark, festival):
    month = Month(office.unit, on.replace(day=1), timezone.now())

    day = next(one for one in month.shown if one.on == on)

    assert day.mark == mark
    assert festival is None or festival in day.festival


def test_the_week_before_is_planned_again(office):
    office.shift(office.fang, office.monday)
    to = office.monday + timedelta(days=7)

    office.client(office.keeper).post(reverse("web:roster_copy"), {"to": to.isoformat()})

    assert [timezone.localdate(one.starts_at) for one in RosterEntry.objects.order_by("id")] == [
        office.monday, to,
    ]  # fmt: skip


def take_in(office, text):
    file = SimpleUploadedFile("roster.csv", text.encode("gb18030"), content_type="text/csv")
    return office.client(office.keeper).post(reverse("web:roster_import"), {"file": file})


def test_a_file_is_taken_whole_or_told_row_by_row(office):
    rows = f"日期,班次,姓名\n{office.monday},夜班,王芳\n"

    faulty = take_in(office, rows + "下周二,夜班,李磊\n")
    assert [row for row, _why in faulty.context["faults"]] == [3]
    assert not RosterEntry.objects.exists()

    assert take_in(office, rows).status_code == 303
    assert RosterEntry.objects.get().account_id == office.fang.pk


def test_a_month_goes_out_as_a_table_and_as_a_calendar(office):
    office.shift(office.fang, office.monday)
    client, month = office.client(office.fang), {"month": f"{office.monday:%Y-%m}"}

    table = client.get(reverse("web:roster_export"), month)
    calendar = client.get(reverse("web:roster_export"), {**month, "as": "ics"})

    assert f"{office.monday},夜班,王芳" in table.content.decode()
    assert calendar.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert "SUMMARY:夜班 王芳" in calendar.content.decode()


def test_two_colleagues_swap_and_both_are_told(office):
    mine = office.shift(office.fang, office.monday)
    theirs = office.shift(office.lei, office.monday + timedelta(days=2))
    sent = {"of": str(office.lei.pk), "instead": str(theirs.pk), "note": "家里有事"}

    asked = office.client(office.fang).post(reverse("web:roster_swap", args=[mine.pk]), sent)
    assert asked.status_code == 303
    lei = office.client(office.lei)
    badge = lei.get(reverse("web:waiting_here")).content.decode()
    assert 'waits-swaps"><span class="badge"' in badge
    lei.post(reverse("web:roster_answer", args=[ShiftSwap.objects.get().pk]), {"answer": "yes"})

    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (mine.name, theirs.name) == ("李磊", "王芳")
    told = Notice.objects.order_by("id").values_list("account_id", flat=True)
    assert list(told) == [office.lei.pk, office.fang.pk]


def test_a_shift_that_belongs_to_a_third_is_not_taken_in_return(office):
    mine = office.shift(office.fang, office.monday)
    third = office.shift(office.keeper, office.monday + timedelta(days=2))
    sent = {"of": str(office.lei.pk), "instead": str(third.pk), "note": ""}

    refused = office.client(office.fang).post(reverse("web:roster_swap", args=[mine.pk]), sent)

    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == ["instead"]


def test_nobody_asks_about_the_shift_of_somebody_else(office):
    mine = office.shift(office.fang, office.monday)

    answer = office.client(office.lei).get(reverse("web:roster_swap", args=[mine.pk]))

    assert answer.status_code == 404


def test_the_times_of_shifts_are_set_and_may_be_none(office):
    client = office.client(office.keeper)
    sent = {"night_days": "every", "night_starts": "20:00", "night_ends": "08:00"}

    assert client.post(reverse("web:roster_times"), sent).status_code == 303
    row = DutyTimes.objects.get()
    assert (row.kind, f"{row.starts:%H:%M}", row.days) == ("night", "20:00", "every")

    half = client.post(reverse("web:roster_times"), {"day_days": "off", "day_starts": "08:30"})
    assert list(half.context["form"].errors) == ["day_ends"]


def test_a_shift_is_taken_out_or_given_to_somebody_else(office):
    shift = office.shift(office.fang, office.monday)
    client = office.client(office.keeper)
    address = reverse("web:roster_shift", args=[shift.pk])

    client.post(address, {"name": "李磊", "phone": ""})
    shift.refresh_from_db()
    assert (shift.name, shift.account_id) == ("李磊", office.lei.pk)

    client.post(address, {"cancel": "1"})
    assert not RosterEntry.objects.exists()


def test_a_month_costs_the_same_however_much_is_planned(office, django_assert_max_num_queries):
    office.shift(office.fang, office.monday)
    client = office.client(office.keeper)
    client.get(reverse("web:rosters"))
    with django_assert_max_num_queries(24) as one:
        client.get(reverse("web:rosters"))

    for ahead in range(1, 9):
        office.shift(office.lei, office.monday + timedelta(days=ahead))
    with django_assert_max_num_queries(len(one)):
        client.get(reverse("web:rosters"))
