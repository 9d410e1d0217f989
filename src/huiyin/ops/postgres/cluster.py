"""Starting, finding and stopping Huiyin's own PostgreSQL cluster.

Whoever starts it holds the lock of the data folder. Whatever was killed before (a start, initdb,
the server, the machine), the next start clears up after it.
"""

import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from huiyin.ops import progress
from huiyin.ops.errors import OperatorError
from huiyin.ops.locking import make_folder
from huiyin.ops.postgres import layout as places
from huiyin.ops.postgres import passwords as secret
from huiyin.ops.postgres.layout import Layout, Say
from huiyin.ops.processes import is_alive, processes_in, run, send, spawn, stop

OWNER_ROLE = "huiyin_owner"
APP_ROLE = "huiyin_app"
DATABASE = "huiyin"
ORIGIN = "cluster.id"
FIRST_START_MB = 300
EVERY_START_MB = 50
START_SECONDS = 600.0  # recovery after a crash can take long; a dead server is noticed at once
STOP_STEPS = ((signal.SIGINT, 30.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0))

# Modest for two to four cores beside web server and worker; `by_memory` says how much memory.
TUNING: Mapping[str, str] = {
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_connections": "60",
    "checkpoint_timeout": "15min",
    "wal_compression": "on",
    "random_page_cost": "1.1",
    "jit": "off",
    # Requests share the cores already: a second process for one question costs more than it brings.
    "max_parallel_workers_per_gather": "0",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    # Statements and details of errors hold personal data; they stay out of the log.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_checkpoints": "off",
    # Giving rights on functions of extensions warns once for each of them.
    "log_min_messages": "error",
}
SMALL_MB, LARGE_MB = 256, 4_096  # of its own memory: what suits the smallest machine, and enough
TEST_TUNING: Mapping[str, str] = {
    "shared_buffers": "256MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    # A test may ask for the plans of all statements, also inside of functions (`ui.tests.plans`).
    "session_preload_libraries": "auto_explain",
}
# What a test may then say of it.
TEST_PARAMETERS = (
    "session_replication_role",  # emptying tables between tests asks no trigger and no other table
    *(
        f"auto_explain.log_{name}"
        for name in ("min_duration", "analyze", "timing", "nested_statements", "format", "level")
    ),
)


