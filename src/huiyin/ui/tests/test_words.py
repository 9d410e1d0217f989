"""Dates, numbers and covered data as people read and say them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

from huiyin.ui import dates, numbers


def said(source: str, language: str = "zh-hans", **context: object) -> str:
    with translation.override(language):
        return Template(source).render(Context(context))


def this_year(month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    zone = timezone.get_default_timezone()
    return datetime(timezone.localdate().year, month, day, hour, minute, tzinfo=zone)


WEEKDAYS = "一二三四五六日"


def test_limit_is_said_with_date_weekday_and_time_in_chinese():
    at = this_year(1, 22, 17)

    shown = said("{{ at|before }}", at=at)

    weekday = WEEKDAYS[at.weekday()]
    assert shown == (
        f'<time datetime="{at.year}-01-22T17:00+08:00">'
        f'<span class="nb">1 月 22 日（周{weekday}）</span>'
        '<span class="nb">17:00 前</span></time>'
    )


def test_limit_is_said_in_english():
    at = datetime(2001, 1, 25, 9, 0, tzinfo=UTC)

    shown = said("{{ at|before }}", "en", at=at)

    assert shown == (
        '<time datetime="2001-01-25T17:00+08:00"><span class="nb">Thu 25 Jan 2001,</span> '
        '<span class="nb">before 17:00</span></time>'
    )


def test_limit_in_whole_days_is_over_at_24_of_its_last_day():
    at = datetime(2001, 1, 25, 16, 0, tzinfo=UTC)  # midnight in the city

    assert "2001 年 1 月 25 日（周四）</span>" in said("{{ at|before }}", at=at)
    assert "24:00 前" in said("{{ at|before }}", at=at)
    assert "Thu 25 Jan 2001,</span>" in said("{{ at|before }}", "en", at=at)


@pytest.mark.parametrize(
    ("source", "chinese", "english"),
    [
        pytest.param(
            "{{ on|day }}", "2001 年 1 月 25 日（周四）", "Thu 25 Jan 2001", id="with-weekday"
        ),
        pytest.param(
            "{{ on|short_day }}", "2001 年 1 月 25 日", "25 Jan 2001", id="without-weekday"
        ),
        pytest.param(
            "{{ on|before }}", "2001 年 1 月 25 日（周四）前", "by Thu 25 Jan 2001", id="limit"
        ),
    ],
)
def test_date_of_another_year_names_the_year(source, chinese, english):
    on = date(2001, 1, 25)

    frame = '<time datetime="2001-01-25"><span class="nb">{}</span></time>'
    assert said(source, on=on) == frame.format(chinese)
    assert said(source, "en", on=on) == frame.format(english)


@pytest.mark.parametrize(
    ("apart", "chinese", "english"),
    [
        pytest.param(0, "今天", "today", id="today"),
        pytest.param(-1, "昨天", "yesterday", id="yesterday"),
        pytest.param(1, "明天", "tomorrow", id="tomorrow"),
    ],
)
def test_moment_near_now_is_said_by_its_nearness(apart, chinese, english):
    at = timezone.localtime().replace(hour=9, minute=12) + timedelta(days=apart)

    with translation.override("zh-hans"):
        assert dates.said_moment(at).pieces == (chinese, "09:12")
    with translation.override("en"):
        assert dates.said_moment(at).pieces == (english, "09:12")


def test_moment_is_local_whatever_zone_it_comes_in():
    at = datetime(2001, 1, 24, 16, 30, tzinfo=UTC)  # 00:30 on the 25th in the city

    with translation.override("en"):
        assert dates.said_moment(at).pieces == ("Thu 25 Jan 2001", "00:30")


def test_nothing_is_said_of_no_date():
    shown = said(
        "[{{ none|day }}{{ none|short_day }}{{ none|moment }}{{ none|before }}]", none=None
    )

    assert shown == "[]"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        pytest.param(3512, "3,512", id="count"),
        pytest.param(0, "0", id="zero"),
        pytest.param("37142611001237", "3714 2611 0012 37", id="public-number"),
        pytest.param("13805340001", "138 0534 0001", id="mobile-number"),
    ],
)
def test_number_is_grouped_for_reading_out(value, shown):
    assert numbers.grouped(value) == shown


def test_covered_signs_become_blocks_never_asterisks():
    shown = said("{{ phone|masked }}", phone="138****2607")

    assert shown == (
        '<span class="nb">138<span class="mask" role="img" aria-label="隐去 4 个字">'
        "<i></i><i></i><i></i><i></i></span>2607</span>"
    )


def test_masked_text_is_escaped():
    assert said("{{ name|masked }}", name="<b>*") == (
        '<span class="nb">&lt;b&gt;<span class="mask" role="img" aria-label="隐去 1 个字"><i></i>'
        "</span></span>"
    )


def test_spoken_code_is_short_the_same_each_time_and_free_of_signs_that_sound_alike():
    codes = {numbers.spoken_code(f"request-{number}") for number in range(2000)}

    assert numbers.spoken_code("request-7") == numbers.spoken_code("request-7")
    assert len(codes) > 1990
    assert {len(code) for code in codes} == {7}
    assert set("".join(codes)) == set("23456789ACDEFGHJKMNPQRTUVWXY ")


def test_chinese_sentence_breaks_only_after_its_commas():
    shown = said("{% filter breathe %}告诉我们，当场知道谁来办、哪天答复您。{% endfilter %}")

    assert shown == (
        '<span class="clause">告诉我们，</span>'
        '<span class="clause">当场知道谁来办、哪天答复您。</span>'
    )


def test_breathing_escapes_what_it_wraps():
    assert said("{{ text|breathe }}", text="<i>一，二。") == (
        '<span class="clause">&lt;i&gt;一，</span><span class="clause">二。</span>'
    )


@pytest.mark.parametrize(
    ("begins", "ends", "chinese", "english"),
    [
        pytest.param(
            this_year(1, 22, 8, 30), this_year(1, 22, 17, 30), "08:30–17:30", "08:30–17:30",
            id="same-day",
        ),
        pytest.param(
            this_year(1, 22, 17, 30), this_year(1, 23, 8, 30),
            "17:30–次日 08:30", "17:30–08:30 the next day", id="over-night",
        ),
        pytest.param(
            this_year(1, 22, 8, 30), this_year(1, 24, 8, 30),
            "08:30–1 月 24 日 08:30", "08:30–24 Jan 08:30", id="two-nights",
        ),
    ],
)  # fmt: skip
def test_a_shift_is_said_from_when_to_when_without_its_day_twice(begins, ends, chinese, english):
    source, frame = "{% hours begins ends %}", '<span class="nb">{}</span>'

    assert said(source, begins=begins, ends=ends) == frame.format(chinese)
    assert said(source, "en", begins=begins, ends=ends) == frame.format(english)


def test_on_paper_a_moment_always_has_its_year():
    at = this_year(1, 22, 17)

    shown = said("{{ at|in_full }}", at=at)

    assert f'<span class="nb">{at.year} 年 1 月 22 日</span> <span class="nb">17:00</span>' in shown
