"""The administrator's first page: what needs a look, and the way to everything else."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huiyin.people.actors import Actor
from huiyin.people.guards import staff
from huiyin.people.http import PeopleRequest
from huiyin.web.administration import attention
from huiyin.web.finding import said_path
from huiyin.web.functions import owner_words

NEEDS = "people.see"


@dataclass(frozen=True)
class Way:
    """A door of the page: where it leads and what is behind it."""

    label: str
    text: str
    icon: str
    url: str


@staff(needs=NEEDS)
@require_safe
def index(request: PeopleRequest) -> HttpResponse:
    """What needs a look, then the doors this post may open."""
    points = attention.points(request.actor, at=timezone.now())
    context = {
        "points": points,
        "urgent": sum(1 for point in points if point.urgent),
        "ways": list(_ways(request.actor)),
    }
    return render(request, "web/admin/index.html", context)


@staff(needs="units.administer")
@require_safe
def kinds(request: PeopleRequest) -> HttpResponse:
    """The kinds of matter that no list of duties names."""
    found = [
        {
            "category": leaf.category,
            "path": said_path(leaf),
            "owner": owner_words(leaf.owner_kind),
        }
        for leaf in attention.kinds_without_unit(on=timezone.localdate())
    ]
    return render(request, "web/admin/kinds.html", {"kinds": found})


def _ways(actor: Actor) -> list[Way]:
    all_ways = (
        ("units.administer", _("Units"), _("Enter, rename, move, merge, end"), "building",
         "web:admin_units"),
        ("units.administer", _("Lists of duties"), _("Who answers for what; take a list over"),
         "list", "web:admin_duties"),
        ("units.administer", _("Who would get it?"), _("Try a kind of matter and a place"),
         "search", "web:admin_who"),
        ("people.see", _("Posts"), _("Who works where, with which permissions"), "users",
         "web:admin_posts"),
        ("people.see", _("People"), _("Accounts, sign-in, links"), "user", "people:staff_list"),
        ("", _("Limits"), _("What the law fixes and what the city sets"), "clock", "web:terms"),
        ("", _("Procedures"), _("Read, look at the picture, check a draft"), "document",
         "web:admin_procedures"),
        ("notices.administer", _("What did not arrive"), _("Messages, other systems, jobs"),
         "mail", "web:admin_undelivered_first"),
        ("log.read", _("Access log"), _("Who looked at whose data, and why"), "eye",
         "web:access_log"),
        ("registers.edit", _("Registers"), _("Kinds of matter, texts, calendar, rosters"), "book",
         "admin:index"),
    )  # fmt: skip
    return [
        Way(label, text, icon, reverse(route))
        for needs, label, text, icon, route in all_ways
        if not needs or actor.may(needs)
    ]
