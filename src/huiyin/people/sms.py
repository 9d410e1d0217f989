"""The port to an SMS gateway: signed HTTP, one message a call, a typed outcome.

POST {"id", "to", "text", "template"} as JSON to HUIYIN_SMS_URL with the headers X-Huiyin-Timestamp
(Unix seconds) and X-Huiyin-Signature (hex HMAC-SHA256 of timestamp + "." + body). The gateway
answers 202, and takes a second message with the same id for the first. Neither phone nor text is
ever logged.
"""

import hashlib
import hmac
import json
import select
import time
from enum import StrEnum
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from urllib.parse import SplitResult, urlsplit

import structlog
from django.conf import settings

TIMEOUT_SECONDS = 5
NO_GATEWAY = "no gateway is set"
LARGEST_ANSWER = 65_536  # bytes read of it; whoever says more is hung up on

log = structlog.get_logger("huiyin.sms")


class Outcome(StrEnum):
    """What is known about a message after handing it over."""

    ACCEPTED = "accepted"  # the gateway has it
    REFUSED = "refused"  # it was surely not sent
    UNREACHABLE = "unreachable"  # nor was it: there is nobody to take it
    UNKNOWN = "unknown"  # it may have been sent; sending it again may send it twice


class Line:
    """A connection to the gateway for messages one after the other; `close` it in the end.

    It is opened with the first message and again where the gateway has closed it in between.
    `said`: why the last message was not taken, as "status 401" or "ConnectionRefusedError"; "" when
    it was. Nothing personal.
    """

    def __init__(self) -> None:
        self._open: HTTPConnection | None = None
        self.said = ""

    def __enter__(self) -> "Line":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send(self, *, to: str, text: str, template: str, message_id: str) -> Outcome:
        """Hand a message to the gateway; waits at most five seconds for each step.

        `to`: eleven digits. `message_id`: the gateway's duplicate key; the same message keeps its
        id.
        """
        config = settings.HUIYIN
        if not config.sms_url:
            return self._told(Outcome.UNREACHABLE, template, NO_GATEWAY)
        message = {"id": message_id, "to": to, "text": text, "template": template}
        body = json.dumps(message, ensure_ascii=False).encode()
        parts = urlsplit(config.sms_url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            connection = self._connected(parts)
        except (OSError, HTTPException) as error:
            return self._told(Outcome.UNREACHABLE, template, type(error).__name__)
        try:
            connection.request("POST", path, body=body, headers=_signed(body, config.sms_secret))
            answer = connection.getresponse()
            status = answer.status
        except (OSError, HTTPException) as error:
            self.close()
            return self._told(Outcome.UNKNOWN, template, type(error).__name__)
        self._read_to_the_end(answer)
        if status in (200, 202):
            return self._told(Outcome.ACCEPTED, template, "")
        # A gateway that answers with a client error has read the message and does not want it.
        refused = 400 <= status < 500
        outcome = Outcome.REFUSED if refused else Outcome.UNKNOWN
        return self._told(outcome, template, f"status {status}")

    def close(self) -> None:
        """Close the connection if there is one."""
        if self._open is not None:
            self._open.close()
            self._open = None

    def _told(self, outcome: Outcome, template: str, reason: str) -> Outcome:
        self.said = reason
        write = log.info if outcome is Outcome.ACCEPTED else log.warning
        write("sms", outcome=outcome.value, template=template, reason=reason)
        return outcome

    def _connected(self, parts: SplitResult) -> HTTPConnection:
        """Return the connection, made anew where there is none or the gateway has closed it."""
        if self._open is not None and not _is_usable(self._open):
            self.close()
        if self._open is None:
            kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
            made = kind(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS)
            try:
                made.connect()
            except (OSError, HTTPException):
                made.close()
                raise
            self._open = made
        return self._open

    def _read_to_the_end(self, answer: HTTPResponse) -> None:
        """Read what else was answered, so that the connection can be used again; else close it."""
        try:
            answer.read(LARGEST_ANSWER)
        except (OSError, HTTPException):
            self.close()
            return
        if not answer.isclosed():
            self.close()


def send(*, to: str, text: str, template: str, message_id: str) -> Outcome:
    """Hand one message to the gateway over a connection of its own; see `Line.send`."""
    with Line() as line:
        return line.send(to=to, text=text, template=template, message_id=message_id)


def _signed(body: bytes, secret: str) -> dict[str, str]:
    timestamp = str(int(time.time()))
    signature = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256)
    return {
        "Content-Type": "application/json",
        "X-Huiyin-Timestamp": timestamp,
        "X-Huiyin-Signature": signature.hexdigest(),
    }


def _is_usable(connection: HTTPConnection) -> bool:
    """Tell whether the other side has neither closed it nor said what nobody asked for."""
    if connection.sock is None:
        return False
    waiting = select.poll()
    waiting.register(connection.sock, select.POLLIN)
    return not waiting.poll(0)
