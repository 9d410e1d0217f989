"""Migrating and loading the demo city, in a process of its own that then ends.

It starts as the owner of the database and loads the city as the application.
"""

import os
import sys

import django
import psycopg
from psycopg.conninfo import conninfo_to_dict

from huiyin.config import load_config
from huiyin.ops import cli, notes
from huiyin.ops.demo.scope import Scale
from huiyin.ops.postgres import Urls
from huiyin.ops.progress import say


def main(scale: str, *, life: bool) -> None:
    """Prepare the database named by DATABASE_URL and HUIYIN_OWNER_DATABASE_URL.

    `life`: order thirty days of it, which the worker pours in behind the start.
    """
    config = load_config(os.environ)
    urls = Urls(owner=config.owner_database_url, app=config.database_url)
    os.environ["DATABASE_URL"] = urls.owner
    django.setup()
    from django.db import connection  # noqa: PLC0415 Django is ready only now
    from django.utils import timezone  # noqa: PLC0415 as above

    from huiyin.ops import tasks  # noqa: PLC0415 as above
    from huiyin.ops.demo.city import ensure  # noqa: PLC0415 as above
    from huiyin.ops.demo.life import pouring  # noqa: PLC0415 as above
    from huiyin.ops.preparing import prepare  # noqa: PLC0415 as above

    say("Bringing the database to this version …")
    prepare(config, urls)
    connection.close()
    connection.settings_dict.update(_login(urls.app))
    say("Loading the demo city where there is none …")
    loaded: Scale = "small" if scale == "small" else "full"
    ensure(scale=loaded, at=timezone.now())
    if life:
        pouring.order(scale=loaded, at=timezone.now())
        tasks.wake()
    with psycopg.connect(urls.owner) as plain:
        notes.write(plain, notes.DEMO, {"scale": scale})


def _login(url: str) -> dict[str, str]:
    parts = conninfo_to_dict(url)
    return {"USER": str(parts.get("user", "")), "PASSWORD": str(parts.get("password", ""))}


if __name__ == "__main__":
    cli.guarded(lambda: main(sys.argv[1], life="life" in sys.argv[2:]))
