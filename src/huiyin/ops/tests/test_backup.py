"""Backup and restore: one archive, checked; after kill -9 the old state or the new one."""

import json
import os
import shutil
import signal
import sys
import tarfile
import textwrap
import time

import psycopg
import pytest

from huiyin.config import new_keys
from huiyin.ops import archive
from huiyin.ops.errors import OperatorError
from huiyin.ops.tests.instances import Instance, copied, moments, said

pytestmark = pytest.mark.fault

ROWS = 60_000


def fill(instance, word):
    """Give database and files a content that tells the states apart."""
    cluster = instance.cluster()
    urls = cluster.start()
    try:
        with psycopg.connect(urls.owner) as connection:
            connection.execute("DROP TABLE IF EXISTS bulk")
            connection.execute(
                "CREATE TABLE bulk AS SELECT n, %s::text AS word, md5(n::text) AS filler"
                " FROM generate_series(1, %s) AS n",
                [word, ROWS],
            )
    finally:
        cluster.stop()
    folder = instance.var / "files" / "2027"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "照片.txt").write_text(word, encoding="utf-8")
    return instance


def state(instance):
    """Return what the next start finds in database and files."""
    done = instance.run("migrate")
    assert done.returncode == 0, done.stderr
    cluster = instance.cluster()
    urls = cluster.start()
    try:
        with psycopg.connect(urls.app) as connection:
            rights = connection.execute(
                "SELECT has_table_privilege('people_account', 'INSERT')"
            ).fetchone()
        with psycopg.connect(urls.owner) as connection:
            rows = connection.execute("SELECT word, count(*) FROM bulk GROUP BY word").fetchall()
    finally:
        cluster.stop()
    files = {
        path.relative_to(instance.var).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted((instance.var / "files").rglob("*"))
        if path.is_file()
    }
    return rights, rows, files


def state_of(word):
    return ((True,), [(word, ROWS)], {"files/2027/照片.txt": word})


def leftovers(instance):
    return sorted(
        path.name
        for path in instance.var.iterdir()
        if "restore" in path.name and path.name != "restore.lock"
    )


def backed_up(instance, path):
    done = instance.run("backup", str(path))
    assert done.returncode == 0, done.stderr
    return path


@pytest.fixture(scope="module")
def gone_on(template, tmp_path_factory):
    """An installation that was "old" when it was backed up and is "new" now; and that backup."""
    folder = tmp_path_factory.mktemp("gone-on")
    made = copied(template, Instance(folder / "var"))
    path = backed_up(fill(made, "old"), folder / "b.tar")
    fill(made, "new")
    yield made, path
    made.cleanup()


@pytest.fixture
def saved(gone_on, instance, tmp_path):
    """An installation of a test's own that is "new"; the backup of the "old" one is beside it."""
    source, path = gone_on
    shutil.copyfile(path, tmp_path / "b.tar")
    return copied(source, instance)


@pytest.fixture(scope="module")
def backup_of_nothing(template, tmp_path_factory):
    """The backup of a new installation, to be copied."""
    return backed_up(template, tmp_path_factory.mktemp("nothing") / "b.tar")


@pytest.fixture
def b_tar(backup_of_nothing, tmp_path):
    """A whole backup that a test may damage."""
    return shutil.copyfile(backup_of_nothing, tmp_path / "b.tar")


def test_a_backup_holds_database_files_and_counts(migrated, tmp_path):
    fill(migrated, "old")

    done = migrated.run("backup", str(tmp_path / "b.tar"), "--json")

    manifest = json.loads(done.stdout)
    assert manifest["counts"]["bulk"] == ROWS
    assert manifest["counts"]["people_account"] == 0
    assert sorted(manifest["members"]) == ["database.dump", "files/2027/照片.txt"]
    assert "ops.0001_installation_notes" in manifest["migrations"]
    assert archive.verify(tmp_path / "b.tar")["members"] == manifest["members"]
    secrets = json.loads((migrated.var / "keys.json").read_text())
    whole = (tmp_path / "b.tar").read_bytes()
    assert [name for name, value in secrets.items() if value.encode() in whole] == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.tar", "var"]


