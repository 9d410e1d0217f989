from django.apps import AppConfig


class OpsConfig(AppConfig):
    name = "huiyin.ops"
    label = "ops"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the system checks."""
        from huiyin.ops import checks  # noqa: F401, PLC0415 registered by being imported
