"""Signing in with a code sent to a phone: six digits, five minutes, five tries, few a day.

Every number gets the same answers, whether or not somebody has an account with it.
"""

import hmac
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from huiyin.people import limits, phones, sms
from huiyin.people.addresses import address_key
from huiyin.people.models import PhoneCode
from huiyin.people.refusals import (
    CodeExpired,
    CodeNotSent,
    CodesOfAddressUsedUp,
    CodesOfDayUsedUp,
    CodesOfPhoneUsedUp,
    CodeTooSoon,
    CodeWrong,
)
from huiyin.people.sealing import blind_index

DIGITS = 6
LIFE = timedelta(minutes=5)
MOST_TRIES = 5
BETWEEN_CODES = timedelta(seconds=60)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TEMPLATE = "sign_in_code"


def request(*, phone: str, address: str | None, language: str, at: datetime) -> PhoneCode:
    """Send a code to a phone; codes sent to it before die.

    Limits: 60 seconds between two; per phone and address an hour, and all together a day, from the
    settings. An outcome nobody knows counts as sent: the message may well arrive.
    Raises PhoneNotMobile, CodeTooSoon, CodesOfPhoneUsedUp, CodesOfAddressUsedUp, CodesOfDayUsedUp,
    CodeNotSent.
    """
    number = phones.normal(phone)
    index = phones.index_of(number)
    with transaction.atomic():
        _one_at_a_time(index)
        _check_limits(index, address=address, at=at)
        PhoneCode.objects.filter(phone_index=index, used_at=None).delete()
        digits = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
        code = PhoneCode(phone_index=index, created_at=at, expires_at=at + LIFE)
        code.digest = _digest(code, digits)
        code.save(force_insert=True)
    with translation.override(language):
        text = _("Huiyin sign-in code: %(code)s. Valid for 5 minutes. Do not share it.") % {
            "code": digits
        }
    outcome = sms.send(to=number, text=text, template=TEMPLATE, message_id=str(code.pk))
    if outcome in (sms.Outcome.REFUSED, sms.Outcome.UNREACHABLE):
        code.delete()  # nothing was sent, so nobody has to wait a minute
        raise CodeNotSent()
    return code


def verify(*, phone: str, digits: str, at: datetime) -> None:
    """Accept the code sent to a phone, once.

    Call it outside of a transaction: a wrong try must stay counted. The fifth uses the code up.
    Raises PhoneNotMobile, CodeWrong, CodeExpired.
    """
    index = phones.index_of(phones.normal(phone))
    with transaction.atomic():
        code = (
            PhoneCode.objects.select_for_update()
            .filter(phone_index=index, used_at=None, expires_at__gt=at, tries__lt=MOST_TRIES)
            .order_by("-created_at")
            .first()
        )
        right = code is not None and hmac.compare_digest(
            bytes(code.digest), _digest(code, digits.strip())
        )
        if code is not None:
            PhoneCode.objects.filter(pk=code.pk).update(
                tries=F("tries") + 1, used_at=at if right else None
            )
    if code is None:
        raise CodeExpired()
    if not right:
        left = MOST_TRIES - code.tries - 1
        raise CodeWrong(left=left) if left else CodeExpired()


def seconds_to_next(*, phone: str, at: datetime) -> int:
    """Return how long somebody has to wait before asking for another code; 0 when not at all."""
    index = phones.index_of(phones.normal(phone))
    last = _last_sent(index)
    return max(0, round((last + BETWEEN_CODES - at).total_seconds())) if last else 0


def clean(*, at: datetime) -> int:
    """Delete the codes that are no longer valid; return how many."""
    return PhoneCode.objects.filter(expires_at__lt=at - HOUR).delete()[0]


def _check_limits(index: bytes, *, address: str | None, at: datetime) -> None:
    last = _last_sent(index)
    if last is not None and at < last + BETWEEN_CODES:
        raise CodeTooSoon(seconds=max(1, round((last + BETWEEN_CODES - at).total_seconds())))
    config = settings.HUIYIN
    verdict = limits.allow(
        f"code:phone:{index.hex()[:32]}", limit=config.sms_code_per_phone_hour, window=HOUR, at=at
    )
    if not verdict:
        raise CodesOfPhoneUsedUp(minutes=verdict.minutes)
    verdict = limits.allow(
        f"code:address:{address_key(address)}",
        limit=config.sms_code_per_address_hour,
        window=HOUR,
        at=at,
    )
    if not verdict:
        raise CodesOfAddressUsedUp(minutes=verdict.minutes)
    if not limits.allow("code:all", limit=config.sms_code_per_day, window=DAY, at=at):
        raise CodesOfDayUsedUp()


def _last_sent(index: bytes) -> datetime | None:
    sent = PhoneCode.objects.filter(phone_index=index).order_by("-created_at")
    return sent.values_list("created_at", flat=True).first()


def _digest(code: PhoneCode, digits: str) -> bytes:
    return blind_index(f"{code.pk}:{digits}", purpose="phone_code")


def _one_at_a_time(index: bytes) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(index[:8], "big", signed=True)]
        )
