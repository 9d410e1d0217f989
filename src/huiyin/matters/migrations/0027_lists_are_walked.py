import datetime

import django.db.models.functions.comparison
from django.db import migrations, models

# Walks: statements that each give the first of some rows in an order in which an index holds them.
# Sorting is forbidden, or the planner would now and then read all that waits and put it in order.
FORWARDS = """
-- The first rows of each walk (`run_id`, `rank`, `at`); a row may come out of two of them. Walks
-- stand in the order of their `ranks`: where one of a rank has given `most` rows, those of the ranks
-- after it are not looked at. `$1` of a walk are the matters that a statement has `sought`, by
-- words, a number or a unit; NULL where there are more than a `few`, or none is sought. Of a thousand
-- or less it is better to put what is found in order.
CREATE FUNCTION matters_walked(
    walks text[], ranks integer[], most integer, sought text, few integer
) RETURNS TABLE (run_id uuid, rank integer, at timestamptz)
LANGUAGE plpgsql STABLE ROWS 100
SET enable_sort = off SET enable_seqscan = off SET jit = off AS $$
DECLARE
    matters uuid[];
    enough integer;
    given integer;
BEGIN
    IF sought <> '' THEN
        EXECUTE format('SELECT ARRAY(%s LIMIT %s)', sought, few + 1) INTO matters;
        IF cardinality(matters) > few THEN
            matters := NULL;
        ELSIF cardinality(matters) <= 1000 THEN
            PERFORM set_config('enable_sort', 'on', TRUE);
        END IF;
    END IF;
    FOR number IN 1 .. cardinality(walks) LOOP
        EXIT WHEN ranks[number] > enough;
        RETURN QUERY EXECUTE walks[number] USING matters;
        GET DIAGNOSTICS given = ROW_COUNT;
        IF given >= most THEN
            enough := ranks[number];
        END IF;
    END LOOP;
END
$$;

-- What is to be signed for, looked up one after the other: a join might read all runs, and nobody
-- minds a run that comes twice.
CREATE OR REPLACE FUNCTION matters_not_moved_by(my_unit uuid, helping text[]) RETURNS SETOF uuid
LANGUAGE sql STABLE PARALLEL SAFE ROWS 100 AS $$
    SELECT held.run_id
    FROM matters_assignment AS held
    WHERE held.unit_id = my_unit AND held.to_at IS NULL AND held.moved_at IS NULL
      AND held.done_at IS NULL
      AND (SELECT run.procedure FROM matters_run AS run WHERE run.id = held.run_id) <> ALL (helping)
$$;
"""

BACKWARDS = """
DROP FUNCTION matters_walked(text[], integer[], integer, text, integer);

CREATE OR REPLACE FUNCTION matters_not_moved_by(my_unit uuid, helping text[]) RETURNS SETOF uuid
LANGUAGE sql STABLE PARALLEL SAFE ROWS 100 AS $$
    SELECT DISTINCT run.id
    FROM matters_assignment AS held
    JOIN matters_run AS run ON run.id = held.run_id
    WHERE held.unit_id = my_unit AND held.to_at IS NULL AND held.moved_at IS NULL
      AND NOT run.is_done AND run.procedure <> ALL (helping)
$$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('matters', '0026_fill_what_lists_are_sorted_by'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='assignment',
            name='matters_assigned_to_a_unit',
        ),
        migrations.AddIndex(
            model_name='assignment',
            index=models.Index(models.F('unit'), django.db.models.functions.comparison.Coalesce('due_at', models.Value(datetime.datetime(9999, 12, 31, 0, 0, tzinfo=datetime.timezone.utc)), output_field=models.DateTimeField()), models.F('run'), condition=models.Q(('to_at', None)), name='matters_held_by_due'),
        ),
        migrations.AddIndex(
            model_name='assignment',
            index=models.Index(condition=models.Q(('moved_at', None), ('to_at', None)), fields=['unit'], name='matters_held_and_not_moved'),
        ),
        migrations.AddIndex(
            model_name='assignment',
            index=models.Index(fields=['unit', '-came_in_at', '-run'], name='matters_of_a_unit_lately'),
        ),
        migrations.AddIndex(
            model_name='run',
            index=models.Index(models.F('procedure'), models.F('owner'), models.OrderBy(models.F('came_in_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('is_closed', False)), name='matters_runs_by_owner_lately'),
        ),
        migrations.AddIndex(
            model_name='run',
            index=models.Index(models.F('procedure'), models.F('owner'), models.F('urgency_rank'), django.db.models.functions.comparison.Coalesce('due_at', models.Value(datetime.datetime(9999, 12, 31, 0, 0, tzinfo=datetime.timezone.utc)), output_field=models.DateTimeField()), models.F('id'), condition=models.Q(('is_closed', False), ('urgency_rank__lt', 2)), name='matters_urgent_runs_by_owner'),
        ),
        migrations.RunSQL(sql=FORWARDS, reverse_sql=BACKWARDS),
    ]
