"""Measure how long the figures of a place take, over many invented matters.

    python scripts/bench_standing.py [--matters 1000000] [--open 1] [--times 7] [--explain]

`--open`: how many of a hundred are open. The matters are of one year, the latest first. A database
of its own is made and deleted afterwards. Times are of this machine as it is.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from huiyin.config import new_keys
from huiyin.ops.postgres.cluster import Cluster

# Every `open`-th is open and overdue or due soon; the rest is archived.
FILL = """
WITH made AS (
    SELECT k, now() - make_interval(secs => k * 31536000.0 / %(many)s) AS at,
           lpad(to_hex(%(many)s - k), 12, '0') AS tail, k %% %(every)s = 0 AS is_open
    FROM generate_series(0, %(many)s - 1) AS k
), matters AS (
    INSERT INTO matters_matter (id, number, channel, opened_at, place_id, city_id, county_id,
                                town_id, village_id, is_confidential, accused)
    SELECT ('00000001-0000-7000-8000-' || tail)::uuid, '3714' || lpad(k::text, 12, '0'), 'call', at,
           %(place)s, %(city)s, %(county)s, %(town)s, %(village)s, false, '{}'
    FROM made
)
INSERT INTO matters_run (id, matter_id, procedure, version, child_name, state, owner, is_done,
                         is_closed, is_over, opened_at, changed_at, done_at, due_at, events, head,
                         memory)
SELECT ('00000002-0000-7000-8000-' || tail)::uuid, ('00000001-0000-7000-8000-' || tail)::uuid,
       'hotline', 1, '', CASE WHEN is_open THEN 'dispatched' ELSE 'archived' END,
       CASE WHEN is_open THEN 'unit' ELSE '' END, NOT is_open, NOT is_open, NOT is_open, at, at,
       CASE WHEN is_open THEN NULL ELSE at + interval '2 days' END,
       CASE WHEN is_open THEN now() + make_interval(hours => (k / %(every)s %% 240)::int - 24) END,
       1, '', '{}'
FROM made
"""


def measure(many: int, *, every: int, times: int, explain: bool) -> None:
    """Fill the city, ask for each figure so many times, print the median in milliseconds."""
    from django.core.management import call_command  # noqa: PLC0415 after django.setup
    from django.db import connection, transaction  # noqa: PLC0415 as above
    from django.utils import timezone  # noqa: PLC0415 as above

    from huiyin.insight import happening, listing, standing  # noqa: PLC0415 as above
    from huiyin.insight.moments import Moment  # noqa: PLC0415 as above
    from huiyin.matters.tests.records import the_record  # noqa: PLC0415 as above
    from huiyin.places.models import Place  # noqa: PLC0415 as above

    call_command("migrate", verbosity=0)
    with transaction.atomic():
        city = the_record()
        office = city.unit("governance_centre")
    here = city.place
    with connection.cursor() as cursor:
        cursor.execute(
            FILL,
            {
                "many": many, "every": every, "place": here.pk, "city": here.city_id,
                "county": here.county_id, "town": here.town_id, "village": here.village_id,
            },
        )  # fmt: skip
        cursor.execute("VACUUM ANALYZE")
    place = Place.objects.get(pk=here.city_id)
    by = city.staff(office, "supervision.order", place=place)
    at = timezone.now()
    when = Moment.of(at)
    first = when.day - timedelta(days=29)

    def listed(which: str) -> Callable[[], Any]:
        return lambda: listing.page(listing.Wanted(which, place, when), by=by)

    for name, job in {
        "standing": lambda: standing.standing(place, by=by, at=at),
        "thirty days": lambda: standing.came(place, by=by, when=when),
        "longest overdue": lambda: standing.longest_overdue(place, by=by, at=at),
        "what happened": lambda: happening.lately(place, by=by, at=at),
        "done today": lambda: standing.done_runs(place, by=by, when=when).count(),
        **{f"list: {which}": listed(which) for which in listing.LISTS},
    }.items():
        job()
        taken = []
        for _ in range(times):
            begun = time.perf_counter()
            job()
            taken.append(time.perf_counter() - begun)
        print(f"{name}: {1000 * statistics.median(taken):.1f} ms, {many} matters")
    if explain:
        rows = standing.rows_of_open(place, by=by, at=at)
        print(rows.explain(analyze=True, buffers=True), file=sys.stderr)
        days = standing.rows_of_days(place, by=by, when=when, first=first)
        print(days.explain(analyze=True, buffers=True), file=sys.stderr)


def main() -> None:
    """Read the options; make and remove the database."""
    parser = argparse.ArgumentParser(description="Measure the figures of a place.")
    parser.add_argument("--matters", type=int, default=1_000_000)
    parser.add_argument("--open", type=int, default=1)
    parser.add_argument("--times", type=int, default=7)
    parser.add_argument("--explain", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="huiyin-bench-") as folder:
        cluster = Cluster(var=Path(folder), tests=True)
        os.environ.update(
            {
                "HUIYIN_MODE": "test",
                "HUIYIN_VAR": folder,
                "DATABASE_URL": cluster.start().owner,
                "DJANGO_SETTINGS_MODULE": "huiyin.settings",
                **new_keys(),
            }
        )
        try:
            import django  # noqa: PLC0415 the environment is ready only now

            django.setup()
            measure(
                options.matters,
                every=max(1, 100 // options.open),
                times=options.times,
                explain=options.explain,
            )
        finally:
            cluster.remove()


if __name__ == "__main__":
    main()
