import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.db import migrations, models

import huiyin.units.words

# What something is called, in pieces of one to three characters: whatever has a word has all pieces
# of the word. An index over them finds parts of names, two characters of Chinese too.
FORWARDS = """
CREATE FUNCTION units_grams(VARIADIC texts text[]) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 10000 AS $$
    SELECT coalesce(array_agg(substr(said, at, size)), '{}')
    FROM (SELECT lower(one) AS said FROM unnest(texts) AS one) AS each
    CROSS JOIN LATERAL generate_series(1, length(said)) AS at
    CROSS JOIN LATERAL generate_series(1, least(3, length(said) - at + 1)) AS size
$$;

-- array_to_string might depend on settings for other types; for texts it does not.
CREATE FUNCTION units_joined(texts character varying[]) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT string_agg(one, ',') FROM unnest(texts) AS one
$$;
"""

BACKWARDS = """
DROP FUNCTION units_grams(text[]);
DROP FUNCTION units_joined(character varying[]);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('places', '0002_keys_and_records'),
        ('units', '0006_roster_by_time'),
    ]

    operations = [
        migrations.RunSQL(sql=FORWARDS, reverse_sql=BACKWARDS),
        migrations.RemoveIndex(
            model_name='rosterentry',
            name='units_roster_by_time',
        ),
        migrations.AddIndex(
            model_name='rosterentry',
            index=models.Index(fields=['starts_at', 'id'], name='units_roster_by_time'),
        ),
        migrations.AddIndex(
            model_name='rosterentry',
            index=models.Index(fields=['name', 'starts_at'], name='units_roster_by_name'),
        ),
        migrations.AddIndex(
            model_name='unit',
            index=models.Index(fields=['level', 'code'], name='units_by_level'),
        ),
        migrations.AddIndex(
            model_name='unit',
            index=django.contrib.postgres.indexes.GinIndex(huiyin.units.words.Grams('name', 'short_name', huiyin.units.words.Joined('aliases'), 'initials', django.db.models.functions.text.Replace('pinyin', models.Value(' '), models.Value('')), django.db.models.functions.text.Lower('code')), name='units_by_words'),
        ),
        migrations.AddIndex(
            model_name='unit',
            index=models.Index(django.db.models.functions.text.Lower('code'), name='units_by_code'),
        ),
        migrations.AddIndex(
            model_name='unit',
            index=models.Index(fields=['name'], name='units_by_name'),
        ),
        migrations.AddIndex(
            model_name='unit',
            index=models.Index(fields=['short_name'], name='units_by_short_name'),
        ),
        migrations.AddIndex(
            model_name='unit',
            index=models.Index(condition=models.Q(('valid_to', None), _negated=True), fields=['valid_to'], name='units_ending'),
        ),
    ]
