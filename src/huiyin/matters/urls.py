"""Addresses of what is about matters, whatever page it is on."""

from django.urls import path

from huiyin.matters.views import lookups

app_name = "matters"

urlpatterns = [
    path("find/units.json", lookups.units, name="find_units"),
    path("find/places.json", lookups.places, name="find_places"),
    path("find/categories.json", lookups.categories, name="find_categories"),
]
