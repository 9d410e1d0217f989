"""`huiyin restore FILE`."""

import json
from pathlib import Path

import click

from huiyin.ops.installation import with_django
from huiyin.ops.progress import say


@click.command(
    "restore",
    short_help="Bring a backup back.",
    epilog="Example: huiyin restore /backup/huiyin-2027-03-01.tar",
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace data and files that are there.")
@click.option("--json", "as_json", is_flag=True, help="Write the result as JSON.")
def command(*, file: Path, force: bool, as_json: bool) -> None:
    """Replace database and files by those of the backup FILE, then bring them to this version.

    Web server and worker must be stopped. Whatever happens, the old state or the new one remains.
    """
    with with_django("owner") as found:
        from django.db import connections  # noqa: PLC0415 Django is ready only now

        from huiyin.ops.preparing import prepare  # noqa: PLC0415 as above
        from huiyin.ops.readiness import known_migrations  # noqa: PLC0415 as above
        from huiyin.ops.restoring import restore  # noqa: PLC0415 as above

        manifest = restore(
            found.config,
            found.urls,
            file,
            force=force,
            known_migrations=lambda: frozenset(f"{app}.{name}" for app, name in known_migrations()),
            say=say,
        )
        connections.close_all()
        say("Bringing the database to this version …")
        applied = prepare(found.config, found.urls)
    rows = sum(manifest["counts"].values())
    if as_json:
        result = {"created_at": manifest["created_at"], "rows": rows, "migrated": applied}
        click.echo(json.dumps(result, ensure_ascii=False))
    else:
        click.echo(f"Restored {rows} rows of {manifest['created_at']}.")
