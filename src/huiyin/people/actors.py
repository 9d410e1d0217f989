"""Who acts: the account, the post it works in now, and what that post may do."""

from dataclasses import dataclass
from uuid import UUID

from huiyin.people.models import Account, Acting, Post

SYSTEM_KIND = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Everything a verb or a page needs to know about whoever acts; built once a request.

    `acting_id` is set while this person acts for the holder of `post_id`. Residents and staff
    without a valid post have no post, no unit and no permissions.
    """

    account_id: UUID | None
    kind: str
    name: str = ""
    post_id: UUID | None = None
    acting_id: UUID | None = None
    acting_for: str = ""
    title: str = ""
    unit_id: UUID | None = None
    unit_place_id: UUID | None = None
    unit_name: str = ""
    unit_kind: str = ""
    level: int | None = None
    permission_set: str = ""
    permissions: frozenset[str] = frozenset()
    contact_id: UUID | None = None  # a person of a matter who came by a one-time link

    @property
    def is_system(self) -> bool:
        """Whether this is no person but a job, a load or a command."""
        return self.kind == SYSTEM_KIND

    def may(self, permission: str, /) -> bool:
        """Tell whether the post in which this person acts has a permission; the system has all."""
        return self.is_system or permission in self.permissions


SYSTEM = Actor(account_id=None, kind=SYSTEM_KIND)


def actor_of(account: Account, post: Post | None = None, acting: Acting | None = None) -> Actor:
    """Build the actor of an account in one of its posts, or in the post of somebody it acts for.

    The post's unit and permission set, and for an acting the holder's account, must be loaded.
    """
    if post is None:
        return Actor(account_id=account.pk, kind=account.kind, name=account.name)
    return Actor(
        account_id=account.pk,
        kind=account.kind,
        name=account.name,
        post_id=post.pk,
        acting_id=acting.pk if acting else None,
        acting_for=post.account.name if acting else "",
        title=post.title,
        unit_id=post.unit_id,
        unit_place_id=post.unit.place_id,
        unit_name=post.unit.short_name or post.unit.name,
        unit_kind=post.unit.kind,
        level=post.unit.level,
        permission_set=post.permission_set_id,
        permissions=frozenset(post.permission_set.permissions),
    )
