"""The door to matters: who sees which, what they see of the people in them, and who looked.

The rules are SQL functions (migration `sight_functions`); this module calls them and nothing else
repeats them. Which procedures an office looks after is read from the procedure files, by the same
rules the engine acts by, and handed to the functions as a parameter: a table of it would have to
be kept in step with the files, and would be wrong while two versions of the program run.
What an actor may not see answers like what is missing.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.db.models.lookups import IsNull

from huiyin.matters import numbers
from huiyin.matters.models import Assignment, Contact, ContactRole, Matter, Run
from huiyin.matters.people_in import LEVELS
from huiyin.matters.refusals import ContactNotOpen, NotFound
from huiyin.people import access_log
from huiyin.people.actors import Actor
from huiyin.people.phones import masked
from huiyin.procedures import library
from huiyin.procedures.language import ActorKind, ActorRule, Procedure
from huiyin.ui.ready import Ready

# --- which procedures an office looks after -----------------------------------------------------


@cache
def looking_after() -> tuple[tuple[Procedure, ActorRule], ...]:
    """Return the offices that look after procedures: those that own one of their states, and those
    whose place it is to look at what another unit does (checkers, supervisors).

    An office that only takes a matter in or passes it on (a police station that refers a quarrel to
    mediation) sees what it took in itself, and not everybody else's.
    """
    return tuple(
        (procedure, rule)
        for procedure in library.procedures().values()
        for rule in procedure.actors.values()
        if rule.covers
        and rule.unit_kinds
        and (
            rule.kind is ActorKind.NOT_OF
            or any(state.owner == rule.name for state in procedure.states.values())
        )
    )


def is_office(rule: ActorRule, by: Actor) -> bool:
    """Tell whether a post is in such an office, wherever: kind, level and permission.

    Where a fact of the run names the level (it may rise), the offices of all levels look on.
    """
    return (
        by.unit_kind in rule.unit_kinds
        and (not rule.levels or LEVELS.get(by.level or 0, "") in rule.levels)
        and (not rule.permission or by.may(rule.permission))
    )


def looked_after_by(by: Actor) -> tuple[list[str], list[str]]:
    """Return the procedures a post's office looks after, and the confidential ones among them."""
    own = {rules.name: rules for rules, office in looking_after() if is_office(office, by)}
    return sorted(own), sorted(name for name, rules in own.items() if rules.confidential)


@cache
def _with_people() -> tuple[list[str], list[str]]:
    """Return the procedures that know a reporter, and those that know sides of a dispute."""

    def having(kind: ActorKind) -> list[str]:
        return sorted(
            name
            for name, rules in library.procedures().items()
            if any(rule.kind is kind for rule in rules.actors.values())
        )

    return having(ActorKind.REPORTER), having(ActorKind.PARTY)


def with_sides() -> list[str]:
    """Return the procedures that know sides of a dispute; who quarrels is nobody else's to know."""
    return _with_people()[1]


# --- what is seen -------------------------------------------------------------------------------


def runs_seen_by(by: Actor) -> QuerySet[Run]:
    """Return the runs an actor sees; for lists, for one run, and to be locked."""
    kind, values = sight(by)
    return runs_in_sight(kind, **values)


def sight(by: Actor) -> tuple[str, dict[str, Any]]:
    """Return in which way an actor sees runs, and what `runs_in_sight` has to know of them."""
    if by.is_system:
        return "system", {}
    if by.contact_id is not None:
        return "contact", {"contact": by.contact_id}
    if by.unit_id is not None:
        own, confidential = looked_after_by(by)
        return "unit", {
            "unit": by.unit_id, "place": by.unit_place_id, "own": own, "confidential": confidential,
        }  # fmt: skip
    first, second = _with_people()
    return "person", {"account": by.account_id, "with_reporter": first, "with_sides": second}


def those_seen(runs: QuerySet[Run], *, by: Actor) -> QuerySet[Run]:
    """Return those of some runs that an actor sees."""
    kind, known = sight(by)
    return _within_sight(runs, kind, known)


def runs_in_sight(kind: str, **known: Any) -> QuerySet[Run]:
    """Return the runs that are seen in a way; `known`: values as `sight` tells them, or slots."""
    return _within_sight(Run.objects.all(), kind, known)


