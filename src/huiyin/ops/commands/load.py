"""`huiyin load`."""

import errno
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import django

from huiyin.ops.errors import OperatorError
from huiyin.ops.installation import with_django
from huiyin.ops.prepared import refuse_unmigrated

Progress = Callable[[str, int, int], None]
LANGUAGES = {"zh": "zh-hans", "en": "en"}


@click.command(
    "load",
    short_help="Load a real city from CSV or XLSX files.",
    epilog="Example: huiyin load city/ --dry-run --report problems.xlsx",
)
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.option("--dry-run", is_flag=True, help="Check and try everything, then take it back.")
@click.option(
    "--builtin",
    is_flag=True,
    help="Load the built-in categories and limits too, or alone without FOLDER.",
)
@click.option("--template", is_flag=True, help="Write templates with examples into FOLDER.")
@click.option(
    "--report",
    "report_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the rows with their faulty cells marked, as a workbook to hand back.",
)
@click.option("--json", "as_json", is_flag=True, help="Write the outcome as JSON.")
@click.option(
    "--language",
    type=click.Choice(list(LANGUAGES)),
    default="zh",
    show_default=True,
    help="Language in which problems are told.",
)
def command(
    *,
    folder: Path | None,
    dry_run: bool,
    builtin: bool,
    template: bool,
    report_file: Path | None,
    as_json: bool,
    language: str,
) -> int:
    """Load a city from the tables in FOLDER: places, boundaries, units, categories, terms, duties,
    services, slots, knowledge, people, each as CSV (UTF-8 or GB18030) or XLSX.

    Everything is checked first, and every faulty cell is told with its file, row and column. It is
    loaded all or not at all; loading the same files again changes nothing. Exit code 1 with errors.
    """
    if template:
        return _write_templates(folder, as_json=as_json)
    if folder is None and not builtin:
        raise click.UsageError("Name the FOLDER that holds the tables.")
    with with_django("app") as found:
        refuse_unmigrated(found.urls.app)
        from django.utils import timezone, translation  # noqa: PLC0415 Django is ready only now

        from huiyin.ops.loading import load, report  # noqa: PLC0415 as above
        from huiyin.ops.loading.built_in import built_in_tables  # noqa: PLC0415 as above
        from huiyin.ops.loading.handback import write_report  # noqa: PLC0415 as above
        from huiyin.ops.loading.readers import read_folder  # noqa: PLC0415 as above
        from huiyin.people.actors import SYSTEM  # noqa: PLC0415 as above

        with translation.override(LANGUAGES[language]):
            tables, problems = read_folder(folder) if folder else ([], [])
            if builtin:
                names = {table.name for table in tables}
                tables += [table for table in built_in_tables() if table.name not in names]
            with _progress() as progress:
                outcome = load(
                    tables,
                    at=timezone.now(),
                    by=SYSTEM,
                    dry_run=dry_run,
                    progress=progress,
                    problems=problems,
                )
            if report_file is not None and (outcome.errors or outcome.warnings):
                _write(lambda path: write_report(outcome, path), report_file)
            if as_json:
                click.echo(json.dumps(report.as_json(outcome), ensure_ascii=False))
            else:
                for line in report.lines(outcome):
                    click.echo(line)
    return 0 if outcome.ok else 1


def _write_templates(folder: Path | None, *, as_json: bool) -> int:
    if folder is None:
        raise click.UsageError("Name the FOLDER into which the templates are written.")
    # No database and no keys are needed: templates are wanted before there is an installation.
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huiyin.settings_for_tools")
    django.setup()
    from huiyin.ops.loading.templates import write_templates  # noqa: PLC0415 as above

    written: list[Path] = []
    _write(lambda path: written.extend(write_templates(path)), folder)
    if as_json:
        click.echo(json.dumps({"written": [str(path) for path in written]}, ensure_ascii=False))
    else:
        for path in written:
            click.echo(path)
    return 0


def _write(write: Callable[[Path], object], path: Path) -> None:
    try:
        write(path)
    except OSError as error:
        if error.errno == errno.ENOSPC:  # the frame of all commands says so
            raise
        raise OperatorError(
            f"{path} cannot be written ({error.strerror}): name another place."
        ) from error


@contextmanager
def _progress() -> Iterator[Progress]:
    from tqdm import tqdm  # noqa: PLC0415 only loads need it

    with tqdm(unit=" rows", disable=None, leave=False) as bar:

        def progress(name: str, done: int, total: int) -> None:
            bar.total = total
            bar.set_description(name, refresh=False)
            bar.update(done - bar.n)

        yield progress
