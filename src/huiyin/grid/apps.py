"""The capability as Django knows it."""

from django.apps import AppConfig


class GridConfig(AppConfig):
    """Grid work: matters of the grids, the log of visits, photos on their way from a phone."""

    name = "huiyin.grid"
    label = "grid"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the facts its procedure reads."""
        from huiyin.grid import outside  # noqa: F401, PLC0415 registered by being imported
