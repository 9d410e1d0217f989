"""Probes and metrics: read by machines, open without signing in, without personal data."""

import hmac
import ipaddress

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from huiyin.ops import metrics, readiness


@login_not_required
@require_safe
@never_cache
def health(request: HttpRequest) -> HttpResponse:
    """This process answers; asks nothing else, so that a slow database does not restart it."""
    return JsonResponse({"status": "ok"})


@login_not_required
@require_safe
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """Database, migrations, worker and disk are in order (200), or what is not (503)."""
    checks = readiness.checks()
    is_ready = readiness.is_ready(checks)
    return JsonResponse({"ready": is_ready, "checks": checks}, status=200 if is_ready else 503)


@login_not_required
@require_safe
@never_cache
def metrics_page(request: HttpRequest) -> HttpResponse:
    """Metrics for Prometheus, with the token or from this machine."""
    if not _may_read_metrics(request):
        return HttpResponse(
            "Send the token of HUIYIN_METRICS_TOKEN as Authorization: Bearer.\n",
            status=403,
            content_type="text/plain; charset=utf-8",
        )
    return HttpResponse(metrics.exposition(), content_type=CONTENT_TYPE_LATEST)


def _may_read_metrics(request: HttpRequest) -> bool:
    token = settings.HUIYIN.metrics_token
    if token:
        given = request.headers.get("Authorization", "").encode()
        return hmac.compare_digest(given, f"Bearer {token}".encode())
    # Behind a proxy on this machine every visitor seems to be local.
    if settings.HUIYIN.behind_proxy:
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
