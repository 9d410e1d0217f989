"""The matters of years in a large city: 100,000 of all kinds, with people, units and notices.

A tenth is open, in every state in which a main run waits for somebody. A unit of each sort that has
an own page holds thousands; one resident has told hundreds.
"""

import json
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from huiyin.notices.models import Notice
from huiyin.places.models import Place
from huiyin.procedures import Procedure, library
from huiyin.procedures.language import ActorKind
from huiyin.units.models import Unit
from huiyin.web.tests import crowded
from huiyin.web.tests.pages import BEICHENG

RESIDENT: Final = "15400000001"
TEXTS: Final = '{"zh-hans": ["新工单", "有新的工单。"]}'
# How many of twenty matters are of a kind; of the others one each.
SHARES: Final = {"hotline": 12, "grid": 5, "orders": 3, "mediation": 3, "petition": 3}
TURNS: Final = 60  # of a share, so that each state of a kind has its turn


def grow(
    *, at: datetime, posts: int, resident: UUID, logins: Collection[str], above: UUID
) -> None:  # fmt: skip
    """Let a city have the matters of years: of the units of some logins and of a resident many.

    `above`: the unit that gave the orders and blew the whistles.
    """
    units = Unit.objects.filter(posts__account__username__in=logins).distinct()
    crowded.grow(
        {**MATTERS, **crowded.WITHIN},
        at=at,
        above=above,
        posts=posts,
        resident=resident,
        kinds=json.dumps(list(_kinds())),
        busy=list(units.order_by("code").values_list("pk", flat=True)),
        town=Place.objects.get(code=BEICHENG).pk,
        texts=Notice._meta.get_field("texts").get_prep_value(TEXTS),
    )


def _kinds() -> Iterator[dict[str, Any]]:
    """Yield for each turn of a kind a state in which it waits, and the one in which it ends."""
    for rules in library.procedures().values():
        if rules.is_child:
            continue
        waiting = [name for name, state in rules.states.items() if not state.closed]
        over = next(name for name, state in rules.states.items() if state.end)
        for turn in range(SHARES.get(rules.name, 1) * TURNS):
            yield _state(rules, waiting[turn % len(waiting)], over)


def _state(rules: Procedure, name: str, over: str) -> dict[str, Any]:
    state = rules.states[name]
    owner = rules.actors.get(state.owner)
    is_held = owner is not None and owner.kind is ActorKind.ASSIGNED
    return {
        "procedure": rules.name, "state": name, "owner": state.owner, "is_done": state.done,
        "over": over, "role": owner.role if owner and is_held else "lead",
        "is_confidential": bool(rules.confidential), "clock": next(iter(rules.clocks), ""),
    }  # fmt: skip


