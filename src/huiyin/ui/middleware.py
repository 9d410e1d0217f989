"""Headers that protect every page, and the language and size a person chose."""

from collections.abc import Callable
from functools import cache
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

from huiyin.ui.display import display_of, shown_as

Handler = Callable[[HttpRequest], HttpResponseBase]

PERMISSIONS_POLICY = ", ".join(
    (
        "geolocation=(self)",
        *(
            f"{feature}=()"
            for feature in (
                "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture",
                "encrypted-media", "gyroscope", "magnetometer", "microphone", "midi",
                "payment", "publickey-credentials-get", "serial", "usb", "xr-spatial-tracking",
            )
        ),
    )
)  # fmt: skip


def content_policy(tile_host: str = "") -> str:
    """Return the content security policy; map pages with outside tiles name the tile host."""
    tiles = f" {tile_host}" if tile_host else ""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            f"img-src 'self' data: blob:{tiles}",
            f"connect-src 'self'{tiles}",
            "media-src 'self'",
            "font-src 'self'",
            "worker-src 'self'",
            "manifest-src 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        )
    )


def tile_host(tile_url: str) -> str:
    """Return scheme and host of a tile address, or "" when there is none."""
    parts = urlsplit(tile_url)
    # A template like https://{s}.tiles.example/… stands for every subdomain.
    host = parts.netloc.replace("{s}", "*")
    return f"{parts.scheme}://{host}" if parts.scheme and host else ""


@cache
def security_headers(tile_host: str = "") -> dict[str, str]:
    """Return the headers that every answer has."""
    return {
        "Content-Security-Policy": content_policy(tile_host),
        "Permissions-Policy": PERMISSIONS_POLICY,
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }


class SecurityHeaders:
    """Puts the policies on every answer, static files and error pages included.

    The `area_map` tag marks the request when a page shows a map; only then is the tile host named.
    What a signed-in person sees is never stored by a browser or proxy.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        tiles = tile_host(settings.HUIYIN.tile_url) if getattr(request, "shows_map", False) else ""
        for name, value in security_headers(tiles).items():
            response.headers.setdefault(name, value)
        if "Cache-Control" not in response.headers:
            known = getattr(request, "actor", None) is not None
            response.headers["Cache-Control"] = (
                "private, no-store" if known else "private, no-cache"
            )
        return response


class Language:
    """Shows every page in the chosen language; Chinese when nobody chose.

    The browser's own language is not asked: Chinese first, and the other language is one press
    away in the bar of every page.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        display = display_of(request)
        request.display = display  # type: ignore[attr-defined]  # HuiyinRequest declares it
        request.LANGUAGE_CODE = display.language
        with shown_as(display):
            response = self.get_response(request)
        if isinstance(response, HttpResponse) and response.get("Content-Type", "").startswith(
            "text/html"
        ):
            response.headers.setdefault("Content-Language", display.lang)
            patch_vary_headers(response, ("Cookie",))
        return response
