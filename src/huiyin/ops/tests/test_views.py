"""Probes and metrics: machines may ask, people's data are not in the answers."""

import pytest
import structlog
from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory

from huiyin.ops.middleware import RequestLog, route_of


def test_health_asks_nothing(client):
    response = client.get("/health")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_ready_names_what_is_missing(client):
    response = client.get("/ready")

    assert response.status_code == 503
    assert response.json() == {
        "ready": False,
        "checks": {
            "database": "ok",
            "disk": "ok",
            "limits": "ok",
            "migrations": "ok",
            "worker": "none is running: start huiyin worker",
        },
    }


@pytest.mark.django_db
def test_ready_when_a_worker_shows_itself(client, django_cursor):
    django_cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")

    response = client.get("/ready")

    assert (response.status_code, response.json()["ready"]) == (200, True)


@pytest.mark.django_db
def test_a_worker_that_stopped_showing_itself_is_missed(client, django_cursor):
    django_cursor.execute(
        "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '2 minutes')"
    )

    assert client.get("/ready").status_code == 503


@pytest.fixture
def django_cursor(db):
    with connection.cursor() as cursor:
        yield cursor


@pytest.mark.django_db
def test_metrics_count_routes_not_addresses(client):
    client.get("/health?phone=13905340001")

    text = client.get("/metrics").content.decode()

    assert 'huiyin_requests_total{method="GET",route="health",status="200"}' in text
    assert "13905340001" not in text


@pytest.mark.django_db
def test_metrics_are_for_this_machine_or_with_the_token(client, monkeypatch):
    assert client.get("/metrics", REMOTE_ADDR="127.0.0.1").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="10.1.2.3").status_code == 403

    changed = {field: getattr(settings.HUIYIN, field) for field in settings.HUIYIN.__slots__}
    config = type(settings.HUIYIN)(**{**changed, "metrics_token": "word"})
    monkeypatch.setattr(settings, "HUIYIN", config)
    assert client.get("/metrics", REMOTE_ADDR="127.0.0.1").status_code == 403
    given = {"Authorization": "Bearer word"}
    assert client.get("/metrics", REMOTE_ADDR="10.1.2.3", headers=given).status_code == 200


def test_behind_a_proxy_everybody_seems_local_so_the_token_is_needed(client, monkeypatch):
    changed = {field: getattr(settings.HUIYIN, field) for field in settings.HUIYIN.__slots__}
    config = type(settings.HUIYIN)(**{**changed, "behind_proxy": 1})
    monkeypatch.setattr(settings, "HUIYIN", config)

    assert client.get("/metrics", REMOTE_ADDR="127.0.0.1").status_code == 403


def test_every_answer_has_an_id_and_one_log_line_without_the_address():
    def answer(request):
        return HttpResponse(status=404)

    with structlog.testing.capture_logs() as lines:
        response = RequestLog(answer)(RequestFactory().get("/link/secret?phone=13905340001"))

    (line,) = lines
    assert line == {
        "event": "request",
        "log_level": "info",
        "method": "GET",
        "route": "unmatched",
        "status": 404,
        "ms": line["ms"],
    }
    assert len(response["X-Request-ID"]) == 32


def test_an_invented_method_is_counted_as_other():
    request = RequestFactory().generic("HACK", "/")

    with structlog.testing.capture_logs() as lines:
        RequestLog(lambda request: HttpResponse())(request)

    assert (lines[0]["method"], route_of(request)) == ("OTHER", "unmatched")
