from importlib import import_module

from django.db import migrations, models

# Who sees a matter and its runs: as before, but whoever opened a run is read in its own row. As
# EXISTS, PostgreSQL would gather all runs that the unit ever opened, to ask of a single one.
SIGHT = """
CREATE OR REPLACE FUNCTION matters_seen_by_unit(
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
          OR (
              SELECT TRUE FROM matters_run AS run
              WHERE run.matter_id = matter.id AND run.opener_id = my_unit LIMIT 1
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

CREATE OR REPLACE FUNCTION matters_runs_seen_by_unit(
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
          OR run.opener_id = my_unit
          OR matters_is_within(run.id, confidential)
      )
$$;
"""

IN_TIME = """{at} >= asked_since AND {at} <= before_at
                AND ({at} < before_at OR {id} < before_id)"""
LIES_IN = """ IN (
            matter.place_id, matter.grid_id, matter.village_id, matter.town_id, matter.county_id,
            matter.overlay_id, matter.city_id
        )"""
OF_BRANCH = "(branch IS NULL OR matter.category_id = ANY (branch))"
IS_MINE = f"my_place{LIES_IN}"

# What is asked of one matter after the other; as EXISTS it would be asked of all before that. Runs
# are large: each question is answered by an index alone, which knows when their matter came in.
IS_RUN = """(
        CASE
            WHEN asked_procedure = '' AND asked_state = '' THEN TRUE
            WHEN asked_state = '' THEN (
                SELECT TRUE FROM matters_run AS run
                WHERE run.procedure = asked_procedure AND run.came_in_at = found.at
                  AND run.matter_id = found.id
                LIMIT 1
            )
            WHEN asked_procedure <> '' THEN (
                SELECT TRUE FROM matters_run AS run
                WHERE run.state = asked_state AND run.procedure = asked_procedure
                  AND run.matter_id = found.id
                LIMIT 1
            )
            ELSE (
                SELECT TRUE FROM matters_run AS run
                WHERE run.matter_id = found.id AND run.state = asked_state LIMIT 1
            )
        END
    )"""
FITS = f"""(
        SELECT TRUE FROM matters_matter AS matter
        WHERE matter.id = found.id AND NOT matter.is_confidential AND NOT matter.accused && above
          AND (NOT asked_urgent OR matter.urgency <> 'normal') AND {OF_BRANCH}
          AND (asked_land IS NULL OR asked_land{LIES_IN})
    )"""
IS_HAD = """(
        asked_unit IS NULL OR (
            SELECT TRUE FROM matters_assignment AS held JOIN matters_run AS run ON run.id = held.run_id
            WHERE held.unit_id = asked_unit AND held.came_in_at = found.at
              AND run.matter_id = found.id
            LIMIT 1
        )
    )"""
SEEN = f"""(
        (
            SELECT TRUE FROM matters_run AS run
            WHERE run.opener_id = my_unit AND run.came_in_at = found.at
              AND run.matter_id = found.id
            LIMIT 1
        ) OR (
            SELECT TRUE FROM matters_assignment AS held JOIN matters_run AS run ON run.id = held.run_id
            WHERE held.unit_id = my_unit AND held.came_in_at = found.at
              AND run.matter_id = found.id
            LIMIT 1
        ) OR (
            (
                SELECT TRUE FROM matters_run AS run
                WHERE run.procedure = ANY (often || seldom) AND run.came_in_at = found.at
                  AND run.matter_id = found.id
                LIMIT 1
            ) AND (
                SELECT TRUE FROM matters_matter AS matter
                WHERE matter.id = found.id AND {IS_MINE}
            )
        )
    )"""
STANDS = """(
            SELECT bool_and(position(
                word IN matters_folded(words.title || ' ' || words.text || ' ' || words.address)
            ) > 0)
            FROM matters_mattertext AS words,
                string_to_table(matters_folded(asked_words), ' ') AS word
            WHERE words.matter_id = found.id
        )"""
OF_THE_NUMBER = """(
            SELECT starts_with(matter.number, asked_digits)
                OR starts_with(reverse(matter.number), reverse(asked_digits))
            FROM matters_matter AS matter WHERE matter.id = found.id
        )"""
IS_SAID = f"""(
        asked_words = ''
        OR (
            (
                SELECT words.keys @@ matters_sought(asked_words)
                FROM matters_mattertext AS words WHERE words.matter_id = found.id
            )
            AND {STANDS}
        )
        OR (asked_digits <> '' AND {OF_THE_NUMBER})
    )"""
