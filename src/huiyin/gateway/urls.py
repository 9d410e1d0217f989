"""Where the API stands, and the pages of one's own tokens."""

from django.urls import include, path

from huiyin.gateway import pages
from huiyin.gateway.api import api

tokens = [
    path("", pages.own, name="own"),
    path("make", pages.make, name="make"),
    path("revoke", pages.revoke, name="revoke"),
]
urlpatterns = [
    path("api/v1/", api.urls),
    path("account/keys/", include((tokens, "tokens"))),
]
