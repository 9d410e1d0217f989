"""A city as large as they get, out of a small one that a test has loaded: by INSERT SELECT.

Registers grow to the size of the reference city, what is written every day to 100,000 rows each,
spread over the posts there are. Of all that grows a little is somebody's own: a list of one office
or person has to find it among what is not.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

from django.db import connection
from django.db.backends.utils import CursorWrapper

from huiyin.ui.tests.contents import may_put_triggers_aside

MANY: Final = 100_000
SIZES: Final = {
    "towns": 130, "villages": 8_000, "units": 11_000, "staff": 10_000, "duties": 19_000,
    "entries": 5_000, "around": 1_000, "within": 5_000, "residents": 5_000,
}  # fmt: skip

# Copies of what is there, each with a code of its own. `n` counts the copies.
REGISTERS: Final = {
    "places_place, towns": """
WITH mould AS (
    SELECT place.*, row_number() OVER (ORDER BY code) - 1 AS k, count(*) OVER () AS moulds
    FROM places_place AS place WHERE level = 3 AND valid_to IS NULL
)
INSERT INTO places_place (id, level, kind, code, name, short_name, full_name, pinyin, initials,
    is_all_purpose, parent_id, city_id, county_id, town_id)
SELECT made, level, kind, 'T' || n, '新' || n || '镇', '新' || n, full_name || n,
    'xin ' || n || ' zhen', 'x' || n || 'z', FALSE, parent_id, city_id, county_id, made
FROM (SELECT n, gen_random_uuid() AS made FROM generate_series(1, %(towns)s) AS n) AS copies
JOIN mould ON k = n %% moulds
""",
    "places_place, villages": """
WITH mould AS (
    SELECT place.*, row_number() OVER (ORDER BY code) - 1 AS k, count(*) OVER () AS moulds
    FROM places_place AS place WHERE level = 4 AND valid_to IS NULL
)
INSERT INTO places_place (id, level, kind, code, name, short_name, full_name, pinyin, initials,
    is_all_purpose, parent_id, city_id, county_id, town_id, village_id)
SELECT made, mould.level, mould.kind, 'V' || n, '新' || n || '村', '新' || n,
    town.full_name || n, 'xin ' || n || ' cun', 'x' || n || 'c', FALSE, town.id, town.city_id,
    town.county_id, town.id, made
FROM (SELECT n, gen_random_uuid() AS made FROM generate_series(1, %(villages)s) AS n) AS copies
JOIN mould ON k = n %% moulds
JOIN places_place AS town ON town.code = 'T' || (1 + n %% %(towns)s)
""",
    "places_place, grids": """
INSERT INTO places_place (id, level, kind, code, name, short_name, full_name, pinyin, initials,
    is_all_purpose, parent_id, city_id, county_id, town_id, village_id)
SELECT gen_random_uuid(), 5, 'grid', code || '-1', name || '第一网格', '第一网格', full_name,
    'di yi wang ge', 'dywg', FALSE, id, city_id, county_id, town_id, id
FROM places_place WHERE code LIKE 'V%%'
""",
    "places_placekeys": """
INSERT INTO places_placekeys (place_id, keys)
SELECT id, to_tsvector('simple', '') FROM places_place
WHERE NOT EXISTS (SELECT FROM places_placekeys WHERE place_id = id)
""",
    "units_unit": """
WITH stand AS (
    SELECT id, town_id, row_number() OVER (ORDER BY code) - 1 AS k
    FROM places_place WHERE code LIKE 'V%%' AND level = 4
), made AS (
    SELECT n, n %% %(villages)s AS k FROM generate_series(1, %(units)s) AS n
), above AS (
    SELECT DISTINCT ON (place_id) place_id, id FROM units_unit
    WHERE kind = 'governance_centre' ORDER BY place_id, code
)
INSERT INTO units_unit (id, code, name, short_name, pinyin, initials, kind, function,
    committee_kind, level, place_id, superior_id, uscc, phone, address, opening_hours, aliases)
