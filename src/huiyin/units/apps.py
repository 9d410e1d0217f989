from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UnitsConfig(AppConfig):
    name = "huiyin.units"
    label = "units"
    verbose_name = _("Registers")  # as the theme at /admin/ heads its pages
    default_auto_field = "django.db.models.BigAutoField"
