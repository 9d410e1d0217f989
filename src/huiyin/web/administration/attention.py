"""What waits for an administrator to look: each with its number and the page that shows it."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.models import OuterRef, Subquery
from django.db.models.lookups import IsNull
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from huiyin.categories.models import Category, TermValue
from huiyin.categories.tree import Node, tree
from huiyin.gateway.models import Subscription
from huiyin.people.actors import Actor
from huiyin.ui.kept import Kept
from huiyin.units.models import Duty
from huiyin.units.queries import held_on
from huiyin.web import system
from huiyin.web.administration import posts, procedures, undelivered, units
from huiyin.web.counting import capped

# These read whole registers: they are at most a minute old.
_kept: Final[Kept[Hashable, int]] = Kept(60.0)
UNITS, NOTICES, PEOPLE = "units.administer", "notices.administer", "people.see"


@dataclass(frozen=True)
class Point:
    """One thing to look at. `urgent`: somebody waits because of it. `counted`: say how many."""

    count: int
    words: str
    why: str
    url: str
    urgent: bool = False
    counted: bool = True

    @property
    def shown(self) -> str:
        """The number as it is said."""
        return capped(self.count)


def points(actor: Actor, *, at: datetime) -> list[Point]:
    """Return what needs a look and is this actor's business, the urgent first."""
    found = [point for point in _points(actor, at=at) if point.count]
    return sorted(found, key=lambda point: not point.urgent)


def _points(actor: Actor, *, at: datetime) -> Iterator[Point]:
    on = timezone.localdate(at)
    if actor.may(UNITS):
        yield from _of_units(on)
    if actor.may(NOTICES):
        yield from _of_messages()
        yield from _of_the_machine()
    if actor.may(PEOPLE):
        yield from _of_posts(actor, on)
    if actor.may("terms.edit"):
        yield from _of_rules(on)


def _of_units(on: date) -> Iterator[Point]:
    address = reverse("web:admin_units")
    yield Point(
        _kept.get(("no people", on), units.helpless(on=on).count),
        _("units with open matters and nobody who holds a post"),
        _("These matters move for nobody until somebody is given a post."),
        f"{address}?state=no_people",
        urgent=True,
    )
    yield Point(
        _kept.get(("no duties", on), units.in_state("no_duties", on=on).count),
        _("units without a list of duties"),
        _("Nothing is given to them by itself."),
        f"{address}?state=no_duties",
    )
    yield Point(
        units.in_state("closing", on=on).count(),
        _("units that end soon"),
        _("Whatever is in their hands has to be handed on before."),
        f"{address}?state=closing",
    )
    yield Point(
        _kept.get(("kinds", on), lambda: len(kinds_without_unit(on=on))),
        _("kinds of matter that no list of duties names"),
        _("The centre of the place has to find out each time."),
        reverse("web:admin_kinds"),
    )


def kinds_without_unit(*, on: date) -> list[Node]:
    """Return the leaves of the tree that no duty covers, anywhere. One query."""
    # Asked kind by kind: an index finds one duty of each, of the tens of thousands there are.
    held = Duty.objects.filter(
        held_on(on), held_on(on, prefix="unit__"), category=OuterRef("pk")
    ).values("pk")[:1]
    is_named = IsNull(Subquery(held), False)
    named = set(Category.objects.filter(is_named).values_list("code", flat=True))
    return [
        leaf for leaf in tree().leaves() if not leaf.category.redirect and not _covered(leaf, named)
    ]


def _covered(leaf: Node, named: set[str]) -> bool:
    """Tell whether a duty names a kind, or a branch above it with the same kind of owner."""
    return any(
        over.category.code in named
        for over in leaf.path
        if over is leaf or over.owner_kind in ("", leaf.owner_kind)
    )


def _of_messages() -> Iterator[Point]:
    counts = undelivered.counts()
    words = {
        undelivered.Kind.NOTICE: _("messages to people that did not arrive"),
        undelivered.Kind.WEBHOOK: _("messages that other systems did not take"),
        undelivered.Kind.JOB: _("background jobs that failed"),
    }
    for kind, count in counts.items():
        yield Point(
            count,
            words[kind],
            _("Try again, or give up with a reason."),
            reverse("web:admin_undelivered", args=[kind.value]),
            urgent=kind is undelivered.Kind.NOTICE,
        )
    yield Point(
        Subscription.objects.filter(
            ended_at=None, disabled_at=None, failing_since__isnull=False
        ).count(),
        _("other systems that take no messages now"),
        _("What waits for them leaves by itself when they are back."),
        reverse("web:admin_undelivered", args=[undelivered.Kind.WEBHOOK.value]),
    )
    yield Point(
        Subscription.objects.filter(ended_at=None, disabled_at__isnull=False).count(),
        _("other systems that are no longer told"),
        _("They took nothing for days and were switched off."),
        reverse("web:admin_undelivered", args=[undelivered.Kind.WEBHOOK.value]),
    )


def _of_the_machine() -> Iterator[Point]:
    for reading in system.readings():
        if not reading.well:
            address = reading.url or reverse("web:desk")
            name, words = str(reading.name), str(reading.words)
            yield Point(1, name, words, address, urgent=True, counted=False)


def _of_posts(actor: Actor, on: date) -> Iterator[Point]:
    address = reverse("web:admin_posts")
    seen = posts.posts_seen_by(actor)
    yield Point(
        posts.in_state(seen, "vacant", on=on).count(),
        _("posts that somebody left and nobody holds"),
        _("Give them to somebody, or leave them if they are no longer needed."),
        f"{address}?state=vacant",
    )
    yield Point(
        posts.in_state(seen, "ending", on=on).count(),
        _("posts that end within 30 days"),
        _("Extend or replace in time: on the last day the work stops."),
        f"{address}?state=ending",
    )


def _of_rules(on: date) -> Iterator[Point]:
    older = sum(
        count
        for _capability, rows in procedures.by_capability()
        for row in rows
        for version, count in row.runs
        if version != row.version
    )
    yield Point(
        older,
        _("open runs under an older version of their procedure"),
        _("They go on as they were begun."),
        reverse("web:admin_procedures"),
    )
    yield Point(
        TermValue.objects.filter(valid_from__gt=on).count(),
        _("limits that change on a day to come"),
        _("Planned: they hold for clocks that start from their day on."),
        reverse("web:terms"),
    )
