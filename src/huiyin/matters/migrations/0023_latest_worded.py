from django.db import migrations

LATEST_WORDED = """
CREATE FUNCTION matters_latest_worded(
    sought text, few integer, most integer, at timestamptz, last uuid,
    unit uuid, place uuid, procedures text[], confidential text[]
) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
    RETURN QUERY
    WITH hits AS MATERIALIZED (
        SELECT words.matter_id FROM matters_mattertext AS words
        WHERE words.keys @@ matters_sought(sought) LIMIT few
    ), frequent AS MATERIALIZED (
        SELECT count(*) = few AS yes FROM hits
    )
    (
        SELECT hit.id FROM (
            SELECT matter.id, matter.opened_at
            FROM hits JOIN matters_matter AS matter ON matter.id = hits.matter_id
            WHERE NOT (SELECT yes FROM frequent) AND NOT matter.is_confidential
              AND matter.opened_at <= at AND (matter.opened_at < at OR matter.id < last)
            ORDER BY matter.opened_at DESC, matter.id DESC OFFSET 0
        ) AS hit
        WHERE {stands_there} AND {is_seen}
        ORDER BY hit.opened_at DESC, hit.id DESC LIMIT most
    )
    UNION ALL
    (
        SELECT hit.id FROM matters_matter AS hit
        WHERE (SELECT yes FROM frequent) AND NOT hit.is_confidential
          AND hit.opened_at <= at AND (hit.opened_at < at OR hit.id < last)
          AND (
              SELECT words.keys @@ matters_sought(sought)
              FROM matters_mattertext AS words WHERE words.matter_id = hit.id
          )
          AND {stands_there} AND {is_seen}
        ORDER BY hit.opened_at DESC, hit.id DESC LIMIT most
    );
END
$$
""".format(
    stands_there="""(
            SELECT bool_and(position(
                word IN matters_folded(words.title || ' ' || words.text || ' ' || words.address)
            ) > 0)
            FROM matters_mattertext AS words, string_to_table(matters_folded(sought), ' ') AS word
            WHERE words.matter_id = hit.id
        )""",
    is_seen="""(
            SELECT TRUE FROM matters_seen_by_unit(unit, place, procedures, confidential) AS seen
            WHERE seen = hit.id LIMIT 1
        )""",
)


class Migration(migrations.Migration):
    """The latest matters with some words, planned once for each connection.

    Rare words are looked up in the index of words, and what has them is put in order; for words
    that thousands write, matters are walked through, the latest first, until a page is full.
    Whether the words stand there in full, and whether somebody may see it, is asked of one matter
    after the other: as EXISTS it would be asked of all before that. PostgreSQL would plan it anew
    for each search, which takes longer than to find a rare word.
    """

    dependencies = [
        ('matters', '0022_words_are_found_at_once'),
    ]

    operations = [
        migrations.RunSQL(
            sql=LATEST_WORDED,
            reverse_sql='DROP FUNCTION matters_latest_worded(text, integer, integer, timestamptz,'
            ' uuid, uuid, uuid, text[], text[])',
        ),
    ]
