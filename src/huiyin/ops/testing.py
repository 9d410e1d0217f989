"""The pytest plugin behind `make test`: one throw-away PostgreSQL for the whole run.

pytest-django reads the settings before any conftest.py, so this is loaded with `-p` and sets the
environment when it is imported. The process that controls the run takes the first free slot in
`var/test-N` (several runs may go on beside each other), starts the cluster there and stops it at
the end; the workers of pytest-xdist inherit its URL. A DATABASE_URL set by the developer is used.
The database that all others are copied from (`ui.tests.databases`) is named here and dropped here.

Garbage is not looked for while modules are imported and tests collected, and never again in what
is there by then: it is all used to the end. Looking through it took a sixth of a worker's time.
"""

import gc
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from huiyin.config import load_config, new_keys
from huiyin.ops.errors import OperatorError
from huiyin.ops.locking import release, try_lock
from huiyin.ops.postgres import layout as places
from huiyin.ops.postgres.cluster import Cluster
from huiyin.ops.processes import GARBAGE

SLOTS = 10


class TestRun:
    """What one controlling process started, to be ended by it."""

    __test__ = False

    def __init__(self) -> None:
        self.cluster: Cluster | None = None
        self.slot: int | None = None
        self.folder: Path | None = None

    def prepare(self) -> None:
        """Choose slot and keys and put them into the environment; starts nothing yet."""
        for name in [name for name in os.environ if name.startswith("HUIYIN_")]:
            if name != "HUIYIN_OWNER_DATABASE_URL":
                del os.environ[name]  # a developer's own settings must not decide a test
        base = load_config({"HUIYIN_MODE": "test"}).var
        self.folder = Path(tempfile.mkdtemp(prefix="huiyin-test-"))
        (self.folder / "static").mkdir()  # whitenoise warns without it
        os.environ.update(
            {
                "HUIYIN_MODE": "test",
                "HUIYIN_VAR": str(self.folder),
                "PYTEST_HUIYIN_FOLDER": str(self.folder),
                "PYTEST_HUIYIN_DATABASE": f"test_new_{self.folder.name.rpartition('-')[2]}",
                **new_keys(),
            }
        )
        self._clear_up()
        if "DATABASE_URL" in os.environ:
            return
        for number in range(SLOTS):
            self.slot = try_lock(base / f"test-{number}")
            if self.slot is not None:
                self.cluster = Cluster(var=base / f"test-{number}", tests=True)
                urls = self.cluster.urls()
                os.environ["DATABASE_URL"] = urls.owner  # it makes and drops test databases
                return
        raise OperatorError(f"All {SLOTS} test databases are in use: wait for another run to end.")

    def _clear_up(self) -> None:
        """Remove clusters that runs killed earlier left outside of their (temporary) folders."""
        temporary = Path(tempfile.gettempdir())
        for home in places.ROOT_FOLDER.glob("*/home"):
            with suppress(OSError):  # another run may be doing the same
                var = Path(home.read_text(encoding="utf-8"))
                if var.is_relative_to(temporary) and not var.exists():
                    Cluster(var=var, say=lambda text: None).remove()

    def start(self) -> None:
        """Start the cluster; what a machine crash broke (it runs without fsync) is made afresh."""
        if self.cluster is None:
            return
        expected = os.environ["DATABASE_URL"]
        try:
            urls = self.cluster.start()
        except OperatorError:
            shutil.rmtree(self.cluster.layout.data, ignore_errors=True)
            urls = self.cluster.start()
        assert urls.owner == expected  # noqa: S101 the settings have read it already
        self._drop("test_")  # nobody else uses this slot: they are of runs that were killed

    def _drop(self, begins: str) -> None:
        """Drop the databases whose names begin like this."""
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
            names = connection.execute(
                "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [begins]
            ).fetchall()
            for (name,) in names:
                connection.execute(
                    sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
                )

    def end(self) -> None:
        """Drop the database of this run, stop the cluster and delete the folder."""
        with suppress(psycopg.Error):  # the run may have ended because there is no database
            self._drop(os.environ["PYTEST_HUIYIN_DATABASE"])
        if self.cluster is not None:
            self.cluster.stop()
        if self.slot is not None:
            release(self.slot)
            self.slot = None
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)


def _is_worker() -> bool:
    return "PYTEST_XDIST_WORKER" in os.environ


gc.disable()
if _is_worker():
    _own = Path(os.environ["HUIYIN_VAR"]) / os.environ["PYTEST_XDIST_WORKER"]
    _own.joinpath("static").mkdir(parents=True, exist_ok=True)  # whitenoise warns without it
    os.environ["HUIYIN_VAR"] = str(_own)
_run = TestRun()
if not _is_worker():
    _run.prepare()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Start the cluster, unless pytest was only asked for its help."""
    if not _is_worker() and not config.option.help:
        _run.start()


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Look for garbage from here on, in what tests make, as seldom as a server does."""
    gc.freeze()
    gc.set_threshold(*GARBAGE)
    gc.enable()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Look for garbage as ever in the process that only hands tests to its workers."""
    gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """Stop what was started."""
    if not _is_worker():
        _run.end()
