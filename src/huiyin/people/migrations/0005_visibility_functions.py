from django.db import migrations

# How far an office reaches, in one place. Called through huiyin.people.scope only.
FORWARDS = """
-- The places in a place, of today and of the past, with the zones that lie on its land and all below
-- them: 德城区 covers the towns of 天衢新区.
CREATE FUNCTION people_places_covered(scope_place uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT place.id FROM places_place AS place
    WHERE place.id = scope_place OR place.city_id = scope_place OR place.county_id = scope_place
       OR place.town_id = scope_place OR place.village_id = scope_place
    UNION
    -- The zones are few: they are found first, and once.
    SELECT place.id
    FROM (
        SELECT ARRAY(
            SELECT zone.id
            FROM places_place AS zone
            JOIN places_place AS land ON land.id = zone.overlay_parent_id
            WHERE scope_place IN (
                land.id, land.city_id, land.county_id, land.town_id, land.village_id
            )
        ) AS zones
    ) AS lying
    JOIN places_place AS place
      ON place.id = ANY (zones) OR place.county_id = ANY (zones) OR place.town_id = ANY (zones)
      OR place.village_id = ANY (zones)
$$;

CREATE FUNCTION people_scope_covers(scope_place uuid, target_place uuid) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT EXISTS (
        SELECT FROM people_places_covered(scope_place) AS covered WHERE covered = target_place
    )
$$;

-- The units an office looks after: its own, those that report to it through any number of levels,
-- and for a governance centre every unit of a lower level in its place.
CREATE FUNCTION people_units_administered(office_unit uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH RECURSIVE below(id) AS (
        SELECT office_unit
        UNION
        SELECT unit.id FROM units_unit AS unit JOIN below ON unit.superior_id = below.id
    )
    SELECT below.id FROM below
    UNION
    SELECT unit.id
    FROM units_unit AS centre
    JOIN units_unit AS unit ON unit.level > centre.level
    WHERE centre.id = office_unit AND centre.kind = 'governance_centre'
      AND unit.place_id IN (
          SELECT covered FROM people_places_covered(
              (SELECT own.place_id FROM units_unit AS own WHERE own.id = office_unit)
          ) AS covered
      )
$$;

-- The staff accounts an office sees on a day: whoever has a post in a unit it looks after, now or
-- later; and whoever had their last one there and has none anywhere, so that nobody is lost.
CREATE FUNCTION people_staff_seen(office_unit uuid, sees_all boolean, on_day date) RETURNS SETOF uuid
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT account.id FROM people_account AS account WHERE sees_all AND account.kind = 'staff'
    UNION
    SELECT post.account_id
    FROM people_post AS post
    JOIN people_account AS account ON account.id = post.account_id AND account.kind = 'staff'
    WHERE NOT sees_all AND post.unit_id IN (SELECT looked FROM people_units_administered(office_unit) AS looked)
      AND (
          post.valid_to IS NULL
          OR post.valid_to > on_day
          OR NOT EXISTS (
              SELECT FROM people_post AS other
              WHERE other.account_id = post.account_id
                AND (other.valid_to IS NULL OR other.valid_to > on_day)
          )
      )
$$;

CREATE FUNCTION people_may_see_staff(
    office_unit uuid, sees_all boolean, target_account uuid, on_day date
) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT EXISTS (
        SELECT FROM people_staff_seen(office_unit, sees_all, on_day) AS seen
        WHERE seen = target_account
    )
$$;
"""

BACKWARDS = """
DROP FUNCTION people_may_see_staff(uuid, boolean, uuid, date);
DROP FUNCTION people_staff_seen(uuid, boolean, date);
DROP FUNCTION people_units_administered(uuid);
DROP FUNCTION people_scope_covers(uuid, uuid);
DROP FUNCTION people_places_covered(uuid);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0004_dates_may_be_one_day'),
        ('places', '0001_foundation'),
        ('units', '0001_foundation'),
    ]

    operations = [
        migrations.RunSQL(sql=FORWARDS, reverse_sql=BACKWARDS),
    ]
