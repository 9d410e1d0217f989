"""The city sets what the law leaves open, and nothing else."""

import csv
from datetime import timedelta
from importlib.resources import files

import pytest
from django.utils import timezone
from django.utils.translation import override

from huiyin.categories.models import Term, TermValue
from huiyin.units.models import UnitKind
from huiyin.web.terms import GROUPS, law_words, source_words
from huiyin.web.tests.access_table import client_of, session_of
from huiyin.web.tests.factories import (
    a_category,
    a_city,
    a_post,
    a_term,
    a_unit,
    an_account,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    return a_city()


def test_every_limit_of_the_catalogue_stands_in_a_group_that_has_a_name():
    text = (files("huiyin") / "categories/data/terms.csv").read_text(encoding="utf-8-sig")
    keys = {row["key"].partition(".")[0] for row in csv.DictReader(text.splitlines())}

    assert keys - GROUPS.keys() == set()


def somebody(city, permission_set):
    account = an_account("sun")
    a_post(
        account,
        a_unit("GC-1", UnitKind.GOVERNANCE_CENTRE, city["德州市"], "综治中心"),
        permission_set,
    )
    return client_of(session_of(account))


def a_value(**changes):
    return {
        "amount": "2",
        "unit": "working_day",
        "starts_on": timezone.localdate().isoformat(),
        "source": "德政办字〔2026〕8号",
    } | changes


def shown_and_saved(client, key, sent):
    """Send a value, look at what it changes, and send it again as the page gives it back."""
    shown = client.post(f"/desk/terms/{key}", sent)
    if shown.status_code != 200:
        return shown
    return client.post(f"/desk/terms/{key}", sent | {"seen": shown.context["form"]["seen"].value()})


def values_of(key):
    return list(
        TermValue.objects.filter(term=key)
        .order_by("valid_from")
        .values_list("amount", "unit", "category__code", "level", "place_code")
    )


def test_the_administrator_sets_a_value_for_a_kind_a_level_and_a_place(city):
    a_term("grid.verify", amount=1, unit="working_day")
    a_category("01", "市容环卫")

    answer = shown_and_saved(
        somebody(city, "city_admin"),
        "grid.verify",
        a_value(category="市容环卫", level="3", place="夏津县"),
    )

    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk/terms/grid.verify")
    assert values_of("grid.verify") == [
        (2, "working_day", "01", 3, "371427000000"),
        (1, "working_day", None, None, ""),
    ]


def test_a_limit_of_the_law_shows_its_lock_and_refuses(city):
    a_term("pet.handle", locked=True)
    client = somebody(city, "city_admin")

    page = client.get("/desk/terms/pet.handle").content.decode()
    answer = client.post("/desk/terms/pet.handle", a_value())

    assert "城市不能改" in page
    assert "就用这个值" not in page
    assert answer.status_code == 422
    assert values_of("pet.handle") == [(60, "day", None, None, "")]


def test_others_read_but_do_not_set(city):
    a_term("grid.verify")
    client = somebody(city, "centre_clerk")

    page = client.get("/desk/terms/grid.verify").content.decode()
    answer = client.post("/desk/terms/grid.verify", a_value())

    assert "由市级管理员设定" in page
    assert answer.status_code == 403
    assert "市级管理员" in answer.content.decode()  # who can
    assert values_of("grid.verify") == [(60, "day", None, None, "")]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        pytest.param({"amount": ""}, "请填一个整数", id="no-number"),
        pytest.param({"amount": "0"}, "1", id="zero"),
        pytest.param({"source": ""}, "请写明依据哪份文件", id="no-source"),
        pytest.param({"category": "77"}, "没有哪一类事项叫这个名称或代码", id="unknown-kind"),
        pytest.param({"place": "999"}, "没有哪一个地方叫这个名称或代码", id="unknown-place"),
        pytest.param({"starts_on": "31.1.2026"}, "2026-01-31", id="unreadable-day"),
        pytest.param(
            {"starts_on": (timezone.localdate() - timedelta(days=2)).isoformat()},
            "已经答应的日子不变",
            id="past",
        ),
    ],
)
def test_what_cannot_be_set_is_said_in_a_sentence(city, changes, says):
    a_term("grid.verify")

    answer = somebody(city, "city_admin").post("/desk/terms/grid.verify", a_value(**changes))

    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert values_of("grid.verify") == [(60, "day", None, None, "")]


