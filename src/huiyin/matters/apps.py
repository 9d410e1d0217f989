"""The capability as Django knows it."""

from django.apps import AppConfig


class MattersConfig(AppConfig):
    """The record: matters, runs of procedures on them, the timeline."""

    name = "huiyin.matters"
    label = "matters"
    default_auto_field = "django.db.models.BigAutoField"
