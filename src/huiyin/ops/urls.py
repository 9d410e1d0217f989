"""Addresses for probes and monitoring."""

from django.urls import path

from huiyin.ops import views

app_name = "ops"
urlpatterns = [
    path("health", views.health, name="health"),
    path("ready", views.ready, name="ready"),
    path("metrics", views.metrics_page, name="metrics"),
]
