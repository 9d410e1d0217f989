from django.db import migrations, models

# What is to be signed for is read off the assignments, not off the events of all a unit holds.
FORWARDS = """
CREATE OR REPLACE FUNCTION matters_not_moved_by(my_unit uuid, helping text[]) RETURNS SETOF uuid
LANGUAGE sql STABLE PARALLEL SAFE ROWS 100 AS $$
    SELECT DISTINCT run.id
    FROM matters_assignment AS held
    JOIN matters_run AS run ON run.id = held.run_id
    WHERE held.unit_id = my_unit AND held.to_at IS NULL AND held.moved_at IS NULL
      AND NOT run.is_done AND run.procedure <> ALL (helping)
$$;
"""

BACKWARDS = """
CREATE OR REPLACE FUNCTION matters_not_moved_by(my_unit uuid, helping text[]) RETURNS SETOF uuid
LANGUAGE sql STABLE PARALLEL SAFE ROWS 100 AS $$
    SELECT DISTINCT run.id
    FROM matters_assignment AS held
    JOIN matters_run AS run ON run.id = held.run_id
    WHERE held.unit_id = my_unit AND held.to_at IS NULL
      AND NOT run.is_done AND run.procedure <> ALL (helping)
      AND NOT EXISTS (
          SELECT FROM matters_eventheader AS moved
          WHERE moved.run_id = held.run_id AND moved.unit_id = my_unit
            AND moved.recorded_at >= held.from_at AND moved.from_state <> moved.to_state
      )
$$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('matters', '0019_fill_when_moved_when_done'),
        ('units', '0006_roster_by_time'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='assignment',
            name='matters_assigned_to_a_unit',
        ),
        migrations.AddIndex(
            model_name='assignment',
            index=models.Index(fields=['unit', 'to_at', 'moved_at'], name='matters_assigned_to_a_unit'),
        ),
        migrations.AddIndex(
            model_name='assignment',
            index=models.Index(condition=models.Q(('done_at__isnull', False)), fields=['unit', '-done_at', '-run'], name='matters_done_of_a_unit'),
        ),
        migrations.RunSQL(sql=FORWARDS, reverse_sql=BACKWARDS),
    ]
