"""The supervisor: logs with names, one way to stop, nothing left behind."""

import os
import re
import signal
import textwrap
import time

import pytest

from huiyin.ops.processes import is_alive
from huiyin.ops.running import table

pytestmark = pytest.mark.fault

TWO_CHILDREN = """
    import os, sys
    from huiyin.ops.errors import OperatorError
    from huiyin.ops import supervisor
    from huiyin.ops.supervisor import Supervisor

    supervisor.STOP_SECONDS = 3_600  # nobody is killed of its own accord while a test waits
    child = [sys.executable, "-uc"]
    good = "import os, time; print('pid', os.getpid()); time.sleep(600)"
    stay = "signal.signal(signal.SIGTERM, lambda *_: print('asked to go')); "
    deaf = "import os, signal, time; " + stay + good
    try:
        with Supervisor() as running:
            running.start("good", [*child, good], os.environ)
            running.start("other", [*child, eval(sys.argv[1])], os.environ)
            running.run()
    except OperatorError as error:
        print("refused:", error)
    print("ended")
"""


def supervised(instance, other):
    process = instance.start_python("-uc", textwrap.dedent(TWO_CHILDREN), other)
    pids, lines = {}, []
    for line in iter(process.stdout.readline, ""):
        lines.append(line)
        found = re.fullmatch(r"(good|other) +\| pid (\d+)\n", line)
        if found:
            pids[found.group(1)] = int(found.group(2))
        if len(pids) == 2:
            return process, [pids["good"], pids["other"]]
    raise AssertionError(lines)


def gone(pids):
    deadline = time.monotonic() + 120
    while any(is_alive(pid) for pid in pids):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return True


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_one_signal_ends_everything(instance, how):
    process, pids = supervised(instance, "good")

    process.send_signal(how)
    output, _ = process.communicate(timeout=240)

    assert (process.returncode, output) == (0, "ended\n")
    assert gone(pids)


def test_who_does_not_listen_is_killed_at_the_second_signal(instance):
    process, pids = supervised(instance, "deaf")

    process.send_signal(signal.SIGINT)
    assert process.stdout.readline() == "other    | asked to go\n"
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=240)  # less than it waits of its own accord

    assert (process.returncode, output) == (0, "ended\n")
    assert gone(pids)


def test_when_one_ends_by_itself_all_are_stopped_and_it_is_said(instance):
    process, pids = supervised(instance, "good")

    os.kill(pids[1], signal.SIGKILL)
    output, _ = process.communicate(timeout=240)

    assert output == (
        "refused: other ended by itself (code -9); everything was stopped: "
        "its last lines above say why.\nended\n"
    )
    assert gone(pids)


def test_a_killed_supervisor_leaves_nobody(instance):
    process, pids = supervised(instance, "deaf")

    process.kill()
    process.wait()

    assert gone(pids)


def test_columns_are_aligned_for_chinese():
    rows = [("网格员", "Grid worker", "grid"), ("a", "b", "c")]

    assert list(table(rows)) == ["网格员  Grid worker  grid", "a       b            c"]