IN_OFTEN = """(
        SELECT TRUE FROM matters_run AS run
        WHERE run.procedure = ANY (often) AND run.came_in_at = found.at
          AND run.matter_id = found.id
        LIMIT 1
    )"""
IN_MY_PLACE = f"""(
        SELECT TRUE FROM matters_matter AS matter WHERE matter.id = found.id AND {IS_MINE}
    )"""


def in_turn(*checks):
    """All of these, asked in this order: PostgreSQL would ask them in another one."""
    fails = " ".join(f"WHEN {check} IS NOT TRUE THEN FALSE" for check in checks)
    return f"CASE {fails} ELSE TRUE END"


def walk(rows, *also):
    """The latest of some matters that fit: `rows`, as an index holds them, one after the other."""
    return f"""(
    SELECT found.at, found.id FROM ({rows} ORDER BY 1 DESC, 2 DESC OFFSET 0) AS found
    WHERE {in_turn(IS_RUN, *also, FITS, IS_HAD, IS_SAID)}
    ORDER BY found.at DESC, found.id DESC LIMIT most
)"""


def of_place(column, place, condition):
    """The matters of a place, the latest first."""
    return f"""
        SELECT matter.opened_at AS at, matter.id AS id FROM matters_matter AS matter
        WHERE {condition} AND matter.{column} = {place} AND {OF_BRANCH}
          AND {IN_TIME.format(at="matter.opened_at", id="matter.id")}"""


def of_runs(condition, at="run.came_in_at", joined=""):
    """The matters of some runs, the latest first, each once."""
    return f"""
        SELECT DISTINCT {at} AS at, run.matter_id AS id FROM matters_run AS run {joined}
        WHERE {condition} AND {IN_TIME.format(at=at, id="run.matter_id")}"""


HAD = "JOIN matters_assignment AS held ON held.run_id = run.id"
COLUMNS = ((2, "county_id"), (2, "overlay_id"), (3, "town_id"), (4, "village_id"))
ON_LAND = [
    walk(of_place(column, "asked_land", f"land_level = {level}"), SEEN)
    for level, column in COLUMNS
]
IS_OFTEN = "cardinality(often) > 0 AND my_level ="
MINE = [
    walk(of_runs("held.unit_id = my_unit", "held.came_in_at", HAD)),
    walk(of_runs("run.opener_id = my_unit")),
    *(
        walk(of_place(column, "my_place", f"{IS_OFTEN} {level}"), IN_OFTEN)
        for level, column in ((1, "city_id"), *COLUMNS, (5, "place_id"))
    ),
    "SELECT walk.at, walk.id FROM unnest(seldom) AS kind(name) CROSS JOIN LATERAL "
    + walk(of_runs("run.procedure = kind.name"), IN_MY_PLACE) + " AS walk",
]  # fmt: skip


def first_of(walks):
    """The first of what some walks give; a matter may come out of several."""
    return f"""
    SELECT one.id FROM ({" UNION ALL ".join(walks)}) AS one
    GROUP BY one.at, one.id ORDER BY one.at DESC, one.id DESC LIMIT most"""


