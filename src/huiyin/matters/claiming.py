"""A matter that was told by phone becomes one's own: its number and the phone prove whose it is.

Whoever called 12345 has no account in their matter, only a phone. Number and a code sent to that
phone open it (domain §5.2: the person can always see where it stands).
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from huiyin.matters import numbers
from huiyin.matters.models import Contact, Matter
from huiyin.matters.refusals import NotFound
from huiyin.people import access_log
from huiyin.people.actors import Actor
from huiyin.people.models import Account, AccountKind


def claim(*, number: str, by: Actor, at: datetime, address: str | None = None) -> Matter:
    """Let a resident's account see a matter in which their phone stands; return the matter.

    The caller has made sure that the phone is theirs: residents sign in by a code sent to it.
    Again is the same answer. A contact of another account stays with that one. Writes the contacts
    and an entry of the access log. Raises NotFound alike for an unknown number and another's.
    """
    whole = numbers.read(number)
    if whole is None or by.account_id is None or by.kind != AccountKind.RESIDENT:
        raise NotFound()
    with transaction.atomic():
        account = Account.objects.get(pk=by.account_id)
        theirs = Q(account=account)
        if account.phone_index:
            theirs |= Q(account=None, phone_index=bytes(account.phone_index))
        found = list(
            Contact.objects.select_for_update(of=("self",), no_key=True)
            .filter(theirs, matter__number=whole)
            .select_related("matter")
            .order_by("pk")
        )
        if not found:
            raise NotFound()
        fresh = [one.pk for one in found if one.account_id is None]
        if fresh:
            Contact.objects.filter(pk__in=fresh).update(account=account)
            access_log.record(
                by=by, at=at, action="claim", subject_type="matter", subject_id=found[0].matter_id,
                case_no=whole, address=address,
            )  # fmt: skip
    return found[0].matter
