"""What several tests of this capability need."""

from dataclasses import replace

import pytest

from huiyin.notices.tests.servers import MailServer
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


@pytest.fixture
def mail_server(settings):
    """A mail server on this machine, and the settings that lead to it."""
    with MailServer() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        yield server
