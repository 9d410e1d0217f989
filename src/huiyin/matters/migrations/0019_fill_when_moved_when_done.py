from django.db import migrations

BATCH = 20_000  # assignments; each batch is a transaction of its own

# As the acts would have written it: since when a run is done; and of what a unit still holds, the
# first of its acts that moved the run on, from the one on with which it was given it.
FILL = """
    UPDATE matters_assignment AS held
    SET done_at = now_so.done_at, moved_at = now_so.moved_at
    FROM (
        SELECT mine.id, CASE WHEN run.is_done THEN run.done_at END AS done_at,
               moved.at AS moved_at
        FROM matters_assignment AS mine JOIN matters_run AS run ON run.id = mine.run_id
        LEFT JOIN LATERAL (
            SELECT max(act.seq) AS seq FROM matters_eventheader AS act
            WHERE mine.to_at IS NULL AND act.run_id = mine.run_id
              AND (act.effects #> '{roles,gone}' ? mine.role
                   OR act.effects #> '{roles,put}' ? mine.role
                   AND NOT act.effects #> ARRAY['roles', 'put', mine.role] ? mine.unit_id::text)
        ) AS without ON TRUE
        LEFT JOIN LATERAL (
            SELECT min(act.seq) AS seq FROM matters_eventheader AS act
            WHERE mine.to_at IS NULL AND act.run_id = mine.run_id
              AND act.seq > COALESCE(without.seq, 0)
              AND act.effects #> ARRAY['roles', 'put', mine.role] ? mine.unit_id::text
        ) AS given ON TRUE
        LEFT JOIN LATERAL (
            SELECT act.recorded_at AS at FROM matters_eventheader AS act
            WHERE act.run_id = mine.run_id AND act.seq >= given.seq
              AND act.unit_id = mine.unit_id AND act.from_state <> act.to_state
            ORDER BY act.seq LIMIT 1
        ) AS moved ON TRUE
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
