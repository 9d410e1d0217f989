from django.db import migrations

INDEX = "CREATE INDEX matters_words ON matters_mattertext USING gin ({keys})"
SHORT = "WITH (gin_pending_list_limit = 256)"  # see `words_are_found_at_once`

WORDED = """
CREATE OR REPLACE FUNCTION matters_worded(typed text) RETURNS SETOF uuid
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT words.matter_id
    FROM matters_mattertext AS words
    WHERE {keys} @@ matters_sought(typed)
      AND NOT EXISTS (
          SELECT FROM string_to_table(matters_folded(typed), ' ') AS word
          WHERE position(
              word IN matters_folded(words.title || ' ' || words.text || ' ' || words.address)
          ) = 0
      )
$$
"""

# Months are numbered from the year 0, in UTC. No word can begin with the sign before the number.
FORWARDS = (
    """
CREATE FUNCTION matters_month(at timestamptz) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
    12 * extract(year FROM timezone('UTC', at)) + extract(month FROM timezone('UTC', at)) - 1
)::integer
""",
    """
CREATE FUNCTION matters_dated(keys tsvector, at timestamptz) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN keys || array_to_tsvector(ARRAY[E'\\x01' || matters_month(at)])
""",
    """
CREATE FUNCTION matters_of_months(first integer, last integer) RETURNS tsquery
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
    SELECT string_agg(E'\\x01' || month, '|')::tsquery FROM generate_series(first, last) AS month
)
""",
    "DROP INDEX matters_words",
    f"{INDEX.format(keys='matters_dated(keys, came_in_at)')} {SHORT}",
    WORDED.format(keys="matters_dated(words.keys, words.came_in_at)"),
)
BACKWARDS = (
    WORDED.format(keys="words.keys"),
    "DROP INDEX matters_words",
    f"{INDEX.format(keys='keys')} {SHORT}",
    "DROP FUNCTION matters_of_months(integer, integer)",
    "DROP FUNCTION matters_dated(tsvector, timestamptz)",
    "DROP FUNCTION matters_month(timestamptz)",
)


class Migration(migrations.Migration):
    """The index of words knows in which month a matter came in.

    So the latest that have some words are found among those of the last months, however many there
    are of all the years. The index is built anew, which takes a minute for a million matters.
    """

    dependencies = [
        ('matters', '0030_latest_of_a_post'),
    ]

    operations = [
        migrations.RunSQL(sql=list(FORWARDS), reverse_sql=list(BACKWARDS)),
    ]
