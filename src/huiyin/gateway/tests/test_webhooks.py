"""Webhooks: put with the act, signed, sent again after failures; nothing personal, never inside."""

import socket
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from huiyin.gateway import sending, subscribing
from huiyin.gateway.delivery import DISABLED_AFTER, LEASE, MOST_TRIES, clean, deliver_batch
from huiyin.gateway.models import ApiToken, EventKind, Message, Subscription
from huiyin.gateway.outbox import put_for
from huiyin.gateway.refusals import AddressNotAllowed, ProcedureNotOffered
from huiyin.gateway.signing import signature
from huiyin.gateway.tests.callers import Caller, a_city, a_token, clerk, report, resident
from huiyin.gateway.tests.receivers import Receiver
from huiyin.matters import listening
from huiyin.matters.models import Matter
from huiyin.people.tests.factories import an_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def receiver():
    with Receiver() as one:
        yield one


def integrator(city):
    """Another system with a token of its own."""
    return Caller(a_token(an_account("streetlights", at=timezone.now())))


def hooked(caller, receiver, *kinds, **more):
    body = {"url": receiver.url, "kinds": kinds or EventKind.values, **more}
    made = caller.post("/webhooks", body)
    assert made.status_code == 201, made.json()
    return made.json()


def deliver(at=None):
    while deliver_batch(at=at or timezone.now(), timeout=60):
        pass


def test_another_system_is_told_of_acts_and_can_trust_what_it_hears(receiver):
    city = a_city()
    hook = hooked(integrator(city), receiver)
    opened = report(city).json()
    agent = clerk(city.unit("hotline_centre"), "hotline_agent")
    unit = str(city.unit("department").pk)
    agent.act(opened["run"]["id"], "dispatch", to_unit=unit, basis="functional", grade="ordinary")

    deliver()

    assert [body["type"] for body in receiver.bodies] == ["matter.opened", "run.moved"]
    assert all(receiver.is_genuine(hook["secret"], number) for number in (0, 1))
    moved = receiver.bodies[1]["data"]
    assert moved["number"] == opened["number"]
    assert (moved["action"], moved["from_state"], moved["to_state"]) == (
        "dispatch", "received", "dispatched"
    )  # fmt: skip
    assert moved["unit"] == str(city.unit("hotline_centre").pk)
    assert not receiver.is_genuine("whsec_" + "A" * 44)


def test_nothing_personal_leaves(receiver):
    city = a_city()
    hooked(integrator(city), receiver)
    run = report(city).json()["run"]["id"]
    agent = clerk(city.unit("hotline_centre"), "hotline_agent")
    noted = agent.act(run, "note", text="王某某住在新华路 3 号 502。")
    assert noted.status_code == 200, noted.json()

    deliver()

    sent = b"".join(body for _, body in receiver.got).decode()
    kept = str(list(Message.objects.values()))
    assert len(receiver.got) == Message.objects.count() == 2
    for word in ("路灯", "新华路", "李娟", "王某某", "15400000001", str(city.resident.pk)):
        assert word not in sent
        assert word not in kept


def test_confidential_matters_are_never_told_of(receiver):
    city = a_city()
    hooked(integrator(city), receiver)

    city.open("petition")

    assert Matter.objects.filter(is_confidential=True).count() == 1
    assert Message.objects.count() == 0
    token = ApiToken.objects.latest("created_at")
    with pytest.raises(ProcedureNotOffered):
        subscribing.subscribe(
            token=token, url=receiver.url, kinds=["run.moved"], procedures=["petition"],
            at=timezone.now(),
        )  # fmt: skip


def test_a_unit_is_not_told_of_what_accuses_it(receiver):
    city = a_city()
    bureau = city.unit("department")
    hooked(clerk(bureau), receiver)

    report(city, accused=[bureau.code])
    report(city)

    assert Message.objects.count() == 1


def test_only_the_kinds_procedures_and_places_asked_for(receiver):
    city = a_city()
    caller = integrator(city)
    hooked(caller, receiver, "run.done")
    hooked(caller, receiver, "matter.opened", procedures=["grid"])
    hooked(caller, receiver, "matter.opened", procedures=["hotline"], place=city.town.code)

    report(city)

    (message,) = Message.objects.all()
    assert message.subscription.procedures == ["hotline"]