def _within_sight(runs: QuerySet[Run], kind: str, known: Mapping[str, Any]) -> QuerySet[Run]:
    if kind == "contact":
        of = Contact.objects.filter(pk=known["contact"]).values("matter_id")
        return runs.filter(matter_id__in=of)
    function = _SEEN.get(kind)
    if function is None:
        return runs
    return runs.filter(pk__in=RawSQL(function, list(known.values())))  # noqa: S611 ours


@cache
def run_in_sight(kind: str, *names: str) -> Ready[Run]:
    """Return the question for one run, with its matter, by who asks."""
    return Ready(
        lambda pk, **known: (
            runs_in_sight(kind, **known)
            .filter(pk=pk)
            .select_related("matter", "matter__category")[:1]
        ),
        names=("pk", *names),
    )


def runs_of(of: Matter, *, by: Actor) -> list[Run]:
    """Return the runs of a matter that an actor sees, the oldest first, each with it. One query."""
    kind, known = sight(by)
    found = _runs_of_matter(kind, *known).all(matter=of.pk, **known)
    for one in found:
        one.matter = of
    return found


@cache
def _runs_of_matter(kind: str, *names: str) -> Ready[Run]:
    return Ready(
        lambda matter, **known: (
            runs_in_sight(kind, **known).filter(matter_id=matter).order_by("opened_at", "id")
        ),
        names=("matter", *names),
    )


_SEEN: Final = {
    "unit": "SELECT seen FROM matters_runs_seen_by_unit(%s, %s, %s, %s) AS seen",
    "person": "SELECT seen FROM matters_runs_seen_by_person(%s, %s, %s) AS seen",
}


def matters_seen_by(by: Actor) -> QuerySet[Matter]:
    """Return the matters an actor sees."""
    matters = Matter.objects.all()
    if by.is_system:
        return matters
    if by.unit_id is not None:
        return matters.filter(pk__in=_matter_ids(by))
    own = runs_seen_by(by).values("matter_id")
    return matters.filter(pk__in=own)


def runs_accusing(by: Actor) -> QuerySet[Run]:
    """Return the runs of matters that complain of a post's unit or of one above it: kept from it.

    What is counted without looking at single matters has to leave them out.
    """
    if by.unit_id is None:
        return Run.objects.none()
    accused = Run.objects.exclude(matter__accused=[])  # what the index holds
    return accused.filter(matter__accused__overlap=_unit_and_above(by))


def overseen(by: Actor, *, prefix: str = "", main: str = "", since: datetime | None = None) -> Q:
    """Return the condition by which a post's figures count a matter, for rows with it at `prefix`.

    An office counts the matters in which a procedure it looks after has a main run, whatever
    procedure they are in now; a unit that looks after none counts those it has or had a part in.
    All of these are seen by the post, as far as they lie in its place. Confidential matters and
    those that complain of the post's unit, or of one above it, count for nobody.

    `main`: where the rows are main runs, the field of their procedure; where that one is looked
    after, no other run of the matter has to be read. `since`: only matters opened from then on are
    asked about, so only runs from then on.
    """
    procedures, confidential = looked_after_by(by)
    open_ones = sorted(set(procedures) - set(confidential))
    of = OuterRef(f"{prefix}pk")
    if by.unit_id is None:
        return Q(pk=None)
    if open_ones:
        runs = Run.objects.filter(matter=of, parent=None, procedure__in=open_ones)
        if main:
            # Asked row by row, of the few others: as EXISTS it may be hashed, which reads all runs.
            other = IsNull(Subquery(runs.values("pk")[:1]), False)
            is_theirs = Q(**{f"{main}__in": open_ones}) | Q(other)
        else:
            is_theirs = Q(Exists(runs.filter(opened_at__gte=since) if since else runs))
    else:
        held = Assignment.objects.filter(run__matter=of, unit=by.unit_id)
        is_theirs = Q(Exists(held.filter(from_at__gte=since) if since else held))
    is_accused = Q(**{f"{prefix}accused__overlap": _unit_and_above(by)})
    return Q(**{f"{prefix}is_confidential": False}) & ~is_accused & is_theirs


def _unit_and_above(by: Actor) -> RawSQL:
    return RawSQL("SELECT matters_unit_and_above(%s)", [by.unit_id])


def _matter_ids(by: Actor) -> RawSQL:
    return _of_unit(by.unit_id, by.unit_place_id, *looked_after_by(by))


def _of_unit(*known: Any) -> RawSQL:
    """Return the matters a unit sees; `known`: unit, its place, what its office looks after."""
    return RawSQL("SELECT seen FROM matters_seen_by_unit(%s, %s, %s, %s) AS seen", list(known))


