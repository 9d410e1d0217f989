"""The floor as Django knows it."""

from django.apps import AppConfig


class GatewayConfig(AppConfig):
    """The API and the webhooks; listens to every act for those who asked to be told."""

    name = "huiyin.gateway"
    label = "gateway"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to acts."""
        from huiyin.gateway.outbox import put_for, put_for_all  # noqa: PLC0415 models are ready only now
        from huiyin.matters.listening import listen  # noqa: PLC0415 as above

        listen(put_for, in_bulk=put_for_all)
