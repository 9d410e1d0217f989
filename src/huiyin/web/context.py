"""The navigation of every page: where this person can go, in which post, of which city."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from huiyin.matters import board, calling_back
from huiyin.people.actors import Actor
from huiyin.people.models import AccountKind


@dataclass(frozen=True, eq=False)
class Door:
    """One entry of the desk's rail: `routes` are the views on which it is the current one.

    `counts`: what `web:waiting_here` counts for it, asked for once the page is there. `group`: what
    is opened now and then stands under "More" beside others of its group (`GROUPS`) where the rail
    has no room for it (`is_folded`); `head`: the words above it there.
    """

    label: str | Promise
    icon: str
    route: str
    routes: tuple[str, ...]
    needs: str = ""
    args: tuple[str, ...] = ()
    count: int = 0
    current: bool = False
    only_for: Callable[[Actor], bool] | None = None  # reads the post alone: no query
    counts: str = ""
    group: str = ""
    is_folded: bool = False
    head: str | Promise = ""

    @cached_property
    def url(self) -> str:
        return reverse(self.route, args=self.args)


DOORS = (
    Door(_("Start"), "home", "web:desk", ("web:desk",)),
    Door(
        _("Inbox"),
        "inbox",
        "web:inbox",
        (
            "web:inbox",
            "web:saved_views",
            "web:act_on_many",
            "web:matter",
            "web:take_act",
            "web:matter_picture",
            "web:reveal",
        ),
    ),
    Door(
        _("Dispatch"),
        "arrow-turn",
        "web:board",
        ("web:board", "web:board_act", "web:board_returns"),
        only_for=board.dispatches,
        counts="board",
    ),
    Door(
        _("Call back"),
        "again",
        "web:callbacks",
        ("web:callbacks", "web:callback_act", "web:callback_reveal"),
        only_for=calling_back.calls_back,
        counts="callbacks",
    ),
    Door(
        _("Standing"),
        "chart",
        "web:command",
        (
            "web:command",
            "web:command_list",
            "web:command_units",
            "web:command_unit_list",
            "web:screens",
        ),
        needs="insight.see",
    ),
    Door(_("Take in"), "phone", "web:take_in", ("web:take_in", "web:take_in_by")),
    Door(
        _("Knowledge"),
        "book",
        "web:knowledge",
        ("web:knowledge", "web:knowledge_new", "web:knowledge_entry", "web:knowledge_change"),
    ),
    Door(_("Find"), "search", "web:find_matter", ("web:find_matter",), group="look_up"),
    Door(
        _("Whistles"),
        "bell",
        "web:whistles",
        ("web:whistles", "web:whistle_one", "web:whistle_new"),
        counts="whistles",
    ),
    Door(
        _("Supervise"),
        "flag",
        "web:supervised",
        ("web:supervised", "web:supervised_one", "web:supervised_new"),
        counts="supervised",
    ),
    Door(
        _("Duty"),
        "calendar",
        "web:rosters",
        (
            "web:rosters",
            "web:roster_day",
            "web:roster_times",
            "web:roster_import",
            "web:roster_swap",
        ),
        counts="swaps",
    ),
    Door(_("Who acts"), "pin", "web:responsible", ("web:responsible",), group="look_up"),
    Door(
        _("Directory"),
        "map",
        "web:directory",
        ("web:directory", "web:place", "web:place_search", "web:locate", "web:grid_workers"),
        group="look_up",
    ),
    Door(_("Units"), "building", "web:units", ("web:units", "web:unit"), group="look_up"),
    Door(
        _("People"),
        "users",
        "people:staff_list",
        ("people:staff_list", "people:staff"),
        needs="people.see",
        group="administer",
    ),
    Door(_("Matters"), "list", "web:categories", ("web:categories",), group="look_up"),
    Door(_("Limits"), "clock", "web:terms", ("web:terms", "web:term"), group="look_up"),
    Door(
        _("Failures"),
        "mail",
        "web:admin_undelivered_first",
        (
            "web:admin_undelivered_first",
            "web:admin_undelivered",
            "web:admin_act_undelivered",
            "web:admin_try_receiver",
            "notices:troubled",
        ),
        needs="notices.administer",
        group="administer",
    ),
    Door(
        _("Log"),
        "eye",
        "web:access_log",
        ("web:access_log", "web:export_log"),
        needs="log.read",
        group="administer",
    ),
    Door(
        _("Administer"),
        "settings",
        "web:admin",
        (
            "web:admin",
            "web:admin_units",
            "web:admin_unit",
            "web:admin_change_unit",
            "web:admin_new_unit",
            "web:admin_duties",
            "web:admin_add_duty",
            "web:admin_withdraw_duty",
            "web:admin_kinds",
            "web:admin_take_over_duties",
            "web:admin_who",
            "web:admin_posts",
            "web:admin_new_post",
            "web:admin_procedures",
            "web:admin_procedure",
            "web:admin_check",
        ),
        needs="people.see",
        group="administer",
    ),
)


_SOME_UNIT = UUID(int=0)  # doors ask whether there is one, never which
GROUPS: Final[Mapping[str, str | Promise]] = {
    "": "",
    "administer": _("Administer"),
    "look_up": _("Look up"),
}
ON_THE_RAIL: Final = 9  # beside the start: what a desk screen of 768 points has room for
START: Final = "web:desk"


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Give templates the doors of this person's desk, the frame of shared pages and the city.

    Costs no query.
    """
    actor = getattr(request, "actor", None)
    is_staff = actor is not None and actor.kind == AccountKind.STAFF
    return {
        "nav": _rail(actor, request) if actor is not None and is_staff else (),
        "layout": "ui/desk.html" if is_staff else "ui/resident.html",
        "is_staff": is_staff,
        "city_name": settings.HUIYIN.city_name,
    }


def _rail(actor: Actor, request: HttpRequest) -> tuple[Door, ...]:
    here = request.resolver_match.view_name if request.resolver_match else ""
    post = Actor(
        account_id=None, kind=actor.kind, unit_id=_SOME_UNIT if actor.unit_id else None,
        unit_kind=actor.unit_kind, level=actor.level, permissions=actor.permissions,
    )  # fmt: skip
    return _doors(post, here)


@lru_cache(maxsize=1_024)
def _doors(post: Actor, here: str) -> tuple[Door, ...]:
    """Return the doors of such a post as they stand on a page; the same ones each time."""
    return _folded(
        replace(door, current=here in door.routes)
        for door in DOORS
        if (not door.needs or post.may(door.needs))
        and (door.only_for is None or door.only_for(post))
    )


def _folded(doors: Iterable[Door]) -> tuple[Door, ...]:
    """Return the doors, those of every day first; what the rail has no room for is folded."""
    order = list(GROUPS)
    left = ON_THE_RAIL
    found = []
    headed = set()
    for door in sorted(doors, key=lambda one: order.index(one.group)):
        if door.route == START or left:
            left -= door.route != START
            found.append(door)
            continue
        head = "" if door.group in headed else GROUPS[door.group]
        headed.add(door.group)
        found.append(replace(door, is_folded=True, head=head))
    return tuple(found)