SELECT gen_random_uuid(), 'U-' || n, '新' || n || '村' || label, '', '', '', kind, '',
    CASE WHEN kind = 'mediation_committee' THEN 'village' ELSE '' END, 4, stand.id, above.id,
    '', '', '', '{}', '{}'
FROM made JOIN stand USING (k) LEFT JOIN above ON above.place_id = town_id
CROSS JOIN LATERAL (
    SELECT n > %(villages)s AS is_second
) AS which
CROSS JOIN LATERAL (
    SELECT CASE WHEN is_second THEN 'mediation_committee' ELSE 'village_committee' END AS kind,
           CASE WHEN is_second THEN '调委会' ELSE '委员会' END AS label
) AS what
""",
    "people_account": """
INSERT INTO people_account (id, password, kind, username, name, phone, must_change_password,
    is_active, language, created_at)
SELECT gen_random_uuid(), '', 'staff', 'x' || n, '职员' || n, '', FALSE, TRUE, '', %(at)s
FROM generate_series(1, %(staff)s) AS n
""",
    "people_account, residents": """
INSERT INTO people_account (id, password, kind, username, name, phone, must_change_password,
    is_active, language, created_at)
SELECT gen_random_uuid(), '', 'resident', NULL, '居民' || n, '', FALSE, TRUE, '', %(at)s
FROM generate_series(1, %(residents)s) AS n
""",
    "people_post": """
INSERT INTO people_post (id, ref, account_id, unit_id, permission_set_id, title, is_default)
SELECT gen_random_uuid(), username, account.id, unit.id, 'village_clerk', '', TRUE
FROM people_account AS account JOIN units_unit AS unit ON unit.code = 'U-' || substr(username, 2)
WHERE username ~ '^x\\d+$'
""",
    "units_duty": """
WITH class AS (
    SELECT id, row_number() OVER (ORDER BY code) - 1 AS k, count(*) OVER () AS classes
    FROM categories_category
)
INSERT INTO units_duty (unit_id, category_id, place_id, basis, item_no)
SELECT unit.id, class.id, unit.place_id, '清单', '' FROM generate_series(1, %(duties)s) AS n
JOIN units_unit AS unit ON unit.code = 'U-' || (1 + n %% %(units)s)
JOIN class ON k = n %% classes
""",
}  # fmt: skip

_POSTS: Final = """
CREATE TEMPORARY TABLE crowded_post ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY post.ref) - 1 AS k, post.account_id, post.id AS post_id,
       post.unit_id, post.permission_set_id, unit.place_id
FROM people_post AS post JOIN units_unit AS unit ON unit.id = post.unit_id;
CREATE UNIQUE INDEX ON crowded_post (k);
ANALYZE crowded_post
"""
DAILY: Final = {
    "people_accesslog": """
INSERT INTO people_accesslog (at, account_id, post_id, unit_id, permission_set, action,
    subject_type, subject_id, fields, purpose, case_no)
SELECT %(at)s - (%(many)s - n) * interval '1 minute', by.account_id, by.post_id, by.unit_id,
    by.permission_set_id,
    (ARRAY['sign_in', 'sign_in', 'sign_out', 'reveal', 'look', 'refused'])[1 + n %% 6],
    'account', about.account_id::text, '{}', '核实', ''
FROM generate_series(1, %(many)s) AS n
JOIN crowded_post AS by ON by.k = n * 31 %% %(posts)s
JOIN crowded_post AS about ON about.k = n * 7 %% %(posts)s
""",
    "gateway_subscription": """
INSERT INTO gateway_subscription (id, token_id, url, secret, kinds, procedures, created_at)
SELECT gen_random_uuid(), id, 'https://example.cn/hook', '', '{run.moved}', '{}', %(at)s
FROM gateway_apitoken ORDER BY created_at DESC LIMIT 1
""",
    "gateway_message": """
INSERT INTO gateway_message (id, subscription_id, kind, event_id, payload, state, put_at, due_at,
    tries, last_status, reason)
SELECT gen_random_uuid(), subscription.id, 'run.moved', gen_random_uuid(), '{}',
    CASE WHEN n %% 3 = 0 THEN 'dead' ELSE 'delivered' END, %(at)s, %(at)s, 5, 503, 'answered'
