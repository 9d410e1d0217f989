from django.db import migrations

# What a matter's words are found by: a column the database keeps itself, so that it is there however
# a matter comes in, and gone when a redaction deletes the words. The functions are bound when they
# are made (no search path matters to a restore) and call nothing but PostgreSQL's own.
FORWARDS = r"""
-- Text as it is compared: one width, small letters, nothing but letters and digits. Longer numbers
-- (phones, identity numbers) are left out: nobody is found by them here.
CREATE FUNCTION matters_folded(said text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN btrim(regexp_replace(
    regexp_replace(lower(normalize(said, NFKC)), '[0-9](?:[ -]?[0-9]){5,}x?', ' ', 'g'),
    '[\u0001-\u002f\u003a-\u0060\u007b-\u00bf\u2000-\u206f\u3000-\u303f\ufe00-\uffef]+', ' ', 'g'
));

-- Every two neighbouring characters of a word, and its last one alone.
CREATE FUNCTION matters_grams(folded text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ARRAY(
    SELECT DISTINCT pair.gram
    FROM (
        SELECT sign || coalesce(lead(sign) OVER (ORDER BY position), ' ') AS gram
        FROM string_to_table(folded, NULL) WITH ORDINALITY AS signs(sign, position)
    ) AS two,
    LATERAL (SELECT btrim(two.gram) AS gram) AS pair
    WHERE two.gram !~ '^ '
);

-- The query for what somebody typed: all pairs of all words; a single character finds what begins
-- with it. NULL when nothing was said.
CREATE FUNCTION matters_sought(typed text) RETURNS tsquery
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
    SELECT string_agg(
        CASE WHEN length(word) = 1 THEN quote_literal(word) || ':*'
        ELSE (
            SELECT string_agg(quote_literal(substr(word, start, 2)), ' & ')
            FROM generate_series(1, length(word) - 1) AS start
        ) END,
        ' & '
    )::tsquery
    FROM string_to_table(matters_folded(typed), ' ') AS word
    WHERE word <> ''
);

ALTER TABLE matters_mattertext ADD COLUMN keys tsvector GENERATED ALWAYS AS (
    array_to_tsvector(matters_grams(matters_folded(title || ' ' || text || ' ' || address)))
) STORED;
CREATE INDEX matters_words ON matters_mattertext USING gin (keys);

-- Numbers said from their end: the last digits are what people read out.
CREATE INDEX matters_numbers_from_the_end ON matters_matter (reverse(number) text_pattern_ops);

-- The matters in whose words everything typed stands as it was typed.
CREATE FUNCTION matters_worded(typed text) RETURNS SETOF uuid
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT words.matter_id
    FROM matters_mattertext AS words
    WHERE words.keys @@ matters_sought(typed)
      AND NOT EXISTS (
          SELECT FROM string_to_table(matters_folded(typed), ' ') AS word
          WHERE position(
              word IN matters_folded(words.title || ' ' || words.text || ' ' || words.address)
          ) = 0
      )
$$;
"""

BACKWARDS = """
DROP FUNCTION matters_worded(text);
DROP INDEX matters_numbers_from_the_end;
ALTER TABLE matters_mattertext DROP COLUMN keys;
DROP FUNCTION matters_sought(text);
DROP FUNCTION matters_grams(text);
DROP FUNCTION matters_folded(text);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('matters', '0004_sight_functions'),
    ]

    operations = [
        migrations.RunSQL(sql=FORWARDS, reverse_sql=BACKWARDS),
    ]