def test_an_act_that_is_undone_tells_nobody(receiver):
    city = a_city()
    hooked(integrator(city), receiver)

    with transaction.atomic():
        city.open("hotline", "accept_call")
        transaction.set_rollback(True)

    assert Message.objects.count() == 0


def test_a_receiver_that_fails_is_asked_again_later_under_the_same_id():
    city = a_city()
    with Receiver(500, 302, 204) as receiver:
        hooked(integrator(city), receiver, "matter.opened")
        report(city)
        now = timezone.now()

        deliver(now)
        message = Message.objects.get()
        assert (message.state, message.tries, message.last_status) == ("queued", 1, 500)
        assert message.due_at == now + timedelta(seconds=5)
        assert message.subscription.failing_since == now

        deliver(now)  # not due yet
        assert len(receiver.got) == 1
        deliver(now + timedelta(minutes=1))  # a redirect is not followed
        deliver(now + timedelta(hours=1))

        message.refresh_from_db()
        assert (message.state, message.tries, message.last_status) == ("delivered", 3, 204)
        assert Subscription.objects.get().failing_since is None
        assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1


def test_what_never_arrives_is_given_up_and_sent_again_by_replay(receiver):
    city = a_city()
    caller = integrator(city)
    hook = hooked(caller, receiver, "matter.opened")
    begun = timezone.now() - timedelta(minutes=1)
    report(city)
    Message.objects.update(tries=MOST_TRIES - 1)
    receiver.answers = [500, 204]

    deliver()
    assert Message.objects.get().state == "dead"
    replayed = caller.post(f"/webhooks/{hook['id']}/replay", {"since": begun.isoformat()})
    deliver()

    assert replayed.json() == {"count": 1}
    assert Message.objects.get().state == "delivered"
    (shown,) = caller.get(f"/webhooks/{hook['id']}/messages").json()["messages"]
    assert (shown["state"], shown["last_status"]) == ("delivered", 204)


def test_a_subscriber_that_fails_for_days_is_disabled_until_enabled_again(receiver):
    city = a_city()
    caller = integrator(city)
    hook = hooked(caller, receiver, "matter.opened")
    report(city)
    receiver.answers = [500]
    now = timezone.now()
    deliver(now)

    deliver(now + DISABLED_AFTER)

    assert caller.get(f"/webhooks/{hook['id']}").json()["is_disabled"]
    report(city)
    assert Message.objects.count() == 1
    assert not caller.post(f"/webhooks/{hook['id']}/enable").json()["is_disabled"]
    receiver.answers = [204]
    deliver(now + DISABLED_AFTER + timedelta(days=2))
    assert Message.objects.get().state == "delivered"


def test_who_is_back_is_sent_at_once_what_met_nobody_and_not_what_it_did_not_want(receiver):
    city = a_city()
    hooked(integrator(city), receiver, "matter.opened")
    for _number in range(3):
        report(city)
    now = timezone.now()
    receiver.answers = [503, 400, 503]
    deliver(now)
    unwanted = Message.objects.get(last_status=400)
    receiver.answers = [204]
    first = Message.objects.filter(last_status=503).earliest("pk")
    Message.objects.filter(pk=first.pk).update(due_at=now)
    Message.objects.exclude(pk=first.pk).update(due_at=now + timedelta(hours=2))

    deliver(now)

    states = dict(Message.objects.values_list("pk", "state"))
    assert states.pop(unwanted.pk) == "queued"
    assert set(states.values()) == {"delivered"}
    assert Subscription.objects.get().failing_since is None


def test_a_receiver_that_is_gone_is_disabled_at_once():
    city = a_city()
    with Receiver(410) as receiver:
        hooked(integrator(city), receiver, "matter.opened")
        report(city)

        deliver()

    assert Subscription.objects.get().disabled_at is not None


def test_nobody_there_is_a_failure_as_any_other():
    city = a_city()
    with Receiver() as receiver:
        pass
    hooked(integrator(city), receiver, "matter.opened")
    report(city)

    deliver()

    message = Message.objects.get()
    assert (message.state, message.last_status) == ("queued", None)
    assert message.reason == "ConnectionRefusedError"


