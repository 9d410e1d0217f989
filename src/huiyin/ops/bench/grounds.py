"""Where the benchmark runs: a data folder and a database cluster of its own, never the user's."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import django
from django.db import connections

from huiyin.config import Config, load_config
from huiyin.ops import locking, prepared
from huiyin.ops.errors import OperatorError
from huiyin.ops.postgres import Urls
from huiyin.ops.postgres.cluster import APP_ROLE, Cluster
from huiyin.ops.progress import say

FOLDER: Final = "bench"
MARK: Final = "bench.mark"
KEYS: Final = (
    "HUIYIN_SECRET_KEY", "HUIYIN_SEAL_KEYS", "HUIYIN_INDEX_KEY", "HUIYIN_SMS_SECRET",
)  # fmt: skip
PREPARE_SECONDS: Final = 900


# While nobody else uses it: what is written into an emptied table is not logged as well, pages that
# are tidied up are not logged whole, and pages go to the disk at once, so that no COMMIT waits for
# all of them. A machine that goes down meanwhile leaves a database of no use: fill a new one.
FILLING: Final = {
    "wal_level": "minimal", "max_wal_senders": "0", "synchronous_commit": "off",
    "autovacuum": "off", "shared_buffers": "512MB", "max_wal_size": "4GB",
    "checkpoint_timeout": "1h", "wal_compression": "off", "full_page_writes": "off",
    "backend_flush_after": "2MB",
}  # fmt: skip


@dataclass(frozen=True, slots=True, repr=False)
class Grounds:
    """A prepared database with the reference city in it. Django is set up on it as its owner."""

    config: Config
    urls: Urls
    folder: Path
    cluster: Cluster

    @contextmanager
    def filling(self) -> Iterator[None]:
        """Let the database run with settings for writing very much; then with its own again.

        Server and worker must not run. What was committed is on the disk at the end.
        """
        self._restart(FILLING)
        try:
            yield
        finally:
            self._restart({})

    def _restart(self, chosen: Mapping[str, str]) -> None:
        connections.close_all()
        self.cluster.stop()
        self.cluster.settings = chosen
        self.cluster.start()


def folder_for(given: Path | None) -> Path:
    """Return the folder of the benchmark: as given, or `bench` in the data folder."""
    return (given or load_demo_var() / FOLDER).resolve()


def load_demo_var() -> Path:
    """Return the data folder of this checkout, whatever it is used for."""
    return Path(os.environ.get("HUIYIN_VAR", "var")).resolve()


def refuse_beside_real_keys() -> None:
    """Refuse to run where the keys of a real city are at hand. Raises OperatorError.

    A slip would be enough to fill its database with a million invented matters.
    """
    there = [name for name in (*KEYS, "DATABASE_URL") if os.environ.get(name)]
    if os.environ.get("HUIYIN_MODE") == "production" or there:
        named = " and ".join(there) or "HUIYIN_MODE=production"
        raise OperatorError(
            f"The benchmark does not run beside a real city ({named} is set): run it on another "
            "machine, or in a shell without these settings."
        )


@contextmanager
def grounds(folder: Path) -> Iterator[Grounds]:
    """Yield the database of the benchmark, made and loaded with the city when it is not there.

    Raises OperatorError beside real keys, or when the folder holds something else.
    """
    refuse_beside_real_keys()
    _refuse_strange(folder)
    for name in [name for name in os.environ if name.startswith("HUIYIN_")]:
        del os.environ[name]
    os.environ |= {
        "HUIYIN_MODE": "demo",
        "HUIYIN_VAR": str(folder),
        "HUIYIN_APP_ROLE": APP_ROLE,
        "HUIYIN_RATE_PER_MINUTE": "1000000",
        "DJANGO_SETTINGS_MODULE": "huiyin.settings",
    }
    config = load_config(os.environ)
    with locking.data_folder(folder):
        cluster = Cluster(var=folder, is_demo=True)
        if not (folder / MARK).exists() and _is_ours(cluster.layout.base):
            cluster.remove()  # of a folder that was deleted without it
        _mark(folder)
        urls = cluster.start()
        _mark(cluster.layout.base)
        try:
            _load_city(urls)
            os.environ["DATABASE_URL"] = urls.owner
            django.setup()
            yield Grounds(config, urls, folder, cluster)
        finally:
            connections.close_all()
            cluster.stop()


def clean(folder: Path) -> list[Path]:
    """Delete the benchmark's folder and its databases; return what there was of them.

    Raises OperatorError when the folder holds something else.
    """
    _refuse_strange(folder)
    base = Cluster(var=folder).layout.base
    mine = [folder] if (folder / MARK).exists() else []
    mine += [one for one in (base, base.with_name(f"{base.name}-old")) if _is_ours(one)]
    if not mine:
        return []
    if folder in mine:
        with locking.data_folder(folder):
            Cluster(var=folder).remove()
    elif base in mine:
        Cluster(var=folder).remove()
    for one in mine:
        shutil.rmtree(one, ignore_errors=True)
    return mine


def _mark(folder: Path) -> None:
    (folder / MARK).write_text("Made by huiyin bench; may be deleted.\n", encoding="utf-8")


def _is_ours(folder: Path) -> bool:
    return (folder / MARK).exists()


def _refuse_strange(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
        raise OperatorError(
            f"{folder} is in use for something else: name an empty folder with --folder."
        )


def _load_city(urls: Urls) -> None:
    if prepared.is_prepared(urls):
        return
    say("Loading the reference city (once) …")
    env = {**os.environ, "DATABASE_URL": urls.app, "HUIYIN_OWNER_DATABASE_URL": urls.owner}
    command = [sys.executable, "-m", "huiyin.ops.prepare_demo", "full"]
    code = subprocess.run(command, env=env, timeout=PREPARE_SECONDS, check=False).returncode
    if code:
        raise OperatorError("The city could not be loaded: see the message above.")
