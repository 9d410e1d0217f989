"""The floor: what PostgreSQL alone does with the rows of one matter, in one durable transaction."""

import os
import re
import subprocess
from pathlib import Path
from typing import Final

from django.db import connection, models
from psycopg.conninfo import conninfo_to_dict

from huiyin.gateway.models import Message
from huiyin.matters.models import (
    Assignment,
    EventBody,
    EventHeader,
    Matter,
    MatterText,
    Run,
    RunClock,
)
from huiyin.ops.bench.lives import columns
from huiyin.ops.errors import OperatorError
from huiyin.ops.postgres.layout import server_binaries

SCHEMA: Final = "bench_floor"
MODELS: Final = (
    Matter, MatterText, Run, EventHeader, EventBody, RunClock, Assignment, Message,
)  # fmt: skip
_LINE: Final = re.compile(r"tps = ([0-9.]+)")


def floor(url: str, *, connections: int, seconds: int, folder: Path) -> float:
    """Return how many transactions a second pgbench commits: the rows of a matter, nothing else.

    The tables are like the real ones, with the same indexes and without their foreign keys; the
    values are those of a matter that is there. `synchronous_commit` is on.
    """
    script = folder / "floor.sql"
    _prepare(script)
    parts = conninfo_to_dict(url)
    command = [
        str(server_binaries(None) / "pgbench"), "--no-vacuum", "--protocol=prepared",
        f"--client={connections}", f"--jobs={min(connections, 2)}", f"--time={seconds}",
        f"--file={script}", f"--host={parts['host']}", f"--port={parts.get('port', 5432)}",
        f"--username={parts['user']}", str(parts["dbname"]),
    ]  # fmt: skip
    env = {**os.environ, "PGPASSWORD": str(parts.get("password", ""))}
    answer = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    found = _LINE.search(answer.stdout)
    if answer.returncode or found is None:
        raise OperatorError(f"pgbench failed: {answer.stderr.strip()[-300:]}")
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA {SCHEMA} CASCADE")
    return float(found[1])


def _prepare(script: Path) -> None:
    lines = ["BEGIN;"]
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
        cursor.execute(f"CREATE SCHEMA {SCHEMA}")
        for model in MODELS:
            table = model._meta.db_table
            cursor.execute(f"CREATE TABLE {SCHEMA}.{table} (LIKE {table} INCLUDING ALL)")
            # A table of one row: what the statement writes, but for ids.
            cursor.execute(f"CREATE TABLE {SCHEMA}.one_{table} AS SELECT * FROM {table} LIMIT 1")  # noqa: S608 names of tables
            lines.append(_insert(model))
    lines.append("COMMIT;")
    script.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _insert(model: type[models.Model]) -> str:
    """Return the statement that writes the row again under ids of its own."""
    table, names = model._meta.db_table, columns(model)
    values = ", ".join(_FRESH.get(name, f'"{name}"') for name in names)
    listed = ", ".join(f'"{name}"' for name in names)
    return (
        f"INSERT INTO {SCHEMA}.{table} ({listed})"  # noqa: S608 names of tables and columns
        f" SELECT {values} FROM {SCHEMA}.one_{table};"
    )


_FRESH: Final = {
    **dict.fromkeys(("id", "run_id", "matter_id", "event_id"), "gen_random_uuid()"),
    "number": "substr(md5(random()::text), 1, 16)",
}
