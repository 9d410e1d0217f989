"""A light client: kept-open connections, plain sockets, as little work of its own as possible."""

import json
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

TIMEOUT: Final = 30.0
_END: Final = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: status, header lines in small letters, body."""

    status: int
    head: bytes
    body: bytes

    def json(self) -> Any:
        """Return the body as JSON."""
        return json.loads(self.body)

    def header(self, name: str) -> str:
        """Return a header, empty when it is not there."""
        for line in self.head.split(b"\r\n")[1:]:
            key, _, value = line.partition(b":")
            if key.strip().lower() == name.encode():
                return value.strip().decode()
        return ""


class Connection:
    """One connection to the server, opened again when it was closed."""

    def __init__(self, port: int, headers: Mapping[str, str]) -> None:
        self._port = port
        lines = {"Host": f"localhost:{port}", "Accept-Encoding": "identity", **headers}
        self._common = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        self._socket: socket.socket | None = None

    def get(self, path: str) -> Answer:
        """Ask for a page."""
        return self._send(f"GET {path} HTTP/1.1\r\n{self._common}\r\n".encode())

    def post(self, path: str, body: Any = None, **more: str) -> Answer:
        """Send JSON."""
        content = json.dumps(body if body is not None else {}, ensure_ascii=False).encode()
        extra = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in more.items())
        head = (
            f"POST {path} HTTP/1.1\r\n{self._common}{extra}Content-Type: application/json\r\n"
            f"Content-Length: {len(content)}\r\n\r\n"
        )
        return self._send(head.encode() + content)

    def close(self) -> None:
        """Close it."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _send(self, request: bytes) -> Answer:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=TIMEOUT)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            self._socket.sendall(request)
            return self._read(self._socket)
        except (OSError, ValueError):
            self.close()
            raise

    def _read(self, opened: socket.socket) -> Answer:
        data = b""
        while _END not in data:
            part = opened.recv(65_536)
            if not part:
                raise ConnectionError("closed before it answered")
            data += part
        head, _, body = data.partition(_END)
        low = head.lower()
        if b"transfer-encoding: chunked" in low:
            body = self._chunks(opened, body)
        else:
            _, _, rest = low.partition(b"content-length:")
            length = int(rest.split(b"\r\n", 1)[0]) if rest else 0
            parts, have = [body], len(body)
            while have < length:
                part = opened.recv(262_144)
                if not part:
                    raise ConnectionError("closed in the middle of an answer")
                parts.append(part)
                have += len(part)
            body = b"".join(parts)
        if b"connection: close" in low:
            self.close()
        return Answer(int(head.split(b" ", 2)[1]), head, body)

    def _chunks(self, opened: socket.socket, data: bytes) -> bytes:
        out: list[bytes] = []
        while True:
            while b"\r\n" not in data:
                data += opened.recv(65_536)
            size, _, data = data.partition(b"\r\n")
            length = int(size.split(b";")[0], 16)
            while len(data) < length + 2:
                data += opened.recv(65_536)
            if not length:
                return b"".join(out)
            out.append(data[:length])
            data = data[length + 2 :]


@dataclass(slots=True)
class Run:
    """What many requests took: seconds each, errors by what they were, and how long in all."""

    seconds: float
    times: list[float]
    errors: dict[str, int] = field(default_factory=dict)

    @property
    def per_second(self) -> float:
        """Answers in a second."""
        return len(self.times) / self.seconds if self.seconds else 0.0

    def at(self, share: float) -> float:
        """Return the milliseconds within which this share of the answers came."""
        if not self.times:
            return 0.0
        ordered = sorted(self.times)
        return 1_000 * ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def drive(work: Callable[[int], Callable[[], str]], *, connections: int, seconds: float) -> Run:
    """Let so many connections work for so long; each begins with `work(number)`.

    What that gives does one piece of work and returns what went wrong, empty when nothing did.
    """
    runs = [Run(0, []) for _ in range(connections)]
    begin = threading.Barrier(connections + 1)
    stop = threading.Event()

    def one(number: int) -> None:
        do, mine = work(number), runs[number]
        begin.wait()
        while not stop.is_set():
            started = time.perf_counter()
            try:
                wrong = do()
            except (OSError, ValueError) as error:
                wrong = type(error).__name__
            if wrong:
                mine.errors[wrong] = mine.errors.get(wrong, 0) + 1
            else:
                mine.times.append(time.perf_counter() - started)

    threads = [threading.Thread(target=one, args=(n,), daemon=True) for n in range(connections)]
    for thread in threads:
        thread.start()
    begin.wait()
    started = time.perf_counter()
    time.sleep(seconds)
    stop.set()
    for thread in threads:
        thread.join(TIMEOUT * 2)
    whole = Run(time.perf_counter() - started, [])
    for run in runs:
        whole.times += run.times
        for name, many in run.errors.items():
            whole.errors[name] = whole.errors.get(name, 0) + many
    return whole
