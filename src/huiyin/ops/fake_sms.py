"""A fake SMS gateway for demo and tests: takes signed requests, sends nothing, shows everything.

POST / with {"id", "to", "text", "template"} and the headers X-Huiyin-Timestamp and
X-Huiyin-Signature (hex HMAC-SHA256 of timestamp + "." + body). The id is the duplicate key.
GET /messages?to= answers JSON, GET / a page for people. It listens on this machine only. With
--reports it tells that address, signed alike, which messages have arrived: {"id", "status"}, or a
list of them where some came soon after each other. Connections stay open.
"""

import argparse
import base64
import hashlib
import hmac
import json
import os
import queue
import signal
import sys
import threading
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from html import escape
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

SIGNATURE_SECONDS = 300
LARGEST_BODY = 64_000
SHOWN = 200
# A report that is not taken is made again; the first a moment after the message.
REPORT_AFTER_SECONDS = (0.2, 2, 10, 60)
REPORTED_AT_ONCE = 100
IDLE_SECONDS = 60
FIELDS = frozenset({"id", "to", "text", "template"})


@dataclass(frozen=True, slots=True)
class Message:
    """One accepted message."""

    id: str
    to: str
    text: str
    template: str
    received_at: str


class Outbox:
    """The accepted messages, in memory and in a file that survives a restart."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._messages: dict[str, Message] = {}
        if path.exists():
            for line in path.read_text(encoding="utf-8").splitlines():
                try:
                    message = Message(**json.loads(line))
                except (ValueError, TypeError):
                    continue  # the last line of a process that was killed while writing
                self._messages[message.id] = message

    def accept(self, message: Message) -> bool:
        """Keep a message; answer False when its id is known already."""
        with self._lock:
            if message.id in self._messages:
                return False
            line = json.dumps(asdict(message), ensure_ascii=False) + "\n"
            descriptor = os.open(self._path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
            with os.fdopen(descriptor, "a", encoding="utf-8") as file:
                file.write(line)
            self._messages[message.id] = message
            return True

    def messages(self, to: str = "") -> list[Message]:
        """Return the messages, newest first, of one number when given."""
        with self._lock:
            kept = list(self._messages.values())
        return [message for message in reversed(kept) if to in ("", message.to)]


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """Return the signature both sides compute."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def refusal_of(secret: str, timestamp: str, signature: str, body: bytes, now: float) -> str:
    """Tell why a request is not from Huiyin, "" when it is."""
    if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
        return "X-Huiyin-Timestamp must be Unix seconds."
    if abs(now - int(timestamp)) > SIGNATURE_SECONDS:
        return "X-Huiyin-Timestamp is too far from this gateway's clock."
    if not hmac.compare_digest(sign(secret, timestamp, body).encode(), signature.encode()):
        return "X-Huiyin-Signature does not fit the body and the secret."
    return ""


def message_of(body: bytes) -> Message:
    """Read the body. Raises ValueError with a sentence."""
    given = json.loads(body)
    if not isinstance(given, dict) or set(given) != FIELDS:
        raise ValueError("The body must be an object of id, to, text and template.")
    if not all(isinstance(value, str) and value for value in given.values()):
        raise ValueError("id, to, text and template must be texts.")
    return Message(**given, received_at=datetime.now(UTC).isoformat(timespec="seconds"))


class Reporter:
    """Tells Huiyin, from a thread of its own, what became of each message: it arrived."""

    def __init__(self, address: str, secret: str) -> None:
        self._parts = urlsplit(address)
        self._secret = secret
        self._waiting: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._run, daemon=True).start()

    def tell(self, message_id: str) -> None:
        """Report a message, soon."""
        self._waiting.put(message_id)

    def _run(self) -> None:
        while True:
            waiting = [self._waiting.get()]
            for number, seconds in enumerate(REPORT_AFTER_SECONDS):
                time.sleep(seconds)
                if not number:
                    waiting += self._others(REPORTED_AT_ONCE - 1)
                if self._report(waiting):
                    break

    def _others(self, most: int) -> list[str]:
        """Take up to so many of those that have come in the meantime."""
        found: list[str] = []
        try:
            while len(found) < most:
                found.append(self._waiting.get_nowait())
        except queue.Empty:
            pass
        return found

    def _report(self, message_ids: list[str]) -> bool:
        reports = [{"id": one, "status": "delivered"} for one in message_ids]
        body = json.dumps(reports if len(reports) > 1 else reports[0]).encode()
        timestamp = str(int(time.time()))
        headers = {
            "Content-Type": "application/json",
            "X-Huiyin-Timestamp": timestamp,
            "X-Huiyin-Signature": sign(self._secret, timestamp, body),
        }
        line = HTTPConnection(self._parts.hostname or "", self._parts.port, timeout=5)
        try:
            line.request("POST", self._parts.path or "/", body, headers)
            return line.getresponse().status < HTTPStatus.INTERNAL_SERVER_ERROR
        except (OSError, HTTPException):
            return False
        finally:
            line.close()


