"""`huiyin check`."""

import json
from typing import Any

import click
import psycopg

from huiyin.ops import keys, notes
from huiyin.ops.installation import Installation, with_django


@click.command(
    "check",
    short_help="Look whether this installation is in order.",
    epilog="Example: huiyin check --deploy",
)
@click.option("--deploy", is_flag=True, help="Also look whether it is fit for real people's data.")
@click.option("--json", "as_json", is_flag=True, help="Write the findings as JSON.")
def command(*, deploy: bool, as_json: bool) -> int:
    """Look at settings, database, migrations, keys and disk; exit code 1 when one is wrong."""
    with with_django("app") as found:
        findings = [*_installation(found), *_django(deploy=deploy)]
    is_fine = not any(finding["level"] == "error" for finding in findings)
    if as_json:
        click.echo(json.dumps({"ok": is_fine, "findings": findings}, ensure_ascii=False))
    else:
        for finding in findings:
            hint = f" {finding['hint']}" if finding["hint"] else ""
            click.echo(f"{finding['level']}: {finding['text']}{hint} ({finding['id']})")
        click.echo("In order." if is_fine else "Not in order.")
    return 0 if is_fine else 1


def _installation(found: Installation) -> list[dict[str, Any]]:
    from huiyin.ops import readiness  # noqa: PLC0415 Django is ready only now

    findings = []
    states = {"migrations": readiness.migrations(), "disk": readiness.disk()}
    if states["migrations"] == readiness.OK:
        states["limits"] = readiness.limits()
    for name, state in states.items():
        if state != readiness.OK:
            findings.append(_finding(f"huiyin.{name}", "error", f"{name.capitalize()}: {state}."))
    with psycopg.connect(found.urls.app) as connection:
        known = notes.read(connection, notes.KEYS)
    lost = keys.differences(known, found.config) if known else []
    if lost:
        findings.append(
            _finding(
                "huiyin.keys",
                "error",
                f"The data were sealed with other keys: {' and '.join(lost)}.",
                "Set the keys this database was used with before.",
            )
        )
    return findings


def _django(*, deploy: bool) -> list[dict[str, Any]]:
    from django.core import checks  # noqa: PLC0415 Django is ready only now

    messages = checks.run_checks(include_deployment_checks=deploy, databases=["default"])
    return [
        _finding(
            message.id or "django",
            "error" if message.level >= checks.ERROR else "warning",
            str(message.msg),
            str(message.hint or ""),
        )
        for message in messages
        if message.level >= checks.WARNING and not message.is_silenced()
    ]


def _finding(name: str, level: str, text: str, hint: str = "") -> dict[str, Any]:
    return {"id": name, "level": level, "text": " ".join(text.split()), "hint": hint}
