from django.db import migrations

# The inbox of a post without reading all that waits for it: which of some runs wait for it, which
# it has to sign for, and what is due first. The rules are those of `matters_runs_owned_by_unit`.
FORWARDS = """
-- Which of these runs wait for a post, by the same rules as `matters_runs_owned_by_unit`.
CREATE FUNCTION matters_owned_among(
    of_runs uuid[], my_unit uuid, my_place uuid, my_level text, procedures text[], owners text[],
    ways text[], roles text[], level_facts text[]
) RETURNS SETOF uuid
LANGUAGE sql STABLE PARALLEL SAFE ROWS 10 AS $$
    SELECT DISTINCT run.id
    FROM matters_run AS run
    JOIN unnest(procedures, owners, ways, roles, level_facts)
        AS rule(procedure, owner, way, role, level_fact)
        ON rule.procedure = run.procedure AND rule.owner = run.owner
    JOIN matters_matter AS matter ON matter.id = run.matter_id
    WHERE run.id = ANY (of_runs)
      AND NOT run.is_closed
      AND NOT matter.accused && (SELECT matters_unit_and_above(my_unit))
      AND CASE rule.way
          WHEN 'assigned' THEN EXISTS (
              SELECT FROM matters_assignment AS held
              WHERE held.run_id = run.id AND held.role = rule.role
                AND held.unit_id = my_unit AND held.to_at IS NULL
          )
          WHEN 'sender' THEN EXISTS (
              SELECT FROM matters_assignment AS held
              WHERE held.run_id = run.id AND held.role = rule.role
                AND held.sender_id = my_unit AND held.to_at IS NULL
          )
          WHEN 'superior' THEN EXISTS (
              SELECT FROM matters_assignment AS held
              JOIN units_unit AS below ON below.id = held.unit_id
              WHERE held.run_id = run.id AND held.role = rule.role
                AND below.superior_id = my_unit AND held.to_at IS NULL
          )
          ELSE
              my_place IN (
                  matter.place_id, matter.grid_id, matter.village_id, matter.town_id,
                  matter.county_id, matter.overlay_id, matter.city_id
              )
              AND (
                  rule.level_fact = ''
                  OR run.memory #>> ARRAY['facts', rule.level_fact] = my_level
              )
              AND (
                  rule.role = ''
                  OR NOT EXISTS (
                      SELECT FROM matters_assignment AS held
                      WHERE held.run_id = run.id AND held.role = rule.role
                        AND held.unit_id = my_unit AND held.to_at IS NULL
                  )
              )
          END
$$;

-- The runs that were given to a unit which has not moved them since, whoever is next in them.
CREATE FUNCTION matters_not_moved_by(my_unit uuid, helping text[]) RETURNS SETOF uuid
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

-- The first `most` runs that wait for a post, in the order in which they are due, from a key on
-- and before an instant; what has no limit is due in the year 9999. For an office each rule is a
-- walk along the index `matters_runs_by_owner_due` that ends after `most` runs: sorting is
-- forbidden, or the planner would now and then read all that waits. What a unit holds itself, gave
-- or looks after from above is found by the assignments, unless there are more than `few` of them.
CREATE FUNCTION matters_first_owned(
    my_unit uuid, my_place uuid, my_level text, procedures text[], owners text[], ways text[],
    roles text[], level_facts text[], left_out uuid[],
    from_due timestamptz, from_id uuid, until_due timestamptz, most integer
) RETURNS TABLE (run_id uuid, due timestamptz, of_procedure text)
LANGUAGE plpgsql STABLE ROWS 100
SET enable_sort = off SET enable_bitmapscan = off SET enable_seqscan = off SET jit = off AS $$
DECLARE
    few CONSTANT integer := 1000;
    never CONSTANT timestamptz := '9999-12-31 00:00:00+00';
    -- Everything lies in the city: no matter has to be asked for its place.
    is_everywhere boolean := (SELECT level = 1 FROM places_place WHERE id = my_place);
    above uuid[] := matters_unit_and_above(my_unit);
    accusing uuid[] := ARRAY(
        SELECT id FROM matters_matter WHERE accused <> '{}' AND accused && above
    );
    -- By which ways the assignments are too many to be read one after the other.
    many text[] := ARRAY(
        SELECT 'assigned' WHERE few < (
            SELECT count(*) FROM (
                SELECT FROM matters_assignment
                WHERE unit_id = my_unit AND to_at IS NULL LIMIT few + 1
            ) AS part
        )
        UNION ALL
        SELECT 'sender' WHERE 'sender' = ANY (ways) AND few < (
            SELECT count(*) FROM (
                SELECT FROM matters_assignment
                WHERE sender_id = my_unit AND to_at IS NULL LIMIT few + 1
            ) AS part
        )
        UNION ALL
        SELECT 'superior' WHERE 'superior' = ANY (ways) AND few < (
            SELECT count(*) FROM (
                SELECT FROM units_unit AS below
                JOIN matters_assignment AS held ON held.unit_id = below.id AND held.to_at IS NULL
                WHERE below.superior_id = my_unit LIMIT few + 1
            ) AS part
        )
    );
    rule record;
BEGIN
    FOR rule IN
        SELECT * FROM unnest(procedures, owners, ways, roles, level_facts)
            AS one(procedure, owner, way, role, level_fact)
    LOOP
        IF rule.way = 'office' OR rule.way = ANY (many) THEN
            RETURN QUERY
            SELECT run.id, COALESCE(run.due_at, '9999-12-31 00:00:00+00'::timestamptz),
                   run.procedure::text
            FROM matters_run AS run
            WHERE run.procedure = rule.procedure AND run.owner = rule.owner AND NOT run.is_closed
              AND (COALESCE(run.due_at, '9999-12-31 00:00:00+00'::timestamptz), run.id)
                  > (from_due, from_id)
              AND COALESCE(run.due_at, '9999-12-31 00:00:00+00'::timestamptz) < until_due
              AND run.matter_id <> ALL (accusing)
              AND run.id <> ALL (left_out)
              AND CASE
                  WHEN rule.way = 'assigned' THEN EXISTS (
                      SELECT FROM matters_assignment AS held
                      WHERE held.run_id = run.id AND held.role = rule.role
                        AND held.unit_id = my_unit AND held.to_at IS NULL
                  )
                  WHEN rule.way = 'sender' THEN EXISTS (
                      SELECT FROM matters_assignment AS held
                      WHERE held.run_id = run.id AND held.role = rule.role
                        AND held.sender_id = my_unit AND held.to_at IS NULL
                  )
                  WHEN rule.way = 'superior' THEN EXISTS (
                      SELECT FROM matters_assignment AS held
                      JOIN units_unit AS below ON below.id = held.unit_id
                      WHERE held.run_id = run.id AND held.role = rule.role
                        AND below.superior_id = my_unit AND held.to_at IS NULL
                  )
                  ELSE
                      (is_everywhere OR EXISTS (
                          SELECT FROM matters_matter AS matter
                          WHERE matter.id = run.matter_id AND my_place IN (
                              matter.place_id, matter.grid_id, matter.village_id, matter.town_id,
                              matter.county_id, matter.overlay_id, matter.city_id
                          )
                      ))
                      AND (
                          rule.level_fact = ''
                          OR run.memory #>> ARRAY['facts', rule.level_fact] = my_level
                      )
                      AND (
                          rule.role = ''
                          OR NOT EXISTS (
                              SELECT FROM matters_assignment AS held
                              WHERE held.run_id = run.id AND held.role = rule.role
                                AND held.unit_id = my_unit AND held.to_at IS NULL
                          )
                      )
                  END
            ORDER BY COALESCE(run.due_at, '9999-12-31 00:00:00+00'::timestamptz), run.id
            LIMIT most;
        END IF;
    END LOOP;
    -- By the assignments, one after the other: joined the other way round, all that waits for
    -- anybody would be read.
    RETURN QUERY
    WITH found AS MATERIALIZED (
        SELECT held.run_id AS id, 'assigned' AS way, held.role
        FROM matters_assignment AS held
        WHERE 'assigned' <> ALL (many) AND held.unit_id = my_unit AND held.to_at IS NULL
        UNION ALL
        SELECT held.run_id, 'sender', held.role
        FROM matters_assignment AS held
        WHERE 'sender' = ANY (ways) AND 'sender' <> ALL (many)
          AND held.sender_id = my_unit AND held.to_at IS NULL
        UNION ALL
        SELECT held.run_id, 'superior', held.role
        FROM units_unit AS below
        JOIN matters_assignment AS held ON held.unit_id = below.id AND held.to_at IS NULL
        WHERE 'superior' = ANY (ways) AND 'superior' <> ALL (many)
          AND below.superior_id = my_unit
    ), open_ones AS MATERIALIZED (
        SELECT run.id, COALESCE(run.due_at, never) AS due, run.procedure, run.owner, run.matter_id,
               found.way, found.role
        FROM found JOIN matters_run AS run ON run.id = found.id
        WHERE NOT run.is_closed
    )
    SELECT run.id, run.due, run.procedure::text
    FROM open_ones AS run
    WHERE (run.due, run.id) > (from_due, from_id) AND run.due < until_due
      AND run.matter_id <> ALL (accusing) AND run.id <> ALL (left_out)
      AND EXISTS (
          SELECT FROM unnest(procedures, owners, ways, roles) AS one(procedure, owner, way, role)
          WHERE one.procedure = run.procedure AND one.owner = run.owner
            AND one.way = run.way AND one.role = run.role
      );
END
$$;
"""

BACKWARDS = """
DROP FUNCTION matters_first_owned(
    uuid, uuid, text, text[], text[], text[], text[], text[], uuid[], timestamptz, uuid,
    timestamptz, integer
);
DROP FUNCTION matters_not_moved_by(uuid, text[]);
DROP FUNCTION matters_owned_among(
    uuid[], uuid, uuid, text, text[], text[], text[], text[], text[]
);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('matters', '0014_indexes_of_standing'),
        ('units', '0002_history_and_records'),
    ]

    operations = [
        migrations.RunSQL(sql=FORWARDS, reverse_sql=BACKWARDS),
    ]
