"""`huiyin verify`."""

import json
import os
from typing import TYPE_CHECKING

import click

from huiyin.ops.errors import OperatorError
from huiyin.ops.installation import with_django
from huiyin.ops.progress import say

if TYPE_CHECKING:
    from uuid import UUID

    from huiyin.matters.verifying import Findings

TOLD = 20  # differences written out; the JSON has all


@click.command(
    "verify",
    short_help="Prove that the record is what was written.",
    epilog="Example: huiyin verify",
)
@click.option(
    "--run", "runs", type=click.UUID, multiple=True, help="Only this run. May be given again."
)
@click.option("--json", "as_json", is_flag=True, help="Write the findings as JSON.")
def command(*, runs: "tuple[UUID, ...]", as_json: bool) -> int:
    """Compare the record with itself: chains, texts, what is derived from them, anchors, counts.

    Every event is hashed again, every run rebuilt from its events. Texts that were redacted are
    counted by their order. People may go on working meanwhile. Exit code 1 when something differs;
    the first difference of every run is named.
    """
    with with_django("app"):
        from huiyin.matters.verifying import verify  # noqa: PLC0415 Django is ready only now

        found = verify(run_ids=list(runs) or None, told=say, jobs=os.cpu_count() or 1)
        missing = len(runs) - found.runs if runs else 0
    if missing:
        raise OperatorError(f"{missing} of these runs do not exist: look at the ids again.")
    if as_json:
        click.echo(json.dumps(_as_json(found), ensure_ascii=False))
    else:
        _tell(found)
    return 1 if found.differences else 0


def _as_json(found: "Findings") -> dict[str, object]:
    return {
        "ok": not found.differences,
        "runs": found.runs,
        "events": found.events,
        "anchors": found.anchors,
        "redacted": found.redacted,
        "orders": found.orders,
        "differences": [
            {
                "where": one.number,
                "run": str(one.run_id) if one.run_id else None,
                "event": one.seq or None,
                "text": one.text,
            }
            for one in found.differences
        ],
    }


def _tell(found: "Findings") -> None:
    click.echo(f"{found.events} events of {found.runs} runs, {found.anchors} anchors.")
    for order, texts in sorted(found.orders.items()):
        click.echo(f"redacted under order {order}: {texts}")
    for one in found.differences[:TOLD]:
        click.echo(f"differs: {one}")
    if len(found.differences) > TOLD:
        click.echo(f"… and {len(found.differences) - TOLD} more; --json names all.")
    click.echo("All of it is as it was written." if not found.differences else "Not as written.")
