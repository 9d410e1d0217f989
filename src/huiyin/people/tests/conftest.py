"""What several tests of this capability need."""

from dataclasses import replace

import pytest

from huiyin.people.tests.gateways import SECRET, Gateway


@pytest.fixture
def configured(settings):
    """Set fields of the installation's settings for one test."""

    def set_fields(**fields):
        settings.HUIYIN = replace(settings.HUIYIN, **fields)

    return set_fields


@pytest.fixture
def gateway(configured):
    """A gateway that takes every signed message, and the settings that lead to it."""
    with Gateway() as server:
        configured(sms_url=server.url, sms_secret=SECRET)
        yield server
