"""What has served its purpose is deleted, and nothing else."""

from datetime import timedelta

import pytest
from procrastinate.contrib.django import app

from huiyin.people import accounts, limits, tasks
from huiyin.people.actors import SYSTEM
from huiyin.people.cleaning import clean
from huiyin.people.models import OneTimeLink, RateCount, Session
from huiyin.people.tests.factories import NOW, an_account

pytestmark = pytest.mark.django_db


def test_ended_sessions_old_links_and_counts_go():
    account = an_account()
    for days, key in ((-1, "ended"), (1, "open")):
        Session.objects.create(session_key=key, expire_date=NOW + timedelta(days=days))
    for days in (-40, 0):
        at = NOW + timedelta(days=days)
        limits.allow("k", limit=9, window=timedelta(hours=1), at=at)
        accounts.issue_activation_link(account_id=account.pk, by=SYSTEM, at=at)
    old = OneTimeLink.objects.create(
        digest=b"old",
        account=account,
        purpose="activate",
        created_at=NOW - timedelta(days=40),
        expires_at=NOW - timedelta(days=37),
        used_at=NOW - timedelta(days=39),
    )

    done = clean(at=NOW)

    assert done == {"sessions": 1, "phone_codes": 0, "links": 1, "counts": 1}
    assert list(Session.objects.values_list("pk", flat=True)) == ["open"]
    assert not OneTimeLink.objects.filter(pk=old.pk).exists()
    assert OneTimeLink.objects.count() == RateCount.objects.count() == 1


def test_the_worker_cleans_every_hour():
    Session.objects.create(session_key="ended", expire_date=NOW)

    tasks.clean(timestamp=int((NOW + timedelta(hours=1)).timestamp()))

    assert not Session.objects.exists()
    (periodic,) = [
        one
        for one in app.periodic_registry.periodic_tasks.values()
        if one.task.name == "people.clean"
    ]
    assert periodic.cron == "23 * * * *"
