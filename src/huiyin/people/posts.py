"""Posts: held, given, ended, switched between, and acted in for somebody on leave."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from huiyin.people import access, access_log, scope
from huiyin.people.actors import Actor, actor_of
from huiyin.people.models import Account, Acting, PermissionSet, Post
from huiyin.people.permission_sets import name_of
from huiyin.people.permissions import is_city_wide
from huiyin.people.refusals import (
    AccountClosed,
    ActingForOneself,
    ActingTooLong,
    ActingTwice,
    EndIsPast,
    EndsBeforeItStarts,
    NotFound,
    NotPermitted,
    PostAlreadyHeld,
    PostEnded,
    PostsElsewhere,
    SetNotYours,
    UnitClosed,
    UnknownPermissionSet,
)
from huiyin.ui.acts import recording
from huiyin.ui.identifiers import new_id
from huiyin.ui.ready import Ready
from huiyin.units.models import Unit
from huiyin.units.queries import held_on

# Whoever is away for longer is replaced, not stood in for.
LONGEST_ACTING_DAYS = 184
# Any fixed number of ours: two who make accounts or give posts at once come one after the other.
_LOCK = 371_400_021

Dated = TypeVar("Dated", Post, Acting)


@dataclass(frozen=True, slots=True)
class Holding:
    """One post in which somebody can work: their own, or that of a person on leave."""

    post: Post
    acting: Acting | None = None

    @property
    def key(self) -> str:
        """What names it in a form and in the session."""
        return f"acting:{self.acting.pk}" if self.acting else f"post:{self.post.pk}"

    @property
    def acting_for(self) -> str:
        """The name of the person on leave; empty for a post of one's own."""
        return self.post.account.name if self.acting else ""

    def actor(self, account: Account) -> Actor:
        """Return whoever works in it."""
        return actor_of(account, self.post, self.acting)


_POSTS = Post.objects.select_related("account", "unit", "permission_set")
_ACTINGS = Acting.objects.select_related(
    "account", "post__account", "post__unit", "post__permission_set"
)


def holdings_of(account_id: UUID, *, on: date) -> list[Holding]:
    """Return everything an account can work in on a day, the default post first. Two queries."""
    own = _POSTS.filter(held_on(on), held_on(on, prefix="unit__"), account=account_id)
    acted = _ACTINGS.filter(
        held_on(on),
        held_on(on, prefix="post__"),
        held_on(on, prefix="post__unit__"),
        account=account_id,
    )
    return [
        *(Holding(post) for post in own.order_by("-is_default", "ref")),
        *(Holding(acting.post, acting) for acting in acted.order_by("valid_from", "pk")),
    ]


def is_held(post: Post, *, on: date) -> bool:
    """Tell whether a post that was read with its unit is in force on a day; as `held_on` asks."""
    return all(
        (one.valid_from is None or one.valid_from <= on)
        and (one.valid_to is None or one.valid_to > on)
        for one in (post, post.unit)
    )


def holding_by_key(key: str, *, account_id: UUID, on: date) -> tuple[Account, Holding] | None:
    """Return the account and the holding a key names, if it is still good on a day. One query.

    The account is active, the holding is its own and in force; otherwise None.
    """
    kind, _, text = key.partition(":")
    try:
        pk = UUID(text)
    except ValueError:
        return None
    if kind == "acting":
        acting = _ACTED_IN.first(pk=pk, account=account_id, on=on)
        return (acting.account, Holding(acting.post, acting)) if acting else None
    post = _WORKED_IN.first(pk=pk, account=account_id, on=on)
    return (post.account, Holding(post)) if post else None


_ACTED_IN: Ready[Acting] = Ready(
    lambda pk, account, on: _ACTINGS.filter(
        held_on(on),
        held_on(on, prefix="post__"),
        held_on(on, prefix="post__unit__"),
        pk=pk,
        account=account,
        account__is_active=True,
    )
)
_WORKED_IN: Ready[Post] = Ready(
    lambda pk, account, on: _POSTS.filter(
        held_on(on),
        held_on(on, prefix="unit__"),
        pk=pk,
        account=account,
        account__is_active=True,
    )
)


def open_posts(account_id: UUID, *, on: date) -> QuerySet[Post]:
    """Return the posts of an account that are valid on a day or begin later."""
    return _POSTS.filter(Q(valid_to=None) | Q(valid_to__gt=on), account=account_id).order_by(
        "-is_default", "ref"
    )


def former_posts(account_id: UUID, *, on: date) -> QuerySet[Post]:
    """Return the posts of an account that have ended, the latest first."""
    return _POSTS.filter(account=account_id, valid_to__lte=on).order_by("-valid_to", "ref")


def actings_for(post_ids: Iterable[UUID], *, on: date) -> QuerySet[Acting]:
    """Return who acts for the holders of posts on a day or later."""
    return _ACTINGS.filter(post__in=post_ids, valid_to__gt=on).order_by("valid_from", "pk")


