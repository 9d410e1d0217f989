"""The registers at /admin/: four models, by the verbs of our pages, under their own policy."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from huiyin.categories.models import CalendarDay, Category
from huiyin.matters.limits import calendar
from huiyin.notices.models import TextVersion
from huiyin.units.models import RosterEntry, Unit, UnitKind
from huiyin.web.registers.models import registers
from huiyin.web.tests.access_table import client_of, session_of
from huiyin.web.tests.factories import a_category, a_city, a_post, a_unit, an_account

pytestmark = pytest.mark.django_db


def client(permission_set="city_admin"):
    account = an_account("sun")
    unit = a_unit("GC-1", UnitKind.GOVERNANCE_CENTRE, a_city()["德州市"], "综治中心")
    a_post(account, unit, permission_set)
    return client_of(session_of(account))


def a_kind(**changes):
    return {
        "code": "0101", "parent": str(Category.objects.get(code="01").pk), "name_zh": "路灯不亮",
        "name_en": "Street lamp out", "owner_kind": "", "urgency": "normal", "redirect": "",
        "guidance_zh": "", "guidance_en": "", "phrase_1": "", "phrase_2": "", "active": "on",
    } | changes  # fmt: skip


def test_only_kinds_texts_calendar_and_rosters_are_registers():
    """Never matters, events, contacts, clocks or posts, nor anything that is added later."""
    registered = {model._meta.label for model in registers._registry}

    assert registered == {
        "categories.Category",
        "categories.CalendarDay",
        "notices.TextVersion",
        "units.RosterEntry",
    }
    for app in ("matters", "people", "grid", "gateway", "insight", "web"):
        for model in apps.get_app_config(app).get_models():
            assert not registers.is_registered(model), model


def test_the_looser_policy_holds_on_the_registers_alone():
    admin = client()

    inside = admin.get(reverse("admin:index")).headers["Content-Security-Policy"]
    outside = admin.get(reverse("web:admin")).headers["Content-Security-Policy"]

    assert "'unsafe-eval'" in inside
    assert "default-src 'none'" in inside
    assert "'unsafe" not in outside


def test_whoever_does_not_maintain_them_is_told_who_does():
    answer = client("unit_admin").get(reverse("admin:index"))

    assert answer.status_code == 403
    assert "市级管理员" in answer.content.decode()


def test_a_kind_is_added_renamed_described_and_retired_by_the_verbs():
    admin = client()
    a_category("01", "市容环卫")

    admin.post(reverse("admin:categories_category_add"), a_kind())
    made = Category.objects.get(code="0101")
    page = reverse("admin:categories_category_change", args=[made.pk])
    admin.post(page, a_kind(name_zh="路灯坏了", guidance_zh="写上灯杆编号最快。"))
    made.refresh_from_db()
    renamed = (made.name_zh, made.guidance_zh, made.active)
    admin.post(page, a_kind(name_zh="路灯坏了", active=""))
    made.refresh_from_db()

    assert renamed == ("路灯坏了", "写上灯杆编号最快。", True)
    assert not made.active
    acts = [event.pgh_context.metadata["act"] for event in made.events.order_by("pgh_id")]
    assert acts == [
        "categories.rename", "categories.describe", "categories.describe", "categories.retire"
    ]  # fmt: skip


def test_a_refusal_stands_in_the_form_and_nothing_is_saved():
    admin = client()
    a_category("01", "市容环卫")

    answer = admin.post(reverse("admin:categories_category_add"), a_kind(code="0201"))

    assert "代码 0201" in answer.content.decode().replace("“", "").replace("”", "")
    assert not Category.objects.filter(code="0201").exists()


def test_a_day_of_the_register_counts_from_then_on():
    admin = client()
    on = timezone.localdate() + timedelta(days=10)
    while on.weekday() > 4 or not calendar().is_working(on):
        on += timedelta(days=1)
    before = calendar().is_working(on)

    answer = admin.post(
        reverse("admin:categories_calendarday_add"),
        {"on": on.isoformat(), "kind": "adjusted_day_off", "name_zh": "停工一天", "name_en": "",
         "source": "德政办发〔2026〕9号"},
    )  # fmt: skip

    assert (answer.status_code, before, calendar().is_working(on)) == (302, True, False)
    day = CalendarDay.objects.get()
    admin.post(reverse("admin:categories_calendarday_delete", args=[day.pk]), {"post": "yes"})
    assert calendar().is_working(on)


@pytest.mark.parametrize(("days", "kind"), [(-1, "working_day"), (None, "makeup_working_day")])
def test_a_day_that_is_over_or_cannot_be_so_is_refused(days, kind):
    admin = client()
    today = timezone.localdate()
    monday = today + timedelta(days=7 - today.weekday())
    on = today + timedelta(days=days) if days else monday

    admin.post(
        reverse("admin:categories_calendarday_add"),
        {"on": on.isoformat(), "kind": kind, "name_zh": "某日", "name_en": "", "source": "通知"},
    )

    assert not CalendarDay.objects.exists()


def test_a_text_is_checked_as_a_shipped_one_and_kept_as_a_version():
    admin = client()
    page = reverse("admin:notices_textversion_add")
    name = "hotline.dispatch.unit"

    refused = admin.post(page, {"name": name, "written": "inbox: {zh: 只有中文}"})
    admin.post(page, {"name": name, "written": "inbox: {zh: 有新工单。, en: A new order.}"})

    assert refused.status_code == 200
    kept = TextVersion.objects.get()
    assert (kept.name, kept.version, kept.texts["inbox"]["zh"]) == (name, 1, "有新工单。")
    seen = admin.get(reverse("admin:notices_textversion_change", args=[kept.pk]))
    assert "_save" not in seen.content.decode()  # nobody changes what somebody was told by


def test_a_shift_is_planned_ahead_and_cancelled_before_it_begins():
    admin = client()
    start = timezone.localtime() + timedelta(days=2)
    end = start + timedelta(hours=8)
    sent = {"unit_code": "GC-1", "name": "王强", "phone": "0534-3211111"}
    for name, moment in (("starts_at", start), ("ends_at", end)):
        sent |= {f"{name}_0": f"{moment:%Y-%m-%d}", f"{name}_1": f"{moment:%H:%M:%S}"}

    admin.post(reverse("admin:units_rosterentry_add"), sent)
    shift = RosterEntry.objects.get()
    again = admin.post(reverse("admin:units_rosterentry_add"), sent)
    for words, is_found in (("GC-1", True), ("王强", True), ("王", False), ("GC-9", False)):
        found = admin.get(reverse("admin:units_rosterentry_changelist"), {"q": words})
        assert ("0534-3211111" in found.content.decode()) is is_found, words
    admin.post(reverse("admin:units_rosterentry_delete", args=[shift.pk]), {"post": "yes"})

    assert "王强" in again.content.decode()  # who is on duty then already
    assert not RosterEntry.objects.exists()


def test_a_register_of_years_says_that_it_shows_the_first_of_its_rows(monkeypatch):
    monkeypatch.setattr("huiyin.web.registers.base.MOST_LISTED", 2)
    admin, page = client(), reverse("admin:units_rosterentry_changelist")
    unit, begins = Unit.objects.get(), timezone.now() + timedelta(days=1)

    def shown(asked=None, language="zh-hans"):
        admin.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        text = admin.get(page, asked).content.decode()
        return text.replace('<span class="nb">', "").replace("</span>", "")

    def shifts(names):
        for day, name in enumerate(names):
            at = begins + timedelta(days=day)
            RosterEntry.objects.create(
                unit=unit, starts_at=at, ends_at=at + timedelta(hours=8), kind="day", name=name
            )
        return shown(), shown(language="en")

    zh, en = shifts(["王强", "李红"])
    assert "共 2 条" in zh
    assert "2 entries" in en
    assert "前 2 条" not in zh

    zh, en = shifts(["赵明"])
    for words, text in (("前 2 条", zh), ("The first 2", en)):
        assert text.count(words) == 2  # above the list and below it
    assert "共 3 条" not in zh
    assert "2 entries" not in en
    found = shown({"q": "赵明"})
    assert "共 1 条" in found
    assert "前 2 条" not in found
