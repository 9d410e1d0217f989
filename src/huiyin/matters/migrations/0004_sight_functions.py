from django.db import migrations

# Who sees which matters and runs, and which runs are a unit's to go on with: in one place, called
# through huiyin.matters.access and huiyin.matters.inbox only. Which procedures an office looks
# after comes from the procedure files, as a parameter.
FORWARDS = """
-- A unit and all above it: whoever complains of one of these complains of the unit too.
CREATE FUNCTION matters_unit_and_above(of_unit uuid) RETURNS uuid[]
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH RECURSIVE above(id) AS (
        SELECT of_unit
        UNION
        SELECT unit.superior_id
        FROM units_unit AS unit JOIN above ON unit.id = above.id
        WHERE unit.superior_id IS NOT NULL
    )
    SELECT array_agg(id) FROM above
$$;

-- Whether a run belongs to these procedures, by itself or as a run inside one that does.
CREATE FUNCTION matters_is_within(of_run uuid, procedures text[]) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH RECURSIVE up(procedure, parent_id) AS (
        SELECT run.procedure, run.parent_id FROM matters_run AS run WHERE run.id = of_run
        UNION ALL
        SELECT run.procedure, run.parent_id FROM matters_run AS run JOIN up ON run.id = up.parent_id
    )
    SELECT EXISTS (SELECT FROM up WHERE up.procedure = ANY (procedures))
$$;

-- The matters a post sees: its unit holds or held a role in one of the runs, or opened one; or it
-- looks after the procedure (`supervised`) and its place lies around the matter. Of confidential
-- matters only those count that are confidential by a procedure it looks after (`confidential`).
-- Never one that complains of its unit or of one above it.
CREATE FUNCTION matters_seen_by_unit(
    my_unit uuid, my_place uuid, supervised text[], confidential text[]
) RETURNS SETOF uuid
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT matter.id
    FROM matters_matter AS matter
    WHERE NOT matter.accused && (SELECT matters_unit_and_above(my_unit))
      AND (
          EXISTS (
              SELECT FROM matters_run AS run
              JOIN matters_assignment AS held ON held.run_id = run.id
              WHERE run.matter_id = matter.id AND held.unit_id = my_unit
          )
          OR EXISTS (
              SELECT FROM matters_run AS run
              JOIN matters_eventheader AS opening ON opening.run_id = run.id AND opening.seq = 1
              WHERE run.matter_id = matter.id AND opening.unit_id = my_unit
          )
          OR (
              my_place IN (
                  matter.place_id, matter.grid_id, matter.village_id, matter.town_id,
                  matter.county_id, matter.overlay_id, matter.city_id
              )
              AND EXISTS (
                  SELECT FROM matters_run AS run
                  WHERE run.matter_id = matter.id
                    AND run.procedure = ANY (
                        CASE WHEN matter.is_confidential THEN confidential ELSE supervised END
                    )
              )
          )
      )
$$;

-- The runs of the matters a post sees; of a confidential matter, where the unit holds no role in it,
-- only those it opened itself and those of the procedures it looks after, with all inside them.
CREATE FUNCTION matters_runs_seen_by_unit(
    my_unit uuid, my_place uuid, supervised text[], confidential text[]
) RETURNS SETOF uuid
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT run.id
    FROM matters_run AS run JOIN matters_matter AS matter ON matter.id = run.matter_id
    WHERE run.matter_id IN (
            SELECT seen
            FROM matters_seen_by_unit(my_unit, my_place, supervised, confidential) AS seen
        )
      AND (
          NOT matter.is_confidential
          OR EXISTS (
              SELECT FROM matters_run AS other
              JOIN matters_assignment AS held ON held.run_id = other.id
              WHERE other.matter_id = matter.id AND held.unit_id = my_unit
          )
          OR EXISTS (
              SELECT FROM matters_eventheader AS opening
              WHERE opening.run_id = run.id AND opening.seq = 1 AND opening.unit_id = my_unit
          )
          OR matters_is_within(run.id, confidential)
      )
$$;

-- The runs of a person's own matters: of whoever brought it those of procedures that know such a
-- person, of a side of the dispute those that know sides.
CREATE FUNCTION matters_runs_seen_by_person(
    my_account uuid, as_reporter text[], as_party text[]
) RETURNS SETOF uuid
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT run.id
    FROM matters_contact AS contact
    JOIN matters_run AS run ON run.matter_id = contact.matter_id
    WHERE contact.account_id = my_account
      AND run.procedure = ANY (
          CASE WHEN contact.role = 'party' THEN as_party ELSE as_reporter END
      )
$$;

-- The runs that wait for a post. Each rule (one place in all five arrays) says by what the owner of
-- a procedure's state is found: the unit that holds a role (`assigned`), the one whose act gave it
-- (`sender`), the one above (`superior`), or an office of this kind around the place (`office`; not
-- of those that hold the role, where one is named; at the level a fact names, where one is).
CREATE FUNCTION matters_runs_owned_by_unit(
    my_unit uuid, my_place uuid, my_level text, procedures text[], owners text[], ways text[],
    roles text[], level_facts text[]
) RETURNS SETOF uuid
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH mine AS MATERIALIZED (
        SELECT * FROM unnest(procedures, owners, ways, roles, level_facts)
            AS rule(procedure, owner, way, role, level_fact)
    ),
    found(id, matter_id) AS (
        SELECT run.id, run.matter_id
        FROM matters_assignment AS held
        JOIN matters_run AS run ON run.id = held.run_id AND NOT run.is_closed
        JOIN mine ON mine.procedure = run.procedure AND mine.owner = run.owner
                 AND mine.way = 'assigned' AND mine.role = held.role
        WHERE held.unit_id = my_unit AND held.to_at IS NULL
        UNION
        SELECT run.id, run.matter_id
        FROM matters_assignment AS held
        JOIN matters_run AS run ON run.id = held.run_id AND NOT run.is_closed
        JOIN mine ON mine.procedure = run.procedure AND mine.owner = run.owner
                 AND mine.way = 'sender' AND mine.role = held.role
        WHERE held.sender_id = my_unit AND held.to_at IS NULL
        UNION
        SELECT run.id, run.matter_id
        FROM units_unit AS below
        JOIN matters_assignment AS held ON held.unit_id = below.id AND held.to_at IS NULL
        JOIN matters_run AS run ON run.id = held.run_id AND NOT run.is_closed
        JOIN mine ON mine.procedure = run.procedure AND mine.owner = run.owner
                 AND mine.way = 'superior' AND mine.role = held.role
        WHERE below.superior_id = my_unit
        UNION
        SELECT run.id, run.matter_id
        FROM mine
        JOIN matters_run AS run ON run.procedure = mine.procedure AND run.owner = mine.owner
                               AND NOT run.is_closed
        JOIN matters_matter AS matter ON matter.id = run.matter_id
        WHERE mine.way = 'office'
          AND my_place IN (
              matter.place_id, matter.grid_id, matter.village_id, matter.town_id,
              matter.county_id, matter.overlay_id, matter.city_id
          )
          AND (
              mine.level_fact = ''
              OR run.memory #>> ARRAY['facts', mine.level_fact] = my_level
          )
          AND (
              mine.role = ''
              OR NOT EXISTS (
                  SELECT FROM matters_assignment AS held
                  WHERE held.run_id = run.id AND held.role = mine.role
                    AND held.unit_id = my_unit AND held.to_at IS NULL
              )
          )
    )
    SELECT found.id
    FROM found JOIN matters_matter AS matter ON matter.id = found.matter_id
    WHERE NOT matter.accused && (SELECT matters_unit_and_above(my_unit))
$$;
"""

BACKWARDS = """
DROP FUNCTION matters_runs_owned_by_unit(uuid, uuid, text, text[], text[], text[], text[], text[]);
DROP FUNCTION matters_runs_seen_by_person(uuid, text[], text[]);
DROP FUNCTION matters_runs_seen_by_unit(uuid, uuid, text[], text[]);
DROP FUNCTION matters_seen_by_unit(uuid, uuid, text[], text[]);
DROP FUNCTION matters_is_within(uuid, text[]);
DROP FUNCTION matters_unit_and_above(uuid);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('matters', '0003_files_tallies_exports'),
        ('units', '0002_history_and_records'),
    ]

    operations = [
        migrations.RunSQL(sql=FORWARDS, reverse_sql=BACKWARDS),
    ]