def sets_given_by(actor: Actor) -> list[PermissionSet]:
    """Return the permission sets an actor may give with a post."""
    return [
        held
        for held in PermissionSet.objects.all()
        if actor.may("people.administer_all") or not is_city_wide(held.permissions)
    ]


def check_sets(sets: Sequence[PermissionSet], *, by: Actor) -> None:
    """Refuse whoever may not give or take away one of these sets. Raises SetNotYours."""
    for held in sets:
        if is_city_wide(held.permissions) and not by.may("people.administer_all"):
            raise SetNotYours(name=name_of(held))


def check_reach(account_id: UUID, *, by: Actor, on: date) -> None:
    """Refuse whoever does not look after every post in which an account can work, now or later.

    Otherwise the administrator of one unit could open an account that also works in another.
    Raises PostsElsewhere, SetNotYours.
    """
    if by.may("people.administer_all"):
        return
    acted = _ACTINGS.filter(account=account_id, valid_to__gt=on)
    for post in [*open_posts(account_id, on=on), *(acting.post for acting in acted)]:
        if by.unit_id is None or not scope.administers(by.unit_id, post.unit_id):
            raise PostsElsewhere(unit=post.unit.name)
        check_sets([post.permission_set], by=by)


def give_post(
    *,
    account_id: UUID,
    unit_id: UUID,
    permission_set: str,
    valid_from: date,
    by: Actor,
    at: datetime,
    valid_to: date | None = None,
    title: str = "",
    is_default: bool = False,
    ref: str = "",
) -> Post:
    """Give a staff account a post in a unit, from a day (today or later) to a day or without end.

    The first post of an account is its default. `ref`: the operator's key, made when empty.
    Raises NotPermitted, NotFound, AccountClosed, UnitClosed, UnknownPermissionSet, SetNotYours,
    EndIsPast, EndsBeforeItStarts, PostAlreadyHeld.
    """
    today = timezone.localdate(at)
    with transaction.atomic(), recording("people.give_post", by=by, at=at):
        lock_people()
        account = _account_to_fill(account_id, by=by, at=at)
        unit = _unit_to_fill(unit_id, by=by, on=valid_from)
        held = PermissionSet.objects.filter(pk=permission_set).first()
        if held is None:
            raise UnknownPermissionSet(code=permission_set)
        check_sets([held], by=by)
        if valid_from < today:
            raise EndIsPast(today=today)
        if valid_to is not None and valid_to <= valid_from:
            raise EndsBeforeItStarts(start=valid_from)
        standing = list(open_posts(account.pk, on=today))
        for post in standing:
            same = post.unit_id == unit.pk and post.permission_set_id == held.pk
            if same and (post.valid_to is None or post.valid_to > valid_from):
                raise PostAlreadyHeld(unit=unit.name)
        is_default = is_default or not standing
        if is_default:
            Post.objects.filter(account=account, is_default=True).update(is_default=False)
        pk = new_id()
        post = Post.objects.create(
            pk=pk,
            ref=ref or f"P-{pk.hex[-12:]}",
            account=account,
            unit=unit,
            permission_set=held,
            title=title.strip()[:60],
            is_default=is_default,
            valid_from=valid_from,
            valid_to=valid_to,
            recorded_at=at,
            recorded_by=by.account_id,
        )
        _log("give_post", account.pk, by=by, at=at)
    return post


def end_post(*, post_id: UUID, on: date, by: Actor, at: datetime) -> Post:
    """End a post; `on` is the first day on which it is over, and today ends it at once.

    Whoever acts for it stops with it. Raises NotPermitted, NotFound, SetNotYours, PostEnded,
    EndIsPast.
    """
    today = timezone.localdate(at)
    with transaction.atomic(), recording("people.end_post", by=by, at=at):
        post = _post_for_update(post_id, by=by, at=at)
        check_sets([post.permission_set], by=by)
        if on < today:
            raise EndIsPast(today=today)
        if post.valid_to is not None and post.valid_to <= today:
            raise PostEnded(on=post.valid_to)
        cut_short(post, on=on)
        for acting in actings_for([post.pk], on=on):
            cut_short(acting, on=on)
        _log("end_post", post.account_id, by=by, at=at)
    return post


def cut_short(dated: Dated, *, on: date) -> None:
    """Let a post or acting end on a day, or never begin when it would begin later."""
    dated.valid_to = on
    dated.valid_from = min(dated.valid_from, on) if dated.valid_from else dated.valid_from
    dated.save(update_fields=["valid_from", "valid_to"])


def make_default(*, post_id: UUID, by: Actor, at: datetime) -> Post:
    """Make one of one's own posts the one in which one begins after signing in.

    Raises NotFound, PostEnded.
    """
    today = timezone.localdate(at)
    with transaction.atomic(), recording("people.make_default", by=by, at=at):
        post = _POSTS.select_for_update(of=("self",)).filter(pk=post_id).first()
        if post is None or post.account_id != by.account_id:
            raise NotFound()
        if post.valid_to is not None and post.valid_to <= today:
            raise PostEnded(on=post.valid_to)
        Post.objects.filter(account=post.account_id, is_default=True).exclude(pk=post.pk).update(
            is_default=False
        )
        post.is_default = True
        post.save(update_fields=["is_default"])
    return post


