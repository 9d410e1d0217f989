"""`huiyin notices`."""

import json
from typing import TYPE_CHECKING, Any

import click

from huiyin.ops.installation import with_django
from huiyin.ops.progress import say

if TYPE_CHECKING:
    from datetime import datetime

    from huiyin.notices.models import Notice

STATES = ("queued", "sent", "delivered", "refused", "unknown", "dead")

_json_option = click.option("--json", "as_json", is_flag=True, help="Write JSON.")
_limit_option = click.option(
    "--limit",
    type=click.IntRange(1, 10_000),
    default=50,
    show_default=True,
    help="At most so many.",
)


@click.group(
    "notices",
    short_help="Look after messages to people.",
    epilog="Example: huiyin notices dead",
)
def command() -> None:
    """Look after messages to people: what waits, what did not arrive, the texts.

    What was written to somebody is never shown, and of an address only its ends.
    """


@command.command(
    "list",
    short_help="List the latest messages.",
    epilog="Example: huiyin notices list --state unknown",
)
@click.option("--state", type=click.Choice(STATES), default=None, help="Only those in this state.")
@_limit_option
@_json_option
def list_command(*, state: str | None, limit: int, as_json: bool) -> None:
    """List the latest messages by SMS and e-mail, with what became of them."""
    with with_django("app"):
        from huiyin.notices.models import Notice  # noqa: PLC0415 Django is ready only now
        from huiyin.notices.texts import OUTSIDE  # noqa: PLC0415 as above

        rows = Notice.objects.filter(channel__in=[channel.value for channel in OUTSIDE])
        if state:
            rows = rows.filter(state=state)
        _tell([_row(notice) for notice in rows.order_by("-pk")[:limit]], as_json=as_json)


@command.command(
    "dead",
    short_help="List what did not arrive, or may not have.",
    epilog="Example: huiyin notices dead --json",
)
@_limit_option
@_json_option
def dead_command(*, limit: int, as_json: bool) -> None:
    """List the messages that are dead, unclear or not deliverable and that nobody laid aside."""
    with with_django("app"):
        from huiyin.notices.queries import troubled  # noqa: PLC0415 Django is ready only now

        _tell([_row(notice) for notice in troubled()[:limit]], as_json=as_json)


@command.command(
    "waiting",
    short_help="Say what waits, and which gateway takes nothing.",
    epilog="Example: huiyin notices waiting --json",
)
@_json_option
def waiting_command(*, as_json: bool) -> None:
    """Say by channel how many messages wait, and since when and why a gateway takes nothing."""
    with with_django("app"):
        from django.utils import timezone  # noqa: PLC0415 Django is ready only now

        from huiyin.notices import outage, waiting  # noqa: PLC0415 as above
        from huiyin.notices.texts import OUTSIDE  # noqa: PLC0415 as above

        queues = waiting.queues(at=timezone.now())
        held = outage.open_ones()
        rows = []
        for channel in OUTSIDE:
            queue, away = queues.get(channel.value, waiting.Queue()), held.get(channel.value)
            rows.append(
                {
                    "channel": channel.value,
                    "due": queue.due,
                    "oldest_due_at": _moment(queue.oldest_at),
                    "later": queue.later,
                    "away_since": _moment(away.began_at if away else None),
                    "tries": away.tries if away else 0,
                    "tried_at": _moment(away.tried_at if away else None),
                    "reason": away.reason if away else "",
                }
            )
    if as_json:
        click.echo(json.dumps({"waiting": rows}, ensure_ascii=False, indent=1))
        return
    for row in rows:
        click.echo(f"{row['channel']:5}  {row['due']} due, {row['later']} later", nl=False)
        if row["away_since"]:
            click.echo(f"; takes nothing since {row['away_since']} ({row['reason']})", nl=False)
        click.echo()


@command.command(
    "resend",
    short_help="Send messages again.",
    epilog="Example: huiyin notices resend 01989f4e-5a1c-7cc2-8a51-2f7f0f4f3c11",
)
@click.argument("ids", metavar="ID...", nargs=-1, required=True, type=click.UUID)
def resend_command(*, ids: tuple[Any, ...]) -> None:
    """Send messages again that are dead, unclear or not deliverable, each under its old id.

    An unclear one may have arrived: a gateway that honours ids does not send it twice.
    """
    with with_django("app"):
        from django.utils import timezone  # noqa: PLC0415 Django is ready only now

        from huiyin.notices.verbs import resend  # noqa: PLC0415 as above
        from huiyin.people.actors import SYSTEM  # noqa: PLC0415 as above

        for notice_id in ids:
            resend(notice_id=notice_id, by=SYSTEM, at=timezone.now())
            say(f"{notice_id} is sent again.")


@command.command(
    "check",
    short_help="Look whether every text is in order.",
    epilog="Example: huiyin notices check",
)
def check_command() -> int:
    """Look for faults in the texts of notices, the city's own ones too, each with file and line.

    Facts nobody knows, a language that lacks one, and SMS or e-mail that say too much.
    """
    with with_django("app"):
        from huiyin.notices.checks import faults  # noqa: PLC0415 Django is ready only now

        found = faults()
    for fault in found:
        click.echo(fault)
    click.echo("Not in order." if found else "In order.")
    return 1 if found else 0


def _moment(at: "datetime | None") -> str | None:
    return at.isoformat(timespec="seconds") if at else None


def _row(notice: "Notice") -> dict[str, Any]:
    from huiyin.notices.recipients import masked  # noqa: PLC0415 Django is ready only now

    return {
        "id": str(notice.pk),
        "name": "confidential" if notice.confidential else notice.name,
        "channel": notice.channel,
        "to": masked(notice.channel, notice.address),
        "state": notice.state,
        "reason": notice.reason,
        "tries": notice.tries,
        "put_at": notice.put_at.isoformat(timespec="seconds"),
        "due_at": notice.due_at.isoformat(timespec="seconds"),
    }


def _tell(rows: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"notices": rows}, ensure_ascii=False, indent=1))
        return
    for row in rows:
        reason = f"  ({row['reason']})" if row["reason"] else ""
        click.echo(
            f"{row['id']}  {row['put_at']}  {row['channel']:5}  {row['to']:14}  "
            f"{row['state']:9}  {row['name']}{reason}"
        )
    say(f"{len(rows)} messages.")
