"""Where the API stands."""

from django.urls import path

from huiyin.gateway.api import api

urlpatterns = [path("api/v1/", api.urls)]
