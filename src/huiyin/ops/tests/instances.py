"""Real installations for tests: a data folder of their own, commands as real processes."""

import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from huiyin.ops.postgres.cluster import Cluster
from huiyin.ops.processes import is_alive

SECONDS = 300  # commands take a few; a machine that is busy with other tests is patient


class Instance:
    """One installation in `var`; `cleanup` stops and removes everything it made."""

    def __init__(self, var: Path, **settings: str) -> None:
        self.var = var
        self.settings = settings
        self.processes: list[subprocess.Popen[str]] = []

    def environ(self, **more: str) -> dict[str, str]:
        """Return a clean environment: nothing of the test run's own settings."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("HUIYIN_")
            and name not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")
        }
        given = {"HUIYIN_MODE": "demo", "HUIYIN_VAR": str(self.var), **self.settings, **more}
        return {**kept, **given}

    def run(self, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            [sys.executable, "-m", "huiyin.ops.cli", *arguments],
            env=self.environ(**environ),
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    def start(self, *arguments: str, **environ: str) -> subprocess.Popen[str]:
        """Start a command and go on."""
        return self.start_python("-m", "huiyin.ops.cli", *arguments, **environ)

    def start_with_log(self, *arguments: str, **environ: str) -> subprocess.Popen[str]:
        """Start a command whose stderr goes to a file; nobody has to read it for it to go on."""
        self._log = self.var.with_name("log")
        with self._log.open("w") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "huiyin.ops.cli", *arguments],
                env=self.environ(**environ),
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self.processes.append(process)
        return process

    def log(self) -> str:
        """Return what a command started with `start_with_log` has said."""
        return self._log.read_text(encoding="utf-8")

    def processes_of_its_own(self) -> list[int]:
        """Return the living processes that work for this data folder, beside PostgreSQL's."""
        wanted = f"HUIYIN_VAR={self.var}\0".encode()
        found = []
        for entry in Path("/proc").iterdir():
            with suppress(OSError):  # gone meanwhile, or somebody else's
                if (
                    entry.name.isdigit()
                    and wanted in entry.joinpath("environ").read_bytes() + b"\0"
                    and is_alive(int(entry.name))
                ):
                    found.append(int(entry.name))
        return found

    def start_python(self, *arguments: str, **environ: str) -> subprocess.Popen[str]:
        """Start Python and go on; both outputs come through one pipe."""
        process = subprocess.Popen(
            [sys.executable, *arguments],
            env=self.environ(**environ),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.processes.append(process)
        return process

    def cluster(self) -> Cluster:
        """Return the embedded cluster of this installation, with its sentences thrown away."""
        return Cluster(var=self.var, say=lambda text: None)

    def cleanup(self) -> None:
        """End what was started and remove the cluster, which may be outside of the test folder."""
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait(timeout=SECONDS)
            if process.stdout is not None:
                process.stdout.close()
        self.cluster().remove()


def copied(source: Instance, target: Instance) -> Instance:
    """Make an installation that is not running a copy of another one, with the same keys."""
    there, here = source.cluster().layout, target.cluster().layout
    target.var.mkdir()
    shutil.copy2(source.var / "keys.json", target.var / "keys.json")
    here.base.mkdir(parents=True)
    here.base.chmod(0o755)
    for name in ("data", "passwords.json"):
        subprocess.run(["cp", "-a", there.base / name, here.base / name], check=True)
    if (source.var / "files").exists():
        shutil.copytree(source.var / "files", target.var / "files")
    return target


def said(done: subprocess.CompletedProcess[str]) -> str:
    """Return the sentence of a refused command; its exit code must say so and no trace be there."""
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("huiyin: ")
    return last.removeprefix("huiyin: ")


def moments(*seconds: float) -> list[float]:
    """Return when to kill: the moments given, in a long run also many between and after them."""
    if os.environ.get("HYPOTHESIS_PROFILE") != "long":
        return list(seconds)
    last = max(seconds)
    return sorted({*seconds, *(round(last * step / 15, 3) for step in range(30))})
