"""What every test shares. The database itself comes from the plugin huiyin.ops.testing."""

import os
from collections.abc import Iterator

import pytest
from django.core.servers.basehttp import WSGIRequestHandler
from hypothesis import HealthCheck, settings

from huiyin.categories import city_days, tree
from huiyin.dispatch import returns, urgency
from huiyin.notices import choosing

# One Chromium for the whole run of a process: imported here and nowhere else, because every
# conftest.py that imports a session fixture would start one of its own.
from huiyin.ui.tests.browser import chromium, chromium_process
from huiyin.ui.tests.databases import (
    django_db_modify_db_settings,
    django_db_setup,
    new_database,
)
from huiyin.ui.tests.validity import documents, html_checker

__all__ = [
    "chromium",
    "chromium_process",
    "django_db_modify_db_settings",
    "django_db_setup",
    "documents",
    "html_checker",
    "new_database",
]


# The server of a test writes head and body apart; else every answer but the first of a connection
# would wait 40 ms until its client acknowledges the head.
WSGIRequestHandler.disable_nagle_algorithm = True


@pytest.fixture(autouse=True)
def lists_are_read_anew() -> Iterator[None]:
    """Let no test see what an earlier one has read and kept: a rollback tells nobody."""
    tree.forget()
    city_days.forget()
    urgency.forget_words()
    returns.forget_reasons()
    choosing.forget_texts()
    yield
    tree.forget()
    city_days.forget()
    urgency.forget_words()
    returns.forget_reasons()


settings.register_profile(
    "default", max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("long", settings.get_profile("default"), max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
