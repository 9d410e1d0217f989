"""A light client: one process, kept-open plain sockets, as little work of its own as possible.

A piece of work is a generator that yields what it asks and is sent what came back (or yields for
how many seconds it waits); `drive` lets many of them go on at once, each over a connection of its
own, and `rain` begins them at set times whether the earlier ones have been answered or not.

Who is refused because too many have come (503 with Retry-After) waits so long and asks the same
again, as a browser and a polite program do; the wait is time of the piece. In the rain nobody does:
there it is measured who is refused.
"""

import heapq
import json
import select
import socket
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

TIMEOUT: Final = 30.0
PIECE: Final = 262_144
MOST_AGAIN: Final = 20  # times the same is asked again; somebody would have given up long before
_END: Final = b"\r\n\r\n"
_FORM: Final = "application/x-www-form-urlencoded"
_BOUNDARY: Final = "huiyin-bench-boundary"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: status, header lines, body."""

    status: int
    head: bytes
    body: bytes

    def json(self) -> Any:
        """Return the body as JSON."""
        return json.loads(self.body)

    def header(self, name: str) -> str:
        """Return a header, empty when it is not there."""
        return next(iter(self.headers(name)), "")

    def headers(self, name: str) -> list[str]:
        """Return every line of a header."""
        found, wanted = [], name.lower().encode()
        for line in self.head.split(b"\r\n")[1:]:
            key, _, value = line.partition(b":")
            if key.strip().lower() == wanted:
                found.append(value.strip().decode())
        return found


NOTHING: Final = Answer(0, b"", b"")


class Ask(NamedTuple):
    """What is asked; `head`: the header lines of whoever asks, as sent."""

    method: str
    path: str
    head: str
    kind: str = ""
    body: bytes = b""

    def wire(self) -> bytes:
        """Return it as it goes over the wire."""
        if self.method == "GET":
            return f"GET {self.path} HTTP/1.1\r\n{self.head}\r\n".encode()
        begin = (
            f"{self.method} {self.path} HTTP/1.1\r\n{self.head}Content-Type: {self.kind}\r\n"
            f"Content-Length: {len(self.body)}\r\n\r\n"
        )
        return begin.encode() + self.body


class Voice:
    """Somebody who asks: the header lines they send every time."""

    __slots__ = ("head",)

    def __init__(self, headers: Mapping[str, str] | None = None) -> None:
        lines = {"Host": "localhost", "Accept-Encoding": "identity", **(headers or {})}
        self.head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())

    def get(self, path: str) -> Ask:
        """Ask for a page."""
        return Ask("GET", path, self.head)

    def post(self, path: str, body: Any = None) -> Ask:
        """Send JSON."""
        content = json.dumps({} if body is None else body, ensure_ascii=False).encode()
        return Ask("POST", path, self.head, "application/json", content)

    def form(self, path: str, fields: Mapping[str, str]) -> Ask:
        """Send a form as a browser does."""
        return Ask("POST", path, self.head, _FORM, urlencode(fields).encode())

    def file(self, path: str, name: str, content: bytes, media_type: str) -> Ask:
        """Send one file in."""
        begin = (
            f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            f"Content-Type: {media_type}\r\n\r\n"
        )
        body = begin.encode() + content + f"\r\n--{_BOUNDARY}--\r\n".encode()
        return Ask("POST", path, self.head, f"multipart/form-data; boundary={_BOUNDARY}", body)


# What one connection does: asks, is answered, and returns what went wrong, empty when nothing did.
# What it is sent for a wait is the answer it had before, or NOTHING.
Piece = Generator[Ask | float, Answer, str]
Work = Callable[[], Piece]


class Wire:
    """One connection to the server, opened again when it was closed."""

    __slots__ = ("_buffer", "_chunked", "_length", "_port", "_socket", "_start")

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None
        self._forget()

    def _forget(self) -> None:
        self._buffer = bytearray()
        self._start, self._length, self._chunked = -1, 0, False

    def opened(self) -> int:
        """Open it where it is not; return the number of its socket."""
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=TIMEOUT)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._forget()
        return self._socket.fileno()

    @property
    def is_open(self) -> bool:
        """Whether it is open."""
        return self._socket is not None

    def close(self) -> None:
        """Close it."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        self._forget()

    def send(self, ask: Ask) -> None:
        """Send a request. Raises OSError."""
        assert self._socket is not None  # noqa: S101 it is open
        self._socket.sendall(ask.wire())

    def read(self) -> Answer | None:
        """Read what has come; the answer when it is whole. Raises OSError, ValueError."""
        assert self._socket is not None  # noqa: S101 it is open
        part = self._socket.recv(PIECE)
        if not part:
            raise ConnectionError("closed before the answer was whole")
        buffer = self._buffer
        buffer += part
        if self._start < 0:
            end = buffer.find(_END)
            if end < 0:
                return None
            self._start = end + len(_END)
            low = bytes(buffer[:end]).lower()
            self._chunked = b"transfer-encoding: chunked" in low
            _, _, rest = low.partition(b"content-length:")
            self._length = int(rest.split(b"\r\n", 1)[0]) if rest else 0
        if self._chunked:
            if not buffer.endswith(b"0\r\n\r\n"):
                return None
            body = _joined(bytes(buffer[self._start :]))
            if body is None:
                return None
        elif len(buffer) < self._start + self._length:
            return None
        else:
            body = bytes(buffer[self._start : self._start + self._length])
        head = bytes(buffer[: self._start - len(_END)])
        answer = Answer(int(head[9:12]), head, body)
        if b"connection: close" in head.lower():
            self.close()
        else:
            self._forget()
        return answer

    def ask(self, ask: Ask) -> Answer:
        """Send a request and wait for its answer. Raises OSError, ValueError."""
        self.opened()
        try:
            self.send(ask)
            while (answer := self.read()) is None:
                pass
        except (OSError, ValueError):
            self.close()
            raise
        return answer


