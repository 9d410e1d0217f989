"""Saved views: a tray with its filters and its order, kept under a name by a post.

A view shows nothing of itself: whoever opens it sees what their own post may see of it.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q
from django.utils import timezone

from huiyin.people.actors import Actor
from huiyin.people.models import Post
from huiyin.ui.ready import Ready
from huiyin.units.queries import held_on
from huiyin.web.models import FirstView, SavedView
from huiyin.web.refusals import TooManyViews, ViewNameMissing, ViewNameTaken, ViewNotYours

MOST: Final = 12  # of one post; more are no help in finding anything
LONGEST: Final = 20  # characters of a name


def views_of(by: Actor) -> list[SavedView]:
    """Return the views of a post in its order, then those its colleagues share. One query.

    Each carries `is_first`, whether the inbox opens with it, and `is_own`.
    """
    if by.post_id is None:
        return []
    return _VIEWS.all(post=by.post_id, unit=by.unit_id)


_VIEWS: Ready[SavedView] = Ready(
    lambda post, unit: (
        SavedView.objects.filter(Q(post=post) | Q(unit=unit))
        .annotate(
            is_first=Exists(FirstView.objects.filter(post=post, view=OuterRef("pk"))),
            is_own=ExpressionWrapper(Q(post=post), BooleanField()),
        )
        .order_by("-is_own", "place", "name")
    )
)


def save_view(
    *, name: str, query: str, is_shared: bool, is_first: bool, by: Actor, at: datetime
) -> SavedView:
    """Keep a view under a name, for the post alone or for its whole unit.

    Raises ViewNameMissing, ViewNameTaken, TooManyViews, ViewNotYours for whoever has no post.
    """
    with transaction.atomic():
        post, own = _own(by)
        if len(own) >= MOST:
            raise TooManyViews(most=MOST)
        view = SavedView.objects.create(
            post_id=post, unit_id=by.unit_id if is_shared else None,
            name=_free_name(name, own), query=query, created_at=at,
            place=max((each.place for each in own), default=0) + 1,
        )  # fmt: skip
        if is_first:
            open_with(view.pk, by=by)
    return view


def rename_view(pk: UUID, *, name: str, by: Actor) -> None:
    """Give a view another name. Raises ViewNotYours, ViewNameMissing, ViewNameTaken."""
    with transaction.atomic():
        view, own = _mine(pk, by)
        view.name = _free_name(name, [each for each in own if each.pk != pk])
        view.save(update_fields=["name"])


def replace_view(pk: UUID, *, query: str, by: Actor) -> None:
    """Let a view hold other filters. Raises ViewNotYours."""
    with transaction.atomic():
        view, _others = _mine(pk, by)
        view.query = query
        view.save(update_fields=["query"])


def share_view(pk: UUID, *, is_shared: bool, by: Actor) -> None:
    """Share a view with the unit, or keep it to oneself again. Raises ViewNotYours."""
    with transaction.atomic():
        view, _others = _mine(pk, by)
        view.unit_id = by.unit_id if is_shared else None
        view.save(update_fields=["unit"])
        if not is_shared:
            FirstView.objects.filter(view=pk).exclude(post=by.post_id).delete()


def move_view(pk: UUID, *, up: bool, by: Actor) -> None:
    """Move a view one place up or down among those of its post. Raises ViewNotYours."""
    with transaction.atomic():
        _view, own = _mine(pk, by)
        order = [view.pk for view in own]
        here = order.index(pk)
        there = here - 1 if up else here + 1
        if 0 <= there < len(order):
            order[here], order[there] = order[there], order[here]
        for view in own:
            view.place = order.index(view.pk) + 1
        SavedView.objects.bulk_update(own, ["place"])


def delete_view(pk: UUID, *, by: Actor) -> None:
    """Delete a view; of a colleague who holds the post no more, anybody in the unit may.

    Raises ViewNotYours.
    """
    held = Post.objects.filter(held_on(timezone.localdate())).values("pk")
    left_behind = Q(unit=by.unit_id) & ~Q(post__in=held)
    mine = Q(post=by.post_id) if by.post_id else Q(pk=None)
    gone, _what = SavedView.objects.filter(mine | left_behind, pk=pk).delete()
    if not gone:
        raise ViewNotYours()


def open_with(pk: UUID | None, *, by: Actor) -> None:
    """Let the inbox of a post open with a view, or with its trays again. Raises ViewNotYours."""
    if by.post_id is None:
        raise ViewNotYours()
    if pk is None:
        FirstView.objects.filter(post=by.post_id).delete()
        return
    theirs = Q(post=by.post_id) | Q(unit=by.unit_id)
    if not SavedView.objects.filter(theirs, pk=pk).exists():
        raise ViewNotYours()
    FirstView.objects.update_or_create(post_id=by.post_id, defaults={"view_id": pk})


def _own(by: Actor) -> tuple[UUID, list[SavedView]]:
    """Lock a post and return its views in order: two pages at once do not get in each other's way.

    Raises ViewNotYours for whoever has no post.
    """
    if by.post_id is None:
        raise ViewNotYours()
    Post.objects.select_for_update(no_key=True).filter(pk=by.post_id).first()
    return by.post_id, list(SavedView.objects.filter(post=by.post_id).order_by("place", "name"))


def _mine(pk: UUID, by: Actor) -> tuple[SavedView, list[SavedView]]:
    _post, own = _own(by)
    view = next((each for each in own if each.pk == pk), None)
    if view is None:
        raise ViewNotYours()
    return view, own


def _free_name(name: str, others: Iterable[SavedView]) -> str:
    tidy = " ".join(name.replace("\x00", "").split())[:LONGEST]
    if not tidy:
        raise ViewNameMissing()
    if any(view.name == tidy for view in others):
        raise ViewNameTaken(name=tidy)
    return tidy
