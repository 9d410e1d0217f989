"""Tokens: kept as a hash, for one post or one account, until a day, until revoked."""

from datetime import timedelta

import pytest
from django.utils import timezone

from huiyin.gateway import tokens
from huiyin.gateway.models import ApiToken, Right
from huiyin.gateway.refusals import ExpiryTooFar, NoToken, PostNotHeld, RightUnknown
from huiyin.gateway.tests.callers import Caller, a_city, a_token, clerk, report
from huiyin.people import posts
from huiyin.people.actors import SYSTEM
from huiyin.people.tests.factories import a_post, an_account
from huiyin.ui.identifiers import new_id

pytestmark = pytest.mark.django_db


def made(city, days=30, rights=("read",), **more):
    return tokens.create_token(
        account_id=city.resident.pk, label="手机应用", rights=rights, days=days,
        at=timezone.now(), **more,
    )  # fmt: skip


def test_only_the_hash_of_a_token_is_kept():
    token, secret = (lambda one: (one.token, one.secret))(made(a_city()))

    kept = ApiToken.objects.values().get(pk=token.pk)

    assert secret not in str(kept)
    assert secret.startswith(kept["hint"])
    assert len(secret) > 40


def test_a_token_ends_by_its_day_by_being_revoked_and_with_its_account():
    city, now = a_city(), timezone.now()
    one, other = made(city), made(city, days=1)

    assert tokens.resolve(one.secret, at=now).account == city.resident
    assert tokens.resolve(other.secret, at=now + timedelta(days=1, minutes=1)) is None
    tokens.revoke_token(token_id=one.token.pk, at=now)
    assert tokens.resolve(one.secret, at=now) is None
    city.resident.is_active = False
    city.resident.save(update_fields=["is_active"])
    assert tokens.resolve(other.secret, at=now) is None


def test_a_token_of_a_post_ends_with_the_post():
    city, now = a_city(), timezone.now()
    account = an_account("zhangmin", at=now)
    post = a_post(account, city.unit("department"), at=now)
    secret = a_token(account, post.pk)
    actor = tokens.resolve(secret, at=now).actor
    assert (actor.post_id, actor.unit_id) == (post.pk, city.unit("department").pk)

    tomorrow = timezone.localdate(now) + timedelta(days=1)
    posts.end_post(post_id=post.pk, on=tomorrow, by=SYSTEM, at=now)

    assert tokens.resolve(secret, at=now) is not None
    assert tokens.resolve(secret, at=now + timedelta(days=1, hours=1)) is None


def test_its_use_is_noted_once_a_minute():
    city, now = a_city(), timezone.now()
    token = made(city)

    for seconds in (0, 30, 90):
        tokens.resolve(token.secret, at=now + timedelta(seconds=seconds))
        token.token.refresh_from_db()
        noted = token.token.last_used_at - now
        assert noted == timedelta(seconds=0 if seconds < 60 else 90)


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        pytest.param({"days": 0}, ExpiryTooFar, id="no-day"),
        pytest.param({"days": 401}, ExpiryTooFar, id="for-ever"),
        pytest.param({"rights": ("all",)}, RightUnknown, id="unknown-right"),
        pytest.param({"post_id": new_id()}, PostNotHeld, id="post-of-nobody"),
    ],
)
def test_what_cannot_be_is_refused(more, refusal):
    with pytest.raises(refusal):
        made(a_city(), **more)


def test_a_token_that_there_is_not_cannot_be_revoked():
    with pytest.raises(NoToken):
        tokens.revoke_token(token_id=new_id(), at=timezone.now())


def test_a_token_that_may_read_does_not_act():
    city = a_city()
    reader = Caller(a_token(city.resident, rights=[Right.READ]))

    refused = report(city, reader)

    assert (refused.status_code, refused.json()["code"]) == (403, "api.right_missing")
    assert reader.get("/me").json()["rights"] == ["read"]


def test_an_integrator_without_a_post_sees_nothing_and_does_nothing_of_staff():
    city = a_city()
    number = report(city).json()["number"]
    integrator = Caller(a_token(an_account("streetlights", at=timezone.now())))

    assert integrator.get("/matters").json()["matters"] == []
    assert integrator.get(f"/matters/{number}").status_code == 404
    refused = integrator.post("/acts", {"runs": [str(new_id())], "action": "note"})
    assert refused.json()["code"] == "api.staff_only"


def test_a_token_shows_its_own_post_alone():
    city = a_city()
    caller = clerk(city.unit("department"))
    account = ApiToken.objects.latest("created_at").account
    a_post(account, city.unit("court"), at=timezone.now())

    assert [one["unit"] for one in caller.get("/me").json()["posts"]] == ["department"]
