"""The capability as Django knows it."""

from django.apps import AppConfig


class InsightConfig(AppConfig):
    """Figures over all matters."""

    name = "huiyin.insight"
    label = "insight"
