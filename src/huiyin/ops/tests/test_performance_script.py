"""`make bench` goes on where it was interrupted, and does not begin what has no room."""

import importlib.util
import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[4] / "scripts" / "performance.py"


@pytest.fixture(scope="module")
def performance():
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("performance_script", SCRIPT)
    made = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = made
    spec.loader.exec_module(made)
    yield made
    del sys.modules[spec.name]


@pytest.fixture
def bench(performance, tmp_path, monkeypatch):
    """A runner whose commands are noted instead of run; `fails`: the one that is interrupted."""

    class Noted(performance.Runner):
        def __init__(self, folder, kind, fails):
            super().__init__(folder, kind)
            self.ran, self.fails = [], fails

        def _bench(self, *arguments):
            self.ran.append(" ".join(arguments))
            if arguments[0] == self.fails:
                raise KeyboardInterrupt
            return json.dumps({"of": arguments[0]})

    monkeypatch.setattr(performance, "revision", lambda: "one")

    def begin(*, fails="", kind=performance.TINY):
        return Noted(tmp_path / "bench", kind, fails)

    return begin


def all_of(runner):
    """Run what a measurement runs; return what was found of each."""
    commands = (("fill", "--matters", "10"), ("run",), ("fill", "--matters", "20"), ("run",))
    return [runner.bench(*one) for one in (*commands, ("clocks",))]


def test_what_was_measured_before_an_interruption_is_not_measured_again(bench):
    with pytest.raises(KeyboardInterrupt):
        all_of(bench(fails="clocks"))
    first = bench()

    found = all_of(first)

    # What was being written is of no use: it is filled again to the size that was there.
    assert first.ran == ["clean", "fill --matters 20", "clocks --json"]
    assert [one["of"] for one in found] == ["fill", "run", "fill", "run", "clocks"]
    assert [one["command"] for one in first.commands] == [
        "huiyin bench fill --matters 10", "huiyin bench run", "huiyin bench fill --matters 20",
        "huiyin bench run", "huiyin bench clocks",
    ]  # fmt: skip


def test_a_city_that_was_only_read_when_it_was_interrupted_is_kept(bench):
    with pytest.raises(KeyboardInterrupt):
        all_of(bench(fails="run"))
    again = bench()

    all_of(again)

    assert again.ran[0] == "run --json"
    assert "clean" not in again.ran


def test_nothing_is_taken_over_of_another_kind_another_code_or_a_run_that_ended(
    bench, performance, monkeypatch
):
    with pytest.raises(KeyboardInterrupt):
        all_of(bench(fails="clocks"))
    other = bench(kind=replace(performance.TINY, cases=9.0))
    all_of(other)
    assert other.ran[:2] == ["clean", "fill --matters 10 --json"]

    monkeypatch.setattr(performance, "revision", lambda: "two")
    changed = bench()
    all_of(changed)
    assert len(changed.ran) == 5

    changed.end()
    last = bench()
    all_of(last)
    assert len(last.ran) == 5


def test_it_does_not_begin_without_the_room_it_needs(performance, tmp_path, monkeypatch, capsys):
    huge = replace(performance.LONG, sizes=(10**9,))
    monkeypatch.setattr(performance, "available_gb", lambda: 8.0)

    with pytest.raises(performance.Unfit, match="32005 GB"):
        performance.refuse_small_machine(huge, tmp_path)
    performance.refuse_small_machine(performance.TINY, tmp_path)
    monkeypatch.setattr(performance, "available_gb", lambda: 1.0)
    with pytest.raises(performance.Unfit, match="memory"):
        performance.refuse_small_machine(performance.TINY, tmp_path)

    assert "5 GB of disk" in capsys.readouterr().err
