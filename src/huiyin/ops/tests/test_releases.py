"""A database of every earlier release survives the migrations of this version."""

import json
import shutil
import tarfile
from pathlib import Path

import psycopg
import pytest

from huiyin.categories import catalogue
from huiyin.ops.tests.instances import said

pytestmark = pytest.mark.fault

RELEASES = Path(__file__).parent / "releases"
KEPT = sorted(RELEASES.glob("*.tar"))
# What the programs write about themselves, not the city's data.
OF_THE_PROGRAM = (
    "people_permissionset",
    "auth_",
    "django_",
    "axes_",
    "procrastinate_",
    "pghistory_",
    "ops_",
)

# A version brings the limits its procedures need, and corrects what the law fixes.
WITH_NEW_LIMITS = ("categories_term",)


def counts_kept(path):
    with tarfile.open(path) as archive:
        manifest = json.load(archive.extractfile("manifest.json"))
    return {
        table: count
        for table, count in manifest["counts"].items()
        if not table.startswith(OF_THE_PROGRAM)
    }


def test_the_first_release_is_kept():
    assert "step-1" in [path.stem for path in KEPT]


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_a_database_of_a_release_becomes_one_of_this_version(instance, path):
    instance.var.mkdir()
    shutil.copyfile(path.with_suffix(".keys.json"), instance.var / "keys.json")

    restored = instance.run("restore", str(path))

    assert restored.returncode == 0, restored.stderr
    checked = instance.run("check")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    cluster = instance.cluster()
    urls = cluster.start()
    try:
        with psycopg.connect(urls.app) as connection:
            found = {
                table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
                for table in counts_kept(path)
            }
    finally:
        cluster.stop()
    grown = {table for table in found if table.startswith(WITH_NEW_LIMITS)}
    kept = counts_kept(path)
    assert {t: n for t, n in found.items() if t not in grown} == {
        t: n for t, n in kept.items() if t not in grown
    }
    assert all(found[table] >= kept[table] for table in grown)
    assert found["categories_term"] == len({row["key"] for row in catalogue.rows()})


def test_a_release_is_not_restored_with_other_keys(instance):
    refused = said(instance.run("restore", str(KEPT[0])))

    assert "HUIYIN_SEAL_KEYS" in refused
    assert "HUIYIN_INDEX_KEY" in refused
