"""The way from a command to Django: settings, database, what a killed restore left behind."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import django
from django.db import connections

from huiyin.config import Config, load_config
from huiyin.ops import restoring
from huiyin.ops.postgres import Urls, database_urls
from huiyin.ops.postgres.cluster import APP_ROLE
from huiyin.ops.processes import nothing_is_garbage


@dataclass(frozen=True, slots=True, repr=False)
class Installation:
    """The settings and the database of this command."""

    config: Config
    urls: Urls


@contextmanager
def without_django(
    config: Config | None = None, *, exclusive: bool = False
) -> Iterator[Installation]:
    """Yield settings and a usable database. Raises ConfigError, OperatorError.

    `exclusive`: nobody else may be running on this data folder.
    """
    config = config or load_config(os.environ)
    with database_urls(config, exclusive=exclusive) as urls:
        restoring.finish_interrupted(config, urls)
        yield Installation(config, urls)


@contextmanager
def with_django(role: Literal["app", "owner"]) -> Iterator[Installation]:
    """Yield a usable database with Django set up on it, as the application or as the owner."""
    with without_django() as found:
        os.environ["DATABASE_URL"] = found.urls.owner if role == "owner" else found.urls.app
        if not found.config.database_url:
            os.environ["HUIYIN_APP_ROLE"] = APP_ROLE
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huiyin.settings")
        with nothing_is_garbage():
            django.setup()
        try:
            yield found
        finally:
            connections.close_all()
