"""Addresses for probes and monitoring, and how far the demo is."""

from django.conf import settings
from django.urls import path

from huiyin.ops import views

app_name = "ops"
urlpatterns = [
    path("health", views.health, name="health"),
    path("ready", views.ready, name="ready"),
    path("metrics", views.metrics_page, name="metrics"),
]

if settings.HUIYIN.mode in ("demo", "test"):
    from huiyin.ops.demo import strip

    urlpatterns += [path("demo/progress", strip.progress, name="demo_progress")]
