"""The rights of the application's database role: it reads and writes rows, and changes no table.

Append-only tables it can only add to: models with `append_only = True`, and every history table.
"""

from collections.abc import Iterator

import pghistory.models
from django.apps import apps
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

# The application reads which migrations ran, and never says so itself.
READ_ONLY = ("django_migrations",)


def append_only_tables() -> Iterator[str]:
    """Yield the tables the application may read and add to, and nothing else."""
    for model in apps.get_models(include_auto_created=True):
        is_history = issubclass(model, pghistory.models.Event) and model._meta.managed
        if getattr(model, "append_only", False) or is_history:
            yield model._meta.db_table


def grant_app_role(connection: BaseDatabaseWrapper, *, app_role: str | None = None) -> None:
    """Give the role its rights on the current schema; run as the owner, after every migration.

    Safe to run twice. Tables of later migrations are covered by default privileges, and by the next
    run. `app_role`: HUIYIN_APP_ROLE unless given.
    """
    role = sql.Identifier(app_role or settings.HUIYIN.app_role)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        (schema_name,) = cursor.fetchone()
        schema = sql.Identifier(schema_name)
        tables = set(connection.introspection.table_names(cursor))

        def run(statement: str, **names: sql.Composable) -> None:
            cursor.execute(sql.SQL(statement).format(role=role, schema=schema, **names))

        run("REVOKE CREATE ON SCHEMA {schema} FROM {role}")
        run("GRANT USAGE ON SCHEMA {schema} TO {role}")
        run("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}")
        run("GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA {schema} TO {role}")
        run("GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA {schema} TO {role}")
        for what, rights in (
            ("TABLES", "SELECT, INSERT, UPDATE, DELETE"),
            ("SEQUENCES", "USAGE, SELECT, UPDATE"),
            ("FUNCTIONS", "EXECUTE"),
        ):
            run(
                "ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT {rights} ON {what} TO {role}",
                rights=sql.SQL(rights),
                what=sql.SQL(what),
            )
        for table in sorted(tables.intersection(append_only_tables())):
            run("REVOKE UPDATE, DELETE ON {table} FROM {role}", table=sql.Identifier(table))
        for table in tables.intersection(READ_ONLY):
            run("REVOKE INSERT, UPDATE, DELETE ON {table} FROM {role}", table=sql.Identifier(table))
        context = pghistory.models.Context._meta.db_table
        if context in tables:
            # History triggers write who acted as an upsert; it may complete a row, not remove one.
            run("REVOKE UPDATE, DELETE ON {table} FROM {role}", table=sql.Identifier(context))
            run(
                "GRANT UPDATE (metadata, updated_at) ON {table} TO {role}",
                table=sql.Identifier(context),
            )