FROM generate_series(1, %(many)s) AS n,
    (SELECT id FROM gateway_subscription LIMIT 1) AS subscription
""",
    "procrastinate_jobs": """
INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, attempts)
SELECT 'default', 'notices.deliver', '{}',
    (CASE WHEN n %% 3 = 0 THEN 'failed' ELSE 'succeeded' END)::procrastinate_job_status, 3
FROM generate_series(1, %(many)s) AS n
""",
    "procrastinate_events": """
INSERT INTO procrastinate_events (job_id, type, at)
SELECT id, 'failed', %(at)s FROM procrastinate_jobs WHERE status = 'failed'
""",
    # The latest of what failed was looked at.
    "web_givenup": """
INSERT INTO web_givenup (kind, ref, reason, at)
SELECT kind, ref, '停用', %(at)s FROM (
    SELECT 'job' AS kind, id::text AS ref, row_number() OVER (ORDER BY id DESC) AS n
    FROM procrastinate_jobs WHERE status = 'failed'
    UNION ALL
    SELECT 'webhook', id::text, row_number() OVER (ORDER BY id DESC)
    FROM gateway_message WHERE state = 'dead'
) AS failed WHERE n <= 100
""",
    "units_rosterentry": """
INSERT INTO units_rosterentry (unit_id, starts_at, ends_at, kind, name, phone, account_id)
SELECT by.unit_id, begins, begins + interval '8 hours', 'day', '值班', '', by.account_id
FROM generate_series(1, %(many)s) AS n
JOIN crowded_post AS by ON by.k = n %% %(posts)s
CROSS JOIN LATERAL (
    SELECT %(at)s + interval '20 days' - n / %(posts)s * interval '3 days' AS begins
) AS shift
""",
    "grid_visit": """
INSERT INTO grid_visit (id, account_id, grid_id, "on", kind, words, note, again_on, key,
    written_at)
SELECT gen_random_uuid(), CASE WHEN n %% 50 = 0 THEN worker.id ELSE by.account_id END,
    by.place_id, day, 'round', '走访', '', CASE WHEN n %% 1000 = 0 THEN day + 30 END, n::text,
    %(at)s
FROM generate_series(1, %(many)s) AS n
JOIN crowded_post AS by ON by.k = n * 31 %% %(posts)s
CROSS JOIN (SELECT id FROM people_account WHERE username = 'grid') AS worker
CROSS JOIN LATERAL (SELECT %(at)s::date - n / 50 AS day) AS made
""",
    "knowledge_entry": """
WITH mould AS (
    SELECT entry.*, row_number() OVER (ORDER BY code) - 1 AS k, count(*) OVER () AS moulds
    FROM knowledge_entry AS entry
)
INSERT INTO knowledge_entry (id, code, kind, state, owner_id, latest_id, shown_id, review_on,
    shown_at, helpful, unhelpful)
SELECT gen_random_uuid(), 'M' || n, kind, state, owner_id, latest_id, shown_id, review_on,
    shown_at, 0, 0
FROM generate_series(1, %(entries)s) AS n JOIN mould ON k = n %% moulds
""",
    "matters_export": """
INSERT INTO matters_export (id, account_id, post_id, format, language, purpose, run_ids, is_clear,
    total, done, state, asked_at, tries)
SELECT gen_random_uuid(), by.account_id, by.post_id, 'csv', 'zh-hans', '月报', '{}', FALSE, 0, 0,
    'expired', %(at)s - n * interval '1 hour', 0
FROM generate_series(1, 2000) AS n JOIN crowded_post AS by ON by.k = n %% 20
""",
}  # fmt: skip

# Orders and whistles of years: of each a tenth is open, of everything a good part one bureau's.
WITHIN: Final = {
    "matters_run, inside": """
INSERT INTO matters_run (id, matter_id, procedure, version, parent_id, child_name, state, owner,
    is_done, is_closed, is_over, opened_at, changed_at, done_at, due_at, events, head, memory,
    came_in_at)
