"""Posts as the administrator's list shows them, and what a post would open before it is given."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from huiyin.matters.access import looked_after_by, runs_seen_by
from huiyin.matters.wording import said
from huiyin.people import scope
from huiyin.people.access_log import names_of
from huiyin.people.actors import Actor, actor_of
from huiyin.people.models import Account, AccountKind, PermissionSet, Post
from huiyin.people.permission_sets import name_of
from huiyin.people.permissions import CATALOGUE
from huiyin.people.staff_list import called as called_so
from huiyin.procedures import library
from huiyin.ui.among import AnyOf
from huiyin.units.models import Unit
from huiyin.units.queries import held_on
from huiyin.units.words import Grams, MayHave

SOON_DAYS = 30
VACANT_DAYS = 365  # a post nobody has held for longer is gone, not vacant
_SHOWS_PEOPLE = frozenset(("people.see", "people.administer", "log.read"))
STATES: dict[str, str | Promise] = {
    "": gettext_lazy("Held now"),
    "ending": gettext_lazy("Ending soon"),
    "later": gettext_lazy("Beginning later"),
    "vacant": gettext_lazy("Vacant"),
    "ended": gettext_lazy("Already over"),
}


def posts_seen_by(actor: Actor) -> QuerySet[Post]:
    """Return the posts of the units an actor looks after; of every unit for the whole city."""
    posts = Post.objects.select_related("account", "unit", "permission_set")
    if actor.may("people.see_all"):
        return posts
    on = timezone.localdate()
    if actor.may("people.administer_all"):
        return posts.filter(held_on(on, prefix="unit__"))
    if actor.unit_id is None:
        return posts.none()
    mine = scope.looked_after("unit_id", actor.unit_id)
    return posts.filter(mine, held_on(on, prefix="unit__"))


def called(words: str) -> Q:
    """Return the condition for posts by a part of their holder's name or of their own title."""
    holders = Account.objects.filter(called_so(words)).values("pk")
    titled = Q(MayHave(Grams("title"), words), title__icontains=words)
    return Q(AnyOf("account_id", holders)) | titled


def in_state(posts: QuerySet[Post], state: str, *, on: date) -> QuerySet[Post]:
    """Return the posts of one tab of the list."""
    match state:
        case "ending":
            return posts.filter(held_on(on), valid_to__lte=on + timedelta(days=SOON_DAYS))
        case "later":
            return posts.filter(valid_from__gt=on).exclude(valid_to__lte=on)
        case "ended":
            return posts.filter(valid_to__lte=on)
        case "vacant":
            return vacant(posts, on=on)
    return posts.filter(held_on(on))


def vacant(posts: QuerySet[Post], *, on: date) -> QuerySet[Post]:
    """Return the last posts of their sort in units in force that nobody holds now.

    A post is vacant when its holder left, or has a closed account, and nobody else of the same
    permission set works or is about to work in the unit.
    """
    others = Post.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=on),
        unit=OuterRef("unit"),
        permission_set=OuterRef("permission_set"),
        account__is_active=True,
    ).exclude(pk=OuterRef("pk"))
    later = Post.objects.filter(
        unit=OuterRef("unit"),
        permission_set=OuterRef("permission_set"),
        valid_to__gt=OuterRef("valid_to"),
    )
    left = Q(valid_to__lte=on, valid_to__gt=on - timedelta(days=VACANT_DAYS))
    shut = Account.objects.filter(kind=AccountKind.STAFF, is_active=False).values("pk")
    closed = Q(AnyOf("account_id", shut)) & (Q(valid_to=None) | Q(valid_to__gt=on))
    return posts.filter(
        left | closed, held_on(on, prefix="unit__"), ~Exists(others), ~Exists(later)
    )


@dataclass(frozen=True)
class Row:
    """A post with the name of whoever gave it; empty for one that came with a load."""

    post: Post
    set_name: str
    given_by: str


def rows(posts: Sequence[Post]) -> list[Row]:
    """Return posts as the list shows them. One query."""
    people = names_of([post.recorded_by for post in posts if post.recorded_by])
    return [
        Row(
            post,
            name_of(post.permission_set),
            people.get(post.recorded_by, "") if post.recorded_by else "",
        )
        for post in posts
    ]


@dataclass(frozen=True)
class Opens:
    """What somebody sees and may do in a post: before it is given, nothing is written."""

    permissions: Sequence[str]
    city_wide: bool
    procedures: Sequence[str]
    confidential: Sequence[str]
    place: str
    matters: int
    units: int  # whose accounts and log it opens; 0: none but one's own


def opens(*, account: Account, unit: Unit, permission_set: PermissionSet) -> Opens:
    """Return what a post opens today. Three queries at most."""
    actor = actor_of(account, Post(account=account, unit=unit, permission_set=permission_set))
    names, confidential = looked_after_by(actor)
    codes = [code for code in CATALOGUE if code in actor.permissions]
    units = 0
    if actor.permissions & _SHOWS_PEOPLE:
        units = Unit.objects.filter(pk__in=scope.units_administered(unit.pk)).count()
    return Opens(
        permissions=[str(CATALOGUE[code].label) for code in codes],
        city_wide=any(CATALOGUE[code].city_wide for code in codes),
        procedures=_titles(names),
        confidential=_titles(confidential),
        place=unit.place.full_name,
        matters=runs_seen_by(actor).filter(is_closed=False).values("matter").distinct().count(),
        units=units,
    )


def _titles(names: Sequence[str]) -> list[str]:
    return [said(library.procedure(name).title) for name in names]


def holder_called(text: str) -> Account | None:
    """Return the staff account of a user name, or of a name that only one person has."""
    words = " ".join(text.replace("\x00", "").split())[:60]
    found = Account.objects.filter(kind="staff", is_active=True)
    exact = found.filter(username=words).first()
    if exact is not None:
        return exact
    named = list(found.filter(name=words)[:2])
    return named[0] if len(named) == 1 else None
