"""Whoever takes a file in may die at any point: bytes without a row at most, never the reverse."""

import os
import subprocess
import sys
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.db import connection

from huiyin.matters import attachments, files
from huiyin.matters.models import Attachment
from huiyin.matters.tests import sample_files as sample
from huiyin.matters.tests.sample_files import a_file
from huiyin.people.actors import SYSTEM
from huiyin.units.tests.factories import NOW

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]
FAR = NOW + timedelta(days=10_000)

_ATTACH = """
import io, os, signal, sys
import django
django.setup()
from django.utils import timezone
from huiyin.matters import attachments, files
from huiyin.people.actors import SYSTEM
from huiyin.ui.rows import Writing
where = sys.argv[1]
def die(*args, **more):
    os.kill(os.getpid(), signal.SIGKILL)
if where == "drafted":
    attachments.clean_picture = die
if where == "half kept":
    place, done = files.place, []
    def once(source, target):
        if done:
            die()
        done.append(place(source, target))
    files.place = once
if where == "kept":
    Writing.insert = die
if where == "written":
    insert = Writing.insert
    def then_die(self, rows):
        insert(self, rows)
        self.now()
        die()
    Writing.insert = then_die
content = sys.stdin.buffer.read()
attachments.attach(io.BytesIO(content), name="x", by=SYSTEM, at=timezone.now())
"""


def environment():
    """What a process of the same installation has, in the database of this test."""
    parts = connection.settings_dict
    where = f"host={quote(parts['HOST'], safe='')}&port={parts['PORT'] or 5432}"
    who = f"{quote(parts['USER'])}:{quote(parts['PASSWORD'], safe='')}"
    return {
        **os.environ,
        "DATABASE_URL": f"postgresql://{who}@/{parts['NAME']}?{where}",
        "DJANGO_SETTINGS_MODULE": "huiyin.settings",
    }


def names_in_the_folder():
    found = (path for path in files.root().rglob("*") if path.is_file())
    return {path.name.partition(".")[0] for path in found}


@pytest.mark.parametrize("where", ["drafted", "half kept", "kept", "written"])
def test_a_kill_leaves_no_row_without_bytes_and_what_is_left_is_found(where):
    content = sample.a_picture("PNG", size=(1_000, 8), color=(ord(where[0]), 177, 233))
    before = names_in_the_folder()  # of other tests of this process

    killed = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _ATTACH, where],
        input=content,
        env=environment(),
        check=False,
        capture_output=True,
    )

    assert killed.returncode == -9, killed.stderr.decode()
    assert not Attachment.objects.exists()
    row = a_file(SYSTEM, content=content)  # the sender tries again
    assert files.digest_of(files.path_of(row.sha256)) == row.sha256
    attachments.clean(at=FAR)
    assert names_in_the_folder() - before == {row.sha256}
    assert {path.name for path in files.path_of(row.sha256).parent.iterdir()} == {
        row.sha256, f"{row.sha256}.small", f"{row.sha256}.large"
    }  # fmt: skip
