"""`huiyin bench`."""

import json
from pathlib import Path

import click


@click.group("bench", short_help="Measure how fast a city with years of matters is.")
@click.option(
    "--folder", type=click.Path(path_type=Path, file_okay=False),
    help="Where its own database lies. [default: bench in the data folder]",
)  # fmt: skip
@click.pass_context
def command(context: click.Context, folder: Path | None) -> None:
    """Measure on a database of its own, never on the city's.

    It refuses to run where the keys of a real city are set.

    Example: huiyin bench fill --matters 100000
    """
    context.obj = folder


@command.command("fill", short_help="Write matters as they lie there after years.")
@click.option("--matters", type=click.IntRange(1), default=100_000, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as one JSON line.")
@click.pass_obj
def fill(folder: Path | None, *, matters: int, as_json: bool) -> None:
    """Bring the benchmark's city to so many matters: two years of them, 8 % open.

    Example: huiyin bench fill --matters 1000000
    """
    from huiyin.ops.bench.grounds import folder_for, grounds  # noqa: PLC0415 only when needed

    with grounds(folder_for(folder)):
        from dataclasses import asdict  # noqa: PLC0415 Django is ready only now

        from django.utils import timezone  # noqa: PLC0415 as above

        from huiyin.ops.bench.filling import fill as filled  # noqa: PLC0415 as above

        found = filled(matters=matters, at=timezone.now())
    if as_json:
        click.echo(json.dumps(asdict(found)))
    else:
        rate = found.matters / found.seconds if found.seconds else 0
        click.echo(
            f"{found.matters} matters with {found.events} events in {found.seconds:.0f} s "
            f"({rate:.0f}/s): written {found.writing:.0f} s, indexes {found.indexes:.0f} s, "
            f"counts {found.counting:.0f} s"
        )


@command.command("run", short_help="Measure over HTTP against the real server.")
@click.option("--case", "cases", multiple=True, help="Only this one. May be given again.")
@click.option("--connections", default="1,8", show_default=True, help="At once, comma between.")
@click.option("--seconds", type=click.FloatRange(1), default=5.0, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as one JSON line.")
@click.pass_obj
def run(
    folder: Path | None, *, cases: tuple[str, ...], connections: str, seconds: float, as_json: bool
) -> None:
    """Start server and worker with production settings and measure what people do all day.

    Example: huiyin bench run --case inbox --case intake --connections 1,8,32
    """
    from huiyin.ops.bench.grounds import folder_for, grounds  # noqa: PLC0415 only when needed
    from huiyin.ops.errors import OperatorError  # noqa: PLC0415 as above

    try:
        many = [int(one) for one in connections.split(",")]
    except ValueError:
        raise OperatorError("--connections is whole numbers with commas: 1,8,32.") from None
    with grounds(folder_for(folder)) as found:
        from dataclasses import asdict  # noqa: PLC0415 Django is ready only now

        from django.utils import timezone  # noqa: PLC0415 as above

        from huiyin.ops.bench.measuring import (  # noqa: PLC0415 as above
            CASES,
            measure,
            told,
            told_inside,
        )

        unknown = sorted(set(cases) - set(CASES))
        if unknown:
            raise OperatorError(f"There is no case {unknown[0]}: choose of {', '.join(CASES)}.")
        measured = measure(
            found, at=timezone.now(), cases=cases or CASES, connections=many, seconds=seconds
        )
    if as_json:
        click.echo(json.dumps(asdict(measured)))
        return
    for one in measured.figures:
        click.echo(told(one))
    for function in measured.functions:
        click.echo(told_inside(function))
    click.echo(f"memory of server and worker: {measured.memory_mb:.0f} MB")
    click.echo(f"PostgreSQL alone: {measured.floor_per_second:.0f} transactions/s")
    click.echo(
        f"database: {measured.database_mb} MB, {100 * measured.cached:.1f} % of its pages found in "
        "its memory"
    )
