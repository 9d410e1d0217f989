"""Lists of entries: of the desk by tray, of the public; and what was done with one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from huiyin.categories.tree import tree
from huiyin.knowledge.models import (
    PUBLIC_KINDS,
    Act,
    Entry,
    Kind,
    State,
    Step,
    Version,
    grace,
)
from huiyin.knowledge.refusals import NotFound
from huiyin.people.access_log import names_of
from huiyin.people.actors import Actor

TRAYS = ("all", "mine", "to_check", "due", "drafts", "withdrawn")


def entries(
    *, tray: str, by: Actor, on: date, kind: str = "", category: str = ""
) -> QuerySet[Entry]:
    """Return the entries of a tray of the desk list, narrowed to a kind and a class of matter."""
    rows = Entry.objects.filter(_tray(tray, by=by, on=on))
    if kind in Kind.values:
        rows = rows.filter(kind=kind)
    if category:
        rows = rows.filter(latest__categories__overlap=subtree(category))
    return rows.select_related("latest", "owner")


def _tray(tray: str, *, by: Actor, on: date) -> Q:
    return {
        "mine": Q(owner=by.unit_id),
        "to_check": Q(state=State.TO_CHECK),
        "due": Q(shown__isnull=False, review_on__lte=on),
        "drafts": Q(state=State.DRAFT),
        "withdrawn": Q(state=State.WITHDRAWN),
    }.get(tray, Q())


def trays(*, by: Actor, on: date) -> dict[str, QuerySet[Entry]]:
    """Return what each tray has, to be counted."""
    return {tray: Entry.objects.filter(_tray(tray, by=by, on=on)) for tray in TRAYS}


def subtree(code: str) -> list[str]:
    """Return a category code with all codes in use below it."""
    return [code, *(one for one in tree().by_code if one.startswith(code) and one != code)]


def in_use(on: date, *, kinds: Sequence[str] = PUBLIC_KINDS, is_public: bool = True) -> Q:
    """Return the condition for what is in use on a day.

    `is_public`: for residents, who are not shown what has waited too long for its review.
    """
    since = Q(shown__valid_from=None) | Q(shown__valid_from__lte=on)
    until = Q(shown__valid_to=None) | Q(shown__valid_to__gt=on)
    fresh = Q(review_on__gt=on - grace()) if is_public else Q()
    return since & until & fresh & Q(shown__isnull=False, kind__in=kinds)


def entries_in_use(
    *, on: date, kinds: Sequence[str] = PUBLIC_KINDS, category: str = "", is_public: bool = True
) -> QuerySet[Entry]:
    """Return what is in use, of some kinds and a class of matter."""
    rows = Entry.objects.filter(in_use(on, kinds=kinds, is_public=is_public))
    if category:
        rows = rows.filter(shown__categories__overlap=subtree(category))
    return rows.select_related("shown", "owner")


def public_entries(*, on: date, kind: str = "", category: str = "") -> QuerySet[Entry]:
    """Return what residents are shown, of a kind and a class of matter."""
    kinds = [kind] if kind in PUBLIC_KINDS else list(PUBLIC_KINDS)
    return entries_in_use(on=on, kinds=kinds, category=category)


def public_entry(pk: UUID, *, on: date) -> Entry:
    """Return one entry that residents are shown. Raises NotFound."""
    found = public_entries(on=on).filter(pk=pk).first()
    if found is None:
        raise NotFound()
    return found


def related(entry: Entry, *, on: date, limit: int = 3) -> list[Entry]:
    """Return other public entries of the same class of matter."""
    codes = entry.shown.categories if entry.shown else []
    rows = Entry.objects.filter(in_use(on), shown__categories__overlap=codes).exclude(pk=entry.pk)
    return list(rows.select_related("shown").order_by("-helpful", "-id")[:limit]) if codes else []


# --- what was done ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Done:
    """One step: what, by whom, when, with which version, why."""

    act: str
    label: str
    who: str
    at: datetime
    version: int
    why: str


def history(entry: Entry) -> list[Done]:
    """Return what was done with an entry, the latest first. Two queries."""
    steps = list(Step.objects.filter(entry=entry).order_by("-id")[:100])
    names = names_of([step.by for step in steps if step.by])
    return [_done(step, names) for step in steps]


def _done(step: Step, names: Mapping[UUID, str]) -> Done:
    who = names.get(step.by, "") if step.by else ""
    return Done(step.act, str(Act(step.act).label), who, step.at, step.version, step.why)


def versions_of(entry: Entry) -> Sequence[Version]:
    """Return all versions, the latest first."""
    return list(Version.objects.filter(entry=entry).order_by("-number"))


def sent_back(entry: Entry) -> Done | None:
    """Return why the latest version was sent back, where that is the last thing that happened."""
    last = Step.objects.filter(entry=entry).order_by("-id").first()
    if last is None or last.act != Act.SENT_BACK:
        return None
    return _done(last, names_of([last.by]) if last.by else {})