def test_a_restore_brings_everything_back_and_gives_the_rights_again(saved, tmp_path):
    (saved.var / "files" / "later.txt").write_text("later", encoding="utf-8")

    done = saved.run("restore", str(tmp_path / "b.tar"), "--force")

    assert done.returncode == 0, done.stderr
    assert state(saved) == state_of("old")
    assert leftovers(saved) == []


def test_a_restore_into_an_empty_installation_needs_no_force(saved, tmp_path):
    saved.cluster().remove()
    shutil.rmtree(saved.var / "files")

    done = saved.run("restore", str(tmp_path / "b.tar"))

    assert done.returncode == 0, done.stderr
    assert state(saved) == state_of("old")


def test_a_restore_does_not_overwrite_unasked(saved, tmp_path):
    sentence = said(saved.run("restore", str(tmp_path / "b.tar")))

    assert sentence.startswith("The database holds data already (")
    assert sentence.endswith(" tables): add --force to replace them.")
    assert state(saved) == state_of("new")


def test_a_backup_of_other_keys_is_refused(saved, tmp_path):
    keys = new_keys()

    done = saved.run(
        "restore", str(tmp_path / "b.tar"), "--force",
        HUIYIN_SEAL_KEYS=keys["HUIYIN_SEAL_KEYS"], HUIYIN_INDEX_KEY=keys["HUIYIN_INDEX_KEY"],
    )  # fmt: skip

    assert said(done) == (
        "This backup was made with other keys; seal key 'k1' (HUIYIN_SEAL_KEYS) and the index key "
        "(HUIYIN_INDEX_KEY) differ or are missing: set the keys of the installation that made it, "
        "then restore again."
    )
    assert state(saved) == state_of("new")


def test_a_newer_seal_key_in_front_does_not_hinder(saved, tmp_path):
    kept = json.loads((saved.var / "keys.json").read_text())["HUIYIN_SEAL_KEYS"]
    newer = new_keys()["HUIYIN_SEAL_KEYS"].replace("k1:", "k2:")

    done = saved.run(
        "restore", str(tmp_path / "b.tar"), "--force", HUIYIN_SEAL_KEYS=f"{newer},{kept}"
    )

    assert done.returncode == 0, done.stderr


def test_a_database_in_use_is_not_replaced(saved, tmp_path):
    cluster = saved.cluster()
    urls = cluster.start()
    try:
        with psycopg.connect(urls.app):
            done = saved.run(
                "restore", str(tmp_path / "b.tar"), "--force",
                DATABASE_URL=urls.app, HUIYIN_OWNER_DATABASE_URL=urls.owner,
            )  # fmt: skip
    finally:
        cluster.stop()

    assert said(done) == (
        "The database is in use (1 connections): stop web server and worker first."
    )


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda path: os.truncate(path, path.stat().st_size // 2), id="cut-off"),
        pytest.param(lambda path: flip(path, 2_000), id="one-bit"),
        pytest.param(lambda path: path.write_bytes(b"no tar at all"), id="another-file"),
        pytest.param(lambda path: add_member(path, "files/../../evil"), id="path-outside"),
        pytest.param(lambda path: add_member(path, "files/more.txt"), id="file-not-in-manifest"),
    ],
)
def test_a_damaged_backup_is_refused_before_anything_changes(b_tar, damage):
    archive.verify(b_tar)

    damage(b_tar)

    with pytest.raises(OperatorError) as caught:
        archive.verify(b_tar)
    assert str(caught.value).startswith(f"{b_tar} is not a whole backup (")


def flip(path, offset):
    with path.open("r+b") as file:
        file.seek(offset)
        byte = file.read(1)
        file.seek(offset)
        file.write(bytes([byte[0] ^ 1]))