SELECT gen_random_uuid(), matter_id, kind, 1, id, kind,
    CASE WHEN is_over THEN over WHEN n %% 50 = 1 THEN judged ELSE given END,
    CASE WHEN is_over THEN '' WHEN n %% 50 = 1 THEN above ELSE below END,
    is_over, is_over, is_over, opened_at, opened_at, CASE WHEN is_over THEN opened_at END,
    CASE WHEN NOT is_over THEN opened_at + interval '5 days' END, 1, '',
    '{"facts": {"degree": "daily"}}', opened_at
FROM (
    SELECT n, mould.id, mould.matter_id, %(at)s - n * interval '3 minutes' AS opened_at,
        n %% 10 <> 0 AND n %% 50 <> 1 AS is_over
    FROM generate_series(1, %(within)s) AS n
    JOIN (SELECT id, matter_id, row_number() OVER (ORDER BY id) - 1 AS k, count(*) OVER () AS moulds
          FROM (SELECT id, matter_id FROM matters_run
          WHERE state = 'archived' AND procedure = 'hotline' LIMIT %(around)s)
              AS chosen) AS mould ON mould.k = n %% moulds
) AS made
CROSS JOIN (VALUES
    ('supervision', 'ordered', 'fed_back', 'lifted', 'unit', 'supervisor'),
    ('whistle', 'blown', 'raised', 'withdrawn', 'called', 'coordinator')
) AS sort (kind, given, judged, over, below, above)
""",
    "matters_assignment, inside": """
INSERT INTO matters_assignment (run_id, role, unit_id, from_at, to_at, done_at, due_at, came_in_at)
SELECT run.id, role, CASE WHEN role IN ('unit', 'called') THEN below.id ELSE above.id END,
    run.opened_at, CASE WHEN run.is_over THEN run.opened_at END, run.done_at, run.due_at,
    run.came_in_at
FROM matters_run AS run
JOIN units_unit AS below ON below.code = 'DP-371427-housing'
JOIN units_unit AS above ON above.id = %(above)s
CROSS JOIN unnest(CASE run.procedure WHEN 'whistle' THEN ARRAY['called', 'caller']
                  ELSE ARRAY['unit', 'supervisor'] END) AS role
WHERE run.parent_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM matters_assignment AS held WHERE held.run_id = run.id
)
""",
}  # fmt: skip


def grow(statements: Mapping[str, str], *, at: datetime, **more: Any) -> None:
    """Run statements as they stand and let PostgreSQL know what there is now."""
    known = {"at": at, "many": MANY, **SIZES, **more}
    tables = {name.partition(",")[0] for name in statements}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL maintenance_work_mem = '128MB'")
        may = may_put_triggers_aside()
        if may:  # asking for every key takes longer than writing, and so does keeping an index
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET LOCAL session_replication_role = replica")
        put_back = _indexes_put_aside(cursor, tables) if may else ()
        for statement in statements.values():
            cursor.execute(statement, known)
        for index in put_back:
            cursor.execute(index)
        if may:
            cursor.execute("SET LOCAL session_replication_role = origin")
        cursor.execute(f"ANALYZE {', '.join(tables)}")


def _indexes_put_aside(cursor: CursorWrapper, tables: Collection[str]) -> list[str]:
    """Drop the indexes by which nothing is held unique; return the statements that make them."""
    cursor.execute(
        "SELECT index.indexrelid::regclass::text, pg_get_indexdef(index.indexrelid)"
        " FROM pg_index AS index WHERE index.indrelid::regclass::text = ANY (%s)"
        " AND NOT index.indisunique",
        [list(tables)],
    )
    found = cursor.fetchall()
    for name, _statement in found:
        cursor.execute(f"DROP INDEX {name}")
    return [statement for _name, statement in found]


def write_for_years(*, at: datetime) -> int:
    """Let everybody who holds a post write what is written every day; return how many they are."""
    with connection.cursor() as cursor:
        cursor.execute(_POSTS)
        cursor.execute("SELECT count(*) FROM crowded_post")
        (posts,) = cursor.fetchone()
    grow(DAILY, at=at, posts=posts)
    return int(posts)
