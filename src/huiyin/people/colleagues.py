"""Finding colleagues: by the name they sign in with, by unit, by words."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from huiyin.people.accounts import login_name
from huiyin.people.models import Account, AccountKind, Post
from huiyin.people.refusals import NotFound
from huiyin.units.queries import held_on
from huiyin.units.words import Grams, MayHave


def colleague_called(text: str) -> UUID:
    """Return the active staff account of a user name or mobile number. Raises NotFound."""
    found = Account.objects.filter(
        username=login_name(text), kind=AccountKind.STAFF, is_active=True
    ).values_list("pk", flat=True)
    pk = found.first()
    if pk is None:
        raise NotFound()
    return pk


def not_called_so() -> str:
    """Return what a form says where a colleague was not found."""
    return _("No colleague signs in with this. Ask them for their user name.")


def staff_of(unit_id: UUID, *, at: datetime) -> QuerySet[Account]:
    """Return the staff who hold a post in a unit on that day, by name."""
    held = Post.objects.filter(held_on(timezone.localdate(at)), unit=unit_id)
    return Account.objects.filter(
        kind=AccountKind.STAFF, is_active=True, pk__in=held.values("account")
    ).order_by("name", "username")


def search_staff(words: str, *, at: datetime, limit: int) -> Sequence[Account]:
    """Return staff in post whose name holds some words, each with `posts_now`. Two queries."""
    tidy = words.replace("\x00", "").strip()
    if not tidy:
        return []
    posts = Post.objects.filter(held_on(timezone.localdate(at))).select_related("unit")
    staff = Account.objects.filter(
        MayHave(Grams("name", "username"), tidy), Exists(posts.filter(account=OuterRef("pk"))),
        name__icontains=tidy, kind=AccountKind.STAFF, is_active=True,
    )  # fmt: skip
    named = staff.prefetch_related(Prefetch("posts", posts, to_attr="posts_now"))
    return list(named.order_by("name", "username")[:limit])
