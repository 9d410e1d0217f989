from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "huiyin.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"
