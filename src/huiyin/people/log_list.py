"""The access log as a list: of whoever an office looks after, narrowed, page after page.

The log only grows, by millions of entries in years. It is read along indexes in the order of its
times, so a page costs a page however much there is, and however few entries fit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from huiyin.people.access_log import SUBJECT_ACCOUNT, behind, log_seen_by
from huiyin.people.actors import Actor
from huiyin.people.models import AccessLog
from huiyin.people.scope import FEW_UNITS, some_units_administered, units_administered
from huiyin.ui.among import AmongMany


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; what is left out narrows nothing.

    `who`: accounts that did something. `about`: accounts whose data it was; or `case_no`, the
    number of a matter. `since`, `until`: from an instant on, and before another one.
    """

    action: str = ""
    who: list[UUID] | None = None
    about: list[UUID] | None = None
    case_no: str = ""
    since: datetime | None = None
    until: datetime | None = None


def entries(
    wanted: Wanted, *, by: Actor, most: int, after: int | None = None, before: int | None = None
) -> Sequence[AccessLog]:
    """Return at most so many entries that an actor may read, the latest first.

    `after`: the id of the last entry of the page above. `before`: that of the first one of the page
    below; then those next to it come first. Three queries at most.
    """
    if wanted.who == [] or (wanted.about == [] and not wanted.case_no):
        return []  # nobody is called so
    backwards = before is not None and after is None
    rows = _narrowed(AccessLog.objects.all(), wanted)
    rows = behind(rows, before if backwards else after, backwards=backwards)
    order = ("at", "id") if backwards else ("-at", "-id")
    return list(_of_reader(rows.order_by(*order), by=by, most=most).order_by(*order)[:most])


def _narrowed(rows: QuerySet[AccessLog], wanted: Wanted) -> QuerySet[AccessLog]:
    if wanted.action:
        rows = rows.filter(action=wanted.action)
    if wanted.who is not None:
        rows = rows.filter(account_id__in=wanted.who)
    if wanted.about is not None:
        about = Q(subject_type=SUBJECT_ACCOUNT, subject_id__in=[str(pk) for pk in wanted.about])
        rows = rows.filter(about | _of_matter(wanted.case_no) if wanted.case_no else about)
    if wanted.since is not None:
        rows = rows.filter(at__gte=wanted.since)
    if wanted.until is not None:
        rows = rows.filter(at__lt=wanted.until)
    return rows


def _of_matter(case_no: str) -> Q:
    """Return the condition in the words of the index, which holds entries about matters alone."""
    return Q(case_no=case_no) & ~Q(case_no="")


def _of_reader(rows: QuerySet[AccessLog], *, by: Actor, most: int) -> QuerySet[AccessLog]:
    """Return of rows in order those that somebody may read; of few units the first of each."""
    if by.may("log.read_all") or not by.may("log.read") or by.unit_id is None:
        return log_seen_by(by, rows)
    units = some_units_administered(by.unit_id, most=FEW_UNITS + 1)
    if len(units) > FEW_UNITS:
        return rows.filter(AmongMany("unit_id", units_administered(by.unit_id)))
    if len(units) == 1:
        return rows.filter(unit_id=units[0])
    return AccessLog.objects.filter(pk__in=_first_of_each(rows, units, most=most))


def _first_of_each(rows: QuerySet[AccessLog], units: Sequence[UUID], *, most: int) -> RawSQL:
    """Return the first rows of each unit, found for one after the other along its index."""
    of_one = rows.filter(unit_id=RawSQL("looked_after.unit", []))[:most].values("id")
    text, known = of_one.query.sql_with_params()
    return RawSQL(  # noqa: S611 written by the ORM
        f"SELECT entry.id FROM unnest(%s::uuid[]) AS looked_after (unit)"  # noqa: S608 as above
        f" CROSS JOIN LATERAL ({text}) AS entry",
        [list(units), *known],
    )