def _joined(data: bytes) -> bytes | None:
    """Return a body that was sent in chunks; None where its last one is still to come."""
    out: list[bytes] = []
    at = 0
    while True:
        line = data.find(b"\r\n", at)
        if line < 0:
            return None
        length = int(data[at:line].split(b";")[0], 16)
        if not length:
            return b"".join(out)
        begin = line + 2
        if len(data) < begin + length + 2:
            return None
        out.append(data[begin : begin + length])
        at = begin + length + 2


# --- what it took ---------------------------------------------------------------------------------


@dataclass(slots=True)
class Run:
    """What many pieces took: seconds each, errors by what they were, and how long in all.

    `cpu`: seconds of processor time of the client itself. `asked`: requests sent. `refused`: those
    of them that were told to come again and did.
    """

    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    errors: dict[str, int] = field(default_factory=dict)
    asked: int = 0
    refused: int = 0
    cpu: float = 0.0

    @property
    def per_second(self) -> float:
        """Pieces in a second."""
        return len(self.times) / self.seconds if self.seconds else 0.0

    @property
    def wrong(self) -> int:
        """How many went wrong."""
        return sum(self.errors.values())

    def at(self, share: float) -> float:
        """Return the milliseconds within which this share of the pieces was done."""
        return share_of(self.times, share) * 1_000

    def note(self, wrong: str, seconds: float) -> None:
        """Count a piece."""
        if wrong:
            self.errors[wrong] = self.errors.get(wrong, 0) + 1
        else:
            self.times.append(seconds)


def share_of(times: list[float], share: float) -> float:
    """Return the value below which this share of the values lies; 0 of none."""
    if not times:
        return 0.0
    ordered = sorted(times)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def told_to_wait(answer: Answer) -> float | None:
    """Return in how many seconds an answer says to ask the same again; None where it does not."""
    if answer.status != HTTPStatus.SERVICE_UNAVAILABLE:
        return None
    seconds = answer.header("retry-after")
    return float(seconds) if seconds.isdecimal() else None


class _Lane:
    """One connection at work on a piece.

    `asked`: what it asked last. `again`: how often that was refused; while it sleeps with it, it is
    to be asked again.
    """

    __slots__ = ("again", "asked", "begun", "fd", "piece", "sent", "wire", "work")

    def __init__(self, port: int, work: Work | None) -> None:
        self.wire, self.work = Wire(port), work
        self.piece: Piece | None = None
        self.asked: Ask | None = None
        self.again = 0
        self.begun = self.sent = 0.0
        self.fd = -1


