"""Loading the demo city: Dezhou's places with invented units, people and duties."""

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

import huiyin.categories
from huiyin.categories.models import TermUnit
from huiyin.categories.terms import set_term_value
from huiyin.ops.demo import knowledge
from huiyin.ops.demo import logins as printed
from huiyin.ops.demo.duties import duty_rows
from huiyin.ops.demo.logins import DemoLogin
from huiyin.ops.demo.passwords import demo_password
from huiyin.ops.demo.people import people_rows
from huiyin.ops.demo.places import boundary_rows, place_rows
from huiyin.ops.demo.roster import KINDS, Worker, own_times, shifts
from huiyin.ops.demo.scope import Scale, scope
from huiyin.ops.demo.services import service_rows, slot_rows
from huiyin.ops.demo.units import unit_rows
from huiyin.ops.errors import OperatorError
from huiyin.ops.loading import Table, load
from huiyin.people.actors import SYSTEM
from huiyin.people.models import Account, Post
from huiyin.people.posts import begin_acting, end_post
from huiyin.places.models import Place
from huiyin.units import swaps
from huiyin.units.models import DutyTimes, RosterEntry, ShiftKind, Unit
from huiyin.units.queries import held_on

BUILT_IN = Path(huiyin.categories.__file__).parent / "data"
# Any fixed number of ours: two processes that start at once load one city.
_LOCK = 371_400_002
LEADER = "leader"  # a permission set

Row = dict[str, str]
Progress = Callable[[str, int, int], None]


def tables(scale: Scale) -> list[Table]:
    """Return the demo city as the tables of a load; the same at every call, on every machine."""
    part = scope(scale)
    categories = _built_in("categories")
    units = list(unit_rows(part))
    rows: list[tuple[str, Iterable[Row]]] = [
        ("places", place_rows(part)),
        ("boundaries", boundary_rows(part)),
        ("units", units),
        ("categories", categories),
        ("terms", _built_in("terms")),
        ("duties", duty_rows(units, categories)),
        ("services", service_rows()),
        ("slots", slot_rows(units)),
        ("people", people_rows(part, units)),
    ]
    return [Table(name=name, file=f"demo/{name}", rows=list(found)) for name, found in rows]


def ensure(*, scale: Scale, at: datetime, progress: Progress | None = None) -> None:
    """Load the demo city where the database has no places; all of it or, when killed, nothing.

    Only the printed logins get a password that works. Raises OperatorError outside the demo.
    """
    if settings.HUIYIN.mode == "production":
        raise OperatorError(
            "The demo city is for HUIYIN_MODE=demo; load a real city with: huiyin load"
        )
    password, is_new = demo_password(settings.HUIYIN.var)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        if not Place.objects.exists():
            report = load(tables(scale), at=at, by=SYSTEM, progress=progress)
            if report.errors:
                raise AssertionError(f"The demo city has errors: {report.errors[:3]}")
            _send_on_leave(at=at)
            _fill_rosters(at=at)
            knowledge.fill(at=at)
            _leave_something_to_look_at(at=at)
        elif not is_new:
            return
        _open_printed_accounts(password)


def logins() -> list[DemoLogin]:
    """Return what the demo prints: a login for each kind of user, and the resident's phone."""
    password, _ = demo_password(settings.HUIYIN.var)
    return printed.lines(password)


def _built_in(name: str) -> Sequence[Row]:
    with (BUILT_IN / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _open_printed_accounts(password: str) -> None:
    names = [line.username for line in printed.PRINTED]
    for account in Account.objects.filter(username__in=names):
        account.set_password(password)
        account.must_change_password = False
        account.save(update_fields=["password", "must_change_password"])


def _send_on_leave(*, at: datetime) -> None:
    today = timezone.localdate(at)
    begin_acting(
        post_id=Post.objects.get(ref=printed.ACTING_FOR_REF).pk,
        account_id=Account.objects.get(username=printed.ACTING_USERNAME).pk,
        reason=printed.ACTING_REASON,
        valid_from=today,
        valid_to=today + timedelta(days=printed.ACTING_DAYS),
        by=SYSTEM,
        at=at,
    )


def _leave_something_to_look_at(*, at: datetime) -> None:
    """Leave a unit whose administrator has gone, and a limit that will change."""
    today = timezone.localdate(at)
    left = Post.objects.filter(permission_set="unit_admin").exclude(
        account__username__in=[line.username for line in printed.PRINTED]
    )
    post = left.order_by("ref").first()
    if post is not None:
        end_post(post_id=post.pk, on=today, by=SYSTEM, at=at)
    set_term_value(
        key="grid.verify",
        amount=1,
        unit=TermUnit.WORKING_DAY,
        starts_on=(today.replace(day=1) + timedelta(days=32)).replace(day=1),
        source="演示：网格事项核查时限调整方案",
        by=SYSTEM,
        at=at,
    )


def _fill_rosters(*, at: datetime) -> None:
    """Plan who is on duty this month and the next, and have somebody ask for a swap."""
    today = timezone.localdate(at)
    posts = Post.objects.filter(held_on(today), unit__kind__in=KINDS, account__is_active=True)
    workers: dict[UUID, list[Worker]] = {}
    for post in posts.select_related("account").order_by("ref"):
        leads = post.permission_set_id == LEADER
        known = workers.setdefault(post.unit_id, [])
        if all(one.account_id != post.account_id for one in known):
            known.append(Worker(post.account.name, post.account_id, leads))
    units = list(Unit.objects.filter(pk__in=workers).order_by("code"))
    DutyTimes.objects.bulk_create(own_times(units))
    RosterEntry.objects.bulk_create(shifts(units, workers, at=at), batch_size=5_000)
    _ask_for_a_swap(at=at)


def _ask_for_a_swap(*, at: datetime) -> None:
    """Have a colleague of the town's centre ask its printed login to take a shift."""
    asked = Account.objects.get(username=printed.SWAPS_WITH)
    unit = Unit.objects.get(posts__account=asked, posts__is_default=True)
    coming = RosterEntry.objects.filter(
        unit=unit, starts_at__gt=at + timedelta(days=2), kind__in=(ShiftKind.DAY, ShiftKind.NIGHT)
    ).order_by("starts_at")
    shift = coming.exclude(account_id__in=(asked.pk,)).exclude(account_id=None).first()
    instead = coming.filter(account_id=asked.pk).last()
    if shift is None or shift.account_id is None:
        return  # nobody else works there
    swaps.ask(
        shift_id=shift.pk,
        of=asked.pk,
        name=asked.name,
        asker=shift.name,
        phone=shift.phone,
        instead_id=instead.pk if instead else None,
        note="那天家里有事，麻烦您了。",
        by=Asker(shift.account_id),
        at=at,
    )


@dataclass(frozen=True, slots=True)
class Asker:
    """Whoever asks."""

    account_id: UUID
