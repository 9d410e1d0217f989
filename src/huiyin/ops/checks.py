"""Django system checks of ours, run by `huiyin check`; those for deployment with `--deploy`."""

import os
from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connection

from huiyin.matters import limits


@register(Tags.security, deploy=True)
def deployment(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Look at what makes an installation unfit for data of real people."""
    config = settings.HUIYIN
    found: list[CheckMessage] = []
    if config.mode != "production":
        found.append(
            Error(
                f"This installation is a {config.mode}.",
                hint="Set HUIYIN_MODE=production.",
                id="huiyin.E001",
            )
        )
    if not config.public_url.startswith("https://"):
        found.append(
            Error(
                "People reach this installation without encryption.",
                hint="Put a proxy with a certificate in front and set HUIYIN_PUBLIC_URL to https.",
                id="huiyin.E002",
            )
        )
    if not config.secure_cookies:
        found.append(
            Error(
                "Cookies may go over an unencrypted connection.",
                hint="Unset HUIYIN_SECURE_COOKIES.",
                id="huiyin.E003",
            )
        )
    if os.geteuid() == 0:
        found.append(
            Warning(
                "Huiyin runs as root.",
                hint="Run it as a user of its own.",
                id="huiyin.W001",
            )
        )
    if not config.sms_url:
        found.append(
            Warning(
                "Residents cannot sign in: there is no SMS gateway.",
                hint="Set HUIYIN_SMS_URL and HUIYIN_SMS_SECRET.",
                id="huiyin.W002",
            )
        )
    return found


@register(Tags.compatibility)
def own_calendar(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Look whether the city's own calendar can be read."""
    try:
        limits.calendar_of_file()
    except limits.CalendarUnreadable as error:
        hint = "Put the file right; huiyin worktime shows how it is read."
        return [Error(str(error), hint=hint, id="huiyin.E011")]
    return []


@register(Tags.database, deploy=True)
def database_roles(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Look whether the running application could change tables."""
    if not kwargs.get("databases"):
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper OR has_schema_privilege(current_user, current_schema(), 'CREATE')"
            " FROM pg_roles WHERE rolname = current_user"
        )
        (may_change,) = cursor.fetchone()
    if not may_change:
        return []
    return [
        Error(
            "The database role of the application may make and change tables.",
            hint="Give DATABASE_URL a role without rights and HUIYIN_OWNER_DATABASE_URL the owner.",
            id="huiyin.E004",
        )
    ]
