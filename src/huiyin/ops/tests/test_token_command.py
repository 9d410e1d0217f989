"""Tokens as an operator makes them, and the webhooks they look after."""

import json
import textwrap

import pytest

from huiyin.ops.tests.instances import said

pytestmark = pytest.mark.fault


ACCOUNT = """
    from huiyin.ops.installation import with_django
    with with_django("app"):
        from django.utils import timezone
        from huiyin.people.accounts import create_staff
        from huiyin.people.actors import SYSTEM
        create_staff(username="streetlights", name="路灯系统", by=SYSTEM, at=timezone.now())
"""


def an_account(instance):
    process = instance.start_python("-c", textwrap.dedent(ACCOUNT))
    told, _ = process.communicate(timeout=240)
    assert process.returncode == 0, told


def done(instance, *arguments):
    process = instance.run(*arguments)
    assert process.returncode == 0, process.stderr
    return process


def test_a_token_is_made_listed_and_revoked_and_shown_once(migrated):
    an_account(migrated)

    made = json.loads(
        done(
            migrated, "token", "create", "streetlights", "--label", "路灯系统", "--right",
            "webhooks", "--json",
        ).stdout
    )  # fmt: skip
    listed = done(migrated, "token", "list", "--json").stdout

    assert made["token"].startswith("hyt_")
    assert made["token"] not in listed
    assert [row["id"] for row in json.loads(listed)["tokens"]] == [made["id"]]
    done(migrated, "token", "revoke", made["id"])
    assert json.loads(done(migrated, "token", "list", "--json").stdout) == {"tokens": []}
    assert json.loads(done(migrated, "webhooks", "list", "--json").stdout) == {"webhooks": []}


def test_what_is_not_there_is_said_in_a_sentence(migrated):
    nobody = migrated.run("token", "create", "nobody", "--label", "x")
    no_token = migrated.run("token", "revoke", "019cae00-0000-7000-8000-00000000dead")
    no_hook = migrated.run(
        "webhooks", "replay", "019cae00-0000-7000-8000-00000000dead", "--since",
        "2026-11-26T08:00:00+08:00",
    )  # fmt: skip

    assert (nobody.returncode, said(nobody)) == (
        1,
        "There is no account with the user name nobody.",
    )
    assert (no_token.returncode, said(no_token)) == (
        1,
        "There is no such token. huiyin token list shows them all.",
    )
    assert no_hook.returncode == 1
