from django.db import migrations

BATCH = 20_000  # rows; each batch is a transaction of its own

# As intake and acts would have written it.
RUNS = """
    UPDATE matters_run AS run
    SET came_in_at = matter.opened_at,
        urgency_rank = CASE matter.urgency WHEN 'emergency' THEN 0 WHEN 'urgent' THEN 1 ELSE 2 END
    FROM matters_matter AS matter
    WHERE matter.id = run.matter_id AND run.id = ANY (%s)
"""
NEXT = "SELECT id FROM matters_run WHERE id > %s ORDER BY id LIMIT %s"
ASSIGNMENTS = """
    UPDATE matters_assignment AS held
    SET came_in_at = run.came_in_at, due_at = CASE WHEN held.to_at IS NULL THEN run.due_at END
    FROM matters_run AS run
    WHERE run.id = held.run_id AND held.id >= %s AND held.id < %s
"""


def fill(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        last = "00000000-0000-0000-0000-000000000000"
        while True:
            cursor.execute(NEXT, [last, BATCH])
            ids = [pk for (pk,) in cursor.fetchall()]
            if not ids:
                break
            cursor.execute(RUNS, [ids])
            last = ids[-1]
        cursor.execute("SELECT min(id), max(id) FROM matters_assignment")
        first, last = cursor.fetchone()
        for start in range(first or 0, (last or -1) + 1, BATCH):
            cursor.execute(ASSIGNMENTS, [start, start + BATCH])


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('matters', '0025_what_lists_are_sorted_by'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
