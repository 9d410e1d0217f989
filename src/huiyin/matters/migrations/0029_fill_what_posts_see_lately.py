from django.db import migrations

BATCH = 20_000  # rows; each batch is a transaction of its own

# As intake and the first act of each run would have written it.
WORDS = """
    UPDATE matters_mattertext AS words SET came_in_at = matter.opened_at
    FROM matters_matter AS matter
    WHERE matter.id = words.matter_id AND words.matter_id = ANY (%s)
"""
RUNS = """
    UPDATE matters_run AS run SET opener_id = opening.unit_id
    FROM matters_eventheader AS opening
    WHERE opening.run_id = run.id AND opening.seq = 1 AND run.id = ANY (%s)
"""
NEXT = {
    WORDS: "SELECT matter_id FROM matters_mattertext WHERE matter_id > %s ORDER BY 1 LIMIT %s",
    RUNS: "SELECT id FROM matters_run WHERE id > %s ORDER BY 1 LIMIT %s",
}


def fill(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        for change, following in NEXT.items():
            last = "00000000-0000-0000-0000-000000000000"
            while True:
                cursor.execute(following, [last, BATCH])
                ids = [pk for (pk,) in cursor.fetchall()]
                if not ids:
                    break
                cursor.execute(change, [ids])
                last = ids[-1]


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('matters', '0028_what_posts_see_lately'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
