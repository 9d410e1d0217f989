"""The capability as Django knows it."""

from django.apps import AppConfig


class KnowledgeConfig(AppConfig):
    """The knowledge base 知识库: entries, their versions, their check, how they are found."""

    name = "huiyin.knowledge"
    label = "knowledge"
    default_auto_field = "django.db.models.BigAutoField"
