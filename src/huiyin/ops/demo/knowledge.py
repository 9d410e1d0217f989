"""The demo's knowledge base: who wrote what when, who checked it, what waits for somebody."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any, Final

import yaml
from django.utils import timezone

from huiyin.knowledge import verbs
from huiyin.knowledge.access import WRITE
from huiyin.knowledge.models import Entry, Kind
from huiyin.knowledge.verbs import Words
from huiyin.ops.demo.units import unit_code
from huiyin.people.actors import SYSTEM, Actor, actor_of
from huiyin.people.models import Post
from huiyin.units.models import Unit

FILE: Final = Path(__file__).parent / "data" / "knowledge.yaml"
KINDS: Final = {"guides": Kind.GUIDE, "scripts": Kind.SCRIPT, "answers": Kind.ANSWER}
CITY: Final = "371400000000"
CHECKER, WRITER = "cityadmin", "hotline"  # logins that the demo prints
Row = Mapping[str, Any]


def rows() -> Iterator[tuple[Kind, Row]]:
    """Give every entry of the file, with what it is for."""
    found = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    for name, kind in KINDS.items():
        for row in found[name]:
            yield kind, row


def fill(*, at: datetime) -> None:
    """Write the knowledge base through the verbs, over the months before now."""
    people = _People()
    dated = [
        (_written(number, row, at=at), number, kind, row)
        for number, (kind, row) in enumerate(rows())
    ]
    for written, number, kind, row in sorted(dated, key=lambda one: one[:2]):
        _write(kind, row, number, people, written=written, at=at)


def _written(number: int, row: Row, *, at: datetime) -> datetime:
    """Return when an entry was first written, in office hours; what waits, in the last days."""
    rng = Random(f"knowledge/{number}/day")  # noqa: S311 a story, no secret
    days = rng.randrange(1, 6) if _is_new(row) else rng.randrange(20, 150)
    day = timezone.localdate(at) - timedelta(days=days)
    minute = rng.randrange(9 * 60, 16 * 60)
    clock = time(minute // 60, minute % 60)
    return timezone.make_aware(datetime.combine(day, clock))


def _is_new(row: Row) -> bool:
    return str(row.get("state", "published")) != "published"


def _write(
    kind: Kind, row: Row, number: int, people: "_People", *, written: datetime, at: datetime
) -> None:
    rng = Random(f"knowledge/{number}")  # noqa: S311 a story, no secret
    by, owner = people.of(row.get("owner", ""))
    words = _words(row, rng, at=at)
    first = replace(words, text_zh=row["before"]) if "before" in row else words
    entry = verbs.begin(first, kind=kind, by=by, at=written, owner_id=owner.pk)
    if row.get("state") == "draft" and "sent_back" not in row:
        return
    verbs.ask(entry.pk, by=by, at=written + timedelta(minutes=20))
    if "sent_back" in row:
        later = written + timedelta(hours=3)
        verbs.send_back(entry.pk, reason=row["sent_back"], by=people.checker, at=later)
    elif not _is_new(row):
        _published(entry, words, row, people, by=by, at=written, rng=rng)


def _published(
    entry: Entry, words: Words, row: Row, people: "_People", *, by: Actor, at: datetime, rng: Random
) -> None:
    def put(words: Words | None, *, at: datetime, note: str = "") -> None:
        if words is not None:
            verbs.change(entry.pk, words, by=by, at=at, note=note)
            verbs.ask(entry.pk, by=by, at=at)
        verbs.publish(entry.pk, by=people.checker, at=at + timedelta(days=1), has_looked=True)

    put(None, at=at)
    if "before" in row:
        put(words, at=at + timedelta(days=12), note=row["note"])
    if "next" in row:
        changed = replace(words, text_zh=row["next"])
        verbs.change(entry.pk, changed, by=by, at=at + timedelta(days=14), note=row["next_note"])
        verbs.ask(entry.pk, by=by, at=at + timedelta(days=14))
    if "withdrawn" in row:
        later = at + timedelta(days=15)
        verbs.withdraw(entry.pk, reason=row["withdrawn"], by=people.checker, at=later)
    yes = rng.randrange(3, 90)
    Entry.objects.filter(pk=entry.pk).update(helpful=yes, unhelpful=rng.randrange(yes // 3 + 1))


def _words(row: Row, rng: Random, *, at: datetime) -> Words:
    review = row.get("review", rng.randrange(30, 240))
    return Words(
        title_zh=row["title"], text_zh=row["text"], title_en=row.get("title_en", ""),
        text_en=row.get("text_en", ""), asked_as=row.get("also", ""),
        source=row.get("source", ""), categories=(row["category"],),
        review_on=timezone.localdate(at) + timedelta(days=review),
    )  # fmt: skip


class _People:
    """Who writes for which unit, and who checks."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Actor, Unit]] = {}

    @cached_property
    def checker(self) -> Actor:
        """Whoever publishes for the whole city."""
        return self._in_post(account__username=CHECKER) or SYSTEM

    @cached_property
    def _hotline(self) -> tuple[Actor, Unit]:
        by = self._in_post(account__username=WRITER)
        assert by is not None  # noqa: S101 the demo prints this login
        assert by.unit_id is not None  # noqa: S101 in a post of the hotline
        return by, Unit.objects.get(pk=by.unit_id)

    def of(self, owner: str) -> tuple[Actor, Unit]:
        """Return who writes for an owner, and its unit: the hotline where there is none."""
        if not owner:
            return self._hotline
        if owner not in self._known:
            prefix, _colon, function = owner.partition(":")
            unit = Unit.objects.filter(code=unit_code(prefix, CITY, function)).first()
            if unit is None:
                self._known[owner] = self._hotline
            else:
                by = self._in_post(unit=unit, permission_set__permissions__contains=[WRITE])
                self._known[owner] = (by or SYSTEM, unit)
        return self._known[owner]

    def _in_post(self, **wanted: Any) -> Actor | None:
        posts = Post.objects.select_related("account", "unit", "permission_set")
        post = posts.filter(**wanted).order_by("ref").first()
        return actor_of(post.account, post) if post else None
