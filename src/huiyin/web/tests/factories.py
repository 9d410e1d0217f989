"""A small piece of a city with its people, in fixed values."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from huiyin.categories import tree
from huiyin.categories.models import Category, Term, TermValue
from huiyin.notices import outbox, recipients
from huiyin.notices.facts import Facts
from huiyin.notices.models import Notice
from huiyin.people.actors import Actor, actor_of
from huiyin.people.models import (
    Account,
    AccountKind,
    Acting,
    GridRole,
    GridWorker,
    Mediator,
    MediatorKind,
    PermissionSet,
    Post,
)
from huiyin.places.models import Place
from huiyin.places.tests.factories import BY, a_city, a_place  # noqa: F401 also for our tests
from huiyin.units import verbs
from huiyin.units.models import Duty, RosterEntry, Unit, UnitKind

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))  # a Monday
TODAY = timezone.localdate(NOW)


def a_unit(code: str, kind: UnitKind, place: Place, name: str, **more: object) -> Unit:
    return verbs.register_unit(
        code=code, name=name, kind=kind, place_id=place.id, by=BY, at=NOW, **more
    )


def a_worker(
    ref: str, grid: Place, role: GridRole, *, name: str = "王秀芹", **more: object
) -> GridWorker:
    return GridWorker.objects.create(
        ref=ref, grid=grid, role=role, name=name, public_phone="0534-3210000", **more
    )


def a_mediator(ref: str, committee: Unit, *, name: str = "刘桂芳", **more: object) -> Mediator:
    return Mediator.objects.create(
        ref=ref, committee=committee, kind=MediatorKind.FULL_TIME, name=name, **more
    )


def a_category(code: str, name: str, *, owner_kind: str = "", **more: object) -> Category:
    made = Category.objects.create(
        code=code,
        parent=Category.objects.filter(code=code[:-2]).first(),
        name_zh=name,
        name_en=f"Class {code}",
        owner_kind=owner_kind,
        **more,
    )
    tree.forget()
    return made


def a_duty(unit: Unit, category: Category, place: Place, *, basis: str = "权责清单") -> Duty:
    return Duty.objects.create(unit=unit, category=category, place=place, basis=basis)


def a_shift(
    unit: Unit, *, at: datetime = NOW, hours: int = 12, account: Account | None = None
) -> RosterEntry:
    """A shift that begins two days after `at`."""
    starts_at = at + timedelta(days=2)
    return RosterEntry.objects.create(
        unit=unit,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=hours),
        name=account.name if account else "张明",
        account_id=account.pk if account else None,
    )


def an_account(username: str, *, name: str = "韩志远") -> Account:
    return Account.objects.create(
        kind=AccountKind.STAFF, username=username, name=name, created_at=NOW
    )


def a_resident(*, name: str = "") -> Account:
    return Account.objects.create(kind=AccountKind.RESIDENT, name=name, created_at=NOW)


def a_post(account: Account, unit: Unit, permission_set: str, *, ref: str = "") -> Post:
    return Post.objects.create(
        ref=ref or f"{account.username}-{unit.code}",
        account=account,
        unit=unit,
        permission_set=PermissionSet.objects.get(pk=permission_set),
        is_default=not account.posts.exists(),
    )


def an_acting(post: Post, account: Account) -> Acting:
    return Acting.objects.create(
        post=post,
        account=account,
        reason="休假",
        valid_from=TODAY,
        valid_to=TODAY + timedelta(days=7),
    )


def in_their_post(account: Account) -> Actor:
    """Return somebody as the actor of the one post they have."""
    post = Post.objects.select_related("unit", "permission_set", "account").get(account=account)
    return actor_of(account, post)


def an_actor(unit: Unit, permission_set: str, *, username: str = "han") -> Actor:
    """Somebody with one post in this unit."""
    account = an_account(username)
    post = a_post(account, unit, permission_set)
    return actor_of(account, post)


def a_term(key: str, *, locked: bool = False, amount: int = 60, unit: str = "day") -> Term:
    term = Term.objects.create(
        key=key, title_zh=f"时限{key}", title_en=f"Limit {key}", locked=locked
    )
    TermValue.objects.create(term=term, amount=amount, unit=unit)
    return term


def a_notice(unit: Unit) -> Notice:
    """A message to the people of a unit."""
    outbox.put(
        "hotline.dispatch.unit",
        to=recipients.unit(unit.pk),
        data=Facts(number="37142611001237"),
        key=f"notice of {unit.pk}",
        at=NOW,
    )
    return Notice.objects.get(key=f"notice of {unit.pk}")
