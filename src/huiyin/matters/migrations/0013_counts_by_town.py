"""Counts are kept once, for the town; what was kept for counties and the city is what towns lack.

A count of a county without those of its towns is what came in for the whole county, and so on up.
"""

import django.db.models.deletion
from django.db import migrations, models

KEYS = "day, measure, procedure, state, category_id, unit_id"

FORWARDS = f"""
UPDATE matters_tallydelta AS delta SET
    town_id = (SELECT id FROM places_place WHERE id = ANY (delta.places) AND level = 3),
    county_id = (SELECT id FROM places_place WHERE id = ANY (delta.places) AND level = 2
                 ORDER BY overlay_parent_id IS NULL LIMIT 1),
    overlay_id = (SELECT overlay_parent_id FROM places_place WHERE id = ANY (delta.places)
                  AND level = 2 AND overlay_parent_id IS NOT NULL LIMIT 1),
    city_id = (SELECT id FROM places_place WHERE id = ANY (delta.places) AND level = 1 LIMIT 1);

INSERT INTO matters_tallyarea (town_id, county_id, overlay_id, city_id)
SELECT CASE WHEN place.level = 3 THEN place.id END,
       CASE WHEN place.level = 2 THEN place.id ELSE place.county_id END,
       county.overlay_parent_id,
       CASE WHEN place.level = 1 THEN place.id ELSE place.city_id END
FROM places_place AS place
LEFT JOIN places_place AS county
    ON county.id = CASE WHEN place.level = 2 THEN place.id ELSE place.county_id END
WHERE place.id IN (SELECT DISTINCT place_id FROM matters_tally) AND place.level <= 3;

CREATE TEMPORARY TABLE by_area ON COMMIT DROP AS
WITH towns AS (
    SELECT area.*, tally.day, measure, procedure, state, category_id, unit_id, count
    FROM matters_tally AS tally JOIN matters_tallyarea AS area ON area.town_id = tally.place_id
), counties AS (
    SELECT area.id, area.town_id, area.county_id, area.overlay_id, area.city_id, {KEYS},
           sum(count) AS count
    FROM (
        SELECT place_id, {KEYS}, count FROM matters_tally
        UNION ALL SELECT county_id, {KEYS}, -count FROM towns WHERE county_id IS NOT NULL
        UNION ALL SELECT overlay_id, {KEYS}, -count FROM towns WHERE overlay_id IS NOT NULL
    ) AS parts
    JOIN matters_tallyarea AS area ON area.county_id = place_id AND area.town_id IS NULL
    GROUP BY area.id, area.town_id, area.county_id, area.overlay_id, area.city_id, {KEYS}
), cities AS (
    SELECT area.id, {KEYS}, sum(count) AS count
    FROM (
        SELECT place_id, {KEYS}, count FROM matters_tally
        UNION ALL SELECT city_id, {KEYS}, -count FROM towns WHERE city_id IS NOT NULL
        UNION ALL SELECT city_id, {KEYS}, -count FROM counties WHERE city_id IS NOT NULL
    ) AS parts
    JOIN matters_tallyarea AS area
        ON area.city_id = place_id AND area.county_id IS NULL AND area.town_id IS NULL
    GROUP BY area.id, {KEYS}
)
SELECT id AS area_id, {KEYS}, count FROM towns
UNION ALL SELECT id, {KEYS}, count FROM counties
UNION ALL SELECT id, {KEYS}, count FROM cities;

DELETE FROM matters_tally;
INSERT INTO matters_tally (place_id, area_id, {KEYS}, count)
SELECT '00000000-0000-0000-0000-000000000000', area_id, {KEYS}, count FROM by_area WHERE count <> 0;
"""  # noqa: S608 names of columns

AREA = ("town_id", "county_id", "overlay_id", "city_id")


class Migration(migrations.Migration):

    dependencies = [
        ('matters', '0012_steps_and_urgency'),
        ('places', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='TallyArea',
            fields=[
                ('id', models.AutoField(primary_key=True, serialize=False)),
                *((name, models.UUIDField(null=True)) for name in AREA),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(
                        fields=AREA, name='matters_one_tally_area', nulls_distinct=False
                    )
                ],
            },
        ),
        *(
            migrations.AddField(
                model_name='tallydelta', name=name, field=models.UUIDField(null=True)
            )
            for name in AREA
        ),
        migrations.RemoveConstraint(model_name='tally', name='matters_one_tally'),
        migrations.AddField(
            model_name='tally',
            name='area',
            field=models.ForeignKey(
                db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT,
                related_name='+', to='matters.tallyarea',
            ),
        ),
        migrations.RunSQL(sql=FORWARDS, reverse_sql='TRUNCATE matters_tally, matters_tallydelta'),
        # What the statements above have changed is checked before the table is changed again.
        migrations.RunSQL(
            sql='SET CONSTRAINTS ALL IMMEDIATE', reverse_sql='SET CONSTRAINTS ALL IMMEDIATE'
        ),
        migrations.RemoveField(model_name='tally', name='place_id'),
        migrations.RemoveField(model_name='tallydelta', name='places'),
        migrations.AlterField(
            model_name='tally',
            name='area',
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT,
                related_name='+', to='matters.tallyarea',
            ),
        ),
        migrations.AddConstraint(
            model_name='tally',
            constraint=models.UniqueConstraint(
                fields=(
                    'area', 'measure', 'day', 'procedure', 'state', 'category_id', 'unit_id'
                ),
                name='matters_one_tally',
                nulls_distinct=False,
            ),
        ),
    ]