class _Loop:
    """All connections of one client, in one thread. `is_patient`: who is refused asks again."""

    def __init__(
        self, done: Callable[[_Lane, str, float], None], *, is_patient: bool
    ) -> None:  # fmt: skip
        self.poll = select.epoll()
        self.busy: dict[int, _Lane] = {}
        self.asked = self.refused = 0
        self._is_patient = is_patient
        self._looked = 0.0
        self._asleep: list[tuple[float, int, _Lane]] = []
        self._done = done
        self._fds: dict[int, _Lane] = {}

    @property
    def is_busy(self) -> bool:
        """Whether an answer or the end of a wait is still to come."""
        return bool(self.busy or self._asleep)

    def start(self, lane: _Lane, piece: Piece, begun: float) -> None:
        """Let a connection begin with a piece."""
        lane.piece, lane.begun = piece, begun
        try:
            ask = next(piece)
        except StopIteration as end:
            self._done(lane, end.value, time.perf_counter())
            return
        self._go_on(lane, ask)

    def turn(self, wait: float) -> None:
        """Take in what has come, waiting so long for it at most."""
        if self._asleep:
            wait = min(wait, self._asleep[0][0] - time.perf_counter())
        for fd, _ in self.poll.poll(max(wait, 0.0)):
            lane = self._fds.get(fd)
            if lane is not None:
                self._take(lane)
        while self._asleep and self._asleep[0][0] <= time.perf_counter():
            self._wake(heapq.heappop(self._asleep)[2])

    def give_up(self) -> None:
        """End what has waited too long; looked at once a second."""
        now = time.perf_counter()
        if now - self._looked < 1.0:
            return
        self._looked = now
        for lane in [one for one in self.busy.values() if one.sent < now - TIMEOUT]:
            self._fail(lane, "timeout")

    def close(self, lanes: Iterable[_Lane]) -> None:
        """Close all connections."""
        for lane in lanes:
            lane.wire.close()
        self.poll.close()

    def _go_on(self, lane: _Lane, ask: Ask | float) -> None:
        if isinstance(ask, Ask):
            lane.asked, lane.again = ask, 0
            self._send(lane, ask)
        else:
            lane.asked = None
            self._sleep(lane, ask)

    def _sleep(self, lane: _Lane, seconds: float) -> None:
        heapq.heappush(self._asleep, (time.perf_counter() + seconds, id(lane), lane))

    def _wake(self, lane: _Lane) -> None:
        if lane.asked is None:
            self._answer(lane, NOTHING)
        else:
            self._send(lane, lane.asked)

    def _heard(self, lane: _Lane, answer: Answer) -> None:
        """Go on with an answer; or ask the same later, where that is what it says."""
        wait = told_to_wait(answer) if self._is_patient else None
        if wait is None or lane.again == MOST_AGAIN:
            self._answer(lane, answer)
            return
        self.refused += 1
        lane.again += 1
        self._sleep(lane, wait)

    def _answer(self, lane: _Lane, answer: Answer) -> None:
        assert lane.piece is not None  # noqa: S101 it waits for an answer
        try:
            ask = lane.piece.send(answer)
        except StopIteration as end:
            self._done(lane, end.value, time.perf_counter())
            return
        self._go_on(lane, ask)

    def _send(self, lane: _Lane, ask: Ask) -> None:
        try:
            fd = lane.wire.opened()
            if fd != lane.fd or self._fds.get(fd) is not lane:
                lane.fd = fd
                self._fds[fd] = lane
                self.poll.register(fd, select.EPOLLIN)
            lane.wire.send(ask)
        except OSError as error:
            self._fail(lane, type(error).__name__)
            return
        lane.sent = time.perf_counter()
        self.busy[lane.fd] = lane
        self.asked += 1

    def _take(self, lane: _Lane) -> None:
        if lane.fd not in self.busy:  # the server has closed what was not in use
            lane.wire.close()
            self._drop(lane)
            return
        try:
            answer = lane.wire.read()
        except (OSError, ValueError) as error:
            self._fail(lane, type(error).__name__)
            return
        if answer is None:
            return
        self.busy.pop(lane.fd, None)
        if not lane.wire.is_open:  # closed by the server: its number may be given again
            self._drop(lane)
        self._heard(lane, answer)

    def _drop(self, lane: _Lane) -> None:
        self._fds.pop(lane.fd, None)
        lane.fd = -1

    def _fail(self, lane: _Lane, wrong: str) -> None:
        self.busy.pop(lane.fd, None)
        lane.wire.close()
        self._drop(lane)
        if lane.piece is not None:
            lane.piece.close()
        self._done(lane, wrong, time.perf_counter())


