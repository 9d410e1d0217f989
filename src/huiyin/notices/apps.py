from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    name = "huiyin.notices"
    label = "notices"
    verbose_name = _("Registers")  # as the theme at /admin/ heads its pages
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the check of the texts."""
        from huiyin.notices import checks  # noqa: F401, PLC0415 registered by being imported
