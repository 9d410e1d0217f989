"""Every text of a notice is in order: those that came with Huiyin, and the city's own."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import ProgrammingError

from huiyin.notices import choosing, library
from huiyin.notices.models import TextVersion
from huiyin.procedures.reading import ReadingError


def faults() -> list[str]:
    """Return what is wrong with the texts, each with file and line. One query."""
    found: list[str] = []
    try:
        library.templates()
    except ReadingError as error:
        return [str(fault) for fault in error.faults]
    rows = TextVersion.objects.order_by("name", "-version").distinct("name")
    try:
        kept = list(rows)
    except ProgrammingError:
        return found  # the database is not migrated yet: `huiyin check` says so itself
    for row in kept:
        try:
            if row.texts:
                choosing.in_force(row.name, row.version, row.texts)
        except ReadingError as error:
            found += [f"{row}: {fault.text} {fault.instead}".rstrip() for fault in error.faults]
    return found


@register(Tags.database)
def texts_are_in_order(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Let `huiyin check` tell faults in texts."""
    if not kwargs.get("databases"):
        return []
    return [
        Error(fault, hint="Put the text right, then: huiyin notices check", id="huiyin.E010")
        for fault in faults()
    ]
