"""`huiyin serve`."""

import os

import click

from huiyin.config import load_config
from huiyin.ops import prepared, serving
from huiyin.ops.postgres import database_urls
from huiyin.ops.running import run_server


@click.command(
    "serve", short_help="Run the web server.", epilog="Example: huiyin serve --with-worker"
)
@click.option("--with-worker", is_flag=True, help="Run the background worker beside it.")
def command(*, with_worker: bool) -> None:
    """Run the web server until it is told to stop.

    Without DATABASE_URL it starts Huiyin's own PostgreSQL and stops it at the end.
    """
    config = load_config(os.environ)
    if with_worker or not config.database_url:
        run_server(config, with_worker=with_worker)
        return
    with database_urls(config) as urls:
        prepared.refuse_unmigrated(urls.app)
        serving.serve(config)
