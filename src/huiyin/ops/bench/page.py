"""The handbook's page on speed, written from what was measured; no figure is typed by hand."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Json = Mapping[str, Any]
LISTS: Final = ("inbox", "filter", "search", "deep")
INTAKE_SHARE: Final = 20  # percent of the floor
FLAT: Final = 1.3  # a list of a million matters against one of a hundred thousand
SMALLER: Final = 10
SAME_ROWS: Final = 0.9  # pages of a list with fewer rows than that are not the same page
BUSY: Final = (
    1.2  # load of the machine before, which remembers a minute; above, others worked on it
)
_HEAD: Final = """# How fast it is

Written by `make bench` from what it measured; the figures as data stand in
[performance.json](performance.json). Client, server, worker and database share the same cores.
"""
_METHOD: Final = """
## How it is measured

* **City**: the reference city with all its places, units and people, filled by `huiyin bench fill`:
  stories that the product's own chronicle tells, copied over two years with chains of their own,
  by COPY into tables without indexes, one connection for each, in the order of the days on which
  they come in; the indexes are built at the end. As unevenly as in a real city: the first of the
  kinds has a fifth of all matters, 8 % are open. `huiyin verify` finds nothing wrong with it.
* **Database**: a cluster of the benchmark's own, never the user's, with the settings of a
  production, `synchronous_commit` on. `huiyin bench` refuses to run beside the keys of a real city.
* **Server and worker**: as a city runs them, in production mode, over HTTP with signed-in sessions
  or tokens. What limits how often one account may ask is raised, for a few accounts ask for all.
* **Client**: one process on plain sockets. Its own processor time stands beside that of the server.
* **Refused**: requests of which the server said that too many had come (503 with `Retry-After`).
  The client waits as long as it is told and sends the same again, as browsers do; the wait is part
  of the time. An error is what was not answered in the end. In the bursts nobody asks again.
* **Warm**: every case runs a while before it is measured. *First* is the very first request after
  server and database were started; the file cache of the machine is not emptied.
* **Quiet**: after a case that leaves work (notices, exports, counts) nothing is measured until the
  worker is done with it and the database has cleared up. Exports come last.
* **Flat**: a list is compared with that of a city a tenth as large where the page has as many
  rows: fifty take longer to draw than twenty.
* **Statements**: those of one piece of work, counted in the server's own stack; `BEGIN` and
  `COMMIT` are not among them.
* **Floor**: PostgreSQL alone, by pgbench: one durable transaction that writes the rows of one
  matter (matter, words, run, event and its body, limit, assignment, message) into the same tables
  with the same indexes.

| case | one piece of work |
|---|---|
| intake | a caller's matter by the API: who is responsible, limits, event, notices |
| act | a matter is given to a unit |
| lifecycle | opened, given to a unit, signed for, answered, found again by a word of its own |
| inbox | the first page of what waits for a unit, the whole page |
| filter | by category, state and town, the latest fifty; of pairs that have as many |
| sparse | the same of any category and town: many have none, few a page |
| search | two words, from such as one matter of 1,500 has to such as one of eleven has |
| deep | page 1,000 of everything |
| matter | a matter's page on the desk |
| report | open matters by category, asked for each county |
| export | a town's latest four hundred rows: asked for, written by the worker, taken away |
| login | the form, user name and password, a new session |

## Do it yourself

    make bench                 ten minutes, up to 100,000 matters
    make bench LONG=1          an hour, up to 1,000,000 matters, a million limits, the whole day
    make bench LONG=5          the same, and 5,000,000 matters
    huiyin bench quick --json  four minutes, one flat object
    huiyin bench clean         delete what the benchmark has made

`make bench` leaves its folder `var/bench`, so that the next run need not fill it again. A larger
size is filled on from the smaller one.