def test_a_message_whose_worker_died_is_sent_again_when_its_lease_is_over(receiver):
    city = a_city()
    hooked(integrator(city), receiver, "matter.opened")
    report(city)
    now = timezone.now()
    Message.objects.update(leased_until=now + LEASE, tries=1)

    deliver(now)
    assert receiver.got == []
    deliver(now + LEASE)

    assert len(receiver.got) == 1


def test_what_was_revoked_is_told_nothing_more(receiver):
    city = a_city()
    caller = integrator(city)
    hook = hooked(caller, receiver)
    report(city)

    ApiToken.objects.filter(subscriptions=hook["id"]).update(revoked_at=timezone.now())
    deliver()

    assert receiver.got == []


def test_an_ended_webhook_is_told_nothing_more(receiver):
    city = a_city()
    caller = integrator(city)
    hook = hooked(caller, receiver)
    report(city)

    assert caller.delete(f"/webhooks/{hook['id']}").status_code == 204
    report(city)
    deliver()

    assert receiver.got == []
    assert caller.get("/webhooks").json() == {"webhooks": []}
    assert caller.get(f"/webhooks/{hook['id']}").json()["code"] == "gateway.no_subscription"


def test_the_webhooks_of_others_are_as_if_they_were_not_there(receiver):
    city = a_city()
    hook = hooked(integrator(city), receiver)
    other = resident(city)

    assert other.get("/webhooks").json() == {"webhooks": []}
    assert other.get(f"/webhooks/{hook['id']}").status_code == 404
    assert other.delete(f"/webhooks/{hook['id']}").status_code == 404


def test_an_act_costs_no_query_while_nobody_listens_and_two_when_somebody_does(
    receiver, django_assert_num_queries, monkeypatch
):
    city, told = a_city(), []
    monkeypatch.setattr(listening, "_listeners", [told.append])
    report(city)
    (happened,) = told

    put_for(happened)  # who is served is in memory now
    with django_assert_num_queries(0):
        put_for(happened)
    hooked(integrator(city), receiver)
    put_for(happened)
    Message.objects.all().delete()
    with django_assert_num_queries(2):
        put_for(happened)


def test_old_messages_are_forgotten(receiver):
    city = a_city()
    hooked(integrator(city), receiver, "matter.opened")
    report(city)
    deliver()

    assert clean(at=timezone.now() + timedelta(days=29)) == 0
    assert clean(at=timezone.now() + timedelta(days=31)) == 1


def test_the_signature_is_that_of_the_standard():
    # id.timestamp.body under the secret; the value was made with openssl dgst -sha256 -mac HMAC
    made = signature(
        secret="whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
        message_id="01a217e8",
        timestamp=1795910400,
        body=b'{"type":"run.moved"}',
    )

    assert made == "v1,XF9gjhqh8GfFEshgB/kqf/Cr00296MU9rnvWFmgYjbU="


# --- never to the inside ------------------------------------------------------------------------


@pytest.fixture
def in_production(configured):
    configured(mode="production")


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/", "https://127.0.0.1/", "https://[::1]/", "https://10.1.2.3/",
        "https://192.168.0.1:8443/x", "https://169.254.169.254/latest/meta-data",
        "https://100.64.0.1/", "https://0.0.0.0/", "https://[::ffff:10.0.0.1]/",
        "https://[fd00::1]/", "https://224.0.0.1/", "https://user:pw@example.com/",
        "ftp://example.com/", "https:///x", "https://exa mple.com/", "https://例子.cn/",
        "https://example.com:99999/", "https://[::1", "",
    ],
)  # fmt: skip
def test_addresses_that_lead_inside_are_refused(url, in_production):
    with pytest.raises(AddressNotAllowed):
        sending.check_url(url)


def test_public_addresses_are_taken(in_production):
    sending.check_url("https://example.com/hook?x=1")
    sending.check_url("https://93.184.216.34/hook")


def test_a_name_that_leads_inside_is_refused_when_it_is_sent_to(in_production, monkeypatch):
    monkeypatch.setattr(
        socket, "getaddrinfo",
        lambda *args, **kwargs: [
            (2, 1, 6, "", ("93.184.216.34", 443)), (2, 1, 6, "", ("10.0.0.5", 443))
        ],
    )  # fmt: skip

    sent = sending.send("https://rebinding.example/", body=b"{}", headers={})

    assert (sent.status, sent.reason) == (0, "address not allowed")
