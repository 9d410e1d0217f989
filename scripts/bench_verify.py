"""Measure `huiyin verify`: events a second, over matters made by copying one that was handled.

    python scripts/bench_verify.py [--events 50000] [--jobs N] [--times 3] [--profile]

A database of its own is made and deleted afterwards. Times are of this machine as it is: where
others work on it too, several times in a row show what it can do.
"""

import argparse
import cProfile
import os
import pstats
import sys
import tempfile
import time
from pathlib import Path

from huiyin.config import new_keys
from huiyin.ops.postgres.cluster import Cluster

ACTS = ("dispatch", "acknowledge", "note", "answer", "supervise")


def measure(events: int, *, jobs: int, times: int, with_profile: bool) -> None:
    """Make the matters, verify them so many times, print a line for each."""
    from django.core.management import call_command  # noqa: PLC0415 after django.setup
    from django.db import connection, transaction  # noqa: PLC0415 as above

    from huiyin.matters.tests.many import multiply  # noqa: PLC0415 as above
    from huiyin.matters.tests.records import the_record  # noqa: PLC0415 as above
    from huiyin.matters.verifying import verify  # noqa: PLC0415 as above

    call_command("migrate", verbosity=0)
    with transaction.atomic():
        city = the_record()
        run = city.open("hotline", "accept_call").run
        for action in ACTS:
            run = city.act(run.pk, action).run
        made = multiply(run, times=events // run.events)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    profile = cProfile.Profile()
    for _ in range(times):
        begun, used = time.perf_counter(), time.process_time()
        if with_profile:
            profile.enable()
        found = verify(told=lambda text: print(text, file=sys.stderr), jobs=jobs)
        profile.disable()
        took, used = time.perf_counter() - begun, time.process_time() - used
        wrong = [one for one in found.differences if one.run_id]  # counts know nothing of copies
        if wrong:
            sys.exit(f"The copies are not sound: {wrong[0]}")
        print(
            f"verify: {found.events} events of {found.runs} runs ({made} copied), "
            f"{jobs} processes: {found.events / took:.0f} events/s "
            f"({took:.1f} s, of it {used:.1f} s here)"
        )
    if with_profile:
        pstats.Stats(profile).sort_stats("tottime").print_stats(18)


def main() -> None:
    """Read the options; make and remove the database."""
    parser = argparse.ArgumentParser(description="Measure huiyin verify.")
    parser.add_argument("--events", type=int, default=50_000)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--profile", action="store_true")
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
                options.events,
                jobs=options.jobs,
                times=options.times,
                with_profile=options.profile,
            )
        finally:
            cluster.remove()


if __name__ == "__main__":
    main()