The long version needs 37 GB of disk where the database lies (165 GB with 5,000,000 matters) and
3.5 GB of memory that nobody uses; it says so and does not start without them. What it has measured
is kept in `var/bench.parts.json`: started again after an interruption, with the same version of the
code, it goes on where it was. A database that was being filled at that moment is filled anew.
"""


@dataclass(frozen=True, slots=True)
class Aim:
    """Something to be reached: `reached` in words, `is_met`: None where it was not measured.

    `is_timed`: others on the machine make it worse, so a busy one proves nothing against it.
    """

    what: str
    aim: str
    reached: str
    is_met: bool | None
    is_timed: bool = False


def page(found: Json) -> str:
    """Return the page for the results of a run (`scripts/performance.py` writes them)."""
    parts = [_HEAD, *_machine(found), *_aims(found), *_sizes(found), *_overload(found)]
    parts += [*_functions(found), _METHOD, *_commands(found)]
    return "\n".join(parts).rstrip() + "\n"


def aims(found: Json) -> list[Aim]:
    """Return what has to be reached at a million matters, and what was, at the most there were."""
    largest = found["sizes"][-1]
    cases, floor = _cases(largest), largest["measured"]["floor_per_second"]
    rows = [
        _at_least("intake, 8 connections", "230/s", _rate(cases, "intake", 8), 230),
        _at_least(
            "intake against the floor", f"{INTAKE_SHARE} %",
            _share(_rate(cases, "intake", 8), floor), INTAKE_SHARE, " %",
        ),
        _at_least("act, 8 connections", "300/s", _rate(cases, "act", 8), 300),
        _at_most("inbox, median", "15 ms", _time(cases, "inbox", "p50"), 15),
        _at_most("inbox, 95 of 100", "30 ms", _time(cases, "inbox", "p95"), 30),
        *(
            _at_most(f"{name}, median", "30 ms", _time(cases, case, "p50"), 30)
            for name, case in (
                ("category + state + town", "filter"), ("two words", "search"),
                ("page 1,000", "deep"),
            )
        ),
        _at_most("open by category and county", "100 ms", _time(cases, "report", "p50"), 100),
        _at_least("lifecycle, 8 connections", "60/s", _rate(cases, "lifecycle", 8), 60),
        *_flat(found["sizes"]),
        _at_most("memory of server and worker", "600 MB", largest["measured"]["memory_mb"], 600,
                 " MB"),
    ]  # fmt: skip
    if day := found.get("day"):
        whole = day["intakes"] >= 3_000
        rows.append(
            _at_most("the city's day", "120 s", day["seconds"] if whole else None, 120, " s",
                     f"{day['seconds']} s for {day['intakes']} of 3,500 matters")
        )  # fmt: skip
    if clocks := found.get("clocks"):
        whole = clocks["due"] >= 50_000
        rows.append(
            _at_most(
                "50,000 limits in one minute", "60 s", clocks["seconds"] if whole else None, 60,
                " s", f"{clocks['seconds']} s for {clocks['due']} of {clocks['open_clocks']}",
            )
        )  # fmt: skip
        clean = not clocks["never"] and not clocks["twice"]
        told = f"never {clocks['never']}, more than once {clocks['twice']}"
        rows.append(Aim("each limit recorded once", "all", told, clean))
    if burst := found.get("burst"):
        rows += _of_bursts(burst["rounds"])
    wrong = sum(
        sum(one["errors"].values())
        for size in found["sizes"]
        for one in size["measured"]["figures"]
    )
    rows.append(Aim("errors in all cases", "0", str(wrong), wrong == 0))
    return rows


# --- reading the results --------------------------------------------------------------------------


def _cases(size: Json) -> dict[tuple[str, int], Json]:
    return {(one["case"], one["connections"]): one for one in size["measured"]["figures"]}


def _rate(cases: Mapping[tuple[str, int], Json], case: str, connections: int) -> float | None:
    found = cases.get((case, connections))
    return float(found["per_second"]) if found else None


def _time(cases: Mapping[tuple[str, int], Json], case: str, which: str) -> float | None:
    found = cases.get((case, 1))
    return float(found[which]) if found else None


def _rows(cases: Mapping[tuple[str, int], Json], case: str) -> float:
    """Return how many rows a page of a list showed, 0 of what is none."""
    found = cases.get((case, 1))
    return float(found["rows"]) if found else 0.0


def _share(part: float | None, whole: float) -> float | None:
    return round(100 * part / whole, 1) if part is not None and whole else None


def _at_least(what: str, aim: str, value: float | None, least: float, unit: str = "/s") -> Aim:
    if value is None:
        return Aim(what, f"≥ {aim}", "not measured", None)
    return Aim(what, f"≥ {aim}", f"{value:g}{unit}", value >= least, is_timed=True)


def _at_most(
    what: str, aim: str, value: float | None, most: float, unit: str = " ms", instead: str = ""
) -> Aim:
    if value is None:
        return Aim(what, f"≤ {aim}", instead or "not measured", None)
    return Aim(what, f"≤ {aim}", f"{value:g}{unit}", value <= most, is_timed=unit != " MB")


def _flat(sizes: Sequence[Json]) -> Iterator[Aim]:
    """Yield for each list how much slower the same page is with ten times as many matters."""
    large = sizes[-1]
    small = next(
        (one for one in sizes if one["matters"] * SMALLER == large["matters"]), None
    )  # fmt: skip
    if small is None:
        return
    for case in LISTS:
        before, after = _time(_cases(small), case, "p50"), _time(_cases(large), case, "p50")
        times = round(after / before, 2) if before and after else None
        what = f"{case}: {large['matters']:,} against {small['matters']:,} matters"
        rows = [_rows(_cases(size), case) for size in (large, small)]
        if min(rows) < SAME_ROWS * max(rows):
            told = f"{times:g} ×, but {rows[0]:g} rows against {rows[1]:g}" if times else ""
            yield _at_most(what, f"{FLAT} ×", None, FLAT, instead=told)
        else:
            yield _at_most(what, f"{FLAT} ×", times, FLAT, " ×")


def _of_bursts(rounds: Sequence[Json]) -> Iterator[Aim]:
    answered = min(one["answered"] for one in rounds)
    yield Aim("admitted under overload, answered", "≥ 90 %", f"{answered:.1%}", answered >= 0.9)
    late = max(one["refused_p95"] for one in rounds)
    refused = sum(one["refused"] for one in rounds)
    if refused:
        yield Aim("refused within", "≤ 1 s", f"{late:g} ms (95 of 100)", late <= 1_000)
    lost = sum(one["lost"] for one in rounds)
    yield Aim("accepted and lost", "0", str(lost), lost == 0)


# --- writing --------------------------------------------------------------------------------------


def _machine(found: Json) -> Iterator[str]:
    machine = found["machine"]
    load = ", ".join(f"{one:.1f}" for one in machine["load"])
    yield (
        f"Measured on {found['made_on']} ({found['kind']}, {found['minutes']} minutes) with "
        f"version {found['version']} on {machine['cores']} cores of {machine['cpu']}, "
        f"{machine['memory_gb']} GB of memory, Linux {machine['kernel']}, Python "
        f"{machine['python']}, {machine['postgres']}. Load of the machine before: {load}.\n"
    )
    if _is_busy(found):
        yield (
            '!!! warning "A busy machine"\n'
            "    Others worked on this machine at the same time: times and rates are those of a "
            "shared\n    machine, and say nothing about what it can do alone.\n"
        )


def _is_busy(found: Json) -> bool:
    return bool(found["machine"]["load"][0] > BUSY)


def _said(one: Aim, found: Json) -> str:
    if one.is_met is None:
        return "—"
    if not one.is_met and one.is_timed and _is_busy(found):
        return "not judged: busy machine"
    return "reached" if one.is_met else "**missed**"


def _aims(found: Json) -> Iterator[str]:
    largest = found["sizes"][-1]["matters"]
    yield "## Aims and what was reached\n"
    yield (
        f"The aims are those for 1,000,000 matters; reached is what was measured with {largest:,}, "
        "warm, times at one connection.\n"
    )
    yield "| what | aim | reached | |\n|---|---|---|---|"
    for one in aims(found):
        yield f"| {one.what} | {one.aim} | {one.reached} | {_said(one, found)} |"
    yield ""


def _sizes(found: Json) -> Iterator[str]:
    sizes = found["sizes"]
    yield "## With more and more matters\n"
    yield (
        "Median in ms at one connection, of lists with the rows on a page; intake, act and "
        "lifecycle per second at eight.\n"
    )
    names = [f"{one['matters']:,}" for one in sizes]
    yield f"| case | {' | '.join(names)} |\n|---|{'---|' * len(names)}"
    order = list(dict.fromkeys(one["case"] for one in sizes[-1]["measured"]["figures"]))
    for case in order:
        cells = []
        for size in sizes:
            cases = _cases(size)
            is_rate = case in ("intake", "act", "lifecycle")
            value = _rate(cases, case, 8) if is_rate else _time(cases, case, "p50")
            rows = _rows(cases, case)
            unit = "/s" if is_rate else f" ({rows:g})" if rows else ""
            cells.append("—" if value is None else f"{value:g}{unit}")
        yield f"| {case} | {' | '.join(cells)} |"
    for title, name in (
        ("floor, transactions/s", "floor_per_second"), ("memory of server and worker, MB",
         "memory_mb"), ("database, MB", "database_mb"), ("pages found in its memory", "cached"),
    ):  # fmt: skip
        values = (size["measured"][name] for size in sizes)
        shown = (f"{one:.1%}" if name == "cached" else f"{one:.0f}" for one in values)
        yield f"| {title} | {' | '.join(shown)} |"
    filled = (
        f"{one['filled']['matters'] / one['filled']['seconds']:.0f}"
        if one["filled"]["matters"] else "—" for one in sizes
    )  # fmt: skip
    yield f"| filled, matters/s | {' | '.join(filled)} |"
    yield ""
    yield f"## All cases with {names[-1]} matters\n"
    yield (
        "| case | connections | per second | first ms | p50 | p95 | p99 | server ms of processor | "
        f"client | requests | statements | refused | errors |\n|{'---|' * 13}"
    )
    for one in sizes[-1]["measured"]["figures"]:
        wrong = "; ".join(f"{name}: {many}" for name, many in one["errors"].items()) or "0"
        statements = "—" if one["statements"] is None else one["statements"]
        yield (
            f"| {one['case']} | {one['connections']} | {one['per_second']:g} | {one['first']:g} | "
            f"{one['p50']:g} | {one['p95']:g} | {one['p99']:g} | {one['cpu_ms']:g} | "
            f"{one['client_ms']:g} | {one['rows'] or '—'} | {one['requests']:g} | {statements} | "
            f"{one.get('refused', '—')} | {wrong} |"
        )
    yield ""


def _overload(found: Json) -> Iterator[str]:
    if burst := found.get("burst"):
        yield "## Overload\n"
        yield (
            f"Eight connections take in {burst['capacity']:g} matters a second. Who comes does not "
            "wait for the others; what is refused gets 503 with `Retry-After`.\n"
        )
        yield (
            "| burst | per second | came | taken in | refused | p95 of the refused, ms | "
            "of the admitted | p95, ms | normal again after, s | lost |\n"
            "|---|---|---|---|---|---|---|---|---|---|"
        )
        for one in burst["rounds"]:
            normal = "—" if one["normal_after"] is None else f"{one['normal_after']:g}"
            yield (
                f"| {one['kind']} | {one['per_second']:g} | {one['wanted']} | {one['accepted']} | "
                f"{one['refused']} | {one['refused_p95']:g} | {one['answered']:.1%} | "
                f"{one['p95']:g} | {normal} | {one['lost']} |"
            )
        yield ""
    if day := found.get("day"):
        yield "## The city's day\n"
        yield (
            f"{day['intakes']} matters came in, {day['judged']} were judged online, "
            f"{day['pictured']} results came with a picture; {day['requests']} requests by "
            f"signed-in people made {day['acts']} events, {day['notices']} notices and "
            f"{day['steps']} steps of limits. It took {day['seconds']:g} s, "
            f"{day['asked_for']:g} s of them until the last request; server and worker held "
            f"{day['memory_mb']:g} MB at most; the client used {day['client_share']:.0%} of a "
            "core.\n"
        )
        if day["errors"]:
            listed = ", ".join(f"{many} × {name}" for name, many in day["errors"].items())
            yield f"What went wrong: {listed}.\n"
    if clocks := found.get("clocks"):
        yield "## Limits that end at once\n"
        yield (
            f"{clocks['open_clocks']} limits ran, {clocks['due']} of them ended in the same "
            f"minute. The worker recorded them in {clocks['seconds']:g} s "
            f"({clocks['per_second']:g}/s): {clocks['once']} once, {clocks['never']} never, "
            f"{clocks['twice']} more than once.\n"
        )


def _functions(found: Json) -> Iterator[str]:
    rows = found["sizes"][-1]["measured"]["functions"]
    if not rows:
        return
    yield "## The functions behind it\n"
    yield "Called in one process, nothing of HTTP around them.\n"
    yield "| function | p50 ms | p95 | ms of processor | statements |\n|---|---|---|---|---|"
    for one in rows:
        yield (
            f"| {one['name']} | {one['p50']:g} | {one['p95']:g} | {one['cpu_ms']:g} | "
            f"{one['statements']} |"
        )
    yield ""


def _commands(found: Json) -> Iterator[str]:
    yield "## What was run\n"
    for one in found["commands"]:
        yield f"    {one['command']:<78}{one['seconds']:>6} s"
    yield ""
    for one in found.get("scripts", ()):
        yield f"`{one['command']}`:\n"
        yield "\n".join(f"    {line}" for line in one["lines"])
        yield ""
