"""`huiyin demo`."""

import click

from huiyin.ops.running import run_demo


@click.command(
    "demo",
    short_help="Run a whole demo city on this machine.",
    epilog="Example: huiyin demo --scale small --port 8080",
)
@click.option(
    "--scale",
    type=click.Choice(["full", "small"]),
    default="full",
    show_default=True,
    help="How much of the city is loaded the first time.",
)
@click.option(
    "--life/--no-life",
    default=True,
    show_default=True,
    help="Pour thirty days of invented matters in, behind the first start.",
)
@click.option("--port", type=click.IntRange(1, 65_535), help="Port of the web server.")
@click.option("--json", "as_json", is_flag=True, help="Print address and logins as one JSON line.")
def command(*, scale: str, life: bool, port: int | None, as_json: bool) -> None:
    """Run a whole demo city: PostgreSQL, web server, worker and a fake SMS gateway.

    The first start makes keys and database and loads the city; all of it is invented. Thirty days
    of matters follow in the background, while the pages can be used already. Prints the address and
    one login for each kind of user, stays in the foreground, stops with Ctrl-C.
    """
    run_demo(scale=scale, life=life, port=port, as_json=as_json)
