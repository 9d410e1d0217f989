"""Handing a message over: SMS through `people.sms`, e-mail through SMTP. What is known afterwards.

An SMS keeps its id, which the gateway takes for its duplicate key. An e-mail keeps its Message-ID;
servers do not promise to look at it, so an unclear one is never sent again by itself.
"""

import json
import smtplib
from dataclasses import dataclass
from email.utils import formatdate
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from huiyin.notices.models import Notice
from huiyin.notices.texts import Channel
from huiyin.people import sms

UNREACHABLE: Final = "gateway_unreachable"
KEY_REFUSED: Final = "gateway_key"
NOT_SET: Final = "not set"
# What no message is to blame for: the next one would meet the same.
AWAY: Final = (UNREACHABLE, KEY_REFUSED, "no_mail_server", "mail_unreachable")
WRONG_KEY: Final = "status 401"


class Verdict(StrEnum):
    """What is to be done with a message after handing it over."""

    SENT = "sent"
    AGAIN = "again"  # it was surely not sent, and may be tried later
    REFUSED = "refused"  # it was surely not sent, and never will be
    UNKNOWN = "unknown"  # it may have been sent


@dataclass(frozen=True, slots=True)
class Handed:
    """The verdict with a reason, a code of `wording.REASONS`, perhaps with what was answered."""

    verdict: Verdict
    reason: str = ""

    @property
    def is_away(self) -> bool:
        """Whether it met nobody who would take any message."""
        return self.reason.partition(":")[0] in AWAY


def hand_over(notice: Notice, line: sms.Line) -> Handed:
    """Hand a message to its gateway or server. It waits some seconds, outside of transactions.

    `line`: to the SMS gateway, for many messages one after the other.
    """
    subject, body = json.loads(notice.texts)[notice.language]
    if notice.channel == Channel.SMS:
        return _sms(notice, body, line)
    return _email(notice, subject, body)


def _sms(notice: Notice, body: str, line: sms.Line) -> Handed:
    outcome = line.send(
        to=notice.address, text=body, template=notice.name, message_id=str(notice.pk)
    )
    match outcome:
        case sms.Outcome.ACCEPTED:
            return Handed(Verdict.SENT)
        case sms.Outcome.REFUSED:
            is_key = line.said == WRONG_KEY
            return Handed(Verdict.AGAIN, KEY_REFUSED if is_key else "gateway_refused")
        case sms.Outcome.UNREACHABLE:
            said = NOT_SET if line.said == sms.NO_GATEWAY else line.said
            return Handed(Verdict.AGAIN, f"{UNREACHABLE}:{said}")
        case sms.Outcome.UNKNOWN:
            return Handed(Verdict.UNKNOWN, "gateway_unclear")


def _email(notice: Notice, subject: str, body: str) -> Handed:
    if not settings.EMAIL_HOST:
        return Handed(Verdict.AGAIN, "no_mail_server")
    host = urlsplit(settings.HUIYIN.public_url).hostname or "localhost"
    message = EmailMessage(
        subject=subject,
        body=body,
        to=[notice.address],
        headers={
            "Message-ID": f"<{notice.pk}@{host}>",
            "Date": formatdate(notice.put_at.timestamp()),
            "Auto-Submitted": "auto-generated",
        },
    )
    connection = get_connection()
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as error:
        return Handed(Verdict.AGAIN, f"mail_unreachable:{type(error).__name__}")
    try:
        connection.send_messages([message])
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _words in error.recipients.values()]
        return _answered(min(codes, default=0))
    except smtplib.SMTPResponseException as error:
        return _answered(error.smtp_code)
    except (OSError, smtplib.SMTPException) as error:
        return Handed(Verdict.UNKNOWN, f"mail_unclear:{type(error).__name__}")
    finally:
        _close(connection)
    return Handed(Verdict.SENT)


def _answered(code: int) -> Handed:
    verdict = Verdict.REFUSED if code >= 500 else Verdict.AGAIN
    return Handed(verdict, f"mail_answered:{code}")


def _close(connection: object) -> None:
    # What was said to the server counts, not how the line ended.
    try:
        connection.close()  # type: ignore[attr-defined]  # of a backend
    except (OSError, smtplib.SMTPException):
        return
