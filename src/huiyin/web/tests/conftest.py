from huiyin.web.tests.city import city, city_database, shown_city

__all__ = ["city", "city_database", "shown_city"]
