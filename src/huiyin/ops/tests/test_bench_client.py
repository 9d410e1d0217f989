"""The client of the benchmark: what it counts is what was answered, and in what time."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise

import pytest

from huiyin.ops.bench.burst import normal_after
from huiyin.ops.bench.client import (
    MOST_AGAIN,
    Answer,
    Drop,
    Voice,
    Wire,
    drive,
    rain,
    share_of,
    steady,
    told_to_wait,
)

ME = Voice({"X-Me": "1"})


class Answering(BaseHTTPRequestHandler):
    """Answers by what the address says."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer as the address says: its status, whole, in chunks, or not at all."""
        _, status, how = self.path.split("/")
        if how == "hangs_up":
            self.close_connection = True
            return
        body = b"said " + self.headers["X-Me"].encode()
        refuses = how == "is_full" and self.server.refusals > 0
        self.send_response(503 if refuses else int(status))
        if refuses:
            self.server.refusals -= 1
            self.send_header("Retry-After", "0")
        if how == "chunked":
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"5\r\nsaid \r\n")
            self.wfile.flush()
            self.wfile.write(b"1\r\n1\r\n0\r\n\r\n")
            return
        if how == "closes":
            self.send_header("Connection", "close")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        """Give back what was sent."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(201)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def a_server(refusals: int = 0) -> Iterator[int]:
    """A server; of those who ask at `is_full` it refuses so many."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        server.refusals = refusals
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def asking(*paths):
    """Return a work that asks for addresses one after the other; wrong is what is not 200."""

    def work(number):
        def do():
            for path in paths:
                answer = yield ME.get(path)
                if answer.status != 200:
                    return str(answer.status)
                if answer.body != b"said 1":
                    return f"body {answer.body!r}"
            return ""

        return do

    return work


def test_an_answer_is_read_whole_in_chunks_or_from_a_connection_that_closes():
    with a_server() as port:
        run = drive(
            asking("/200/whole", "/200/chunked", "/200/closes", "/200/whole"),
            port=port, connections=3, pieces=9,
        )  # fmt: skip

    assert (len(run.times), run.errors, run.asked) == (9, {}, 36)


def test_what_is_sent_arrives_as_json_as_a_form_and_as_a_file():
    with a_server() as port:
        wire = Wire(port)
        json = wire.ask(ME.post("/", {"a": "灯"}))
        form = wire.ask(ME.form("/", {"a": "灯"}))
        file = wire.ask(ME.file("/", "灯.jpg", b"bytes", "image/jpeg"))
        wire.close()

    assert json.json() == {"a": "灯"}
    assert form.body == b"a=%E7%81%AF"
    assert b'filename="\xe7\x81\xaf.jpg"' in file.body
    assert b"\r\n\r\nbytes\r\n--" in file.body


def test_an_error_is_no_piece_of_work_and_told_by_its_name():
    with a_server() as port:
        wrong = drive(asking("/503/whole"), port=port, connections=2, pieces=4)
        cut = drive(asking("/200/hangs_up"), port=port, connections=1, pieces=2)

    assert (wrong.times, wrong.errors) == ([], {"503": 4})
    assert (cut.times, cut.errors) == ([], {"ConnectionError": 2})


def test_whoever_is_refused_asks_the_same_again_and_is_no_error():
    with a_server(refusals=3) as port:
        run = drive(
            asking("/200/whole", "/200/is_full", "/200/whole"), port=port, connections=1, pieces=2
        )

    assert (len(run.times), run.errors, run.refused, run.asked) == (2, {}, 3, 9)


def test_whoever_is_refused_for_ever_gives_up_and_is_an_error():
    with a_server(refusals=10**6) as port:
        run = drive(asking("/200/is_full"), port=port, connections=1, pieces=1)

    assert (run.times, run.errors, run.refused) == ([], {"503": 1}, MOST_AGAIN)


def test_in_the_rain_nobody_asks_again():
    with a_server(refusals=1) as port:
        drops, run = rain(asking("/200/is_full"), port=port, times=[0.0, 0.1], most=1)

    assert ([one.wrong for one in drops], run.refused) == (["503", ""], 0)


@pytest.mark.parametrize(
    ("status", "head", "seconds"),
    [(503, "Retry-After: 6", 6.0), (503, "", None), (429, "Retry-After: 6", None)],
    ids=["refused", "broken", "too-often"],
)
def test_an_answer_says_after_how_many_seconds_to_ask_again(status, head, seconds):
    answer = Answer(status, f"HTTP/1.1 {status}\r\n{head}".encode(), b"")

    assert told_to_wait(answer) == seconds


def test_a_piece_may_wait_without_holding_up_the_others():

    def work(number):
        def do():
            yield 0.2
            answer = yield ME.get("/200/whole")
            return "" if answer.status == 200 else "wrong"

        return do

    with a_server() as port:
        run = drive(work, port=port, connections=5, pieces=5)

    assert run.errors == {}
    assert min(run.times) >= 0.2


def test_callers_come_at_their_times_and_waiting_for_a_free_line_counts():
    def work(number):
        def do():
            yield 0.15
            return ""

        return do

    with a_server() as port:
        drops, _ = rain(work, port=port, times=[0.0, 0.0, 0.0], most=1)

    assert [one.wrong for one in drops] == ["", "", ""]
    assert all(later.took > earlier.took for earlier, later in pairwise(drops))
    assert drops[2].took >= 3 * 0.15


def test_it_is_normal_again_when_nobody_after_that_waited_longer():
    late, wrong = Drop(31.0, 33.0, ""), Drop(32.0, 32.1, "503")
    quick = [Drop(at, at + 0.1, "") for at in (33.0, 34.0)]

    assert normal_after([late, wrong, *quick], since=30.0, limit=0.5) == 3.0
    assert normal_after([*quick, late], since=30.0, limit=0.5) is None


def test_so_many_a_second_are_spread_evenly():
    assert steady(4, 1) == [0.0, 0.25, 0.5, 0.75]


def test_a_share_is_taken_of_the_values_in_order():
    values = [float(n) for n in range(100, 0, -1)]

    assert (share_of(values, 0.5), share_of(values, 0.95), share_of([], 0.5)) == (51.0, 96.0, 0.0)
