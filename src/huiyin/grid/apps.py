"""The capability as Django knows it."""

from django.apps import AppConfig


class GridConfig(AppConfig):
    """Grid workers and governance centres: what is seen on the street is settled and checked."""

    name = "huiyin.grid"
    label = "grid"

    def ready(self) -> None:
        """Register the facts its procedure reads."""
        from huiyin.grid import outside  # noqa: F401, PLC0415 registered by being imported
