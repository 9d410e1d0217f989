"""The page on speed says what was measured, and what of it is not enough."""

import copy

from huiyin.ops.bench.page import LISTS, aims, page


def a_figure(
    case, connections, *, per_second=500.0, p50=10.0, p95=20.0, rows=0.0, errors=None, refused=0
):  # fmt: skip
    return {
        "case": case, "connections": connections, "matters": 1, "per_second": per_second,
        "first": 30.0, "p50": p50, "p95": p95, "p99": 40.0, "errors": errors or {},
        "refused": refused, "cpu_ms": 5.0, "client_ms": 0.2, "rows": rows, "requests": 1.0,
        "statements": 12,
    }  # fmt: skip


def a_size(matters, rows=50.0, **times):
    figures = [
        a_figure(
            case,
            many,
            p50=times.get(case, 10.0),
            p95=times.get(f"{case}_95", 20.0),
            rows=rows if case in LISTS else 0.0,
        )
        for case in ("inbox", "filter", "search", "deep", "report", "intake", "act", "lifecycle")
        for many in (1, 8)
    ]
    function = {"name": "open_matter", "p50": 1.5, "p95": 2.0, "cpu_ms": 1.0, "statements": 9}
    return {
        "matters": matters,
        "filled": {"matters": matters, "seconds": 20.0},
        "measured": {
            "figures": figures, "functions": [function], "memory_mb": 512.4,
            "floor_per_second": 2_000.0, "database_mb": 1_000, "cached": 0.987,
        },
    }  # fmt: skip


def results(*sizes):
    burst = {
        "kind": "4 × capacity", "per_second": 800.0, "wanted": 100, "accepted": 40, "refused": 58,
        "failed": {"500": 2}, "answered": 0.952, "p95": 900.0, "refused_p95": 20.0,
        "normal_after": None, "lost": 0, "client_share": 0.1,
    }  # fmt: skip
    return {
        "kind": "a try", "made_on": "2026-11-26", "minutes": 10, "version": "1.0",
        "machine": {
            "cpu": "a processor", "cores": 2, "memory_gb": 8, "kernel": "6", "python": "3.11",
            "postgres": "PostgreSQL 18", "load": [0.1, 0.2, 0.3],
        },
        "sizes": list(sizes),
        "burst": {"capacity": 200.0, "rounds": [burst]},
        "day": {
            "seconds": 99.0, "asked_for": 90.0, "intakes": 3_500, "judged": 2_600,
            "pictured": 1_300, "acts": 20_000, "steps": 5, "notices": 9_000, "requests": 20_000,
            "asked_again": 0, "errors": {}, "memory_mb": 500.0, "client_share": 0.1,
        },
        "clocks": {
            "open_clocks": 1_000_000, "due": 50_000, "seconds": 61.0, "per_second": 820.0,
            "once": 49_999, "never": 0, "twice": 1, "memory_mb": 300.0,
        },
        "commands": [{"command": "huiyin bench fill --matters 100000", "seconds": 60}],
        "scripts": [{"command": "python scripts/bench_decide.py", "lines": ["decide\t0.1"]}],
    }  # fmt: skip


def by_name(found):
    return {one.what: one for one in aims(found)}


def test_what_is_not_reached_is_said_to_be_missed():
    slow = a_size(1_000_000, inbox=15.1, search=29.9)
    rows = by_name(results(slow))

    assert (rows["inbox, median"].reached, rows["inbox, median"].is_met) == ("15.1 ms", False)
    assert (rows["two words, median"].reached, rows["two words, median"].is_met) == (
        "29.9 ms", True
    )  # fmt: skip
    assert rows["50,000 limits in one minute"].is_met is False
    assert rows["each limit recorded once"].is_met is False
    assert "| inbox, median | ≤ 15 ms | 15.1 ms | **missed** |" in page(results(slow))


def test_intake_is_held_against_what_the_database_alone_can_do():
    size = a_size(1_000_000)
    size["measured"]["floor_per_second"] = 4_000.0

    row = by_name(results(size))["intake against the floor"]

    assert (row.reached, row.is_met) == ("12.5 %", False)


def test_each_list_is_held_against_a_tenth_of_the_matters():
    small, large = a_size(100_000, deep=10.0), a_size(1_000_000, deep=13.1)

    rows = by_name(results(a_size(10_000), small, large))

    row = rows["deep: 1,000,000 against 100,000 matters"]
    assert (row.reached, row.is_met) == ("1.31 ×", False)
    assert rows["inbox: 1,000,000 against 100,000 matters"].is_met is True


def test_a_full_page_is_not_held_against_a_short_one():
    small, large = a_size(100_000, rows=22.9), a_size(1_000_000, filter=23.1)

    found = results(small, large)

    row = by_name(found)["filter: 1,000,000 against 100,000 matters"]
    assert (row.reached, row.is_met) == ("2.31 ×, but 50 rows against 22.9", None)
    assert "| filter | 10 (22.9) | 23.1 (50) |" in page(found)


def test_a_part_of_the_day_or_of_the_limits_proves_nothing_of_the_whole():
    found = copy.deepcopy(results(a_size(100_000)))
    found["day"]["intakes"], found["clocks"]["due"] = 700, 5_000

    rows = by_name(found)

    assert rows["the city's day"].is_met is None
    assert rows["the city's day"].reached == "99.0 s for 700 of 3,500 matters"
    assert rows["50,000 limits in one minute"].is_met is None


def test_an_error_anywhere_is_told():
    size = a_size(1_000_000)
    size["measured"]["figures"][0]["errors"] = {"500": 3}

    row = by_name(results(size))["errors in all cases"]

    assert (row.reached, row.is_met) == ("3", False)
    assert "| 500: 3 |" in page(results(size))


def test_who_was_refused_and_answered_later_is_told_and_no_error():
    size = a_size(1_000_000)
    size["measured"]["figures"].append(a_figure("login", 32, refused=17))

    assert by_name(results(size))["errors in all cases"].is_met is True
    assert "| 12 | 17 | 0 |" in page(results(size))


def test_a_busy_machine_is_told_beside_the_figures():
    found = results(a_size(1_000_000))
    assert "A busy machine" not in page(found)

    found["machine"]["load"] = [8.0, 7.0, 6.0]

    assert "A busy machine" in page(found)


def test_a_busy_machine_proves_nothing_against_a_time_but_all_against_what_was_lost():
    found = results(a_size(1_000_000, inbox=99.0))
    found["machine"]["load"] = [8.0, 7.0, 6.0]
    found["burst"]["rounds"][0]["lost"] = 1

    told = page(found)

    assert "| inbox, median | ≤ 15 ms | 99 ms | not judged: busy machine |" in told
    assert "| accepted and lost | 0 | 1 | **missed** |" in told