def begin_acting(
    *,
    post_id: UUID,
    account_id: UUID,
    reason: str,
    valid_from: date,
    valid_to: date,
    by: Actor,
    at: datetime,
) -> Acting:
    """Let a colleague act for the holder of a post, from a day up to (not including) a day.

    The holder may ask for it, and whoever administers the holder's account; acts are booked to
    both.
    Raises NotPermitted, NotFound, AccountClosed, ReasonMissing, ActingForOneself, ActingTwice,
    ActingTooLong, EndIsPast, EndsBeforeItStarts, PostEnded, SetNotYours.
    """
    today = timezone.localdate(at)
    reason = access_log.stated_purpose(reason)[:120]
    with transaction.atomic(), recording("people.begin_acting", by=by, at=at):
        lock_people()
        post = _post_for_update(post_id, by=by, at=at, own=True)
        if post.account_id != by.account_id:
            check_sets([post.permission_set], by=by)
        account = Account.objects.filter(pk=account_id, kind="staff").first()
        if account is None:
            raise NotFound()
        if not account.is_active:
            raise AccountClosed(name=account.name)
        if account.pk == post.account_id:
            raise ActingForOneself()
        if valid_from < today:
            raise EndIsPast(today=today)
        if valid_to <= valid_from:
            raise EndsBeforeItStarts(start=valid_from)
        if valid_to - valid_from > timedelta(days=LONGEST_ACTING_DAYS):
            raise ActingTooLong(days=LONGEST_ACTING_DAYS)
        if post.valid_to is not None and post.valid_to <= valid_from:
            raise PostEnded(on=post.valid_to)
        same = Acting.objects.filter(
            post=post, account=account, valid_from__lt=valid_to, valid_to__gt=valid_from
        ).first()
        if same is not None:
            raise ActingTwice(name=account.name, until=same.valid_to)
        acting = Acting.objects.create(
            post=post, account=account, reason=reason, valid_from=valid_from, valid_to=valid_to
        )
        _log("begin_acting", account.pk, by=by, at=at, purpose=reason)
    return acting


def end_acting(*, acting_id: UUID, by: Actor, at: datetime) -> Acting:
    """End an acting today: the holder is back. Raises NotPermitted, NotFound, PostEnded."""
    today = timezone.localdate(at)
    with transaction.atomic(), recording("people.end_acting", by=by, at=at):
        acting = _ACTINGS.select_for_update(of=("self",)).filter(pk=acting_id).first()
        if acting is None:
            raise NotFound()
        if by.account_id not in (acting.account_id, acting.post.account_id):
            _post_for_update(acting.post_id, by=by, at=at)
        if acting.valid_to <= today:
            raise PostEnded(on=acting.valid_to)
        cut_short(acting, on=today)
        _log("end_acting", acting.account_id, by=by, at=at)
    return acting


def lock_people() -> None:
    """Wait for whoever makes accounts or gives posts now; held to the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _account_to_fill(account_id: UUID, *, by: Actor, at: datetime) -> Account:
    """Return the account a post is for: one the actor sees, or a fresh one without any post."""
    if not by.may("people.administer"):
        raise NotPermitted()
    account = Account.objects.filter(pk=account_id, kind="staff").first()
    if account is None:
        raise NotFound()
    if account.posts.exists():
        account = access.staff_member(account_id, by=by, needs="people.administer", at=at)
    if not account.is_active:
        raise AccountClosed(name=account.name)
    return account


def _unit_to_fill(unit_id: UUID, *, by: Actor, on: date) -> Unit:
    unit = Unit.objects.filter(pk=unit_id).first()
    if unit is None:
        raise NotFound()
    reaches = by.may("people.administer_all") or (
        by.unit_id is not None and scope.administers(by.unit_id, unit_id)
    )
    if not reaches:
        raise NotPermitted()
    if unit.valid_to is not None and unit.valid_to <= on:
        raise UnitClosed(unit=unit.name)
    return unit


def _post_for_update(post_id: UUID, *, by: Actor, at: datetime, own: bool = False) -> Post:
    """Lock a post of somebody the actor administers (with `own`: or of the actor).

    Its unit must be one the actor looks after: a shared colleague's other post is not.
    """
    post = _POSTS.select_for_update(of=("self",)).filter(pk=post_id).first()
    if post is None:
        raise NotFound()
    if own and post.account_id == by.account_id:
        return post
    access.staff_member(post.account_id, by=by, needs="people.administer", at=at)
    reaches = by.may("people.administer_all") or (
        by.unit_id is not None and scope.administers(by.unit_id, post.unit_id)
    )
    if not reaches:
        raise NotPermitted()
    return post


def _log(action: str, account_id: UUID, *, by: Actor, at: datetime, purpose: str = "") -> None:
    access_log.record(
        by=by,
        at=at,
        action=action,
        subject_type=access_log.SUBJECT_ACCOUNT,
        subject_id=account_id,
        purpose=purpose,
    )
