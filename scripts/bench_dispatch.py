"""Measure dispatch on the demo city: questions, ladders and texts a second, and what is found.

    python scripts/bench_dispatch.py [--scale small] [--questions 3000] [--var FOLDER]

The city is loaded into a data folder of its own that is deleted afterwards, unless --var names one
that has it. The questions are drawn from all places and classes with a fixed seed. One line per
measurement on stdout.
"""

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import django

from huiyin.config import load_config
from huiyin.ops.installation import without_django
from huiyin.ops.postgres.cluster import APP_ROLE, Cluster


@contextmanager
def city(scale: str, var: Path) -> Iterator[None]:
    """Set Django up on a demo city in a data folder, loaded where it is not."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("HUIYIN_", "DATABASE_URL"))}
    os.environ.clear()
    os.environ.update({**kept, "HUIYIN_MODE": "demo", "HUIYIN_VAR": str(var)})
    with without_django(load_config(os.environ), exclusive=True) as found:
        os.environ.update(
            {
                "DATABASE_URL": found.urls.app,
                "HUIYIN_OWNER_DATABASE_URL": found.urls.owner,
                "HUIYIN_APP_ROLE": APP_ROLE,
                "DJANGO_SETTINGS_MODULE": "huiyin.settings",
            }
        )
        begun = time.monotonic()
        subprocess.run([sys.executable, "-m", "huiyin.ops.prepare_demo", scale], check=True)
        print(f"load the {scale} city\t{time.monotonic() - begun:.1f} s", flush=True)
        del os.environ["HUIYIN_OWNER_DATABASE_URL"]
        django.setup()
        yield


def rate(name: str, count: int, act: Callable[[], object]) -> None:
    """Print how many a second, at best of three rounds."""
    best = float("inf")
    for _ in range(3):
        begun = time.perf_counter()
        act()
        best = min(best, time.perf_counter() - begun)
    print(f"{name}\t{count / best:,.0f} a second\t{count:,} in {best:.2f} s", flush=True)


def measure(number: int) -> None:
    """Ask, and print."""
    from django.utils import timezone  # noqa: PLC0415 Django is ready only now

    from huiyin.categories.tree import tree  # noqa: PLC0415 as above
    from huiyin.dispatch.answers import Question  # noqa: PLC0415 as above
    from huiyin.dispatch.ladder import Held, ladder, ladders  # noqa: PLC0415 as above
    from huiyin.dispatch.responsibility import responsible, responsible_many  # noqa: PLC0415
    from huiyin.dispatch.urgency import known_words, urgency_in  # noqa: PLC0415 as above
    from huiyin.places.models import Place  # noqa: PLC0415 as above
    from huiyin.units.models import Duty, Unit  # noqa: PLC0415 as above

    now = timezone.now()
    draw = random.Random(20_26)  # noqa: S311 a fixed draw is what is wanted
    places = list(Place.objects.filter(valid_to=None).order_by("code").values_list("id", flat=True))
    leaves = [node.category for node in tree().leaves()]
    questions = [Question(draw.choice(places), draw.choice(leaves).id) for _ in range(number)]
    print(
        f"the city\t{len(places):,} places, {Unit.objects.count():,} units, "
        f"{Duty.objects.count():,} duties, {len(leaves)} classes"
    )

    one = questions[: min(500, number)]
    times = []
    for question in one:
        begun = time.perf_counter()
        responsible(question.place_id, question.category_id, at=now)
        times.append((time.perf_counter() - begun) * 1000)
    times.sort()
    print(
        f"responsible, one at a time\t{1000 / statistics.mean(times):,.0f} a second\t"
        f"median {statistics.median(times):.2f} ms, 99 % {times[int(len(times) * 0.99)]:.2f} ms"
    )
    rate("responsible, many at once", number, lambda: responsible_many(questions, at=now))
    answers = responsible_many(questions, at=now)
    print(f"found by\t{dict(Counter(answer.found.value for answer in answers))}")

    held = [(answer.unit.id, answer.territory.id) for answer in answers[:500] if answer.unit]
    rate("ladders, one at a time", len(held), lambda: [ladder(*pair, at=now) for pair in held])
    rate(
        "ladders, many at once", len(held), lambda: ladders([Held(*pair) for pair in held], at=now)
    )
    words = known_words()
    texts = [category.phrase_1 or category.name_zh for category in leaves]
    rate("urgency", len(texts), lambda: [urgency_in(text, None, words=words) for text in texts])


def main() -> None:
    """Load where needed, measure, clear up."""
    parser = argparse.ArgumentParser(description="Measure dispatch on the demo city.")
    parser.add_argument("--scale", choices=("full", "small"), default="full")
    parser.add_argument("--questions", type=int, default=3_000)
    parser.add_argument("--var", type=Path)
    given = parser.parse_args()
    if given.var:
        with city(given.scale, given.var):
            measure(given.questions)
        return
    with tempfile.TemporaryDirectory(prefix="huiyin-bench-") as folder:
        var = Path(folder) / "var"
        try:
            with city(given.scale, var):
                measure(given.questions)
        finally:
            Cluster(var=var).remove()


if __name__ == "__main__":
    main()