def matter(pk: UUID, *, by: Actor) -> Matter:
    """Return a matter the actor sees. Raises NotFound alike for a missing one and another's."""
    return _one(matters_seen_by(by).filter(pk=pk).select_related("category", "place", "words"))


def matter_of_number(text: str, *, by: Actor) -> Matter:
    """Return the matter of a whole number, however it is typed or read out. Raises NotFound."""
    number = numbers.read(text)
    if number is None:
        raise NotFound()
    if by.unit_id is None:
        return _one(
            matters_seen_by(by).filter(number=number).select_related("category", "place", "words")
        )
    procedures, confidential = looked_after_by(by)
    found = _SEEN_BY_UNIT.first(
        number=number, unit=by.unit_id, place=by.unit_place_id, procedures=procedures,
        confidential=confidential,
    )  # fmt: skip
    if found is None:
        raise NotFound()
    return found


_SEEN_BY_UNIT: Ready[Matter] = Ready(
    lambda number, unit, place, procedures, confidential: (
        Matter.objects.filter(pk__in=_of_unit(unit, place, procedures, confidential))
        .filter(number=number)
        .select_related("category", "place", "words")
    )
)


def run(pk: UUID, *, by: Actor) -> Run:
    """Return a run the actor sees, with its matter. Raises NotFound as `matter` does."""
    kind, known = sight(by)
    found = run_in_sight(kind, *known).first(pk=pk, **known)
    if found is None:
        raise NotFound()
    return found


def _one(matters: QuerySet[Matter]) -> Matter:
    found = matters.first()
    if found is None:
        raise NotFound()
    return found


def look(pk: UUID, *, by: Actor, at: datetime, address: str | None = None) -> Matter:
    """Return a matter to be shown to whoever asks; staff's look at a confidential one is logged.

    Pages and the API show a matter through this. Raises NotFound.
    """
    return looked_at(matter(pk, by=by), by=by, at=at, address=address)


def looked_at(found: Matter, *, by: Actor, at: datetime, address: str | None = None) -> Matter:
    """Return a matter that was just read for whoever asks, to be shown to them; as `look` does."""
    if found.is_confidential and by.unit_id is not None:
        access_log.record(
            by=by, at=at, action="look", subject_type="matter", subject_id=found.pk,
            case_no=found.number, address=address,
        )  # fmt: skip
    return found


# --- the people in a matter ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ContactSeen:
    """What somebody sees of a person in a matter. `is_hidden`: not even covered data are shown."""

    id: UUID
    role: str
    side: str
    name: str
    phone: str
    is_own: bool = False
    is_hidden: bool = False
    is_anonymous: bool = False


@dataclass(frozen=True, slots=True)
class Revealed:
    """The clear data of a person in a matter."""

    name: str
    phone: str


def contacts(of: Matter, *, by: Actor) -> list[ContactSeen]:
    """Return the people in a matter the actor sees, as far as the actor may see them. One query.

    Staff see covered names and numbers, and nothing of whoever asked to stay unknown; people see
    their own data in full, of the others the side alone.
    """
    rows = Contact.objects.filter(matter=of).order_by("id")
    return [contact_seen(row, by=by) for row in rows]


@dataclass(frozen=True, slots=True)
class NameSeen:
    """Of a person in a matter what a list shows: nothing where it `is_hidden`."""

    name: str
    is_hidden: bool
    is_anonymous: bool


_REPORTERS: Ready[tuple[UUID, str, bool, bool]] = Ready(
    lambda matters: (
        Contact.objects.filter(matter__one_of=matters, role=ContactRole.REPORTER)
        .order_by("-id")
        .values_list("matter_id", "name", "is_anonymous", "wants_secrecy")
    )
)


def reporters_seen(matters: Collection[UUID], *, by: Actor) -> dict[UUID, NameSeen]:
    """Return who brought each of these matters, the first of them, as a post sees them.

    One query. By the rules of `contact_seen`, for somebody in a post.
    """
    found = {}
    for matter, name, is_anonymous, is_secret in _REPORTERS.all(matters=list(matters)):
        is_hidden = is_secret or by.unit_id is None
        found[matter] = NameSeen("" if is_hidden else masked_name(name), is_hidden, is_anonymous)
    return found


