"""`huiyin procedures`."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from huiyin.ops.errors import OperatorError
from huiyin.ops.procedures import files, showing
from huiyin.ops.procedures.catalogue import known, limits
from huiyin.ops.procedures.simulating import Session, script_lines
from huiyin.procedures.checking import Finding, Report, check
from huiyin.procedures.drawing import draw
from huiyin.procedures.language import Procedure
from huiyin.procedures.reading import Fault
from huiyin.procedures.simulation import World, at_local
from huiyin.worktime import statutory_calendar

STARTS_AT = "2026-02-10T09:00"  # fixed, so that a script says the same every day

_language_option = click.option(
    "--language",
    type=click.Choice(["zh", "en"]),
    default="zh",
    show_default=True,
    help="Language of labels and sentences.",
)
_json_option = click.option("--json", "as_json", is_flag=True, help="Write JSON.")


@click.group(
    "procedures",
    short_help="Check, draw, show and try out procedures.",
    epilog="Example: huiyin procedures check",
)
def command() -> None:
    """Check, draw, show and try out the procedures by which matters are handled.

    NAME is the name of a procedure, or the path of a YAML file that is being written. Needs no
    database and no settings. The language of the files: page procedure-language of the handbook.
    """


@command.command(
    "list",
    short_help="List the procedures.",
    epilog="Example: huiyin procedures list --json",
)
@_json_option
def list_command(*, as_json: bool) -> int:
    """List the procedures with their files."""
    found = files.built_in()
    rows = [showing.summary(procedure) for _, procedure in sorted(found.procedures.items())]
    if as_json:
        click.echo(json.dumps({"procedures": rows}, ensure_ascii=False, indent=1))
    else:
        width = max((len(row["name"]) for row in rows), default=0)
        for row in rows:
            title = f"{row['title']['zh']} {row['title']['en']}"
            click.echo(f"{row['name'].ljust(width)}  {title}  ({row['file']})")
    _tell(found.faults)
    return 1 if found.faults else 0


@command.command(
    "show",
    short_help="Show a procedure as text.",
    epilog="Example: huiyin procedures show petition",
)
@click.argument("name")
@_json_option
def show_command(*, name: str, as_json: bool) -> None:
    """Show actors, states, clocks and actions of a procedure, as they follow from its file."""
    procedure = files.named(name)
    if as_json:
        click.echo(json.dumps(showing.as_json(procedure), ensure_ascii=False, indent=1))
        return
    for line in showing.lines(procedure, limits()):
        click.echo(line)


@command.command(
    "draw",
    short_help="Draw a procedure as an SVG picture.",
    epilog="Example: huiyin procedures draw petition --output petition.svg",
)
@click.argument("name")
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to write.  [default: standard output]",
)
@_language_option
@click.option("--here", default="", metavar="STATE", help="Mark where a run is now.")
@click.option(
    "--width",
    type=click.IntRange(320, 4000),
    default=1200,
    help="Width in pixels.  [default: 1200]",
)
def draw_command(*, name: str, output: Path | None, language: str, here: str, width: int) -> None:
    """Draw a procedure: states coloured by whose turn it is, acts as arrows, limits beside them."""
    procedure = files.named(name)
    if here and here not in procedure.states:
        states = ", ".join(procedure.states)
        raise OperatorError(f'{procedure.name} has no state "{here}": name one of {states}.')
    svg = draw(
        procedure,
        terms=limits(),
        language="zh" if language == "zh" else "en",
        here=here,
        width=width,
    )
    if output is None:
        click.echo(svg)
        return
    try:
        output.write_text(svg + "\n", encoding="utf-8")
    except OSError as error:
        raise OperatorError(
            f"{output} cannot be written ({error.strerror}): name another place."
        ) from error


@command.command(
    "check",
    short_help="Prove that procedures are sound.",
    epilog="Example: huiyin procedures check petition",
)
@click.argument("names", metavar="[NAME]...", nargs=-1)
@_json_option
def check_command(*, names: tuple[str, ...], as_json: bool) -> int:
    """Look for faults: in all procedures, or in those named. Exit code 1 with findings.

    Each finding says where it stands, the shortest way there from the opening, and what would be
    right. Every run that can be is looked at, up to a bound, which is told.
    """
    others = files.built_in()
    found = files.read(*names) if names else others
    catalogue, faults = known(), found.faults
    reports = [
        (procedure, check(procedure, known=catalogue, library=others.procedures | found.procedures))
        for _, procedure in sorted(found.procedures.items())
    ]
    is_sound = not faults and all(report.is_sound for _, report in reports)
    if as_json:
        told = _as_json(reports, faults)
        click.echo(json.dumps({"ok": is_sound, **told}, ensure_ascii=False, indent=1))
    else:
        for fault in faults:
            click.echo(str(fault))
        for procedure, report in reports:
            for finding in report.findings:
                for line in _finding_lines(finding):
                    click.echo(line)
            click.echo(f"{procedure.name}: {_verdict(report)}")
        click.echo("Sound." if is_sound else "Not sound.")
    return 0 if is_sound else 1


def _finding_lines(finding: Finding) -> Iterable[str]:
    yield f"{finding.file}:{finding.line}: {finding.text} [{finding.code}]"
    if finding.path:
        yield f"    Path: {' → '.join(finding.path)}"
    if finding.instead:
        yield f"    Right: {finding.instead}"


def _verdict(report: Report) -> str:
    count = len(report.findings)
    found = f"{count} finding{'s' if count > 1 else ''}" if count else "nothing found"
    seen = f"{report.configurations:,} configurations seen"
    if report.complete:
        return f"{found}; {seen}, all there are (bound {report.bound:,})"
    return f"{found}; {seen}, then the bound of {report.bound:,} was reached: not all was seen"


def _as_json(
    reports: Iterable[tuple[Procedure, Report]], faults: Iterable[Fault]
) -> dict[str, Any]:
    return {
        "procedures": [
            {
                "name": procedure.name,
                "file": procedure.file,
                "ok": report.is_sound,
                "configurations": report.configurations,
                "bound": report.bound,
                "complete": report.complete,
                "findings": showing.as_json(report.findings),
            }
            for procedure, report in reports
        ],
        "unreadable": showing.as_json(tuple(faults)),
    }


@command.command(
    "simulate",
    short_help="Try a procedure out.",
    epilog="Example: huiyin procedures simulate petition --script steps.txt",
)
@click.argument("name")
@click.option(
    "--script",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A file with one step a line, instead of the prompt.",
)
@click.option(
    "--at",
    "start",
    default=STARTS_AT,
    show_default=True,
    metavar="TIME",
    help="When it begins, local time.",
)
@_language_option
def simulate_command(*, name: str, script: Path | None, start: str, language: str) -> int:
    """Try a procedure out: take acts by name or number, let time pass, see states and clocks.

    Forms are filled in where nothing is given; actors that fit are made up. Type help for the
    steps. A script gives the same output every time; exit code 1 when a line is not understood.
    """
    procedure = files.named(name)
    try:
        now = at_local(start)
    except ValueError:
        raise OperatorError(f'"{start}" is no time: write it as {STARTS_AT}.') from None
    world = World(procedure, statutory_calendar(), now, limits=limits())
    session = Session(world, click.echo, language)
    if script is not None:
        return _follow(session, files.text_of(script, wanted="a file with one step a line"))
    session.show()
    click.echo("Type help for the steps, quit to leave.")
    while not session.is_over:
        try:
            line = input("> ")
        except EOFError:
            break
        session.take(line)
    return 0


def _follow(session: Session, text: str) -> int:
    session.show()
    understood = True
    for step in script_lines(text):
        click.echo(f"\n> {step}")
        understood = session.take(step) and understood
        if session.is_over:
            break
    return 0 if understood else 1


def _tell(faults: Iterable[Fault]) -> None:
    for fault in faults:
        click.echo(str(fault), err=True)
