"""The command line: help with an example for every command, sentences instead of traces."""

import gc
import json
import socket

import click
import pytest

from huiyin.ops.cli import COMMANDS, cli
from huiyin.ops.processes import GARBAGE, nothing_is_garbage
from huiyin.ops.tests.instances import said


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_shows_its_help_with_an_example(name):
    context = click.Context(cli, info_name="huiyin")
    command = cli.get_command(context, name)

    text = command.get_help(click.Context(command, info_name=f"huiyin {name}"))

    assert f"Example: huiyin {name}" in text
    assert command.short_help == COMMANDS[name]


def test_an_unknown_command_is_wrong_use(instance):
    done = instance.run("fly")

    assert done.returncode == 2
    assert "No such command 'fly'" in done.stderr


def test_settings_are_shown_without_values(instance):
    done = instance.run("settings", "--json", HUIYIN_METRICS_TOKEN="a-word-nobody-sees")

    rows = {row["name"]: row for row in json.loads(done.stdout)["settings"]}
    assert rows["HUIYIN_METRICS_TOKEN"]["is_set"] is True
    assert rows["HUIYIN_PORT"]["is_set"] is False
    assert "a-word-nobody-sees" not in done.stdout


def test_new_keys_make_a_production_that_starts(instance):
    lines = instance.run("settings", "--new-keys").stdout.splitlines()
    keys = dict(line.split("=", 1) for line in lines)

    done = instance.run(
        "check",
        **keys,
        HUIYIN_MODE="production",
        HUIYIN_PUBLIC_URL="https://huiyin.example.cn",
        DATABASE_URL="postgresql://a@127.0.0.1:1/b",
    )

    assert said(done) == (
        "The database at 127.0.0.1:1 cannot be reached: start it, or correct DATABASE_URL."
    )


def test_a_missing_key_in_production_is_one_sentence(instance):
    for command in ("serve", "worker", "migrate", "check"):
        sentence = said(instance.run(command, HUIYIN_MODE="production"))

        assert sentence.startswith("HUIYIN_SECRET_KEY, HUIYIN_SEAL_KEYS, HUIYIN_INDEX_KEY, ")


def test_a_taken_port_is_one_sentence(instance):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        for command in ("demo", "serve"):
            assert said(instance.run(command, HUIYIN_PORT=str(port))) == (
                f"Port {port} is taken by another program: stop that one, or set HUIYIN_PORT to a "
                "free port."
            )


def test_a_host_that_is_not_ours_is_one_sentence(instance):
    assert said(instance.run("demo", HUIYIN_HOST="192.0.2.1")) == (
        "192.0.2.1 is no address of this machine: correct HUIYIN_HOST."
    )


def test_a_folder_that_cannot_be_made_is_one_sentence(instance, tmp_path):
    (tmp_path / "file").write_text("", encoding="ascii")

    done = instance.run("migrate", HUIYIN_VAR=str(tmp_path / "file" / "var"))

    assert said(done).startswith(f"The keys of the demo cannot be kept in {tmp_path}/file/var/")


def test_a_fault_of_ours_is_one_sentence_and_its_trace_is_kept(instance):
    script = """
import huiyin.ops.cli as cli
cli.guarded(lambda: 1 / 0)
"""
    process = instance.start_python("-c", script)
    output, _ = process.communicate(timeout=240)

    log = instance.var / "errors.log"
    assert process.returncode == 1
    assert output == (
        "huiyin: Internal error (ZeroDivisionError): this is a fault of Huiyin, its trace is in "
        f"{log}.\n"
    )
    assert "ZeroDivisionError: division by zero" in log.read_text(encoding="utf-8")


def test_nothing_is_garbage_while_a_command_gets_ready_even_if_it_fails():
    before, was_on = gc.get_freeze_count(), []

    def get_ready():
        with nothing_is_garbage():
            was_on.append(gc.isenabled())
            raise ImportError

    with pytest.raises(ImportError):
        get_ready()

    assert (was_on, gc.isenabled()) == ([False], True)
    assert gc.get_freeze_count() > before


def test_tests_look_for_garbage_as_seldom_as_a_server_and_not_in_what_is_loaded():
    assert (gc.isenabled(), gc.get_threshold()) == (True, GARBAGE)
    assert gc.get_freeze_count() > 100_000