_LISTED: Ready[tuple[UUID, str, str, bool]] = Ready(
    lambda matters: (
        Contact.objects.filter(matter__one_of=matters, role=ContactRole.REPORTER)
        .order_by("-id")
        .values_list("matter_id", "name", "phone", "wants_secrecy")
    )
)


def reporters_listed(
    matters: Collection[UUID], *, by: Actor, is_clear: bool = False
) -> dict[UUID, tuple[str, str]]:
    """Return name and phone of who brought each of these matters, the first of them, for a file.

    One query. By the rules of `contact_seen`, for somebody in a post; `is_clear`: uncovered, of all
    but whoever asked to stay unknown.
    """
    if by.unit_id is None:
        return {}
    found = {}
    for matter, name, phone, is_secret in _LISTED.all(matters=list(matters)):
        if is_secret:
            found[matter] = ("", "")
        else:
            found[matter] = (name, phone) if is_clear else (masked_name(name), masked(phone))
    return found


def contact_seen(row: Contact, *, by: Actor) -> ContactSeen:
    """Return a person in a matter as the actor sees them."""
    is_own = is_theirs(row, by)
    is_hidden = not is_own and not by.is_system and (by.unit_id is None or row.wants_secrecy)
    if is_own or by.is_system:
        name, phone = row.name, row.phone
    else:
        name, phone = ("", "") if is_hidden else (masked_name(row.name), masked(row.phone))
    return ContactSeen(
        id=row.pk, role=row.role, side=row.side, name=name, phone=phone, is_own=is_own,
        is_hidden=is_hidden, is_anonymous=row.is_anonymous,
    )  # fmt: skip


def is_theirs(row: Contact, by: Actor) -> bool:
    """Tell whether a person in a matter is whoever looks; in a post nobody is."""
    return by.unit_id is None and by.account_id is not None and row.account_id == by.account_id


def masked_name(name: str) -> str:
    """Return a name with all but its first character covered: 李**; empty stays empty."""
    return f"{name[0]}{'*' * min(len(name) - 1, 2)}" if name else ""


def reveal(
    *, contact_id: UUID, by: Actor, purpose: str, at: datetime, address: str | None = None
) -> Revealed:
    """Return the clear data of a person in a matter and write into the access log who saw it, why.

    Open to a unit that holds a role in the matter now and to the offices that look after it; of
    somebody who asked to stay unknown, to these offices alone. The person, where they have an
    account, finds the look in their own log. Raises NotFound, ReasonMissing, ContactNotOpen.
    """
    purpose = access_log.stated_purpose(purpose)
    with transaction.atomic():
        row = Contact.objects.select_related("matter").filter(pk=contact_id).first()
        if row is None or by.unit_id is None:
            raise NotFound()
        of = matter(row.matter_id, by=by)
        if not _may_know(of, row, by):
            raise ContactNotOpen()
        access_log.record(
            by=by,
            at=at,
            action="reveal",
            subject_type=access_log.SUBJECT_ACCOUNT if row.account_id else "contact",
            subject_id=row.account_id or row.pk,
            fields=("name", "phone"),
            purpose=purpose,
            case_no=of.number,
            address=address,
        )
    return Revealed(row.name, row.phone)


def _may_know(of: Matter, row: Contact, by: Actor) -> bool:
    runs = list(Run.objects.filter(matter=of).values_list("procedure", flat=True))
    if looks_after(of, runs, by):
        return True
    return not row.wants_secrecy and Assignment.objects.filter(
        run__matter=of, unit=by.unit_id, to_at=None
    ).exists()  # fmt: skip


def looks_after(of: Matter, procedures: Iterable[str], by: Actor) -> bool:
    """Tell whether a post's office looks after one of these procedures in the matter's place."""
    if by.is_system:
        return True
    if by.unit_id is None or str(by.unit_place_id) not in of.place_ids:
        return False
    supervised, confidential = looked_after_by(by)
    return bool(set(procedures) & set(confidential if of.is_confidential else supervised))


def parts_of(of: Matter, by: Actor) -> set[UUID]:
    """Return the runs of a matter in which a post's unit holds or held a role, or that it opened.

    One query.
    """
    if by.unit_id is None:
        return set()
    return set(_WITH_PART.all(matter=of.pk, unit=by.unit_id))


_WITH_PART: Ready[UUID] = Ready(
    lambda matter, unit: Run.objects.filter(
        Q(assignments__unit_id=unit) | Q(timeline__seq=1, timeline__unit_id=unit),
        matter_id=matter,
    ).values_list("pk", flat=True)
)