def by_memory(megabytes: int) -> dict[str, str]:
    """Return the settings that follow from the memory of a machine.

    An eighth of it for what is in use, so that the indexes of a million matters are not fetched
    again for each that comes in, and as much log between two checkpoints.
    """
    own = min(max(megabytes // 8, SMALL_MB), LARGE_MB)
    return {
        "shared_buffers": f"{own}MB",
        "effective_cache_size": f"{max(megabytes // 2, 4 * SMALL_MB)}MB",
        "max_wal_size": f"{min(max(2_048, 2 * own), 4_096)}MB",
    }


def machine_mb() -> int:
    """Return how much memory the machine has, or what its container may use, in MB."""
    megabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii").strip()
    except OSError:
        return megabytes
    return min(megabytes, int(limit) // 2**20) if limit.isdecimal() else megabytes


@dataclass(frozen=True, slots=True, repr=False)
class Urls:
    """How to reach the database: as its owner and as the running application."""

    owner: str
    app: str


class Cluster:
    """The embedded cluster of one data folder. `start` needs the lock of that folder."""

    def __init__(
        self,
        *,
        var: Path,
        folder: Path | None = None,
        tests: bool = False,
        is_demo: bool = False,
        say: Say = progress.say,
    ) -> None:
        self._folder = folder
        self.layout: Layout = places.layout_for(var, folder)
        self.tests = tests
        self.is_demo = is_demo
        self.say = say
        self.process: subprocess.Popen[bytes] | None = None
        self.settings: Mapping[str, str] = {}  # for the next start, before all others

    # --- what others see -----------------------------------------------------------------------

    def urls(self) -> Urls:
        """Return the two URLs; the passwords are made when there are none yet."""
        kept = self._passwords()
        return Urls(
            owner=self._url(OWNER_ROLE, kept.huiyin_owner),
            app=self._url(APP_ROLE, kept.huiyin_app),
        )

    def is_running(self) -> bool:
        """Tell whether a server of this very data folder is up (started here or elsewhere)."""
        pid = self._pid_on_file()
        return pid is not None and pid in set(processes_in(self.layout.data))

    def start(self) -> Urls:
        """Start the server, making the cluster first where there is none. Raises OperatorError."""
        make_folder(self.layout.var)
        self._set_aside_lost_demo()
        self.layout = places.prepare(self.layout, say=self.say)
        self._refuse_other_version()
        self._refuse_full_disk(EVERY_START_MB if self.layout.data.exists() else FIRST_START_MB)
        self._remove_half_made()
        self._end_orphans()
        binaries = places.server_binaries(self.layout.user)
        lost_passwords = secret.load(self.layout.passwords) is None
        kept = self._passwords()
        if not self.layout.data.exists():
            self._init(binaries, kept.postgres)
        elif lost_passwords:
            self._give_password(binaries, kept.postgres)
        try:
            self._start_server(binaries)
            self._ensure_database(kept, lost_passwords=lost_passwords)
        except BaseException:
            self.stop()
            raise
        return self.urls()

    def stop(self) -> None:
        """Stop the server this object started: at once for clients, cleanly for the data."""
        if self.process is not None:
            stop(self.process, STOP_STEPS)
            self.process = None

    def remove(self) -> None:
        """Delete the cluster with all its data; nothing may be running."""
        self._end_orphans()
        shutil.rmtree(self.layout.base, ignore_errors=True)
        shutil.rmtree(self.layout.socket_folder, ignore_errors=True)

    def _set_aside_lost_demo(self) -> None:
        """Move a demo away whose data folder and keys were deleted (a new clone at its place).

        Root's clusters live outside of the checkout and outlive it. Only one is kept; data of a
        production are never moved: its keys are not in the data folder.
        """
        here, there = self.layout.var / ORIGIN, self.layout.base / ORIGIN
        known = _read(here)
        if not known:
            known = secrets.token_hex(8)
            if self.is_demo and self.layout.data.exists() and _read(there):
                self._end_orphans()
                aside = self.layout.base.with_name(f"{self.layout.base.name}-old")
                shutil.rmtree(aside, ignore_errors=True)
                self.layout.base.rename(aside)
                self.layout = places.layout_for(self.layout.var, self._folder)
                self.say(f"The database of an earlier demo at this place is now in {aside}.")
            secret.write_private(here, known)
        if _read(there) != known:
            self.layout = places.prepare(self.layout, say=self.say)
            secret.write_private(self.layout.home, str(self.layout.var))
            secret.write_private(there, known)

    # --- making the cluster ----------------------------------------------------------------------

    def _init(self, binaries: Path, password: str) -> None:
        """Run initdb beside the final place and move the result there when it is complete."""
        draft = self.layout.base / f"init-{secrets.token_hex(4)}"
        draft.mkdir(mode=0o700)
        pwfile = draft / "password"
        secret.write_private(pwfile, password + "\n")
        for path in (draft, pwfile):
            places.own(path, self.layout.user)
        self.say("Making the database folder …")
        code, output = self._run(
            [
                *(str(binaries / "initdb"), "-D", str(draft / "data"), "--encoding=UTF8"),
                *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
                # pg_trgm asks the C library what a letter is; in plain C Chinese has none.
                "--lc-ctype=C.UTF-8",
                *("--data-checksums", "--username=postgres", f"--pwfile={pwfile}"),
                *("--auth=scram-sha-256", "--no-instructions"),
                *(("--no-sync",) if self.tests else ()),
            ]
        )
        if code != 0:
            shutil.rmtree(draft, ignore_errors=True)
            raise self._failure("The database folder could not be made", output)
        (draft / "data").rename(self.layout.data)
        _sync_folder(self.layout.base)
        shutil.rmtree(draft, ignore_errors=True)

    def _remove_half_made(self) -> None:
        """Remove what a killed initdb left; a program it had started may still be writing there."""
        deadline = time.monotonic() + 10
        while leftovers := list(self.layout.base.glob("init-*")):
            if time.monotonic() > deadline:
                raise OperatorError(
                    f"{leftovers[0]} is left of an earlier start and cannot be removed: "
                    "remove it, then start again."
                )
            for leftover in leftovers:
                for pid in processes_in(leftover / "data"):
                    send(pid, signal.SIGKILL)
                shutil.rmtree(leftover, ignore_errors=True)

    def _give_password(self, binaries: Path, password: str) -> None:
        """Set the bootstrap role's password without a server: the file with the old one is lost."""
        code, output = self._run(
            [str(binaries / "postgres"), "--single", "-D", str(self.layout.data), "postgres"],
            entry=f"ALTER ROLE postgres PASSWORD '{password}'\n",
        )
        if code != 0:
            raise self._failure("The database passwords could not be renewed", output)

    def _ensure_database(self, kept: secret.Passwords, *, lost_passwords: bool) -> None:
        """Make the two roles and the database where they are missing; safe to repeat."""
        with psycopg.connect(
            self._url("postgres", kept.postgres, database="postgres"), autocommit=True
        ) as connection:
            for role, password in (
                (OWNER_ROLE, kept.huiyin_owner),
                (APP_ROLE, kept.huiyin_app),
            ):
                known = connection.execute(
                    "SELECT 1 FROM pg_roles WHERE rolname = %s", [role]
                ).fetchone()
                if known and not lost_passwords:
                    continue
                # Hashed here, so that the clear password is in no statement and no log.
                hashed = connection.pgconn.encrypt_password(
                    password.encode(), role.encode(), b"scram-sha-256"
                ).decode()
                connection.execute(
                    sql.SQL("{verb} ROLE {role} LOGIN {rights} PASSWORD {hashed}").format(
                        verb=sql.SQL("ALTER" if known else "CREATE"),
                        role=sql.Identifier(role),
                        rights=sql.SQL(
                            "CREATEDB" if self.tests and role == OWNER_ROLE else "NOCREATEDB"
                        ),
                        hashed=sql.Literal(hashed),
                    )
                )
            if self.tests:  # a test becomes the application with SET ROLE
                connection.execute(f"GRANT {APP_ROLE} TO {OWNER_ROLE}")
                for parameter in TEST_PARAMETERS:
                    connection.execute(f"GRANT SET ON PARAMETER {parameter} TO {OWNER_ROLE}")
            if not connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
            ).fetchone():
                connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE}")
            connection.execute(f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC")
            connection.execute(f"GRANT CONNECT, TEMPORARY ON DATABASE {DATABASE} TO {APP_ROLE}")

    # --- the server ------------------------------------------------------------------------------

    def _start_server(self, binaries: Path) -> None:
        options = {
            **TUNING,
            **by_memory(machine_mb()),
            **(TEST_TUNING if self.tests else {}),
            **self.settings,
            "listen_addresses": "",
            "unix_socket_directories": str(self.layout.socket_folder),
            "unix_socket_permissions": "0700",
            "port": "5432",
        }
        command = [str(binaries / "postgres"), "-D", str(self.layout.data)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        log = _open_log(self.layout.log)
        begin = os.fstat(log).st_size
        try:
            self.process = spawn(
                command,
                env=_environment(),
                cwd=self.layout.base,
                death_signal=signal.SIGINT,  # PostgreSQL's fast shutdown
                user=self.layout.user,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        finally:
            os.close(log)
        self._wait_until_up(begin)

    def _wait_until_up(self, log_begin: int) -> None:
        assert self.process is not None  # noqa: S101 called by _start_server alone
        probe = self._url("postgres", self._passwords().postgres, database="postgres")
        begun = time.monotonic()
        told = False
        while time.monotonic() - begun < START_SECONDS:
            if self.process.poll() is not None:
                self.process = None
                text = self.layout.log.read_bytes()[log_begin:].decode(errors="replace")
                raise self._failure("The database did not start", text)
            try:
                psycopg.connect(probe, connect_timeout=5).close()
            except psycopg.OperationalError as error:
                if "password authentication failed" in str(error):
                    self.stop()
                    raise OperatorError(
                        f"{self.layout.passwords} does not fit the database beside it: put the "
                        "right file back, or move it away and start again to have new ones made."
                    ) from error
                if not told and time.monotonic() - begun > 5:
                    self.say("Waiting for the database (it repairs itself after a crash) …")
                    told = True
                time.sleep(0.03)
            else:
                return
        self.stop()
        raise OperatorError(
            f"The database did not come up in {START_SECONDS:.0f} seconds: read {self.layout.log}."
        )

    def _end_orphans(self) -> None:
        """Stop a server of this data folder whose Huiyin was killed; forget a stale postmaster.pid.

        We hold the lock of the data folder, so nobody else means it to run.
        """
        data = self.layout.data
        if not data.exists():
            return
        postmaster = self._pid_on_file()
        left = set(processes_in(data))
        if left:
            self.say("Stopping a database server left behind by a Huiyin that was killed …")
        for what, patience in STOP_STEPS:
            # Children of a killed postmaster leave by themselves or at SIGQUIT; of a living one
            # only the postmaster itself may be signalled.
            for pid in {postmaster} & left if postmaster in left else left:
                if pid is not None:
                    send(pid, what)
            deadline = time.monotonic() + patience
            while left and time.monotonic() < deadline:
                time.sleep(0.05)
                left = {pid for pid in left if is_alive(pid)}
        left = set(processes_in(data))
        if left:
            raise OperatorError(
                f"A database server of {data} does not stop (pid {min(left)}): "
                "end that process, then start again."
            )
        # PostgreSQL refuses to start when the number in a stale file has been given to another
        # process of the same user; nothing runs here, so the files are stale whatever the number.
        socket = self.layout.socket_folder / places.SOCKET_NAME
        for stale in (data / "postmaster.pid", socket, socket.with_name(f"{socket.name}.lock")):
            stale.unlink(missing_ok=True)

    def _pid_on_file(self) -> int | None:
        try:
            first = (self.layout.data / "postmaster.pid").read_text(encoding="ascii").split("\n")[0]
            return abs(int(first))
        except (OSError, ValueError):
            return None

    # --- checks ----------------------------------------------------------------------------------

    def _refuse_other_version(self) -> None:
        try:
            made_by = int((self.layout.data / "PG_VERSION").read_text(encoding="ascii"))
        except (OSError, ValueError):
            return
        ours = int(self._program_version().split(".")[0])
        if made_by > ours:
            raise OperatorError(
                f"The data in {self.layout.data} were made by PostgreSQL {made_by}, newer than the "
                f"{ours} of this Huiyin: use the newer Huiyin that made them, or set HUIYIN_VAR to "
                "another folder and restore a backup."
            )
        if made_by < ours:
            raise OperatorError(
                f"The data in {self.layout.data} were made by PostgreSQL {made_by}, older than the "
                f"{ours} of this Huiyin: run huiyin backup with the Huiyin that made them, set "
                "HUIYIN_VAR to another folder, and run huiyin restore there."
            )

    def _program_version(self) -> str:
        done = subprocess.run(
            [str(places.wheel_binaries() / "postgres"), "--version"],
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.split()[-1]

    def _refuse_full_disk(self, needed_mb: int) -> None:
        folder = next(
            path for path in (self.layout.base, *self.layout.base.parents) if path.exists()
        )
        free_mb = shutil.disk_usage(folder).free // 1_000_000
        if free_mb < needed_mb:
            raise OperatorError(
                f"The disk of {self.layout.base} is full: {free_mb} MB are free and the database "
                f"needs {needed_mb} MB; make room or set HUIYIN_VAR to a folder on another disk."
            )

    def _failure(self, what: str, output: str) -> OperatorError:
        with suppress(OSError), self.layout.log.open("a", encoding="utf-8") as log:
            log.write(output)
        if "No space left on device" in output or "could not write" in output:
            return OperatorError(
                f"{what} because the disk of {self.layout.base} is full: "
                "make room or set HUIYIN_VAR to a folder on another disk."
            )
        lines = [line for line in output.splitlines() if "FATAL" in line or "error:" in line]
        reason = lines[0].strip() if lines else "no reason was given"
        return OperatorError(f"{what} ({reason}): read {self.layout.log}.")

    # --- small ones ------------------------------------------------------------------------------

    def _passwords(self) -> secret.Passwords:
        kept = secret.load(self.layout.passwords)
        if kept is None:
            self.layout = places.prepare(self.layout, say=self.say)
            kept = secret.make(self.layout.passwords)
        return kept

    def _url(self, role: str, password: str, *, database: str = DATABASE) -> str:
        host = quote(str(self.layout.socket_folder), safe="")
        return f"postgresql://{role}:{quote(password, safe='')}@/{database}?host={host}&port=5432"

    def _run(self, command: list[str], *, entry: str = "") -> tuple[int, str]:
        return run(
            command,
            env=_environment(),
            cwd=self.layout.base,
            user=self.layout.user,
            entry=entry,
        )


def _environment() -> dict[str, str]:
    """PostgreSQL gets no variable of ours: no PG* setting, no secret, no foreign locale."""
    return {"PATH": "/usr/bin:/bin", "LANG": "C", "LC_ALL": "C", "TZ": "UTC"}


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return ""


def _open_log(path: Path) -> int:
    too_big = path.exists() and path.stat().st_size > 20_000_000
    mode = os.O_TRUNC if too_big else os.O_APPEND
    return os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND | mode | os.O_CLOEXEC, 0o600)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