class Gateway(ThreadingHTTPServer):
    """The server; `secret` and `outbox` are what its requests need."""

    daemon_threads = True

    def __init__(self, port: int, secret: str, outbox: Outbox, reports: str = "") -> None:
        self.secret = secret
        self.outbox = outbox
        self.reporter = Reporter(reports, secret) if reports else None
        super().__init__(("127.0.0.1", port), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say what broke, but nothing of a caller who hung up: connections are kept open."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: Gateway
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else an answer waits until its head has been confirmed
    timeout = IDLE_SECONDS
    server_version = "HuiyinFakeSMS"
    sys_version = ""

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > LARGEST_BODY:
            self.close_connection = True  # what is not read would be taken for the next request
            self._json(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {"error": "The body is too large."})
            return
        body = self.rfile.read(int(length))
        refused = refusal_of(
            self.server.secret,
            self.headers.get("X-Huiyin-Timestamp", ""),
            self.headers.get("X-Huiyin-Signature", ""),
            body,
            time.time(),
        )
        if refused:
            self._json(HTTPStatus.UNAUTHORIZED, {"error": refused})
            return
        try:
            message = message_of(body)
        except ValueError as error:
            self._json(HTTPStatus.BAD_REQUEST, {"error": str(error)})
            return
        is_new = self.server.outbox.accept(message)
        if is_new:
            sys.stderr.write(f"accepted a message (template {message.template})\n")
        if self.server.reporter is not None:
            self.server.reporter.tell(message.id)
        self._json(HTTPStatus.ACCEPTED, {"accepted": True, "duplicate": not is_new})

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        to = parse_qs(parts.query).get("to", [""])[0]
        if self._is_foreign_host():
            self._json(HTTPStatus.FORBIDDEN, {"error": "Open this page as http://localhost."})
        elif parts.path == "/messages":
            found = [asdict(message) for message in self.server.outbox.messages(to)]
            self._json(HTTPStatus.OK, {"messages": found})
        elif parts.path == "/":
            self._answer(
                HTTPStatus.OK,
                "text/html; charset=utf-8",
                page(self.server.outbox.messages(to)).encode(),
            )
        else:
            self._json(HTTPStatus.NOT_FOUND, {"error": "There is / and /messages?to="})

    def _is_foreign_host(self) -> bool:
        """A page elsewhere could point its own name at this machine and read the codes."""
        host = self.headers.get("Host", "").rpartition(":")[0] or self.headers.get("Host", "")
        return host not in ("localhost", "127.0.0.1")

    def _json(self, status: HTTPStatus, value: object) -> None:
        body = json.dumps(value, ensure_ascii=False).encode()
        self._answer(status, "application/json; charset=utf-8", body)

    def _answer(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Security-Policy", _POLICY)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing per request: the address holds a phone number."""


_STYLE = """
body { font: 16px/1.6 system-ui, sans-serif; margin: 0 auto; max-width: 44rem; padding: 1rem; }
h1 { font-size: 1.25rem; } p.note { color: #555; }
ol { list-style: none; padding: 0; } li { border-top: 1px solid #ccc; padding: .75rem 0; }
.meta { color: #555; font-size: .875rem; } .text { overflow-wrap: anywhere; }
"""
_STYLE_SHA = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY = f"default-src 'none'; style-src 'sha256-{_STYLE_SHA}'"


def page(messages: list[Message]) -> str:
    """Return the outbox as a page: what residents would have got on their phones."""
    zone = ZoneInfo("Asia/Shanghai")
    items = "".join(
        f'<li><div class="meta">{escape(message.to)} · '
        f"{datetime.fromisoformat(message.received_at).astimezone(zone):%Y-%m-%d %H:%M:%S}"
        f'</div><div class="text">{escape(message.text)}</div></li>'
        for message in messages[:SHOWN]
    )
    empty = "<p>还没有短信。 <span lang=en>No messages yet.</span></p>"
    return (
        '<!doctype html><html lang="zh-Hans"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta http-equiv="refresh" content="3"><title>演示短信 · Demo messages</title>'
        f"<style>{_STYLE}</style></head><body><h1>演示短信 <span lang=en>Demo messages</span></h1>"
        '<p class="note">演示环境不发送真实短信，内容显示在这里，每三秒更新一次。 '
        "<span lang=en>The demo sends no real messages; they appear here, renewed every three "
        f"seconds.</span></p>{f'<ol>{items}</ol>' if items else empty}</body></html>"
    )


def main() -> None:
    """Run the gateway until it is told to stop; the secret comes by the environment."""
    parser = argparse.ArgumentParser(description="Fake SMS gateway for demo and tests.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--outbox", type=Path, required=True)
    parser.add_argument("--reports", default="", help="where to report what arrived")
    arguments = parser.parse_args()
    gateway = Gateway(
        arguments.port,
        os.environ["HUIYIN_SMS_SECRET"],
        Outbox(arguments.outbox),
        arguments.reports,
    )

    def end(*_: object) -> None:
        # shutdown() waits for the loop this thread runs, so another thread has to ask for it.
        threading.Thread(target=gateway.shutdown).start()

    for what in (signal.SIGTERM, signal.SIGINT):
        signal.signal(what, end)
    gateway.serve_forever(poll_interval=0.1)
    gateway.server_close()


if __name__ == "__main__":
    main()
