"""A real SMS gateway on this machine, small: it checks signatures and keeps what it took."""

import hashlib
import hmac
import json
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = "a-secret-of-forty-characters-for-the-tests-only"


class Gateway(ThreadingHTTPServer):
    """Answers `status` to signed requests, 401 to others; `drop` hangs up without an answer.

    While `may_answer` is not set whoever has sent something waits. `keeps`: connections stay open,
    for so many requests as `hangs_up_after` says where it is given; then it hangs up without a
    word, and `ended` is set.
    """

    daemon_threads = True

    def __init__(
        self, *, status: int = 202, drop: bool = False, keeps: bool = False,
        hangs_up_after: int = 0,
    ) -> None:  # fmt: skip
        super().__init__(("127.0.0.1", 0), _Keeping if keeps else _Handler)
        self.hangs_up_after, self.connections = hangs_up_after, 0
        self.ended = threading.Event()
        self.status, self.drop = status, drop
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.messages: list[dict[str, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/sms?client=7"

    def __enter__(self) -> "Gateway":
        self.thread = threading.Thread(target=self.serve_forever, args=(0.02,))
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.thread.join()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: Gateway

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        timestamp = self.headers["X-Huiyin-Timestamp"]
        expected = hmac.new(
            SECRET.encode(), timestamp.encode() + b"." + body, hashlib.sha256
        ).hexdigest()
        signed = hmac.compare_digest(expected, self.headers["X-Huiyin-Signature"])
        self.server.may_answer.wait()
        if self.server.drop:
            self.close_connection = True
            return
        if signed and abs(time.time() - int(timestamp)) < 300 and self.path == "/sms?client=7":
            status = self.server.status
            self.server.messages.append(json.loads(body))
        else:
            status = 401
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class _Keeping(_Handler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1
        self.asked = 0

    def do_POST(self) -> None:
        super().do_POST()
        self.asked += 1
        if self.asked == self.server.hangs_up_after:
            self.close_connection = True

    def finish(self) -> None:
        super().finish()
        self.connection.shutdown(socket.SHUT_RDWR)
        self.server.ended.set()
