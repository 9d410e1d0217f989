"""`huiyin bench`."""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

_JSON = click.option("--json", "as_json", is_flag=True, help="Print the figures as one JSON line.")


@click.group("bench", short_help="Measure how fast a city with years of matters is.")
@click.option(
    "--folder", type=click.Path(path_type=Path, file_okay=False),
    help="Where its own database lies. [default: bench in the data folder]",
)  # fmt: skip
@click.pass_context
def command(context: click.Context, folder: Path | None) -> None:
    """Measure on a database of its own, never on the city's.

    It refuses to run where the keys of a real city are set.

    Example: huiyin bench quick
    """
    context.obj = folder


@command.command("quick", short_help="The figures that count, in four minutes.")
@_JSON
@click.pass_obj
def quick(folder: Path | None, *, as_json: bool) -> None:
    """Fill a city with 100,000 matters where there is none, and measure what counts.

    Example: huiyin bench quick --json
    """

    def measured(found: Any, at: Any) -> tuple[Any, str]:
        from huiyin.ops.bench.quick import quick as run_quick  # noqa: PLC0415 Django is ready
        from huiyin.ops.bench.quick import told  # noqa: PLC0415 as above

        figures = run_quick(found, at=at)
        return figures, told(figures)

    _do(folder, measured, as_json=as_json)


@command.command("fill", short_help="Write matters as they lie there after years.")
@click.option("--matters", type=click.IntRange(1), default=100_000, show_default=True)
@_JSON
@click.pass_obj
def fill(folder: Path | None, *, matters: int, as_json: bool) -> None:
    """Bring the benchmark's city to so many matters: two years of them, 8 % open.

    Example: huiyin bench fill --matters 1000000
    """

    def filled(found: Any, at: Any) -> tuple[Any, str]:
        from huiyin.ops.bench.filling import fill as fill_up  # noqa: PLC0415 Django is ready
        from huiyin.ops.bench.filling import told  # noqa: PLC0415 as above

        figures = fill_up(found, matters=matters, at=at)
        return figures, told(figures)

    _do(folder, filled, as_json=as_json)


@command.command("run", short_help="Measure over HTTP against the real server.")
@click.option("--case", "cases", multiple=True, help="Only this one. May be given again.")
@click.option("--connections", default="1,8", show_default=True, help="At once, comma between.")
@click.option("--seconds", type=click.FloatRange(0.1), default=5.0, show_default=True)
@_JSON
@click.pass_obj
def run(
    folder: Path | None, *, cases: tuple[str, ...], connections: str, seconds: float, as_json: bool
) -> None:
    """Start server and worker with production settings and measure what people do all day.

    Example: huiyin bench run --case inbox --case intake --connections 1,8,32
    """
    from huiyin.ops.bench.names import CASES  # noqa: PLC0415 only when needed
    from huiyin.ops.errors import OperatorError  # noqa: PLC0415 as above

    unknown = sorted(set(cases) - set(CASES))
    if unknown:
        raise OperatorError(f"There is no case {unknown[0]}: choose of {', '.join(CASES)}.")
    try:
        many = [int(one) for one in connections.split(",")]
    except ValueError:
        raise OperatorError("--connections is whole numbers with commas: 1,8,32.") from None

    def measured(found: Any, at: Any) -> tuple[Any, str]:
        from huiyin.ops.bench.measuring import measure, table  # noqa: PLC0415 Django is ready

        plan = dict.fromkeys(cases or CASES, many)
        figures = measure(found, at=at, plan=plan, seconds=seconds)
        return figures, table(figures)

    _do(folder, measured, as_json=as_json)


@command.command("burst", short_help="Let very many come at once, and see what is lost.")
@click.option("--rounds", type=click.IntRange(1), default=3, show_default=True)
@click.option("--seconds", type=click.FloatRange(1), default=30.0, show_default=True)
@_JSON
@click.pass_obj
def burst(folder: Path | None, *, rounds: int, seconds: float, as_json: bool) -> None:
    """Send twenty times the city's busiest hour, then four times what was measured as possible.

    Example: huiyin bench burst --rounds 1
    """

    def measured(found: Any, at: Any) -> tuple[Any, str]:
        from huiyin.ops.bench.burst import burst as burst_on  # noqa: PLC0415 Django is ready
        from huiyin.ops.bench.burst import told  # noqa: PLC0415 as above

        figures = burst_on(found, at=at, rounds=rounds, seconds=seconds)
        return figures, "\n".join(told(one) for one in figures.rounds)

    _do(folder, measured, as_json=as_json)


@command.command("city-day", short_help="Replay the reference city's day as fast as it goes.")
@click.option(
    "--share", type=click.FloatRange(0.001, 1), default=1.0, show_default=True, help="Of the day."
)
@_JSON
@click.pass_obj
def city_day(folder: Path | None, *, share: float, as_json: bool) -> None:
    """Take in 3,500 matters over all channels and do with them what is done on the same day.

    Example: huiyin bench city-day
    """

    def measured(found: Any, at: Any) -> tuple[Any, str]:
        from huiyin.ops.bench.day import day, told  # noqa: PLC0415 Django is ready

        figures = day(found, at=at, share=share)
        return figures, told(figures)

    _do(folder, measured, as_json=as_json)


@command.command("clocks", short_help="Let 50,000 limits end in the same minute.")
@click.option("--open", "open_clocks", type=click.IntRange(1), default=1_000_000, show_default=True)
@click.option("--due", type=click.IntRange(100), default=50_000, show_default=True)
@_JSON
@click.pass_obj
def clocks(folder: Path | None, *, open_clocks: int, due: int, as_json: bool) -> None:
    """Fill up to a million running limits, and count how each that ends is recorded: once.

    Example: huiyin bench clocks --open 100000 --due 5000
    """

    def measured(found: Any, at: Any) -> tuple[Any, str]:
        del at
        from huiyin.ops.bench.due import clocks as let_end  # noqa: PLC0415 Django is ready
        from huiyin.ops.bench.due import told  # noqa: PLC0415 as above

        figures = let_end(found, open_clocks=open_clocks, due=due)
        return figures, told(figures)

    _do(folder, measured, as_json=as_json)


@command.command("clean", short_help="Delete the benchmark's database and files.")
@click.pass_obj
def clean(folder: Path | None) -> None:
    """Delete what the benchmark has made, and nothing else.

    Example: huiyin bench clean
    """
    from huiyin.ops.bench import grounds  # noqa: PLC0415 only when needed

    gone = grounds.clean(grounds.folder_for(folder))
    click.echo("\n".join(f"deleted {one}" for one in gone) or "there was nothing")


def _do(
    folder: Path | None, work: Callable[[Any, Any], tuple[Any, str]], *, as_json: bool
) -> None:  # fmt: skip
    """Do something on the benchmark's own database, and print what it measured."""
    from huiyin.ops.bench.grounds import folder_for, grounds  # noqa: PLC0415 only when needed

    with grounds(folder_for(folder)) as found:
        from django.utils import timezone  # noqa: PLC0415 Django is ready only now

        figures, text = work(found, timezone.now())
    click.echo(json.dumps(asdict(figures)) if as_json else text)
