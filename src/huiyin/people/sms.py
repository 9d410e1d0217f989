"""The port to an SMS gateway: signed HTTP, one message a call, a typed outcome.

POST {"id", "to", "text", "template"} as JSON to HUIYIN_SMS_URL with the headers X-Huiyin-Timestamp
(Unix seconds) and X-Huiyin-Signature (hex HMAC-SHA256 of timestamp + "." + body). The gateway
answers 202, and takes a second message with the same id for the first. Neither phone nor text is
ever logged.
"""

import hashlib
import hmac
import json
import time
from enum import StrEnum
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

import structlog
from django.conf import settings

TIMEOUT_SECONDS = 5

log = structlog.get_logger("huiyin.sms")


class Outcome(StrEnum):
    """What is known about a message after handing it over."""

    ACCEPTED = "accepted"  # the gateway has it
    REFUSED = "refused"  # it was surely not sent
    UNKNOWN = "unknown"  # it may have been sent; sending it again may send it twice


def send(*, to: str, text: str, template: str, message_id: str) -> Outcome:
    """Hand a message to the gateway; waits at most five seconds for each step.

    `to`: eleven digits. `message_id`: the gateway's duplicate key; the same message keeps its id.
    """
    config = settings.HUIYIN
    if not config.sms_url:
        return _told(Outcome.REFUSED, template, "no gateway is set")
    message = {"id": message_id, "to": to, "text": text, "template": template}
    body = json.dumps(message, ensure_ascii=False).encode()
    timestamp = str(int(time.time()))
    signed = timestamp.encode() + b"." + body
    headers = {
        "Content-Type": "application/json",
        "X-Huiyin-Timestamp": timestamp,
        "X-Huiyin-Signature": hmac.new(
            config.sms_secret.encode(), signed, hashlib.sha256
        ).hexdigest(),
    }
    parts = urlsplit(config.sms_url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        try:
            connection.connect()
        except (OSError, HTTPException) as error:
            return _told(Outcome.REFUSED, template, type(error).__name__)
        try:
            connection.request("POST", path, body=body, headers=headers)
            status = connection.getresponse().status
        except (OSError, HTTPException) as error:
            return _told(Outcome.UNKNOWN, template, type(error).__name__)
    finally:
        connection.close()
    if status in (200, 202):
        return _told(Outcome.ACCEPTED, template, "")
    # A gateway that answers with a client error has read the message and does not want it.
    refused = 400 <= status < 500
    return _told(Outcome.REFUSED if refused else Outcome.UNKNOWN, template, f"status {status}")


def _told(outcome: Outcome, template: str, reason: str) -> Outcome:
    write = log.info if outcome is Outcome.ACCEPTED else log.warning
    write("sms", outcome=outcome.value, template=template, reason=reason)
    return outcome
