"""The addresses of the installation, and two that fail."""

from django.db import OperationalError
from django.http import HttpRequest
from django.urls import path

from huiyin.urls import handler400, handler403, handler404, handler500  # noqa: F401 Django reads them
from huiyin.urls import urlpatterns as of_the_installation


def breaks(request: HttpRequest) -> None:
    raise RuntimeError("planted")


def has_no_database(request: HttpRequest) -> None:
    raise OperationalError("planted")


urlpatterns = [
    *of_the_installation,
    path("breaks", breaks),
    path("no-database", has_no_database),
]