LATEST = f"""
CREATE FUNCTION matters_latest(
    asked_words text, asked_digits text, asked_branch text, asked_land uuid, asked_unit uuid,
    asked_procedure text, asked_state text, asked_urgent boolean, asked_since timestamptz,
    before_at timestamptz, before_id uuid, most integer, few integer, by_land boolean,
    my_unit uuid, my_place uuid, often text[], seldom text[]
) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE ROWS 50
SET plan_cache_mode = force_generic_plan SET jit = off
SET enable_sort = off SET enable_hashagg = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
DECLARE
    above CONSTANT uuid[] := matters_unit_and_above(my_unit);
    branch uuid[];
    my_level integer;
    land_level integer;
    ids uuid[];
    times timestamptz[];
    are_words boolean[];
BEGIN
    SELECT place.level INTO my_level FROM places_place AS place WHERE place.id = my_place;
    IF asked_branch <> '' THEN
        branch := ARRAY(
            SELECT category.id FROM categories_category AS category
            WHERE starts_with(category.code, asked_branch)
        );
    END IF;
    IF asked_words <> '' THEN
        SELECT array_agg(hit.id), array_agg(hit.at), array_agg(hit.is_words)
        INTO ids, times, are_words
        FROM (
            SELECT words.matter_id AS id, words.came_in_at AS at, TRUE AS is_words
            FROM matters_mattertext AS words
            WHERE words.keys @@ matters_sought(asked_words) LIMIT few + 1
        ) AS hit;
        IF asked_digits <> '' THEN
            SELECT array_agg(hit.id), array_agg(hit.at), array_agg(hit.is_words)
            INTO ids, times, are_words
            FROM (
                SELECT any_of.id, any_of.at, bool_and(any_of.is_words) AS is_words
                FROM (
                    SELECT known.* FROM unnest(ids, times, are_words) AS known(id, at, is_words)
                    UNION ALL (
                        SELECT matter.id, matter.opened_at, FALSE FROM matters_matter AS matter
                        WHERE reverse(matter.number) ~>=~ reverse(asked_digits)
                          AND reverse(matter.number) ~<~ (reverse(asked_digits) || ':')
                        LIMIT few + 1
                    )
                    UNION ALL (
                        SELECT matter.id, matter.opened_at, FALSE FROM matters_matter AS matter
                        WHERE matter.number ~>=~ asked_digits
                          AND matter.number ~<~ (asked_digits || ':')
                        LIMIT few + 1
                    )
                ) AS any_of
                GROUP BY any_of.id, any_of.at
            ) AS hit;
        END IF;
        IF COALESCE(cardinality(ids), 0) <= few THEN
            RETURN QUERY
            SELECT found.id FROM (
                SELECT hit.id, hit.at, hit.is_words
                FROM unnest(ids, times, are_words) AS hit(id, at, is_words)
                WHERE {IN_TIME.format(at="hit.at", id="hit.id")}
                ORDER BY hit.at DESC, hit.id DESC OFFSET 0
            ) AS found
            WHERE {in_turn(IS_RUN, SEEN, FITS, IS_HAD, f'(NOT found.is_words OR {STANDS})')}
            ORDER BY found.at DESC, found.id DESC LIMIT most;
            RETURN;
        END IF;
    END IF;
    IF by_land THEN
        SELECT place.level INTO land_level FROM places_place AS place WHERE place.id = asked_land;
        RETURN QUERY {first_of(ON_LAND)};
    ELSE
        RETURN QUERY {first_of(MINE)};
    END IF;
END
$$;
"""


def sight_as_before(apps, schema_editor):
    before = import_module("huiyin.matters.migrations.0004_sight_functions").FORWARDS
    for name in ("matters_seen_by_unit", "matters_runs_seen_by_unit"):
        start = before.index(f"CREATE FUNCTION {name}(")
        body = before[start : before.index("$$;", start) + 3]
        schema_editor.execute(body.replace("CREATE", "CREATE OR REPLACE", 1), params=None)


class Migration(migrations.Migration):
    """The latest matters a post sees, planned once for each connection.

    A post sees what its unit has or had, what it opened, and what is of a procedure it looks after
    around its place. Each of them is walked along an index, the latest first, and what is asked for
    besides is asked of one matter after the other until a page is full; so an office that sees
    little reads little. `often` and `seldom` are the procedures it looks after: of the first its
    place is walked, of the others their runs. `by_land`: what lies on the land
    asked for is walked, and whether it is seen is asked of each matter; of the land of a village or
    town that is little, and of a branch of categories the index tells it.

    Words that few matters have are looked up, and what has them is put in order; so are numbers.
    """

    dependencies = [
        ('matters', '0029_fill_what_posts_see_lately'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='run',
            index=models.Index(condition=models.Q(('opener_id__isnull', False)), fields=['opener_id', '-came_in_at', '-matter'], name='matters_runs_of_an_opener'),
        ),
        migrations.AddIndex(
            model_name='run',
            index=models.Index(fields=['procedure', '-came_in_at', '-matter'], name='matters_runs_of_a_kind'),
        ),
        migrations.RunPython(migrations.RunPython.noop, sight_as_before),
        migrations.RunSQL(sql=SIGHT, reverse_sql=migrations.RunSQL.noop),
        migrations.RunSQL(
            sql=LATEST,
            reverse_sql='DROP FUNCTION matters_latest(text, text, text, uuid, uuid, text, text,'
            ' boolean, timestamptz, timestamptz, uuid, integer, integer, boolean, uuid, uuid,'
            ' text[], text[])',
        ),
        # The search for words alone is no function of its own any more.
        migrations.RunSQL(
            sql='DROP FUNCTION matters_latest_worded(text, integer, integer, timestamptz, uuid,'
            ' uuid, uuid, text[], text[])',
            reverse_sql=import_module('huiyin.matters.migrations.0023_latest_worded').LATEST_WORDED,
        ),
    ]
