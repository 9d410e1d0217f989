"""`make reset` forgets everything of one data folder, and asks first."""

import subprocess
import sys

import pytest

from huiyin.ops import locking

pytestmark = pytest.mark.fault


def reset(instance, *arguments, entry=""):
    return subprocess.run(
        [sys.executable, "-m", "huiyin.ops.reset", *arguments],
        env=instance.environ(),
        input=entry,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def test_everything_is_gone_after_a_yes(migrated):
    base = migrated.cluster().layout.base

    done = reset(migrated, entry="yes\n")

    assert (done.returncode, migrated.var.exists(), base.exists()) == (0, False, False)


@pytest.mark.parametrize("answer", ["no\n", "\n", "", "y\n"])
def test_nothing_is_deleted_without_a_yes(migrated, answer):
    done = reset(migrated, entry=answer)

    assert done.returncode == 1
    assert done.stderr.endswith("huiyin: Nothing was deleted.\n")
    assert (migrated.cluster().layout.data / "PG_VERSION").exists()


def test_a_folder_in_use_is_left_alone(migrated):
    with locking.data_folder(migrated.var):
        done = reset(migrated, "--yes")

    assert done.returncode == 1
    assert f"huiyin: {migrated.var} is in use (pid " in done.stderr
    assert (migrated.cluster().layout.data / "PG_VERSION").exists()
