"""The capability as Django knows it."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CategoriesConfig(AppConfig):
    """Categories and limits; a city in use gets new limits with every version."""

    name = "huiyin.categories"
    label = "categories"
    verbose_name = _("Registers")  # as the theme at /admin/ heads its pages
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Ask to be told after migrations."""
        post_migrate.connect(_bring_limits, sender=self)


def _bring_limits(**kwargs: Any) -> None:
    from huiyin.categories import catalogue  # noqa: PLC0415 models are ready only now

    catalogue.bring()
