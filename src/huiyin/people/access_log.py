"""Who looked at which clear personal data, signed in or was let in; append-only.

Source: PIPL art. 51, 54; CSL art. 21(3); what an entry holds: docs/sources.md (domain §5.1).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from huiyin.people.actors import Actor
from huiyin.people.models import AccessLog, Account, PermissionSet
from huiyin.people.permission_sets import name_of
from huiyin.people.refusals import ReasonMissing
from huiyin.people.scope import units_administered
from huiyin.units.models import Unit

SUBJECT_ACCOUNT = "account"
# Acts in which somebody saw the data of the subject; signing in shows nobody anything.
LOOKS = ("reveal", "export")
LONGEST_PURPOSE = 200


def record(
    *,
    by: Actor,
    at: datetime,
    action: str,
    subject_type: str,
    subject_id: str | UUID = "",
    fields: Sequence[str] = (),
    purpose: str = "",
    case_no: str = "",
    address: str | None = None,
) -> AccessLog:
    """Write an entry: who, in which post, from where, what was seen, why."""
    return AccessLog.objects.create(
        at=at,
        account_id=by.account_id,
        post_id=by.post_id,
        unit_id=by.unit_id,
        permission_set=by.permission_set,
        address=address,
        action=action,
        subject_type=subject_type,
        subject_id=str(subject_id),
        fields=list(fields),
        purpose=purpose,
        case_no=case_no,
    )


def stated_purpose(text: str) -> str:
    """Return a purpose as it is kept. Raises ReasonMissing when it says nothing."""
    purpose = " ".join(text.split())[:LONGEST_PURPOSE]
    if len(purpose) < 2:
        raise ReasonMissing()
    return purpose


def log_seen_by(actor: Actor, rows: QuerySet[AccessLog] | None = None) -> QuerySet[AccessLog]:
    """Return the entries an actor may read, of all or of some: all, or those of units below.

    `log.read_all` opens the whole log, `log.read` what was done in the actor's own unit and those
    below it (the supervisor of whoever looked, domain §5.1). `log_list` gives them page by page.
    """
    entries = AccessLog.objects.all() if rows is None else rows
    if actor.may("log.read_all"):
        return entries
    if actor.may("log.read") and actor.unit_id is not None:
        return entries.filter(unit_id__in=units_administered(actor.unit_id))
    return entries.none()


def behind(
    rows: QuerySet[AccessLog], entry: int | None, *, backwards: bool = False
) -> QuerySet[AccessLog]:
    """Return what comes after an entry, the latest first; or before it. All where there is none."""
    at = AccessLog.objects.filter(pk=entry).values_list("at", flat=True).first() if entry else None
    if at is None:
        return rows
    further = "gt" if backwards else "lt"
    beside = Q(**{f"at__{further}": at}) | Q(**{f"id__{further}": entry})
    return rows.filter(beside, **{f"at__{further}e": at})


@dataclass(frozen=True, slots=True)
class Look:
    """One entry as the person it is about reads it: which office and in which role, not who."""

    id: int
    at: datetime
    unit_name: str
    role: str
    fields: tuple[str, ...]
    purpose: str
    case_no: str


def access_log_of(account_id: UUID, *, before: int | None = None, limit: int = 20) -> list[Look]:
    """Return who looked at the data of an account, the latest first (PIPL art. 44, 45).

    Its own looks are left out. `before`: the id of the last entry of the page above. Three queries,
    four with a page above.
    """
    rows = AccessLog.objects.filter(
        Q(account_id=None) | ~Q(account_id=account_id),
        subject_type=SUBJECT_ACCOUNT,
        subject_id=str(account_id),
        action__in=LOOKS,
    )
    found = list(behind(rows, before).order_by("-at", "-id")[:limit])
    units, roles = offices_of(found)
    return [
        Look(
            id=row.pk,
            at=row.at,
            unit_name=units.get(row.unit_id, "") if row.unit_id else "",
            role=roles.get(row.permission_set, ""),
            fields=tuple(row.fields),
            purpose=row.purpose,
            case_no=row.case_no,
        )
        for row in found
    ]


def offices_of(rows: Sequence[AccessLog]) -> tuple[dict[UUID, str], dict[str, str]]:
    """Return the names of the units and roles in which entries were made. Two queries."""
    units = Unit.objects.filter(pk__in={row.unit_id for row in rows if row.unit_id})
    roles = PermissionSet.objects.filter(pk__in={row.permission_set for row in rows})
    return dict(units.values_list("pk", "name")), {held.pk: name_of(held) for held in roles}


def names_of(account_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return the names behind the entries of a page, by account."""
    return dict(Account.objects.filter(pk__in=account_ids).values_list("pk", "name"))
