"""Facts about the installation, kept in the database (table ops_note), read without Django."""

from typing import Any

import psycopg
from psycopg.types.json import Jsonb

Connection = psycopg.Connection[tuple[Any, ...]]

PREPARED = "prepared"  # the fingerprint the database was migrated and granted with
KEYS = "keys"  # fingerprints of the keys the sealed values were written with
RESTORED = "restored"  # the token of the last restore, for its recovery
DEMO = "demo"  # which demo city was loaded


def read(connection: Connection, name: str) -> Any:
    """Return the value kept under `name`, None when there is none (or no table yet)."""
    if connection.execute("SELECT to_regclass('ops_note')").fetchone() == (None,):
        return None
    row = connection.execute("SELECT value FROM ops_note WHERE name = %s", [name]).fetchone()
    return row[0] if row else None


def write(connection: Connection, name: str, value: Any) -> None:
    """Keep `value` (JSON) under `name` in the transaction of `connection`."""
    connection.execute(
        "INSERT INTO ops_note (name, value, written_at) VALUES (%s, %s, now())"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value, written_at = now()",
        [name, Jsonb(value)],
    )
