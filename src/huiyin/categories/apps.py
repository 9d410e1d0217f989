from django.apps import AppConfig


class CategoriesConfig(AppConfig):
    name = "huiyin.categories"
    label = "categories"
    default_auto_field = "django.db.models.BigAutoField"
