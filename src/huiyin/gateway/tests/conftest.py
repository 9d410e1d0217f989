"""What several tests of the gateway need."""

from dataclasses import replace

import pytest

from huiyin.categories import tree
from huiyin.gateway import open_subscriptions


@pytest.fixture(autouse=True)
def _fresh_memory():
    """What is kept in memory belongs to one test."""
    tree.forget()
    open_subscriptions.forget()
    yield
    tree.forget()
    open_subscriptions.forget()


@pytest.fixture
def configured(settings):
    """Set fields of the installation's settings for one test."""

    def set_fields(**fields):
        settings.HUIYIN = replace(settings.HUIYIN, **fields)

    return set_fields
