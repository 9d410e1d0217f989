"""The capability as Django knows it."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class DispatchConfig(AppConfig):
    """Who has to do it, how urgent it is, who hears of it next; brings its lists along."""

    name = "huiyin.dispatch"
    label = "dispatch"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Ask to be told after migrations."""
        post_migrate.connect(_bring_lists, sender=self)


def _bring_lists(**kwargs: Any) -> None:
    from huiyin.dispatch import built_in  # noqa: PLC0415 models are ready only now

    built_in.bring()
