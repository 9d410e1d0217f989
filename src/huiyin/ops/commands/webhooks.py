"""`huiyin webhooks`."""

import json
from datetime import datetime
from typing import Any

import click

from huiyin.ops.installation import with_django
from huiyin.ops.progress import say

_json_option = click.option("--json", "as_json", is_flag=True, help="Write JSON.")


@click.group(
    "webhooks",
    short_help="Look after what other systems are told.",
    epilog="Example: huiyin webhooks list",
)
def command() -> None:
    """Look after webhooks: who is told, what failed, sending again. They are added over the API."""


@command.command("list", short_help="List webhooks.", epilog="Example: huiyin webhooks list --json")
@_json_option
def list_command(*, as_json: bool) -> None:
    """List the webhooks that have not ended, with what waits and since when nothing arrives."""
    with with_django("app"):
        from django.db.models import Count, Q  # noqa: PLC0415 Django is ready only now

        from huiyin.gateway.models import Subscription  # noqa: PLC0415 as above

        found = Subscription.objects.filter(ended_at=None).select_related("token")
        counted = found.annotate(
            waiting=Count("messages", filter=Q(messages__state="queued")),
            dead=Count("messages", filter=Q(messages__state="dead")),
        )
        rows = [
            {
                "id": str(one.pk),
                "token": one.token.label,
                "url": one.url,
                "kinds": ",".join(one.kinds),
                "waiting": one.waiting,
                "dead": one.dead,
                "failing_since": _moment(one.failing_since),
                "disabled_at": _moment(one.disabled_at),
            }
            for one in counted.order_by("created_at")
        ]
    if as_json:
        click.echo(json.dumps({"webhooks": rows}, ensure_ascii=False))
        return
    for row in rows:
        click.echo("  ".join(str("-" if value is None else value) for value in row.values()))
    if not rows:
        say("There are none.")


@command.command(
    "replay",
    short_help="Send everything of a time again.",
    epilog="Example: huiyin webhooks replay 01989f4e-5a1c-7cc2-8a51-2f7f0f4f3c11 "
    "--since 2026-11-26T08:00:00+08:00",
)
@click.argument("webhook_id", metavar="ID", type=click.UUID)
@click.option("--since", required=True, metavar="INSTANT", help="From then on, with its offset.")
@click.option("--until", default="", metavar="INSTANT", help="Until then; now when left out.")
def replay_command(*, webhook_id: Any, since: str, until: str) -> None:
    """Serve a webhook again and send everything of a time, each message under its old id."""
    begin = _instant(since, "--since")
    end = _instant(until, "--until") if until else None
    with with_django("app"):
        from django.utils import timezone  # noqa: PLC0415 Django is ready only now

        from huiyin.gateway import subscribing  # noqa: PLC0415 as above

        at = timezone.now()
        found = subscribing.subscription_of(webhook_id, token=None)
        subscribing.enable(subscription=found)
        count = subscribing.replay(subscription=found, since=begin, until=end or at, at=at)
    say(f"{count} messages are sent again.")


def _instant(text: str, option: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise click.BadParameter(
            "an instant with its offset, such as 2026-11-26T08:00:00+08:00", param_hint=option
        )
    return found


def _moment(value: datetime | None) -> str | None:
    return value.isoformat(timespec="seconds") if value else None
