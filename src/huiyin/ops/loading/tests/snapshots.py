"""What the database holds, in a form that two moments can be compared by."""

from django.db import connection

APPS = ("places_", "categories_", "units_", "people_", "pghistory_")

_CHECKSUM = """
    SELECT count(*), md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {table} AS t
"""


def snapshot() -> dict[str, tuple[int, str]]:
    """Count and checksum of every table of the city, the history among them."""
    found = {}
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        for table in sorted(tables):
            if table.startswith(APPS):
                cursor.execute(_CHECKSUM.format(table=connection.ops.quote_name(table)))
                found[table] = cursor.fetchone()
    return found
