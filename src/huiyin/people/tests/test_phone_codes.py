"""Codes by phone: six digits, five minutes, five tries; few for a phone, an address, a day."""

import re
from datetime import timedelta

import pytest

from huiyin.people import phone_codes
from huiyin.people.models import PhoneCode
from huiyin.people.refusals import (
    CodeExpired,
    CodeNotSent,
    CodesOfAddressUsedUp,
    CodesOfDayUsedUp,
    CodesOfPhoneUsedUp,
    CodeTooSoon,
    CodeWrong,
    PhoneNotMobile,
)
from huiyin.people.tests.factories import NOW, OTHER_PHONE, PHONE

pytestmark = pytest.mark.django_db

ADDRESS = "192.0.2.7"


def a_code(gateway, *, phone=PHONE, address=ADDRESS, at=NOW, language="zh-hans"):
    """Ask for a code and return the digits that arrived."""
    phone_codes.request(phone=phone, address=address, language=language, at=at)
    message = gateway.messages[-1]
    assert message["to"] == phone
    return re.search(r"\d{6}", message["text"]).group()


def wrong(digits):
    return f"{(int(digits) + 1) % 1_000_000:06d}"


def test_the_code_that_arrives_is_right_once(gateway):
    digits = a_code(gateway)

    phone_codes.verify(phone="+86 154 0000 0001", digits=digits, at=NOW)

    with pytest.raises(CodeExpired):
        phone_codes.verify(phone=PHONE, digits=digits, at=NOW)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("zh-hans", "回音登录验证码：{}，5 分钟内有效，请不要告诉任何人。"),
        ("en", "Huiyin sign-in code: {}. Valid for 5 minutes. Do not share it."),
    ],
)
def test_the_message_is_in_the_language_of_the_page(gateway, language, text):
    digits = a_code(gateway, language=language)

    assert gateway.messages[-1]["text"] == text.format(digits)


def test_neither_digits_nor_phone_are_in_the_database(gateway):
    digits = a_code(gateway)

    (row,) = PhoneCode.objects.values()

    assert digits not in str(row.values())
    assert PHONE not in str(row.values())


def test_a_code_lasts_five_minutes(gateway):
    digits = a_code(gateway)

    with pytest.raises(CodeExpired):
        phone_codes.verify(phone=PHONE, digits=digits, at=NOW + timedelta(minutes=5))
    phone_codes.verify(phone=PHONE, digits=digits, at=NOW + timedelta(minutes=4, seconds=59))


def test_a_code_has_five_tries(gateway):
    digits = a_code(gateway)
    left = []

    for _ in range(4):
        with pytest.raises(CodeWrong) as refused:
            phone_codes.verify(phone=PHONE, digits=wrong(digits), at=NOW)
        left.append(refused.value.left)
    with pytest.raises(CodeExpired):
        phone_codes.verify(phone=PHONE, digits=wrong(digits), at=NOW)

    assert left == [4, 3, 2, 1]
    with pytest.raises(CodeExpired):
        phone_codes.verify(phone=PHONE, digits=digits, at=NOW)


def test_the_fifth_try_may_be_the_right_one(gateway):
    digits = a_code(gateway)
    for _ in range(4):
        with pytest.raises(CodeWrong):
            phone_codes.verify(phone=PHONE, digits=wrong(digits), at=NOW)

    phone_codes.verify(phone=PHONE, digits=digits, at=NOW)


def test_a_new_code_ends_the_one_before(gateway):
    later = NOW + timedelta(seconds=61)
    first = a_code(gateway)
    second = a_code(gateway, at=later)

    if first != second:
        with pytest.raises(CodeWrong):
            phone_codes.verify(phone=PHONE, digits=first, at=later)
    phone_codes.verify(phone=PHONE, digits=second, at=later)


def test_the_code_of_one_phone_opens_no_other(gateway):
    digits = a_code(gateway)
    a_code(gateway, phone=OTHER_PHONE)

    if gateway.messages[0]["text"] != gateway.messages[1]["text"]:
        with pytest.raises(CodeWrong):
            phone_codes.verify(phone=OTHER_PHONE, digits=digits, at=NOW)


def test_codes_come_a_minute_apart(gateway):
    a_code(gateway)

    with pytest.raises(CodeTooSoon) as refused:
        a_code(gateway, at=NOW + timedelta(seconds=20))
    a_code(gateway, at=NOW + timedelta(seconds=60))

    assert refused.value.seconds == 40
    assert len(gateway.messages) == 2


def test_a_phone_gets_only_so_many_an_hour(gateway, configured):
    configured(sms_code_per_phone_hour=2)
    for minute in (0, 1):
        a_code(gateway, at=NOW + timedelta(minutes=minute))

    with pytest.raises(CodesOfPhoneUsedUp) as refused:
        a_code(gateway, at=NOW + timedelta(minutes=15))
    a_code(gateway, phone=OTHER_PHONE, at=NOW + timedelta(minutes=15))
    a_code(gateway, at=NOW + timedelta(minutes=60))

    assert refused.value.minutes == 45


def test_an_address_gets_only_so_many_an_hour(gateway, configured):
    configured(sms_code_per_address_hour=1)
    a_code(gateway)

    with pytest.raises(CodesOfAddressUsedUp):
        a_code(gateway, phone=OTHER_PHONE)
    a_code(gateway, phone=OTHER_PHONE, address="192.0.2.8")

    assert [message["to"] for message in gateway.messages] == [PHONE, OTHER_PHONE]


def test_a_day_has_only_so_many_and_begins_at_local_midnight(gateway, configured):
    configured(sms_code_per_day=1)
    midnight = NOW.replace(hour=0) + timedelta(days=1)
    a_code(gateway)

    with pytest.raises(CodesOfDayUsedUp):
        a_code(gateway, phone=OTHER_PHONE, at=midnight - timedelta(seconds=1))
    a_code(gateway, phone=OTHER_PHONE, at=midnight)


def test_a_refused_code_counts_against_nothing(gateway, configured):
    configured(sms_code_per_phone_hour=1, sms_code_per_address_hour=1)
    a_code(gateway, phone=OTHER_PHONE)

    with pytest.raises(CodesOfAddressUsedUp):
        a_code(gateway)

    a_code(gateway, address="192.0.2.9")  # the phone's own count was not touched


def test_what_is_no_mobile_number_gets_no_code(gateway):
    with pytest.raises(PhoneNotMobile):
        a_code(gateway, phone="12345")

    assert gateway.messages == []


def test_a_gateway_that_refuses_is_said_and_nobody_waits(configured, gateway):
    configured(sms_url="")
    with pytest.raises(CodeNotSent):
        phone_codes.request(phone=PHONE, address=ADDRESS, language="en", at=NOW)
    configured(sms_url=gateway.url)

    assert a_code(gateway)


def test_waiting_is_said_in_seconds(gateway):
    before = phone_codes.seconds_to_next(phone=PHONE, at=NOW)
    a_code(gateway)

    assert (before, phone_codes.seconds_to_next(phone=PHONE, at=NOW)) == (0, 60)
    assert phone_codes.seconds_to_next(phone=PHONE, at=NOW + timedelta(seconds=75)) == 0


def test_old_codes_are_deleted(gateway):
    a_code(gateway)

    assert phone_codes.clean(at=NOW + timedelta(minutes=64)) == 0
    assert phone_codes.clean(at=NOW + timedelta(minutes=66)) == 1
