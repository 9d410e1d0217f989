from huiyin.ui.tests.browser import chromium, chromium_process
from huiyin.web.tests.city import city, city_database, shown_city

__all__ = ["chromium", "chromium_process", "city", "city_database", "shown_city"]