MATTERS: Final = {
    "matters_matter": """
WITH place AS (
    SELECT *, row_number() OVER (ORDER BY code) - 1 AS k
    FROM places_place WHERE level = 4 AND valid_to IS NULL
), town AS (
    SELECT *, row_number() OVER (ORDER BY code) - 1 AS k
    FROM places_place WHERE town_id = %(town)s AND level IN (3, 4) AND valid_to IS NULL
), class AS (
    SELECT id, row_number() OVER (ORDER BY code) - 1 AS k FROM categories_category
), kind AS (
    SELECT item.*, row_number() OVER () - 1 AS k
    FROM jsonb_to_recordset(%(kinds)s::jsonb)
        AS item (procedure text, is_confidential boolean)
), made AS (
    SELECT n, n / 10 %% (SELECT count(*) FROM kind) AS kind,
        n %% (SELECT count(*) FROM class) AS class, n %% (SELECT count(*) FROM town) AS town,
        n * 7 %% (SELECT count(*) FROM place) AS place
    FROM generate_series(1, %(many)s) AS n
)
INSERT INTO matters_matter (id, number, channel, opened_at, place_id, city_id, county_id, town_id,
    village_id, category_id, is_confidential, accused, call_first, urgency)
SELECT gen_random_uuid(), 'Y' || n, (ARRAY['call', 'online', 'grid', 'letter'])[1 + n %% 4],
    %(at)s - n * interval '9 minutes', here.id, here.city_id, here.county_id, here.town_id,
    here.village_id, class.id, is_confidential,
    CASE WHEN n %% 2000 = 0 THEN %(busy)s::uuid[] ELSE '{}' END, '',
    CASE n %% 1000 WHEN 0 THEN 'emergency' WHEN 500 THEN 'urgent' ELSE 'normal' END
FROM made JOIN place ON place.k = made.place JOIN town ON town.k = made.town
JOIN class ON class.k = made.class JOIN kind ON kind.k = made.kind
JOIN places_place AS here ON here.id = CASE WHEN n %% 9 = 0 THEN town.id ELSE place.id END
""",
    "matters_mattertext": """
INSERT INTO matters_mattertext (matter_id, title, text, address, came_in_at)
SELECT id, '路灯' || number, '', '', opened_at FROM matters_matter WHERE number LIKE 'Y%%0'
""",
    "matters_run": """
WITH kind AS (
    SELECT item.*, row_number() OVER () - 1 AS k
    FROM jsonb_to_recordset(%(kinds)s::jsonb) AS item (procedure text, state text, owner text,
        is_done boolean, over text, role text, clock text)
), matter AS (
    SELECT *, n / 10 %% (SELECT count(*) FROM kind) AS kind, n %% 10 = 0 AS is_open
    FROM matters_matter CROSS JOIN LATERAL (SELECT substr(number, 2)::integer AS n) AS numbered
    WHERE number LIKE 'Y%%'
)
INSERT INTO matters_run (id, matter_id, procedure, version, child_name, state, owner, is_done,
    is_closed, is_over, opened_at, changed_at, done_at, due_at, came_in_at, opener_id,
    urgency_rank, events, head, memory)
SELECT gen_random_uuid(), matter.id, procedure, 1, '', CASE WHEN is_open THEN state ELSE over END,
    CASE WHEN is_open THEN owner ELSE '' END, is_done OR NOT is_open, NOT is_open, NOT is_open,
    opened_at, opened_at, CASE WHEN is_done OR NOT is_open THEN opened_at + interval '5 days' END,
    CASE WHEN is_open AND NOT is_done THEN %(at)s + (n %% 4000 - 2000) * interval '30 minutes' END,
    opened_at, (%(busy)s::uuid[])[1 + n / 2 %% (2 * cardinality(%(busy)s::uuid[]))],
    CASE urgency WHEN 'emergency' THEN 0 WHEN 'urgent' THEN 1 ELSE 2 END, 1, '',
    jsonb_build_object('facts', '{}'::jsonb, 'role', role, 'clock', clock)
FROM matter JOIN kind ON kind.k = matter.kind
""",
    "matters_assignment": """
INSERT INTO matters_assignment (run_id, role, unit_id, sender_id, from_at, to_at, done_at, due_at,
    came_in_at, moved_at)
SELECT run.id, run.memory ->> 'role',
    CASE WHEN n %% 4 = 0 THEN (%(busy)s::uuid[])[1 + n / 20 %% cardinality(%(busy)s::uuid[])]
         ELSE by.unit_id END,
    CASE WHEN n %% 3 = 0 THEN (%(busy)s::uuid[])[1 + n / 30 %% cardinality(%(busy)s::uuid[])] END,
    run.opened_at, CASE WHEN run.is_over THEN run.done_at END, run.done_at, run.due_at,
    run.came_in_at,
    CASE WHEN n %% 3 <> 0 THEN run.opened_at END
FROM matters_run AS run JOIN matters_matter AS matter ON matter.id = run.matter_id
CROSS JOIN LATERAL (SELECT substr(number, 2)::integer AS n) AS numbered
JOIN crowded_post AS by ON by.k = n * 31 %% %(posts)s
WHERE number LIKE 'Y%%'
""",
    "matters_contact": """
WITH resident AS (
    SELECT id, row_number() OVER (ORDER BY id) - 1 AS k
    FROM people_account WHERE kind = 'resident'
), matter AS (
    SELECT id, n, n %% (SELECT count(*) FROM resident) AS k
    FROM matters_matter CROSS JOIN LATERAL (SELECT substr(number, 2)::integer AS n) AS numbered
    WHERE number LIKE 'Y%%'
)
INSERT INTO matters_contact (id, matter_id, role, side, account_id, name, phone, phone_index,
    is_anonymous, wants_secrecy)
SELECT gen_random_uuid(), matter.id, CASE WHEN n %% 50 = 0 THEN 'joined' ELSE 'reporter' END, '',
    CASE WHEN n %% 300 = 7 THEN %(resident)s WHEN n %% 4 = 0 THEN resident.id END, '', '',
    CASE WHEN n %% 300 = 7 THEN '\\x01'::bytea ELSE int4send(n %% 20000) END, FALSE, FALSE
FROM matter JOIN resident USING (k)
""",
    # The event by which it came in, and one of an act by which a unit sent it back.
    "matters_eventheader": """
INSERT INTO matters_eventheader (id, run_id, seq, action, as_actor, unit_id, on_behalf_of,
    recorded_at, from_state, to_state, is_pending, effects, body_digest, previous, hash)
SELECT gen_random_uuid(), run.id, 1 + seq, CASE seq WHEN 0 THEN 'open' ELSE 'send_back' END, '',
    run.opener_id, '', run.opened_at, '', run.state, FALSE, '{}', '', '', ''
FROM matters_run AS run JOIN matters_matter AS matter ON matter.id = run.matter_id
CROSS JOIN generate_series(0, 1) AS seq WHERE number LIKE 'Y%%5' OR number LIKE 'Y%%0'
""",
    "matters_runclock": """
INSERT INTO matters_runclock (run_id, name, kind, is_window, status, started_at, due_on, due_at,
    is_provisional, outcome)
SELECT run.id, run.memory ->> 'clock', 'promise', FALSE, 'running', run.opened_at, run.due_at::date,
    run.due_at, FALSE, ''
FROM matters_run AS run JOIN matters_matter AS matter ON matter.id = run.matter_id
WHERE number LIKE 'Y%%' AND run.due_at IS NOT NULL AND run.memory ->> 'clock' <> ''
""",
    "matters_rating": """
INSERT INTO matters_rating (run_id, contact_id, event_id, stars, satisfaction, manner, solved,
    is_anonymous, at)
SELECT event.run_id, gen_random_uuid(), event.id, 1 + row_number() OVER () %% 5,
    'unsatisfied', '', '', FALSE, event.recorded_at
FROM matters_eventheader AS event WHERE event.action = 'send_back' AND event.from_state = ''
""",
    "notices_notice": """
INSERT INTO notices_notice (id, key, name, channel, account_id, unit_id, address, address_index,
    language, texts, text_version, link, confidential, urgent, state, put_at, due_at, tries,
    reason, sent_at)
SELECT gen_random_uuid(), n::text, 'hotline.dispatch.unit', channel,
    CASE WHEN n %% 90 = 0 THEN %(resident)s WHEN n %% 3 = 0 THEN by.account_id END,
    CASE WHEN n %% 3 <> 0 AND n %% 90 <> 0 THEN
        CASE WHEN n %% 4 = 0 THEN (%(busy)s::uuid[])[1 + n / 4 %% cardinality(%(busy)s::uuid[])]
             ELSE by.unit_id END END,
    '', CASE WHEN channel = 'sms' THEN int4send(n) END, 'zh-hans', %(texts)s, 0, '', FALSE, FALSE,
    CASE WHEN channel = 'inbox' THEN 'sent' ELSE 'dead' END, put, put, 1, '',
    CASE WHEN channel = 'inbox' THEN put END
FROM generate_series(1, %(many)s) AS n
JOIN crowded_post AS by ON by.k = n * 31 %% %(posts)s
CROSS JOIN LATERAL (
    SELECT CASE WHEN n %% 3 = 0 AND n %% 5 = 1 THEN 'sms' ELSE 'inbox' END AS channel,
           %(at)s - n * interval '1 minute' AS put
) AS told
""",
}  # fmt: skip