@pytest.mark.parametrize(
    ("article", "zh", "en"),
    [
        ("34", "《信访工作条例》第 34 条", "Petition Rules, article 34"),
        ("22, 43", "《信访工作条例》第 22、43 条", "Petition Rules, articles 22, 43"),
        ("", "《信访工作条例》", "Petition Rules"),
    ],
)
def test_a_law_is_said_with_its_articles(article, zh, en):
    value = TermValue(law_zh="信访工作条例", law_en="Petition Rules", article=article)

    with override("zh-hans"):
        assert law_words(value) == zh
    with override("en"):
        assert law_words(value) == en


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("default; GBZ21 11 sets no figure", "Proposed by this system"),
        ("", "Proposed by this system"),
        ("德政办字〔2026〕8号", "德政办字〔2026〕8号"),
    ],
)
def test_a_value_without_a_law_says_where_it_comes_from(source, said):
    with override("en"):
        assert source_words(TermValue(source=source)) == said


def test_limits_are_found_by_name_and_law(city):
    a_term("grid.verify")
    Term.objects.filter(pk="grid.verify").update(title_zh="核查处置结果")
    client = somebody(city, "centre_clerk")

    found = client.get("/desk/terms?q=核查").content.decode()
    nothing = client.get("/desk/terms?q=zzzz").content.decode()

    assert "核查处置结果" in found
    assert "没有查到时限" in nothing


def test_nothing_is_saved_before_it_was_shown_what_it_changes(city):
    a_term("grid.verify", amount=1, unit="working_day")
    client = somebody(city, "city_admin")

    shown = client.post("/desk/terms/grid.verify", a_value()).content.decode()
    seen = client.post("/desk/terms/grid.verify", a_value()).context["form"]["seen"].value()
    other = client.post("/desk/terms/grid.verify", a_value(amount="9", seen=seen))

    assert "开始计的时限按 2 个工作日 算" in shown
    assert "现在没有按这项时限在走的" in shown
    assert other.status_code == 200  # another value than was shown is shown first
    assert values_of("grid.verify") == [(1, "working_day", None, None, "")]


@pytest.mark.parametrize(
    ("amount", "unit", "status"),
    [(1, "month", 303), (28, "day", 303), (20, "day", 303), (31, "day", 422), (2, "month", 422)],
)
def test_a_city_may_be_stricter_than_the_law_and_never_looser(city, amount, unit, status):
    term = a_term("mediation.finish", amount=1, unit="month")
    TermValue.objects.filter(term=term).update(law_zh="人民调解工作若干规定", article="36")
    client = somebody(city, "city_admin")

    answer = shown_and_saved(client, term.key, a_value(amount=str(amount), unit=unit))

    assert answer.status_code == status
    if status == 422:
        assert "《人民调解工作若干规定》第 36 条" in answer.content.decode()
        assert values_of(term.key) == [(1, "month", None, None, "")]


def test_a_shorter_grade_stays_within_the_limit_of_the_law_above_it(city):
    a_term("hot.answer_urgent", amount=1, unit="working_day")
    law = a_term("hot.answer_sd", locked=True, amount=5, unit="working_day")
    TermValue.objects.filter(term=law).update(law_zh="山东省政务服务热线管理办法")
    client = somebody(city, "city_admin")

    looser = shown_and_saved(client, "hot.answer_urgent", a_value(amount="6"))
    stricter = shown_and_saved(client, "hot.answer_urgent", a_value(amount="5"))

    assert (looser.status_code, stricter.status_code) == (422, 303)
    assert "山东省政务服务热线管理办法" in looser.content.decode()
