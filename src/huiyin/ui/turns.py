"""Taking turns: one transaction at a time goes on under a name."""

from django.db import connection

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || '.' || %s, 0))"


def take_turn(name: str) -> None:
    """Wait until no other transaction is under this name; it is ours until this one ends."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [name])
