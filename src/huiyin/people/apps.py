"""The capability as Django knows it."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PeopleConfig(AppConfig):
    """Accounts, posts, sign-in; brings its permission sets with every migration."""

    name = "huiyin.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Ask to be told after migrations."""
        post_migrate.connect(_sync_permission_sets, sender=self)


def _sync_permission_sets(**kwargs: Any) -> None:
    from huiyin.people import permission_sets  # noqa: PLC0415 models are ready only now

    permission_sets.sync()
