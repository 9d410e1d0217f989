"""A merge: the same thing, reported twice, is handled once; nobody is lost and nothing deleted.

The matter that is merged ends where it is and names the other; the other's timeline says which one
came in. Whoever reported either is told what becomes of it (`attached`).
"""

from datetime import datetime
from functools import cache
from typing import Final
from uuid import UUID

from django.db.models import Q
from django.db.models.expressions import RawSQL

from huiyin.matters import access, numbers
from huiyin.matters.handing_over import main_run
from huiyin.matters.models import Contact, ContactRole, Matter
from huiyin.matters.refusals import (
    MergeAccusesOthers,
    MergeConfidential,
    MergedOnAlready,
    MergeIntoDone,
    MergeIntoItself,
    MergeUnknown,
)
from huiyin.matters.writing import record
from huiyin.people.actors import Actor as Account
from huiyin.procedures import Decision, library
from huiyin.procedures.runs import Values

MERGED_INTO: Final = "merged_into"  # the mark on the act that ends the one …
MERGED_IN: Final = "matters.merged_in"  # … and the event on the other
TOLD: Final = (ContactRole.REPORTER, ContactRole.JOINED)


@cache
def _merging_fields() -> dict[str, str]:
    """Return the actions that merge, in any procedure, with the field that names the other."""
    rules = (rule for one in library.procedures().values() for rule in one.actions.values())
    return {rule.name: rule.merge for rule in rules if rule.merge}


def lock_both(run_id: UUID, action: str, form: Values) -> None:
    """Lock the matter of a run and the one an act merges it into, in the order of their ids."""
    field = _merging_fields().get(action)
    if field is None:
        return
    both = Q(runs=run_id) | Q(number=numbers.read(str(form.get(field, ""))) or "")
    ids = set(Matter.objects.filter(both).values_list("pk", flat=True))
    list(
        Matter.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=ids)
        .order_by("pk")
        .values_list("pk")
    )


def merge_target(matter: Matter, decision: Decision, *, by: Account) -> Matter:
    """Return the matter that a merge names; it is locked already.

    Raises MergeUnknown (also when whoever acts may not see it), MergeIntoItself,
    MergeConfidential, MergedOnAlready (merging on would go round in a circle sooner or later),
    MergeIntoDone, MergeAccusesOthers.
    """
    named = decision.merges_into
    seen = access.matters_seen_by(by)
    other = seen.filter(number=numbers.read(named) or "").first()
    if other is None:
        raise MergeUnknown(number=named)
    if other.pk == matter.pk:
        raise MergeIntoItself()
    if matter.is_confidential or other.is_confidential:
        raise MergeConfidential()
    if other.merged_into_id:
        into = Matter.objects.get(pk=other.merged_into_id)
        raise MergedOnAlready(number=numbers.spoken(into.number))
    if set(matter.accused) != set(other.accused):
        raise MergeAccusesOthers()
    if main_run(other).is_done:
        raise MergeIntoDone(number=numbers.spoken(other.number))
    return other


def merge_matters(matter: Matter, other: Matter, *, by: Account, at: datetime) -> None:
    """Write that a matter goes on in another one; both are locked. One event on the other."""
    matter.merged_into = other
    matter.save(update_fields=["merged_into"])
    marks = {"matter": str(matter.pk), "number": matter.number}
    record(main_run(other), MERGED_IN, {}, by=by, at=at, marks=marks)


def goes_on_in(matter: Matter) -> Matter:
    """Return the matter in which this one is handled now: itself, or the last it went into."""
    while matter.merged_into_id:
        matter = Matter.objects.get(pk=matter.merged_into_id)
    return matter


def merged_with(matter: Matter) -> list[UUID]:
    """Return the ids of the matters handled here: this one, and all merged into it at any remove.

    One query.
    """
    merged = Matter.objects.filter(pk__in=_merged_into(matter)).order_by("-pk")
    return [matter.pk, *merged.values_list("pk", flat=True)]


def _merged_into(matter: Matter) -> RawSQL:
    called = "SELECT merged FROM matters_merged_into(%s) AS merged"
    return RawSQL(called, [matter.pk])  # noqa: S611 a fixed text with a parameter


def attached(matter: Matter) -> list[Contact]:
    """Return everybody who is told of a matter: who reported it, or joined, or was merged into it.

    In the order in which they came; one query.
    """
    here = Q(matter=matter) | Q(matter__in=_merged_into(matter))
    return list(Contact.objects.filter(here, role__in=TOLD).order_by("id"))


def attached_by_merging(matter: Matter) -> list[Contact]:
    """Return those of them who reported another number that was merged into it, with that matter.

    One query.
    """
    merged = _merged_into(matter)
    return list(
        Contact.objects.filter(matter__in=merged, role__in=TOLD)
        .select_related("matter")
        .order_by("id")
    )


def is_attached(matter: Matter, account_id: UUID) -> bool:
    """Tell whether a resident is told of a matter, so that they may follow and rate it."""
    return any(contact.account_id == account_id for contact in attached(matter))
