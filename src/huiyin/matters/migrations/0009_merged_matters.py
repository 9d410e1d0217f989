from django.db import migrations

# The matters that were merged into one, at any remove; huiyin.matters.merging asks for them.
FORWARDS = """
CREATE FUNCTION matters_merged_into(one uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH RECURSIVE merged(id) AS (
        SELECT matter.id FROM matters_matter AS matter WHERE matter.merged_into_id = one
        UNION
        SELECT matter.id FROM matters_matter AS matter
        JOIN merged ON matter.merged_into_id = merged.id
    )
    SELECT id FROM merged
$$;
"""
BACKWARDS = "DROP FUNCTION matters_merged_into(uuid)"


class Migration(migrations.Migration):

    dependencies = [
        ('matters', '0008_holds_tombstones_anchors'),
    ]

    operations = [
        migrations.RunSQL(sql=FORWARDS, reverse_sql=BACKWARDS),
    ]
