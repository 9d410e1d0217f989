"""Addresses of what is about matters, whatever page it is on, and of one-time links."""

from django.urls import path

from huiyin.matters.views import links, lookups

app_name = "matters"

urlpatterns = [
    path("l/<str:token>", links.link, name="link"),
    path("find/units.json", lookups.units, name="find_units"),
    path("find/places.json", lookups.places, name="find_places"),
    path("find/colleagues.json", lookups.colleagues, name="find_colleagues"),
    path("find/categories.json", lookups.categories, name="find_categories"),
]
