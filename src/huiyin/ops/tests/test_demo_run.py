"""`huiyin demo` as a whole: what a person sees who types `make run`."""

import http.client
import json
import signal
import socket
import threading
import time

import pytest

from huiyin.ops.processes import is_alive, processes_in
from huiyin.ops.serving import free_port
from huiyin.ops.tests.instances import said

pytestmark = pytest.mark.fault

START_SECONDS = 180


class Demo:
    """A running demo: what it printed, and its log so far."""

    def __init__(self, instance):
        self.instance = instance
        self.port = free_port(0)
        self.process = instance.start_with_log(
            "demo", "--scale", "small", "--no-life", "--port", str(self.port), "--json"
        )
        watchdog = threading.Timer(START_SECONDS, self.process.kill)
        watchdog.start()
        line = self.process.stdout.readline()
        watchdog.cancel()
        assert line, instance.log()
        self.printed = json.loads(line)

    def get(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            connection.request("GET", path, headers={"Host": f"localhost:{self.port}"})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def family(self):
        """Return all its processes: the children carry its data folder in their environment."""
        return [self.process.pid, *self.instance.processes_of_its_own()]


def gone(pids):
    deadline = time.monotonic() + 120
    while any(is_alive(pid) for pid in pids):
        assert time.monotonic() < deadline, [pid for pid in pids if is_alive(pid)]
        time.sleep(0.02)
    return True


def test_a_demo_starts_answers_is_backed_up_and_stops(instance, tmp_path):
    demo = Demo(instance)
    assert demo.printed["address"] == f"http://localhost:{demo.port}/"
    assert {login["role"] for login in demo.printed["logins"]} >= {"grid_worker", "resident"}
    assert json.loads(demo.get("/ready")[1])["checks"] == dict.fromkeys(
        ("database", "disk", "limits", "migrations", "worker"), "ok"
    )
    assert demo.get("/")[0] in (200, 302)
    assert demo.get("/nowhere")[0] == 404

    # From another terminal: the same port, the same folder, a backup, a restore.
    assert said(instance.run("demo", "--port", str(demo.port))).startswith("Port ")
    assert said(instance.run("demo", "--port", str(free_port(0)))) == (
        f"The data folder {instance.var} is in use by another Huiyin (pid {demo.process.pid}): "
        "stop it or set HUIYIN_VAR to another folder."
    )
    backup = instance.run("backup", str(tmp_path / "b.tar"), "--json")
    assert backup.returncode == 0, backup.stderr
    assert json.loads(backup.stdout)["counts"]["places_place"] > 0
    assert said(instance.run("restore", str(tmp_path / "b.tar"), "--force")).startswith(
        "The database is in use ("
    )

    family = demo.family()
    assert len(family) > 4
    demo.process.send_signal(signal.SIGTERM)
    assert demo.process.wait(timeout=240) == 0, instance.log()
    assert gone(family)
    assert list(processes_in(instance.cluster().layout.data)) == []
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", demo.port))

    # The second start finds everything made, and the same logins.
    again = Demo(instance)
    assert again.printed["logins"] == demo.printed["logins"]
    assert "prepare  |" not in instance.log()

    # Killed all at once, nothing is left and the third start works.
    family = again.family()
    again.process.kill()
    again.process.wait()
    assert gone(family)
    third = Demo(instance)
    assert third.get("/health") == (200, '{"status": "ok"}')
    third.process.send_signal(signal.SIGINT)
    assert third.process.wait(timeout=240) == 0, instance.log()
    assert "13905340001" not in instance.log()
