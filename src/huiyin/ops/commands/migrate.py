"""`huiyin migrate`."""

import json

import click

from huiyin.ops.installation import with_django


@click.command(
    "migrate", short_help="Bring the database to this version.", epilog="Example: huiyin migrate"
)
@click.option("--json", "as_json", is_flag=True, help="Write the applied migrations as JSON.")
def command(*, as_json: bool) -> None:
    """Bring the database to this version, as its owner; give the application its rights.

    Killed half-way, it goes on where it stopped.
    """
    with with_django("owner") as found:
        from huiyin.ops.preparing import prepare  # noqa: PLC0415 Django is ready only now

        applied = prepare(found.config, found.urls)
    if as_json:
        click.echo(json.dumps({"applied": applied}))
    else:
        click.echo("\n".join(applied) if applied else "Nothing to do.")
