"""Webhooks of a token: adding, ending, looking, sending again."""

from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Path, Query, Router, Status

from huiyin.gateway import refusals, subscribing
from huiyin.gateway.api.answers import answers
from huiyin.gateway.api.reference import place_of
from huiyin.gateway.door import Door, caller_of
from huiyin.gateway.models import ApiToken, Message, Right, Subscription
from huiyin.gateway.paging import cursor_of, uuid_in
from huiyin.gateway.schemas.webhooks import (
    MessagesOut,
    NewWebhookOut,
    ReplayIn,
    ReplayOut,
    WebhookIn,
    WebhookOut,
    WebhooksOut,
)

router = Router(tags=["Webhooks"])
WebhookId = Annotated[UUID, Path(description="The id of a webhook.")]
DOOR = Door(Right.WEBHOOKS)


@router.get("/webhooks", auth=DOOR, response=answers(WebhooksOut), summary="List webhooks")
def list_webhooks(request: HttpRequest) -> Any:
    """Return the webhooks of the token."""
    rows = Subscription.objects.filter(token=_token(request), ended_at=None)
    found = rows.select_related("place").order_by("created_at", "pk")
    return {"webhooks": [_out(one) for one in found]}


@router.post(
    "/webhooks", auth=DOOR, response=answers(NewWebhookOut, 409, status=201),
    summary="Add a webhook",
)  # fmt: skip
def add_webhook(request: HttpRequest, sent: WebhookIn) -> Any:
    """Have another system told of acts from now on. The secret is shown this once.

    Nothing personal is sent, and nothing of confidential procedures.
    """
    place = place_of(sent.place) if sent.place else None
    if sent.place and place is None:
        raise refusals.Invalid(errors={"body.place": "code"})
    made = subscribing.subscribe(
        token=_token(request), url=sent.url, kinds=[kind.value for kind in sent.kinds],
        procedures=sent.procedures, place=place, at=timezone.now(),
    )  # fmt: skip
    return Status(HTTPStatus.CREATED, {**_out(made.subscription), "secret": made.secret})


@router.get(
    "/webhooks/{webhook_id}", auth=DOOR, response=answers(WebhookOut, 404), summary="A webhook"
)
def show_webhook(request: HttpRequest, webhook_id: WebhookId) -> Any:
    """Return a webhook of the token."""
    return _out(_own(request, webhook_id))


@router.delete(
    "/webhooks/{webhook_id}", auth=DOOR, response=answers(None, 404, status=204),
    summary="End a webhook",
)  # fmt: skip
def end_webhook(request: HttpRequest, webhook_id: WebhookId) -> Any:
    """End a webhook: nothing more is sent, what waits neither."""
    subscribing.end(subscription=_own(request, webhook_id), at=timezone.now())
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@router.post(
    "/webhooks/{webhook_id}/enable", auth=DOOR, response=answers(WebhookOut, 404),
    summary="Enable a webhook again",
)  # fmt: skip
def enable_webhook(request: HttpRequest, webhook_id: WebhookId) -> Any:
    """Serve a webhook again that was disabled after failing for five days; what waits is sent."""
    found = _own(request, webhook_id)
    subscribing.enable(subscription=found)
    return _out(found)


@router.get(
    "/webhooks/{webhook_id}/messages", auth=DOOR, response=answers(MessagesOut, 404),
    summary="What was sent",
)  # fmt: skip
def list_messages(
    request: HttpRequest,
    webhook_id: WebhookId,
    cursor: Annotated[str, Query(max_length=200, description="`next` of the page before.")] = "",
    limit: Annotated[int, Query(ge=1, le=100, description="At most so many.")] = 30,
) -> Any:
    """Return the messages of the last 30 days, the latest first, with what became of them."""
    rows = Message.objects.filter(subscription=_own(request, webhook_id)).order_by("-pk")
    last = uuid_in(cursor)
    if last is not None:
        rows = rows.filter(pk__lt=last)
    found = list(rows[: limit + 1])
    names = (
        "id", "kind", "payload", "state", "put_at", "due_at", "tries", "last_status",
        "delivered_at",
    )  # fmt: skip
    return {
        "messages": [{name: getattr(one, name) for name in names} for one in found[:limit]],
        "next": cursor_of(found[limit - 1].pk) if len(found) > limit else None,
    }


@router.post(
    "/webhooks/{webhook_id}/replay", auth=DOOR, response=answers(ReplayOut, 404),
    summary="Send again",
)  # fmt: skip
def replay_messages(request: HttpRequest, webhook_id: WebhookId, sent: ReplayIn) -> Any:
    """Send everything of a time again, delivered or not, each under its old id."""
    at = timezone.now()
    count = subscribing.replay(
        subscription=_own(request, webhook_id), since=sent.since, until=sent.until or at, at=at
    )
    return {"count": count}


def _token(request: HttpRequest) -> ApiToken:
    token = caller_of(request).token
    if token is None:
        raise refusals.RightMissing(right=Right.WEBHOOKS.value)
    return token


def _own(request: HttpRequest, pk: UUID) -> Subscription:
    return subscribing.subscription_of(pk, token=_token(request))


def _out(one: Subscription) -> dict[str, Any]:
    return {
        "id": one.pk,
        "url": one.url,
        "kinds": one.kinds,
        "procedures": one.procedures,
        "place": one.place.code if one.place else None,
        "created_at": one.created_at,
        "failing_since": one.failing_since,
        "is_disabled": one.disabled_at is not None,
    }
