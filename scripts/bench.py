"""Measure what people wait for: first start with the full city, second start, pages.

    python scripts/bench.py [--scale small] [--requests 30]

Everything happens in a data folder of its own that is deleted afterwards. One line per measurement
on stdout (name, seconds), what is going on on stderr. Times are of this machine as it is: other
work on it makes them worse.
"""

import argparse
import http.cookiejar
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path

from huiyin.ops.postgres.cluster import Cluster
from huiyin.ops.serving import free_port

PAGES = ("/", "/sign-in", "/health", "/ready")


def start(
    var: Path, scale: str, port: int, *, life: bool = False
) -> tuple[subprocess.Popen[str], dict[str, object], float]:
    """Start the demo; return process, what it printed, and the seconds until it was ready."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("HUIYIN_", "DATABASE_URL"))}
    options = ["--scale", scale, "--life" if life else "--no-life", "--port", str(port), "--json"]
    begun = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "huiyin.ops.cli", "demo", *options],
        env={**kept, "HUIYIN_VAR": str(var), "HUIYIN_RATE_PER_MINUTE": "1000000"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL if not sys.stderr.isatty() else None,
        text=True,
    )
    line = process.stdout.readline() if process.stdout else ""
    if not line:
        sys.exit(f"The demo did not start (code {process.wait()}): run make run to see why.")
    return process, json.loads(line), time.monotonic() - begun


def stop(process: subprocess.Popen[str]) -> float:
    """Stop the demo; return the seconds it took."""
    begun = time.monotonic()
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=60)
    return time.monotonic() - begun


def signed_in(address: str, login: str, password: str) -> urllib.request.OpenerDirector:
    """Return an opener that signed in, the way a browser without scripts does."""
    opener = urllib.request.build_opener(
        urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    )
    page = opener.open(f"{address}sign-in").read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    if token is None:
        sys.exit("The sign-in page has no form.")
    form = {"csrfmiddlewaretoken": token.group(1), "login": login, "password": password}
    request = urllib.request.Request(  # noqa: S310 the address is our own demo's
        f"{address}sign-in", urllib.parse.urlencode(form).encode(), {"Referer": address}
    )
    opener.open(request).read()
    return opener


def median_of(opener: urllib.request.OpenerDirector, url: str, requests: int) -> float:
    """Return the median seconds of a page, after one request that warms it up."""
    opener.open(url).read()
    times = []
    for _ in range(requests):
        begun = time.perf_counter()
        opener.open(url).read()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure starts and pages of the demo city.")
    parser.add_argument("--scale", choices=("full", "small"), default="full")
    parser.add_argument("--requests", type=int, default=30)
    given = parser.parse_args()
    port = free_port(18_000)
    with tempfile.TemporaryDirectory(prefix="huiyin-bench-") as folder:
        var = Path(folder) / "var"
        try:
            process, _, seconds = start(var, given.scale, port)
            print(f"first start with the {given.scale} city\t{seconds:.2f}", flush=True)
            print(f"stop\t{stop(process):.2f}", flush=True)
            process, printed, seconds = start(var, given.scale, port)
            print(f"second start\t{seconds:.2f}", flush=True)
            address = str(printed["address"])
            anybody = urllib.request.build_opener()
            for page in PAGES:
                taken = median_of(anybody, address.rstrip("/") + page, given.requests)
                print(f"page {page}\t{taken:.4f}", flush=True)
            for one in printed["logins"]:
                if one["password"]:
                    opener = signed_in(address, one["login"], one["password"])
                    taken = median_of(opener, address.rstrip("/") + one["path"], given.requests)
                    print(f"page {one['path']} of {one['login']}\t{taken:.4f}", flush=True)
            stop(process)
        finally:
            Cluster(var=var).remove()


if __name__ == "__main__":
    main()
