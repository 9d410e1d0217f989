"""The door to other people's accounts: which staff an actor sees, and clear phone numbers.

The rules are SQL functions (people.scope). What an actor may not see answers like what is missing.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from huiyin.people import access_log, scope
from huiyin.people.actors import Actor
from huiyin.people.models import Account, AccountKind
from huiyin.people.refusals import NotFound, NotPermitted


def staff_seen_by(actor: Actor, *, at: datetime, walking: bool = False) -> QuerySet[Account]:
    """Return the staff accounts an actor sees: those of units looked after, or all of them.

    Needs `people.see`; with `people.see_all` everybody. Nobody sees anything without a post.
    `walking`: for a list in the order of user names.
    """
    accounts = Account.objects.filter(kind=AccountKind.STAFF)
    if actor.is_system:
        return accounts
    if not actor.may("people.see"):
        return accounts.none()
    if actor.may("people.see_all"):
        return accounts
    if actor.unit_id is None:
        return accounts.none()
    on = timezone.localdate(at)
    return accounts.filter(scope.staff_in_scope(actor.unit_id, on=on, walking=walking))


def staff_member(
    pk: UUID, *, by: Actor, at: datetime, needs: str = "people.see", lock: bool = False
) -> Account:
    """Return a staff account the actor sees; `lock` it for a change.

    Raises NotPermitted without the permission `needs`, NotFound alike for a missing account and
    for one of another office.
    """
    if not by.may(needs):
        raise NotPermitted()
    accounts = staff_seen_by(by, at=at)
    if lock:
        accounts = accounts.select_for_update(of=("self",))
    account = accounts.filter(pk=pk).first()
    if account is None:
        raise NotFound()
    return account


def reveal(
    *, account_id: UUID, by: Actor, purpose: str, at: datetime, address: str | None = None
) -> str:
    """Return the clear phone number of a colleague and write into the access log who saw it, why.

    Raises NotPermitted, NotFound, ReasonMissing.
    """
    purpose = access_log.stated_purpose(purpose)
    with transaction.atomic():
        account = staff_member(account_id, by=by, needs="people.reveal", at=at)
        access_log.record(
            by=by,
            at=at,
            action="reveal",
            subject_type=access_log.SUBJECT_ACCOUNT,
            subject_id=account.pk,
            fields=("phone",),
            purpose=purpose,
            address=address,
        )
    return account.phone
