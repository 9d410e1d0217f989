"""`huiyin retain`."""

import json
from datetime import UTC, datetime

import click

from huiyin.ops.installation import with_django


@click.command(
    "retain",
    short_help="Delete what has been kept long enough.",
    epilog="Example: huiyin retain --dry-run",
)
@click.option("--dry-run", is_flag=True, help="Only list what is due.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
def command(*, dry_run: bool, as_json: bool) -> None:
    """Make matters nameless whose time of keeping is over, by the rules of the handbook.

    The worker does the same every night. What is on hold stays. Number, dates, class and result
    stay in every case, and the timeline says under which rule the rest went.
    """
    with with_django("app"):
        from huiyin.matters import retaining  # noqa: PLC0415 Django is ready only now

        now = datetime.now(UTC)
        found = list(retaining.due(at=now))
        done = 0 if dry_run else retaining.retain(at=now)
    if as_json:
        rows = [
            {
                "number": one.number,
                "ended_on": one.ended_on.isoformat(),
                "rule": one.rule.procedure,
                "years": one.rule.years,
                "then": one.rule.then.value,
            }
            for one in found
        ]
        click.echo(json.dumps({"due": rows, "done": done}, ensure_ascii=False))
        return
    for one in found:
        kept = f"{one.rule.years} years of {one.rule.procedure}"
        click.echo(f"{one.number}: ended {one.ended_on}, {kept} are over: {one.rule.then.value}")
    click.echo(f"{len(found)} due, {done} done." if not dry_run else f"{len(found)} due.")
