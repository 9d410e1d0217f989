"""A real SMS gateway on this machine, small: it checks signatures and keeps what it took."""

import hashlib
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = "a-secret-of-forty-characters-for-the-tests-only"


class Gateway(ThreadingHTTPServer):
    """Answers `status` to signed requests, 401 to others; `drop` hangs up without an answer.

    While `may_answer` is not set whoever has sent something waits.
    """

    daemon_threads = True

    def __init__(self, *, status: int = 202, drop: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
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
