"""`huiyin load` as an operator runs it: exit codes, outputs, and kill -9 in the middle."""

import json
import signal
import subprocess
import sys
import textwrap
import time

import openpyxl
import psycopg
import pytest

from huiyin.ops.loading.tests.cities import a_city, write_csv
from huiyin.ops.tests.instances import moments, said

pytestmark = pytest.mark.fault
CHECKSUM = """
    SELECT count(*), md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), ''))
    FROM "{table}" AS t
"""


def state(instance):
    """Count and checksum of every table."""
    cluster = instance.cluster()
    urls = cluster.start()
    try:
        with psycopg.connect(urls.owner) as connection:
            names = connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
            ).fetchall()
            return {
                name: connection.execute(CHECKSUM.format(table=name)).fetchone()
                for (name,) in names
            }
    finally:
        cluster.stop()


@pytest.fixture(scope="module")
def new(template):
    """Count and checksum of every table of a new installation."""
    return state(template)


@pytest.fixture
def city(tmp_path):
    return write_csv(tmp_path / "city", a_city())


def test_a_city_is_loaded_and_a_second_time_nothing_changes(migrated, city):
    done = migrated.run("load", str(city), "--language", "en")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "places: 43 new, 0 changed, 0 unchanged",
        "boundaries: 2 new, 0 changed, 0 unchanged",
        "units: 32 new, 0 changed, 0 unchanged",
        "categories: 4 new, 0 changed, 0 unchanged",
        "terms: 3 new, 0 changed, 0 unchanged",
        "duties: 14 new, 0 changed, 0 unchanged",
        "people: 54 new, 0 changed, 0 unchanged",
    ]
    before = state(migrated)

    again = migrated.run("load", str(city), "--json")

    told = json.loads(again.stdout)
    assert (again.returncode, told["ok"]) == (0, True)
    assert {name: counts["unchanged"] for name, counts in told["tables"].items()} == {
        "places": 43,
        "boundaries": 2,
        "units": 32,
        "categories": 4,
        "terms": 3,
        "duties": 14,
        "people": 54,
    }
    assert state(migrated) == before


def test_a_fault_is_told_with_exit_code_1_and_a_workbook_to_hand_back(
    migrated, new, city, tmp_path
):
    places = (city / "places.csv").read_text(encoding="utf-8").splitlines()
    places[1] = places[1].replace("示例市", "示例市 ")
    (city / "places.csv").write_text("\n".join(places), encoding="utf-8")

    done = migrated.run("load", str(city), "--report", str(tmp_path / "report.xlsx"))

    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines() == [
        "错误：places.csv 第 2 行 name “示例市 ”：文字前后有空格。应为：“示例市”",
        "共 1 处错误，没有导入任何内容。",
    ]
    assert openpyxl.load_workbook(tmp_path / "report.xlsx").sheetnames == ["问题", "places"]
    assert state(migrated) == new


def test_a_trial_leaves_everything_as_it_was(migrated, new, city):
    done = migrated.run("load", str(city), "--dry-run", "--builtin", "--language", "en")

    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("A trial: nothing was written.\n")
    assert state(migrated) == new


def test_the_built_in_categories_load_alone(migrated):
    done = migrated.run("load", "--builtin", "--json")

    told = json.loads(done.stdout)
    assert (done.returncode, sorted(told["tables"])) == (0, ["categories", "terms"])


def test_templates_need_no_database_and_load(instance, migrated, tmp_path):
    written = migrated.run("load", "--template", str(tmp_path / "new"), "--json")

    assert written.returncode == 0, written.stderr
    assert len(json.loads(written.stdout)["written"]) == 21
    done = migrated.run("load", str(tmp_path / "new" / "xlsx"), "--dry-run")
    assert done.returncode == 0, done.stdout
    again = migrated.run("load", "--template", str(tmp_path / "new"))
    assert said(again) == (
        f"{tmp_path / 'new' / 'xlsx'} is there already: name an empty folder, so that nothing is "
        "lost."
    )


def test_templates_are_written_before_anything_is_set_up(instance, tmp_path):
    environ = instance.environ()
    del environ["HUIYIN_MODE"]

    done = subprocess.run(
        [sys.executable, "-m", "huiyin.ops.cli", "load", "--template", str(tmp_path / "new")],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert not instance.var.exists()


def test_a_folder_that_is_none_is_one_sentence(migrated, tmp_path):
    assert said(migrated.run("load", str(tmp_path / "nowhere"))) == (
        f"{tmp_path / 'nowhere'} is no folder: name the folder that holds the tables."
    )
    wrong = migrated.run("load")
    assert (wrong.returncode, "Name the FOLDER" in wrong.stderr) == (2, True)


KILLED_AT = """
    import os, signal, sys
    from contextlib import contextmanager
    from huiyin.ops import cli
    from huiyin.ops.commands import load

    set_up = load.with_django

    def die(*given):
        os.kill(os.getpid(), signal.SIGKILL)

    @contextmanager
    def with_a_trap(role):
        with set_up(role) as found:
            from huiyin.ops.loading import loader

            victim = sys.argv[2]
            loader._APPLY = tuple(
                (name, die if name == victim else apply) for name, apply in loader._APPLY
            )
            if victim == "commit":
                from django.db import connection

                connection.check_constraints = die
            yield found

    load.with_django = with_a_trap
    cli.main(["load", sys.argv[1]])
"""


@pytest.mark.parametrize("victim", ["people", "commit"])
def test_killed_in_the_middle_nothing_is_loaded_and_the_next_load_succeeds(
    migrated, new, city, victim
):
    process = migrated.start_python("-c", textwrap.dedent(KILLED_AT), str(city), victim)
    output, _ = process.communicate(timeout=240)
    assert process.returncode == -signal.SIGKILL, output

    assert state(migrated) == new
    done = migrated.run("load", str(city), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["tables"]["people"]["created"] == 54


@pytest.mark.parametrize("seconds", moments(2.0))
def test_killed_at_any_moment_it_is_all_or_nothing(migrated, new, city, seconds):
    process = migrated.start("load", str(city))
    time.sleep(seconds)
    process.kill()
    process.wait()

    after = state(migrated)
    if after != new:
        assert after["people_gridworker"][0] == 48
    assert migrated.run("load", str(city)).returncode == 0
    assert state(migrated)["people_gridworker"][0] == 48
