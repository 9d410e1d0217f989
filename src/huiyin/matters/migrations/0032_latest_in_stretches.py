from importlib import import_module

from django.db import migrations

before = import_module("huiyin.matters.migrations.0030_latest_of_a_post")

# Every walk first asks whether the matter is among those that have the words, once they are known.
IS_AMONG = "(NOT are_known OR found.id IN (SELECT unnest(ids)))"
# Where a walk is after so many rows: a stretch goes back as far as none of the walks has more.
END = "(SELECT walked.at FROM ({rows} ORDER BY 1 DESC, 2 DESC OFFSET stretch LIMIT 1) AS walked)"

ON_LAND = [
    (before.of_place(column, "asked_land", f"land_level = {level}"), (before.SEEN,))
    for level, column in before.COLUMNS
]
OF_THE_UNIT = [
    (before.of_runs("held.unit_id = asked_unit", "held.came_in_at", before.HAD), (before.SEEN,))
]
MINE = [
    (before.of_runs("held.unit_id = my_unit", "held.came_in_at", before.HAD), ()),
    (before.of_runs("run.opener_id = my_unit"), ()),
    *(
        (before.of_place(column, "my_place", f"{before.IS_OFTEN} {level}"), (before.IN_OFTEN,))
        for level, column in ((1, "city_id"), *before.COLUMNS, (5, "place_id"))
    ),
]
KIND = before.of_runs("run.procedure = kind.name")
KINDS = "unnest(seldom) AS kind(name) CROSS JOIN LATERAL"


def walk(rows, *also):
    """The latest of some matters that fit: `rows`, as an index holds them, one after the other."""
    return before.walk(rows, IS_AMONG, *also)


def first_of(walks, *more):
    """The first of what some walks give, as an array."""
    each = [walk(rows, *also) for rows, also in walks]
    return f"ARRAY({before.first_of([*each, *more])})"


def end_of(walks, *more):
    """How far back the next stretch goes; NULL: as far as anything goes."""
    return f"greatest({', '.join([*(END.format(rows=rows) for rows, _ in walks), *more])})"


MY_KINDS = f"SELECT walk.at, walk.id FROM {KINDS} {walk(KIND, before.IN_MY_PLACE)} AS walk"
END_OF_KINDS = f"(SELECT max(walk.at) FROM {KINDS} {END.format(rows=KIND)} AS walk)"

# What has the words, `{among}`: of some months, and what has the number; of each so many and one.
WORDED = """SELECT array_agg(hit.id), array_agg(hit.at), array_agg(hit.is_words)
        INTO ids, times, are_words
        FROM (
            SELECT words.matter_id AS id, words.came_in_at AS at, TRUE AS is_words
            FROM matters_mattertext AS words
            WHERE matters_dated(words.keys, words.came_in_at) @@ {sought} LIMIT {most} + 1
        ) AS hit;"""
OF_ALL_MONTHS = WORDED.format(sought="matters_sought(asked_words)", most="few")
OF_SOME_MONTHS = WORDED.format(
    sought="(matters_sought(asked_words) && matters_of_months(first_month, last_month))",
    most="many",
)
NUMBERED = """IF asked_digits <> '' THEN
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
        END IF;"""
STANDS = f"(NOT found.is_words OR {before.STANDS})"
LOOKED_UP = f"""ARRAY(
            SELECT found.id FROM (
                SELECT hit.id, hit.at, hit.is_words
                FROM unnest(ids, times, are_words) AS hit(id, at, is_words)
                WHERE {before.IN_TIME.format(at="hit.at", id="hit.id")}
                ORDER BY hit.at DESC, hit.id DESC OFFSET 0
            ) AS found
            WHERE {before.in_turn(before.IS_RUN, before.SEEN, before.FITS, before.IS_HAD, STANDS)}
            ORDER BY found.at DESC, found.id DESC LIMIT most
        )"""

