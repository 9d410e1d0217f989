"""Measure every page: queries, server time of a warm page, and what goes over the wire.

    python scripts/bench_pages.py [--requests 12] [--scale small] [--json FILE]
    python scripts/bench_pages.py --var var --port 8000      a demo that runs already

Without --var the full city with its thirty days of life is made first in a folder of its own, which
takes minutes, and deleted afterwards. The pages are asked for one after the other over HTTP from
the server that production uses, by somebody signed in. One line for each page on stdout: name, who,
queries, ms of computing, median and 95th percentile in ms, KB on the wire. A page above LIMIT_MS
makes it end with 1.

The last lines weigh what a resident's first view transfers: page, styles, scripts, icons; no map
and no photos.
"""

import argparse
import gzip
import http.client
import json
import re
import statistics
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote

from bench import start, stop
from demo_pages import Opened, demo_city, opened

from huiyin.ops.postgres.cluster import Cluster
from huiyin.ops.serving import free_port

LIMIT_MS = 200
FIRST_VIEW_KB = 100
MANY_QUERIES = 50
LOADED = re.compile(r'<(?:link|script|img)\b[^>]*?(?:href|src)="(/[^"]+)"[^>]*>')
NOT_AT_FIRST = re.compile(r'rel="(?:alternate|manifest|canonical)"')


@dataclass(frozen=True, slots=True)
class Measured:
    """One page: times in ms, `kb`: 1000 bytes, compressed, with its headers left out."""

    name: str
    who: str
    path: str
    status: int
    queries: int
    work: float
    median: float
    p95: float
    kb: float


def asked(
    connection: http.client.HTTPConnection, path: str, session: str = "", cookie: str = ""
) -> tuple[int, bytes, str]:
    """Ask for an address as a browser does; return status, body as sent, how it is packed."""
    headers = {"Accept-Encoding": "gzip", "Accept": "text/html", "User-Agent": "bench"}
    if session:
        headers["Cookie"] = f"{cookie}={session}"
    connection.request("GET", quote(path, safe="/?=&%"), headers=headers)
    answer = connection.getresponse()
    return answer.status, answer.read(), answer.headers.get("Content-Encoding", "")


def work_of(path: str, session: str) -> tuple[int, float]:
    """Return the queries of a page and the ms this process computes for it, on the same database.

    The second is what a busy machine does not change: without waiting for the database or others.
    """
    from django.conf import settings  # noqa: PLC0415 after django.setup
    from django.db import connection  # noqa: PLC0415 as above
    from django.test import Client  # noqa: PLC0415 as above
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415 as above

    client = Client(SERVER_NAME="localhost")
    if session:
        client.cookies[settings.SESSION_COOKIE_NAME] = session
    client.get(path)  # what is read once and kept is not counted
    with CaptureQueriesContext(connection) as found:
        client.get(path)
    queries = len(found)  # the next request forgets them
    computed = []
    for _ in range(3):
        begun = time.thread_time()
        client.get(path)
        computed.append((time.thread_time() - begun) * 1000)
    return queries, round(min(computed), 1)


def measured(
    page: Opened, connection: http.client.HTTPConnection, cookie: str, requests: int
) -> Measured:
    """Measure one page, after two requests that warm it up."""
    name, who, path, session = page
    for _ in range(2):
        status, body, _ = asked(connection, path, session, cookie)
    times = []
    for _ in range(requests):
        begun = time.perf_counter()
        asked(connection, path, session, cookie)
        times.append((time.perf_counter() - begun) * 1000)
    return Measured(
        name, who or "visitor", path, status, *work_of(path, session),
        round(statistics.median(times), 1), round(statistics.quantiles(times, n=20)[-1], 1),
        round(len(body) / 1000, 1),
    )  # fmt: skip


def first_view(connection: http.client.HTTPConnection, path: str) -> list[tuple[str, float]]:
    """Return what a visitor's browser fetches for a page at first: address and KB."""
    _, body, packed = asked(connection, path)
    weighed = {path: len(body) / 1000}
    page = (gzip.decompress(body) if packed else body).decode()
    for tag in LOADED.finditer(page):
        address = tag.group(1).partition("#")[0]
        if not NOT_AT_FIRST.search(tag.group(0)) and address not in weighed:
            weighed[address] = len(asked(connection, address)[1]) / 1000
    return list(weighed.items())


def measure(port: int, requests: int, to: Path | None) -> bool:
    """Measure and print; tell whether everything is as fast and as light as it has to be."""
    from django.conf import settings  # noqa: PLC0415 after django.setup

    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    cookie = settings.SESSION_COOKIE_NAME
    print("page\twho\tqueries\twork ms\tmedian ms\tp95 ms\tKB")
    found = []
    for page in opened():
        one = measured(page, connection, cookie, requests)
        found.append(one)
        late = " <<" if one.median > LIMIT_MS else ""
        many = " ?" if one.queries > MANY_QUERIES else ""
        print(
            f"{one.name}\t{one.who}\t{one.queries}{many}\t{one.work}\t{one.median}{late}\t{one.p95}\t{one.kb}",
            flush=True,
        )
    slow = [one for one in found if one.median > LIMIT_MS]
    medians = [one.median for one in found]
    print(
        f"{len(found)} pages, median of medians {statistics.median(medians):.0f} ms, "
        f"slowest {max(medians):.0f} ms, above {LIMIT_MS} ms: {len(slow)}"
    )
    views = {path: first_view(connection, path) for path in ("/", "/report/what")}
    for path, parts in views.items():
        told = ", ".join(f"{name.rpartition('/')[2] or 'page'} {kb:.1f}" for name, kb in parts)
        print(f"first view of {path}: {sum(kb for _, kb in parts):.1f} KB ({told})")
    if to is not None:
        table = {"pages": [asdict(one) for one in found], "first_view_kb": views}
        to.write_text(json.dumps(table, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    is_light = all(sum(kb for _, kb in parts) <= FIRST_VIEW_KB for parts in views.values())
    return not slow and is_light


def wait_for_life() -> None:
    """Wait until the thirty days are in the city."""
    from huiyin.ops.demo.life import pouring  # noqa: PLC0415 after django.setup

    while (found := pouring.progress()) is not None and not found.is_done:
        print(pouring.told(found), file=sys.stderr)
        time.sleep(10)


def main() -> None:
    """Measure the demo that runs, or one of its own."""
    parser = argparse.ArgumentParser(description="Measure every page of the demo city.")
    parser.add_argument("--requests", type=int, default=12)
    parser.add_argument("--scale", choices=("full", "small"), default="full")
    parser.add_argument("--var", type=Path, help="folder of a demo that runs")
    parser.add_argument("--port", type=int, default=8000, help="port of a demo that runs")
    parser.add_argument("--json", type=Path, help="write the table there, too")
    given = parser.parse_args()
    if given.var is not None:
        with demo_city(given.var.resolve(), given.port):
            is_fine = measure(given.port, given.requests, given.json)
        sys.exit(0 if is_fine else 1)
    port = free_port(18_000)
    with tempfile.TemporaryDirectory(prefix="huiyin-bench-") as folder:
        var = Path(folder) / "var"
        try:
            process, _, seconds = start(var, given.scale, port, life=True)
            print(f"first start with the {given.scale} city\t{seconds:.2f}", flush=True)
            with demo_city(var, port):
                wait_for_life()
                is_fine = measure(port, given.requests, given.json)
            stop(process)
        finally:
            Cluster(var=var).remove()
    sys.exit(0 if is_fine else 1)


if __name__ == "__main__":
    main()