def add_member(path, name):
    source = path.with_name("member")
    source.write_text("x", encoding="ascii")
    with tarfile.open(path, "a") as tar:
        tar.add(source, arcname=name)


def test_a_backup_file_that_exists_is_not_overwritten(template, b_tar):
    before = b_tar.read_bytes()

    assert said(template.run("backup", str(b_tar))) == (
        f"{b_tar} exists: give another name, or move it away first."
    )
    assert b_tar.read_bytes() == before


def test_a_backup_into_a_missing_folder_is_one_sentence(template, tmp_path):
    assert said(template.run("backup", str(tmp_path / "no" / "b.tar"))) == (
        f"There is no folder {tmp_path}/no: make it, or give another path."
    )


def test_a_disk_that_fills_up_during_a_backup_is_one_sentence(migrated, tmp_path):
    fill(migrated, "old")
    cluster = migrated.cluster()
    urls = cluster.start()  # started here: the limit below is not for the server
    script = """
        import resource, sys
        from huiyin.ops import cli

        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
        cli.main(["backup", sys.argv[1]])
    """
    try:
        process = migrated.start_python(
            "-c", textwrap.dedent(script), str(tmp_path / "b.tar"),
            DATABASE_URL=urls.app, HUIYIN_OWNER_DATABASE_URL=urls.owner,
        )  # fmt: skip
        output, _ = process.communicate(timeout=240)
    finally:
        cluster.stop()

    assert process.returncode == 1
    assert output.splitlines()[-1] == (
        "huiyin: The database could not be dumped: the disk is full; "
        "make room and run the same command again."
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["var"]


# --- kill -9 ------------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", ["b.tar.part", "b.tar.dump.part"])
def test_a_killed_backup_leaves_no_file_of_that_name_and_the_next_one_works(
    migrated, tmp_path, moment
):
    fill(migrated, "old")
    process = migrated.start("backup", str(tmp_path / "b.tar"))
    deadline = time.monotonic() + 120
    while not (tmp_path / moment).exists():
        assert time.monotonic() < deadline
        time.sleep(0.001)

    process.kill()
    process.wait()

    assert not (tmp_path / "b.tar").exists()
    archive.verify(backed_up(migrated, tmp_path / "b.tar"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.tar", "var"]
    assert state(migrated) == state_of("old")


@pytest.mark.parametrize("seconds", moments(0.0, 0.25, 0.6))
def test_a_killed_restore_leaves_the_old_state_or_the_new_one(saved, tmp_path, seconds):
    process = saved.start("restore", str(tmp_path / "b.tar"), "--force")
    assert "Restoring the database …\n" in iter(process.stdout.readline, "")
    time.sleep(seconds)

    process.kill()
    process.wait()

    assert state(saved) in (state_of("old"), state_of("new"))
    assert leftovers(saved) == []


@pytest.mark.parametrize(
    ("victim", "expected"),
    [
        pytest.param("_replace_database", "new", id="before-the-database"),
        pytest.param("_settle", "old", id="between-database-and-files"),
        pytest.param("_move_files", "old", id="before-the-files-move"),
    ],
)
def test_a_restore_killed_at_a_seam_is_finished_or_undone(saved, tmp_path, victim, expected):
    script = """
        import os, signal, sys
        from huiyin.ops import cli, restoring

        setattr(restoring, sys.argv[2], lambda *given: os.kill(os.getpid(), signal.SIGKILL))
        cli.main(["restore", sys.argv[1], "--force"])
    """
    process = saved.start_python("-c", textwrap.dedent(script), str(tmp_path / "b.tar"), victim)
    process.communicate(timeout=240)
    assert process.returncode == -signal.SIGKILL

    assert state(saved) == state_of(expected)
    assert leftovers(saved) == []


def test_python_of_the_tests_is_the_one_of_the_commands():
    assert sys.prefix != sys.base_prefix  # the commands above ran with the locked packages
