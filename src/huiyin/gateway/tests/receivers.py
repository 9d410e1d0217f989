"""A receiver of webhooks on this machine: keeps what it gets and answers as told."""

import json
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from huiyin.gateway.signing import is_genuine


class Receiver:
    """Listens while it is open; `answers`: the statuses to come, the last one for good."""

    def __init__(self, *answers: int) -> None:
        self.answers = list(answers) or [204]
        self.got: list[tuple[dict[str, str], bytes]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
                left = receiver.answers
                status = left.pop(0) if len(left) > 1 else left[0]
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", receiver.url + "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"

    def __enter__(self) -> "Receiver":
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self.server.shutdown()
        self.server.server_close()

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.got]

    def is_genuine(self, secret: str, number: int = -1) -> bool:
        """Tell whether a message is signed with a secret, as a receiver would look."""
        headers, body = self.got[number]
        return is_genuine(
            secret=secret, message_id=headers["webhook-id"],
            timestamp=headers["webhook-timestamp"], given=headers["webhook-signature"],
            body=body, at=datetime.now(UTC),
        )  # fmt: skip
