"""The list of staff an actor looks after: searched, filtered, page after page by user name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from huiyin.people import access
from huiyin.people.actors import Actor
from huiyin.people.models import Account, AccountKind, Post
from huiyin.units.models import Unit
from huiyin.units.queries import held_on
from huiyin.units.words import Grams, MayHave

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class StaffPage:
    """One page; `before` and `after` are the user names the pages beside it begin from, or ""."""

    accounts: Sequence[Account]
    before: str
    after: str


def staff_page(
    actor: Actor,
    *,
    at: datetime,
    q: str = "",
    unit: Unit | None = None,
    after: str = "",
    before: str = "",
) -> StaffPage:
    """Return a page of the staff an actor sees, in order of user names. Three queries at most.

    `q`: part of a name or user name. `unit`: only those with a post in it now or later. `after`,
    `before`: the user name next to which the page begins. `posts_now` of each account: its posts.
    """
    on = timezone.localdate(at)
    accounts = access.staff_seen_by(actor, at=at, walking=True).prefetch_related(
        Prefetch("posts", posts_now(on), to_attr="posts_now")
    )
    words = q.replace("\x00", "").strip()
    if words:
        accounts = accounts.filter(called(words))
    if unit is not None:
        open_in = Post.objects.filter(Q(valid_to=None) | Q(valid_to__gt=on), unit=unit)
        accounts = accounts.filter(pk__in=open_in.values("account"))
    after, before = (key.replace("\x00", "")[:40] for key in (after, before))
    backwards = bool(before) and not after
    if after:
        accounts = accounts.filter(username__gt=after)
    elif before:
        accounts = accounts.filter(username__lt=before)
    found = list(accounts.order_by("-username" if backwards else "username")[: PAGE_SIZE + 1])
    more, found = len(found) > PAGE_SIZE, found[:PAGE_SIZE]
    if backwards:
        found.reverse()
    has_before = more if backwards else bool(after)
    has_after = True if backwards else more
    return StaffPage(
        accounts=found,
        before=str(found[0].username) if found and has_before else "",
        after=str(found[-1].username) if found and has_after else "",
    )


def called(words: str) -> Q:
    """Return the condition for staff whose name or user name has some words in it."""
    may_be = Q(MayHave(Grams("name", "username"), words), kind=AccountKind.STAFF)
    return may_be & (Q(name__icontains=words) | Q(username__icontains=words))


def posts_now(on: date) -> QuerySet[Post]:
    """Return the posts held on a day, the default one first."""
    return (
        Post.objects.filter(held_on(on))
        .select_related("unit", "permission_set")
        .order_by("-is_default", "ref")
    )
