"""The start page of each kind of staff: what this person can do today, with what the city knows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from huiyin.people.actors import Actor
from huiyin.web.desks import casework, field, office, oversight

Content = Mapping[str, Any]


@dataclass(frozen=True)
class Desk:
    """Which template shows the desk, and what it shows."""

    template: str
    content: Content


_BUILDERS: Mapping[str, Callable[[Actor, datetime], Content]] = {
    "grid_worker": field.grid_worker,
    "village_clerk": field.village_clerk,
    "centre_clerk": office.centre_clerk,
    "department_clerk": office.department_clerk,
    "unit_admin": office.unit_admin,
    "hotline_agent": casework.hotline_agent,
    "petition_clerk": casework.petition_clerk,
    "mediator": casework.mediator,
    "leader": oversight.leader,
    "city_admin": oversight.city_admin,
    "auditor": oversight.auditor,
}


def desk_of(actor: Actor, *, at: datetime) -> Desk:
    """Return the desk of the post this person works in now.

    Somebody without a post gets a page that says whom to ask; a permission set a city has added
    itself gets its unit's page.
    """
    if actor.post_id is None:
        return Desk("web/desk/no_post.html", {})
    kind = actor.permission_set if actor.permission_set in _BUILDERS else ""
    builder = _BUILDERS.get(kind, office.department_clerk)
    return Desk(f"web/desk/{kind or 'department_clerk'}.html", builder(actor, at))
