"""Mobile numbers as people type them."""

import pytest
from django.utils import translation

from huiyin.people import devices, phones
from huiyin.people.refusals import PhoneNotDialled, PhoneNotMobile


@pytest.mark.parametrize(
    "typed",
    [
        "15400000001",
        " 154 0000 0001 ",
        "154-0000-0001",
        "154–0000–0001",
        "+8615400000001",
        "+86 154 0000 0001",
        "008615400000001",
        "86 154 0000 0001",
        "(+86)154.0000.0001",
        "１５４００００００００１".replace("００００００００", "０００００００"),
        "\u200e15400000001\u202c",
    ],
)
def test_every_way_of_writing_is_one_number(typed):
    assert phones.normal(typed) == "15400000001"


@pytest.mark.parametrize(
    "typed",
    ["", "12345", "1540000000", "154000000012", "12400000001", "+1 154 0000 0001", "一五四", "15x"],
)
def test_what_is_no_mobile_number_is_refused(typed):
    with pytest.raises(PhoneNotMobile):
        phones.normal(typed)


def test_a_number_is_covered_in_the_middle():
    assert (phones.masked("15400000001"), phones.masked("")) == ("154****0001", "")


WECHAT = (
    "Mozilla/5.0 (Linux; Android 14; V2309A) AppleWebKit/537.36 Chrome/120.0.0.0 Mobile "
    "Safari/537.36 MicroMessenger/8.0.49"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
    "Version/17.5 Mobile/15E148 Safari/604.1"
)
EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/124.0.0.0 "
    "Safari/537.36 Edg/124.0.0.0"
)


@pytest.mark.parametrize(
    ("browser", "reading"),
    [
        (WECHAT, "WeChat, Android"),
        (IPHONE, "Safari, iPhone"),
        (EDGE, "Edge, Windows"),
        ("curl/8.5.0", ""),
        ("", ""),
    ],
)
def test_a_device_is_read_shortly(browser, reading):
    assert devices.reading_of(browser) == reading


@pytest.mark.parametrize(
    ("language", "said"), [("zh-hans", "微信、Android"), ("en", "WeChat, Android")]
)
def test_a_device_is_said_in_the_language_of_the_page(language, said):
    with translation.override(language):
        assert devices.said("WeChat, Android") == said
        assert devices.said("") == ""


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("154 0000-0001", "15400000001"),
        ("+86 154 0000 0001", "15400000001"),
        ("１５４０００００００１", "15400000001"),
        ("0534-3212345", "05343212345"),
        ("010 6234 5678", "01062345678"),
        ("+86 534 3212345", "05343212345"),
        ("3212345", "3212345"),
        ("(0534) 3212345 转 802", "05343212345-802"),
        ("3212345-802", "3212345-802"),
        ("0534 3212345 ext. 12", "05343212345-12"),
        ("400-123-4567", "4001234567"),
        ("95598", "95598"),
        ("10086", "10086"),
        ("110", "110"),
        ("+1 415 555 0100", "+14155550100"),
        ("00852 2345 6789", "0085223456789"),
    ],
)
def test_a_number_one_can_call_back_is_understood_as_people_say_it(typed, number):
    assert phones.dialled(typed) == number


@pytest.mark.parametrize(
    "typed",
    ["123", "1", "1540000000", "154000000011", "0534", "99999", "1111111", "00000000", "+12",
     "+1234567890123456", "15400000001 15400000002", "张三"],
)  # fmt: skip
def test_a_number_nobody_can_be_called_back_under_is_refused(typed):
    with pytest.raises(PhoneNotDialled):
        phones.dialled(typed)


def test_of_a_short_number_less_is_left_uncovered():
    assert (phones.masked("3212345"), phones.masked("0534321234")) == ("32****45", "05****34")
