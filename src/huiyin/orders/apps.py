"""The capability as Django knows it."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """Service orders: the catalogue, appointments, and the procedure from order to rating."""

    name = "huiyin.orders"
    label = "orders"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what its acts do."""
        from huiyin.orders import effects  # noqa: F401, PLC0415 registered by being imported
