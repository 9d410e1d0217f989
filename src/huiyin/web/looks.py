"""Entries of the access log in words, for those who audit it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiyin.people.access_log import SUBJECT_ACCOUNT, names_of, offices_of
from huiyin.people.models import AccessLog

ACTIONS: dict[str, str | Promise] = {
    "reveal": gettext_lazy("Looked at covered data"),
    "look": gettext_lazy("Opened a confidential matter"),
    "phone_search": gettext_lazy("Looked for the matters of a telephone number"),
    "export_asked": gettext_lazy("Asked for an export"),
    "export": gettext_lazy("Exported data"),
    "sign_in": gettext_lazy("Signed in"),
    "sign_in_failed": gettext_lazy("Failed to sign in"),
    "locked_out": gettext_lazy("Was locked out"),
    "sign_out": gettext_lazy("Signed out"),
    "refused": gettext_lazy("Was refused"),
    "claim": gettext_lazy("Made a matter told by phone their own"),
    "screen_made": gettext_lazy("Set up a screen"),
    "screen_ended": gettext_lazy("Ended a screen"),
    "create": gettext_lazy("Made an account"),
    "issue_link": gettext_lazy("Made a link to set a password"),
    "activate": gettext_lazy("Set a first password"),
    "change_password": gettext_lazy("Changed the password"),
    "unlock": gettext_lazy("Let somebody sign in again at once"),
    "close": gettext_lazy("Closed an account"),
    "give_post": gettext_lazy("Gave a post"),
    "end_post": gettext_lazy("Ended a post"),
    "begin_acting": gettext_lazy("Let somebody act for another"),
    "end_acting": gettext_lazy("Ended an acting"),
    "token_made": gettext_lazy("Made a key of the API"),
    "token_revoked": gettext_lazy("Revoked a key of the API"),
    "try_channel": gettext_lazy("Had waiting messages tried at once"),
}
FIELDS: dict[str, str | Promise] = {
    "phone": gettext_lazy("Phone"),
    "name": gettext_lazy("Name"),
    "access_log": gettext_lazy("Access log"),
}


@dataclass(frozen=True)
class Line:
    """One entry: who, in which office and role, did what to whom, from where and why."""

    id: int
    at: datetime
    who: str
    unit: str
    role: str
    words: str
    subject: str
    fields: str
    purpose: str
    case_no: str
    address: str


def lines(entries: Iterable[AccessLog]) -> list[Line]:
    """Return the entries in words. Three queries, however many entries there are."""
    rows = list(entries)
    people = names_of([*_accounts(rows)])
    units, roles = offices_of(rows)
    return [
        Line(
            id=row.pk,
            at=row.at,
            who=people.get(row.account_id, "") if row.account_id else "",
            unit=units.get(row.unit_id, "") if row.unit_id else "",
            role=roles.get(row.permission_set, ""),
            words=str(ACTIONS.get(row.action, row.action)),
            subject=_subject(row, people),
            fields=_(", ").join(str(FIELDS.get(field, field)) for field in row.fields),
            purpose=row.purpose,
            case_no=row.case_no,
            address=row.address or "",
        )
        for row in rows
    ]


def _accounts(rows: Sequence[AccessLog]) -> set[UUID]:
    found = {row.account_id for row in rows if row.account_id}
    return found | {pk for row in rows if (pk := _subject_id(row)) is not None}


def _subject_id(row: AccessLog) -> UUID | None:
    if row.subject_type != SUBJECT_ACCOUNT or not row.subject_id:
        return None
    try:
        return UUID(row.subject_id)
    except ValueError:
        return None


def _subject(row: AccessLog, people: dict[UUID, str]) -> str:
    pk = _subject_id(row)
    if pk is None or pk == row.account_id:
        return ""
    return people.get(pk, "")
