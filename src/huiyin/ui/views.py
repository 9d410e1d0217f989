"""Pages of the ground floor itself: display choices, offline page, worker, manifest."""

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from hashlib import sha256

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huiyin.ui.display import (
    HTML_LANGUAGES,
    LANGUAGE_NAMES,
    display_of,
    keep_display,
    keep_language,
    shown_as,
)
from huiyin.ui.errors import Trouble, error_page
from huiyin.ui.http import SeeOther, safe_next

OFFLINE_FILES = ("build/base-style.css", "build/base.js", "ui/icon.svg")


@require_http_methods(["GET", "HEAD", "POST"])
def display(request: HttpRequest) -> HttpResponse:
    """Show the choices, or keep those sent: `large`, `contrast` ("1" or "0"), `language`."""
    if request.method != "POST":
        return render(request, "ui/display.html", {"next": safe_next(request)})
    before = display_of(request)
    chosen = replace(
        before,
        large=request.POST.get("large", "1" if before.large else "0") == "1",
        contrast=request.POST.get("contrast", "1" if before.contrast else "0") == "1",
    )
    response = SeeOther(safe_next(request, reverse("ui:display")))
    keep_display(response, chosen)
    if request.POST.get("language") in LANGUAGE_NAMES:
        keep_language(response, request.POST["language"])
    return response


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keep the chosen language and go back; a language we do not speak changes nothing."""
    response = SeeOther(safe_next(request))
    if request.POST.get("language") in LANGUAGE_NAMES:
        keep_language(response, request.POST["language"])
    return response


@require_GET
def offline(request: HttpRequest, language: str) -> HttpResponse:
    """Return the page the browser keeps for when there is no network, in one language."""
    if language not in LANGUAGE_NAMES:
        raise Http404
    with shown_as(replace(display_of(request), language=language)):
        return error_page(request, Trouble.OFFLINE)


@require_GET
def manifest(request: HttpRequest) -> HttpResponse:
    """Return the web manifest in the language of the page."""
    del request
    return manifest_of(
        {
            "name": _("Huiyin"),
            "short_name": _("Huiyin"),
            "description": _("Every matter gets an answer"),
            "lang": HTML_LANGUAGES[translation.get_language() or settings.LANGUAGE_CODE],
            "start_url": "/",
        }
    )


def manifest_of(application: Mapping[str, str]) -> HttpResponse:
    """Return the manifest by which pages are put on a phone: these words, our look and icons."""
    icon = {"src": static("ui/icon-512.png"), "type": "image/png", "sizes": "512x512"}
    return JsonResponse(
        {
            **application,
            "scope": "/",
            "display": "standalone",
            "background_color": "#f7f5f0",
            "theme_color": "#f7f5f0",
            "icons": [
                {"src": static("ui/icon.svg"), "type": "image/svg+xml", "sizes": "any"},
                {**icon, "src": static("ui/icon-192.png"), "sizes": "192x192"},
                icon,
                {**icon, "src": static("ui/icon-maskable-512.png"), "purpose": "maskable"},
            ],
        },
        content_type="application/manifest+json",
    )


@cache
def _worker_text() -> str:
    """Return the built worker, from the collected files or from where they are built."""
    name = "build/sw.js"
    if staticfiles_storage.exists(name):
        with staticfiles_storage.open(name) as file:
            return str(file.read().decode("utf-8"))
    found = finders.find(name)
    if found is None:
        raise FileNotFoundError(name)
    with open(found, encoding="utf-8") as text:  # noqa: PTH123 finders give plain paths
        return text.read()


@require_GET
def service_worker(request: HttpRequest) -> HttpResponse:
    """Return the worker that keeps the offline page; it may look after the whole site."""
    del request
    pages = {
        html: reverse("ui:offline", kwargs={"language": code})
        for code, html in HTML_LANGUAGES.items()
    }
    files = [static(name) for name in OFFLINE_FILES]
    text = _worker_text()
    version = sha256("".join([text, *files]).encode()).hexdigest()[:12]
    given = json.dumps(
        {"version": version, "files": files, "pages": pages, "assets": settings.STATIC_URL}
    )
    response = HttpResponse(
        f"const HUIYIN = {given};\n{text}", content_type="text/javascript; charset=utf-8"
    )
    response["Service-Worker-Allowed"] = "/"
    response["Cache-Control"] = "no-cache"
    return response
