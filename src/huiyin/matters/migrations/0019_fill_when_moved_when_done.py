from django.db import migrations

BATCH = 20_000  # assignments; each batch is a transaction of its own

# As the acts would have written it: since when a run is done; and of what a unit still holds, the
# first of its acts since it was given the run that moved it on.
FILL = """
    UPDATE matters_assignment AS held
    SET done_at = now_so.done_at, moved_at = now_so.moved_at
    FROM (
        SELECT mine.id, CASE WHEN run.is_done THEN run.done_at END AS done_at,
               CASE WHEN mine.to_at IS NULL THEN (
                   SELECT min(moved.recorded_at) FROM matters_eventheader AS moved
                   WHERE moved.run_id = mine.run_id AND moved.unit_id = mine.unit_id
                     AND moved.recorded_at >= mine.from_at AND moved.from_state <> moved.to_state
               ) END AS moved_at
        FROM matters_assignment AS mine JOIN matters_run AS run ON run.id = mine.run_id
        WHERE mine.id >= %s AND mine.id < %s
    ) AS now_so
    WHERE held.id = now_so.id AND (now_so.done_at IS NOT NULL OR now_so.moved_at IS NOT NULL)
"""


def fill(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT min(id), max(id) FROM matters_assignment")
        first, last = cursor.fetchone()
        for start in range(first or 0, (last or -1) + 1, BATCH):
            cursor.execute(FILL, [start, start + BATCH])


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('matters', '0018_when_moved_when_done'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