LATEST = f"""
CREATE FUNCTION matters_latest(
    asked_words text, asked_digits text, asked_branch text, asked_land uuid, asked_unit uuid,
    asked_procedure text, asked_state text, asked_urgent boolean, since_at timestamptz,
    until_at timestamptz, until_id uuid, most integer, along text, few integer, many integer,
    stretch integer, worth integer,
    my_unit uuid, my_place uuid, often text[], seldom text[]
) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE ROWS 50
SET plan_cache_mode = force_generic_plan SET jit = off
SET enable_sort = off SET enable_hashagg = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
DECLARE
    above CONSTANT uuid[] := matters_unit_and_above(my_unit);
    nobody CONSTANT uuid := '00000000-0000-0000-0000-000000000000';
    looks CONSTANT integer[] := '{{1,0,2,4,8,0}}';  -- months that are looked through; 0: all there are
    asked_since timestamptz := since_at;
    before_at timestamptz := until_at;
    before_id uuid := until_id;
    end_at timestamptz;
    months integer;
    first_month integer;
    last_month integer;
    branch uuid[];
    my_level integer;
    land_level integer;
    ids uuid[];
    times timestamptz[];
    are_words boolean[];
    are_known boolean := FALSE;
    latest uuid[] := '{{}}';
BEGIN
    SELECT place.level INTO my_level FROM places_place AS place WHERE place.id = my_place;
    SELECT place.level INTO land_level FROM places_place AS place WHERE place.id = asked_land;
    IF asked_branch <> '' THEN
        branch := ARRAY(
            SELECT category.id FROM categories_category AS category
            WHERE starts_with(category.code, asked_branch)
        );
    END IF;
    IF asked_words <> '' THEN
        IF many > few AND asked_digits = '' THEN
            SELECT matters_month(least(before_at, max(matter.opened_at))) INTO last_month
            FROM matters_matter AS matter;
        END IF;
        FOREACH months IN ARRAY CASE WHEN last_month IS NULL THEN '{{0}}'::integer[] ELSE looks END
        LOOP
            asked_since := since_at;
            IF months = 0 THEN
                {OF_ALL_MONTHS}
                {NUMBERED}
                IF cardinality(ids) > few THEN
                    few := many;
                    CONTINUE;
                END IF;
            ELSE
                first_month := last_month - months + 1;
                {OF_SOME_MONTHS}
                EXIT WHEN cardinality(ids) > many;  -- a page of it is soon found
                asked_since := greatest(since_at, timezone(
                    'UTC', make_timestamp(first_month / 12, first_month % 12 + 1, 1, 0, 0, 0)
                ));
            END IF;
            latest := latest || {LOOKED_UP};
            IF cardinality(latest) >= most OR asked_since = since_at THEN
                RETURN QUERY SELECT unnest(latest[:most]);
                RETURN;
            END IF;
            last_month := first_month - 1;
            before_at := asked_since;
            before_id := nobody;
        END LOOP;
    END IF;
    LOOP
        end_at := CASE
            WHEN are_known THEN NULL
            WHEN along = 'land' THEN {end_of(ON_LAND)}
            WHEN along = 'unit' THEN {end_of(OF_THE_UNIT)}
            ELSE {end_of(MINE, END_OF_KINDS)}
        END;
        asked_since := greatest(since_at, end_at);
        IF along = 'land' THEN
            latest := latest || {first_of(ON_LAND)};
        ELSIF along = 'unit' THEN
            latest := latest || {first_of(OF_THE_UNIT)};
        ELSE
            latest := latest || {first_of(MINE, MY_KINDS)};
        END IF;
        EXIT WHEN cardinality(latest) >= most OR end_at IS NULL;
        asked_since := since_at;
        before_at := end_at;
        before_id := nobody;
        IF asked_words <> '' AND worth * stretch > few THEN
            few := worth * stretch;
            {OF_ALL_MONTHS}
            {NUMBERED}
            are_known := COALESCE(cardinality(ids), 0) <= few;
        END IF;
        stretch := 10 * stretch;
    END LOOP;
    RETURN QUERY SELECT unnest(latest[:most]);
END
$$;
"""
TAKEN_AWAY = (
    "DROP FUNCTION matters_latest(text, text, text, uuid, uuid, text, text, boolean, timestamptz,"
    " timestamptz, uuid, integer, integer, boolean, uuid, uuid, text[], text[])"
)


class Migration(migrations.Migration):
    """The latest matters a post sees are walked in stretches, each longer than the one before.

    Of several walks one may hold nothing that fits: to its end it went, however soon the others had
    filled the page. Now all are walked as far back as the same day, then ten times as far.

    Words are looked up, and what has them is put in order and asked one by one: where no more than
    `few` matters have them, or `many` of the last month, the two months before it, and so on, for
    an office that sees most of them. What more have is walked; and after each stretch that has not
    filled the page as many are looked up as took as long as the stretch: are those all that have
    the words, the walk goes on among them alone.

    `along`: `land` walks what lies on the land asked for, `unit` what the unit asked for has or
    had, else what the post sees. `stretch`: rows of the first one; `worth`: matters with some words
    that are looked up in the time in which a walk asks one for them.
    """

    dependencies = [
        ('matters', '0031_words_by_month'),
    ]

    operations = [
        migrations.RunSQL(sql=TAKEN_AWAY, reverse_sql=before.LATEST),
        migrations.RunSQL(
            sql=LATEST,
            reverse_sql='DROP FUNCTION matters_latest(text, text, text, uuid, uuid, text, text,'
            ' boolean, timestamptz, timestamptz, uuid, integer, text, integer, integer, integer,'
            ' integer, uuid, uuid, text[], text[])',
        ),
    ]