def drive(
    work: Callable[[int], Work], *, port: int, connections: int, seconds: float = 0.0,
    pieces: int | None = None,
) -> Run:  # fmt: skip
    """Let so many connections work for so long, or until so many pieces are done.

    Each connection begins with `work(number)`, whose pieces it does one after the other. Who is
    refused waits as they are told, and asks again.
    """
    run = Run()
    lanes = [_Lane(port, work(n)) for n in range(connections)]
    left = pieces if pieces is not None else -1

    def next_piece(lane: _Lane, now: float) -> None:
        nonlocal left
        if left == 0 or (pieces is None and now >= until):
            return
        left -= 1
        assert lane.work is not None  # noqa: S101 each has its work
        loop.start(lane, lane.work(), now)

    def done(lane: _Lane, wrong: str, now: float) -> None:
        run.note(wrong, now - lane.begun)
        waiting.append(lane)

    loop, waiting = _Loop(done, is_patient=True), deque(lanes)
    cpu, begun = time.process_time(), time.perf_counter()
    until = begun + seconds
    while waiting or loop.is_busy:
        for _ in range(len(waiting)):
            next_piece(waiting.popleft(), time.perf_counter())
        if loop.is_busy:
            loop.turn(1.0)
            loop.give_up()
    run.seconds = time.perf_counter() - begun
    run.cpu, run.asked = time.process_time() - cpu, loop.asked
    run.refused = loop.refused
    loop.close(lanes)
    return run


@dataclass(slots=True)
class Drop:
    """One piece of a rain: when it should begin, and how it ended, in seconds from the first."""

    at: float
    ended: float = 0.0
    wrong: str = "not begun"

    @property
    def took(self) -> float:
        """From when somebody wanted it to when it was answered."""
        return self.ended - self.at


def rain(
    work: Callable[[int], Work], *, port: int, times: Iterable[float], most: int
) -> tuple[list[Drop], Run]:  # fmt: skip
    """Begin a piece at each of some times (seconds from now), whatever has become of the others.

    At most so many connections are open at once; who finds none free waits for one, and the
    waiting counts. Returns every piece with its end.
    """
    ahead = [Drop(one) for one in sorted(times)]
    drops, run = list(ahead), Run()
    free: list[_Lane] = []
    lanes: list[_Lane] = []
    of: dict[int, Drop] = {}
    queue = deque(ahead)

    def done(lane: _Lane, wrong: str, now: float) -> None:
        drop = of.pop(id(lane))
        drop.ended, drop.wrong = now - begun, wrong
        run.note(wrong, drop.took)
        free.append(lane)

    loop = _Loop(done, is_patient=False)
    cpu, begun = time.process_time(), time.perf_counter()
    while queue or loop.is_busy:
        now = time.perf_counter() - begun
        while queue and queue[0].at <= now and (free or len(lanes) < most):
            if not free:
                free.append(_Lane(port, work(len(lanes))))
                lanes.append(free[0])
            lane, drop = free.pop(), queue.popleft()
            of[id(lane)] = drop
            assert lane.work is not None  # noqa: S101 each has its work
            loop.start(lane, lane.work(), time.perf_counter())
        wait = min(queue[0].at - now, 1.0) if queue and (free or len(lanes) < most) else 1.0
        loop.turn(max(wait, 0.001))
        loop.give_up()
    run.seconds = time.perf_counter() - begun
    run.cpu, run.asked = time.process_time() - cpu, loop.asked
    loop.close(lanes)
    return drops, run


def steady(rate: float, seconds: float) -> list[float]:
    """Return the times of so many a second, evenly."""
    return [n / rate for n in range(int(rate * seconds))]
