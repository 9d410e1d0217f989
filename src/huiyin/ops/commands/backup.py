"""`huiyin backup FILE`."""

import json
from pathlib import Path

import click

from huiyin.ops.backing_up import back_up
from huiyin.ops.installation import without_django
from huiyin.ops.progress import say


@click.command(
    "backup",
    short_help="Write database and files to one archive.",
    epilog="Example: huiyin backup /backup/huiyin-$(date +%F).tar",
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Write the manifest as JSON.")
def command(*, file: Path, as_json: bool) -> None:
    """Write database and files to FILE, one archive.

    Safe while people work. FILE appears when it is complete. The keys are not in it: keep them
    elsewhere; without them the sealed columns of a backup cannot be read.
    """
    with without_django() as found:
        manifest = back_up(found.config, found.urls, file, say=say)
    rows, files = sum(manifest["counts"].values()), len(manifest["members"]) - 1
    if as_json:
        click.echo(json.dumps({"file": str(file.absolute()), **manifest}, ensure_ascii=False))
    else:
        click.echo(
            f"{file.absolute()}: {rows} rows in {len(manifest['counts'])} tables, {files} files"
        )
