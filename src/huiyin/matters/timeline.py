"""The timeline: what happened to a matter, in sentences, as far as whoever reads may know it.

Labels come from the procedure files, values are shown by the type of their field. Staff read what
was written in forms; free text that may hold personal data only in the runs their unit has a part
in or their office looks after. People read what they did themselves, what they were told, and
where the matter stands; notes and the other side's words stay inside.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Final
from uuid import UUID

from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from huiyin.categories.models import Category
from huiyin.dispatch.models import Phase
from huiyin.matters import access, numbers
from huiyin.matters.access import ContactSeen
from huiyin.matters.acting import BY_LINK
from huiyin.matters.escalating import steps_of
from huiyin.matters.limits import procedure_of
from huiyin.matters.models import Contact, ContactRole, EventBody, EventHeader, Matter, Run
from huiyin.matters.wording import language, said
from huiyin.matters.writing import ESCALATED, MARKS
from huiyin.people.actors import Actor
from huiyin.people.models import Account
from huiyin.places.models import Place
from huiyin.procedures import Procedure
from huiyin.procedures.language import (
    Action,
    ActorKind,
    ActorRule,
    Field,
    FieldType,
    Words,
)
from huiyin.ui.dates import day_words, said_moment
from huiyin.ui.ready import Ready
from huiyin.units.models import Unit

PAGE = 30
PEOPLE: Final = (FieldType.PERSON, FieldType.PARTY, FieldType.PARTIES)
NAMED: Final = {
    FieldType.UNIT: Unit,
    FieldType.UNITS: Unit,
    FieldType.PLACE: Place,
    FieldType.CATEGORY: Category,
    FieldType.COLLEAGUE: Account,
}

# What is recorded beside the steps of procedures, by its kind (`writing.record`).
NOTED: Final[Mapping[str, str | Promise]] = {
    "matters.joined": gettext_lazy("Somebody else reported the same"),
    "matters.rated": gettext_lazy("Rated by somebody who reported the same"),
    "matters.merged_in": gettext_lazy("Another matter was merged into this one"),
    "matters.notice_shown": gettext_lazy("The person read what is done with their data"),
    "matters.reclassified": gettext_lazy("The category, the place or the units were corrected"),
    ESCALATED: gettext_lazy("People were told of a limit"),
    "matter.redacted": gettext_lazy("What was written was deleted under an order"),
    "matter.retained": gettext_lazy("What was written was deleted: its time to be kept was over"),
}
TOLD_PEOPLE: Final = ("matters.joined", "matter.redacted", "matter.retained")


@dataclass(frozen=True, slots=True)
class Detail:
    """One value of a form, as it is shown. `is_hidden`: there is one, and not for this reader.

    `is_people`: names of people, covered or not as this reader sees them.
    """

    label: str
    value: str
    is_hidden: bool = False
    is_people: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One event. `key` names it; `occurred_at`: when it happened, of what was entered late."""

    key: UUID
    run_id: UUID
    procedure: str
    title: str  # of the procedure
    action: str
    label: str
    sentence: str
    who: str
    state: str
    at: datetime
    occurred_at: datetime | None
    details: tuple[Detail, ...]
    is_redacted: bool
    is_pending: bool
    is_own: bool


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the timeline, the latest first; `older`: the key the next page begins after."""

    entries: tuple[Entry, ...]
    older: UUID | None


@dataclass(frozen=True, slots=True)
class _Reader:
    """Whoever reads, and all that decides what they read of an event."""

    by: Actor
    contacts: Mapping[UUID, ContactSeen]
    runs: Mapping[UUID, Run]
    close: frozenset[UUID]  # runs whose personal texts staff read

    @property
    def is_person(self) -> bool:
        return self.by.unit_id is None and not self.by.is_system

    @property
    def own(self) -> list[ContactSeen]:
        return [one for one in self.contacts.values() if one.is_own]

    @property
    def is_first(self) -> bool:
        """Whether this is a person the matter began with, and not one who joined it later."""
        return any(one.role != ContactRole.JOINED for one in self.own)

    def is_told(self, rule: ActorRule) -> bool:
        """Tell whether the reader is this actor of the procedure, as a person."""
        if rule.kind is ActorKind.REPORTER:
            return any(one.role != ContactRole.PARTY for one in self.own)
        if rule.kind is ActorKind.PARTY:
            return any(one.side and rule.party in ("any", one.side) for one in self.own)
        return False


def timeline(
    of: Matter, *, by: Actor, after: UUID | None = None, limit: int = PAGE,
    within: Collection[UUID] | None = None, runs: Sequence[Run] | None = None,
    contacts: Sequence[Contact] | None = None,
) -> Page:  # fmt: skip
    """Return what happened to a matter the actor sees, over all runs they see, the latest first.

    `after`: the key of the last entry of the page before. `within`: of these runs alone. `runs`,
    `contacts`: all that the actor sees of it, where they have been read already. Seven queries at
    most, however much has happened.
    """
    reader = _reader(of, by, runs, contacts)
    shown_of = [pk for pk in reader.runs if within is None or pk in within]
    events = EventHeader.objects.filter(run__in=shown_of).order_by("-recorded_at", "-id")
    if after is not None:
        last = EventHeader.objects.filter(pk=after, run__matter=of).values("recorded_at")[:1]
        events = events.filter(Q(recorded_at__lt=last) | Q(pk__lt=after), recorded_at__lte=last)
    if reader.is_person:
        events = events.filter(_open_to_people(reader))
    if after is None and not reader.is_person:
        found = _latest(limit + 1).all(runs=shown_of)
    else:
        found = list(events.select_related("body")[: limit + 1])
    shown, has_more = found[:limit], len(found) > limit
    names = _Names.of(shown, reader)
    return Page(
        entries=tuple(_entry(event, reader, names) for event in shown),
        older=shown[-1].pk if has_more and shown else None,
    )


@cache
def _latest(most: int) -> Ready[EventHeader]:
    return Ready(
        lambda runs: (
            EventHeader.objects.filter(run_id__one_of=runs)
            .select_related("body")
            .order_by("-recorded_at", "-id")[:most]
        )
    )


def _reader(
    of: Matter, by: Actor, runs: Sequence[Run] | None = None,
    contacts: Sequence[Contact] | None = None,
) -> _Reader:  # fmt: skip
    seen = {run.pk: run for run in (access.runs_of(of, by=by) if runs is None else runs)}
    rows = Contact.objects.filter(matter=of).order_by("id") if contacts is None else contacts
    people = {row.pk: access.contact_seen(row, by=by) for row in rows}
    return _Reader(by, people, seen, _close_runs(of, by, seen))


def _close_runs(of: Matter, by: Actor, runs: Mapping[UUID, Run]) -> frozenset[UUID]:
    """Return the runs staff are close to: with a part in it or in one above it, or their office's.

    Whoever only helps in a run inside another reads what was written there, not in the other.
    """
    if by.is_system:
        return frozenset(runs)
    parts = access.parts_of(of, by)

    def is_close(run: Run | None) -> bool:
        if run is None:
            return False
        if run.pk in parts or access.looks_after(of, [run.procedure], by):
            return True
        return is_close(runs.get(run.parent_id) if run.parent_id else None)

    return frozenset(pk for pk, run in runs.items() if is_close(run))


def _open_to_people(reader: _Reader) -> Q:
    """Return the condition for events a person of the matter reads at all."""
    shown = Q(contact_id__in=[one.id for one in reader.own]) | Q(action__in=TOLD_PEOPLE)
    for name in {run.procedure for run in reader.runs.values()}:
        rules = procedure_of(name)
        told = [act.name for act in rules.actions.values() if _is_told(act, rules, reader)]
        shown |= Q(run__procedure=name, action__in=told)
        shown |= Q(run__procedure=name) & ~Q(from_state=F("to_state"))
    return shown


def reads_files(event: EventHeader, field_name: str, *, by: Actor) -> bool:
    """Tell whether a person reads the entry of an event with what this field of its form holds.

    `event`: with its run and matter. Five queries.
    """
    reader = _reader(event.run.matter, by)
    if not reader.is_person or event.run_id not in reader.runs:
        return False
    if not EventHeader.objects.filter(_open_to_people(reader), pk=event.pk).exists():
        return False
    rules = procedure_of(event.run.procedure)
    act = rules.actions.get(event.action)
    field = next((one for one in act.form if one.name == field_name), None) if act else None
    if act is None or field is None:
        return False
    is_own = any(one.id == event.contact_id for one in reader.own)
    return _sight(event, act, rules, field, reader, is_own=is_own) is True


def _is_told(act: Action, rules: Procedure, reader: _Reader) -> bool:
    return any(reader.is_told(rules.actors[name]) for name in act.notify)


# --- names of what forms speak of ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Names:
    """The names of units, places and categories on a page: one query for each kind."""

    names: Mapping[type, Mapping[str, str]]

    @classmethod
    def of(cls, events: list[EventHeader], reader: _Reader) -> "_Names":
        wanted: dict[type, set[str]] = {Unit: set(), Place: set(), Category: set()}
        wanted[Account] = set()
        for event in events:
            if event.unit_id:
                wanted[Unit].add(str(event.unit_id))
            wanted[Unit].update(unit for _clock, _rung, unit, _role in steps_of(event))
            act = procedure_of(reader.runs[event.run_id].procedure).actions.get(event.action)
            form = _form(event) or {}
            for field in act.form if act else ():
                if field.type in NAMED and field.name in form:
                    wanted[NAMED[field.type]].update(_many(form[field.name]))
        return cls({model: _named(model, ids) for model, ids in wanted.items()})

    def unit(self, pk: UUID | None) -> str:
        return self.names[Unit].get(str(pk), "") if pk else ""

    def all(self, kind: FieldType, value: object) -> str:
        known = self.names[NAMED[kind]]
        return _listed([known.get(one, "") for one in _many(value)])


def _named(model: Any, ids: set[str]) -> dict[str, str]:
    if not ids:
        return {}
    found = _NAMED[model].all(ids=[one for one in map(_uuid, ids) if one])
    return {str(row.pk): _name_of(row) for row in found}


def _by_id(model: Any) -> Ready[Any]:
    return Ready(lambda ids: model.objects.filter(pk__one_of=ids))


_NAMED: Final[Mapping[Any, Ready[Any]]] = {
    model: _by_id(model) for model in (Unit, Place, Category, Account)
}


def _name_of(row: Unit | Place | Category | Account) -> str:
    if isinstance(row, Category):
        return row.name_zh if language().startswith("zh") else row.name_en
    return row.name if isinstance(row, Unit | Account) else str(row)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _many(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)]


def _listed(names: list[str]) -> str:
    return _(", ").join(name for name in names if name)


# --- one event ----------------------------------------------------------------------------------


def _form(event: EventHeader) -> Mapping[str, Any] | None:
    """Return what was written, None when it was redacted."""
    try:
        content = event.body.content
    except EventBody.DoesNotExist:
        return None
    form = content.get("form", {})
    return form if isinstance(form, Mapping) else {}


def _entry(event: EventHeader, reader: _Reader, names: _Names) -> Entry:
    run = reader.runs[event.run_id]
    rules = procedure_of(run.procedure)
    act = rules.actions.get(event.action)
    form = _form(event)
    is_own = any(one.id == event.contact_id for one in reader.own)
    who = _who(event, rules, names, is_own=is_own, is_told_simply=reader.is_person)
    label = said(act.label) if act else _by_itself(event, rules, form)
    state = _state(rules, event.to_state)
    return Entry(
        key=event.pk,
        run_id=event.run_id,
        procedure=rules.name,
        title=said(rules.title),
        action=event.action,
        label=label,
        sentence=_sentence(event, who, label, state, has_act=act is not None),
        who=who,
        state=state,
        at=event.recorded_at,
        occurred_at=event.occurred_at,
        details=_details(event, act, rules, form or {}, reader, names, is_own=is_own),
        is_redacted=form is None,
        is_pending=event.is_pending,
        is_own=is_own,
    )


def _sentence(event: EventHeader, who: str, label: str, state: str, *, has_act: bool) -> str:
    words = {"who": who, "act": label, "state": state}
    if not has_act:
        return _("%(act)s.") % words
    if event.is_pending:
        return _("%(who)s: %(act)s. The others still have to agree.") % words
    if event.from_state == event.to_state:
        return _("%(who)s: %(act)s.") % words
    return _("%(who)s: %(act)s. It is now “%(state)s”.") % words


def _who(
    event: EventHeader, rules: Procedure, names: _Names, *, is_own: bool, is_told_simply: bool
) -> str:
    """Say who did it: to staff with the role they did it in, to a person the office alone."""
    rule = rules.actors.get(event.as_actor)
    role = said(rule.label) if rule else ""
    if is_own:
        return _("You")
    if role and event.effects.get(MARKS, {}).get(BY_LINK):
        return _("%(role)s (by one-time link)") % {"role": role}
    if event.unit_id:
        unit = names.unit(event.unit_id)
        if not role or is_told_simply:
            return unit
        if role.endswith((")", "）")):
            return _("%(unit)s, %(role)s") % {"unit": unit, "role": role}
        return _("%(unit)s (%(role)s)") % {"unit": unit, "role": role}
    return role or _("System")


def _state(rules: Procedure, name: str) -> str:
    return said(rules.states[name].label) if name in rules.states else ""


def _by_itself(event: EventHeader, rules: Procedure, form: Mapping[str, Any] | None) -> str:
    """Say what is no step: a limit ran out, a run inside this one is done, something was noted."""
    if event.action in NOTED:
        return str(NOTED[event.action])
    child = rules.children.get(str((form or {}).get("child", "")))
    if child:
        return _("“%(child)s” is done") % {"child": said(child.label)}
    clock = rules.clocks.get(str((form or {}).get("clock", "")))
    if clock is None:
        return _("Something was recorded by itself")
    if clock.is_window:
        return _("The time for “%(clock)s” is over") % {"clock": said(clock.label)}
    return _("The limit “%(clock)s” has run out") % {"clock": said(clock.label)}


def _details(
    event: EventHeader, act: Action | None, rules: Procedure, form: Mapping[str, Any],
    reader: _Reader, names: _Names, *, is_own: bool,
) -> tuple[Detail, ...]:  # fmt: skip
    found = _receipts(event)
    if act is None:
        return (*found, *_told(event, rules, names), *_noted(event, reader))
    for field in act.form:
        if field.name not in form:
            continue
        sight = _sight(event, act, rules, field, reader, is_own=is_own)
        if sight is None:
            continue
        value = _shown(field, form[field.name], reader, names) if sight else ""
        found.append(
            Detail(said(field.label), value, is_hidden=not sight, is_people=field.type in PEOPLE)
        )
    return tuple(found)


def _receipts(event: EventHeader) -> list[Detail]:
    """Return where the matter went on from here, or came from, as the header keeps it."""
    marks = event.effects.get(MARKS, {})
    found = []
    for mark, label in (("handed_to", _("Goes on as")), ("handed_from", _("Comes from"))):
        if mark in marks:
            title = said(procedure_of(marks[mark]["procedure"]).title)
            found.append(Detail(label, title))
    if "merged_into" in marks:
        number = numbers.spoken(marks["merged_into"]["number"])
        found.append(Detail(_("Goes on under the number"), number))
    return found


def _told(event: EventHeader, rules: Procedure, names: _Names) -> list[Detail]:
    """Return who was told of which limit, and at which step of the ladder; limit by limit."""
    found = []
    for clock, rung, unit, _role in steps_of(event):
        phase = rung.split(".")[2].rpartition("_")[0]
        words = {"step": Phase(phase).label, "unit": names.unit(_uuid(unit))}
        label = said(rules.clocks[clock].label) if clock in rules.clocks else ""
        found.append(Detail(label, _("%(step)s: %(unit)s") % words))
    order = {label: n for n, label in enumerate(dict.fromkeys(one.label for one in found))}
    return sorted(dict.fromkeys(found), key=lambda one: order[one.label])


def _noted(event: EventHeader, reader: _Reader) -> tuple[Detail, ...]:
    """Return why something was noted, for staff who are close to it."""
    body = getattr(event, "body", None)
    reason = body.content.get("reason") if body else None
    is_close = not reader.is_person and event.run_id in reader.close
    return (Detail(_("Reason"), str(reason)),) if reason and is_close else ()


def _sight(
    event: EventHeader, act: Action, rules: Procedure, field: Field, reader: _Reader, *,
    is_own: bool,
) -> bool | None:  # fmt: skip
    """Tell whether the reader sees a value; None: not even that there is one."""
    is_personal = field.personal or field.type in PEOPLE or field.type is FieldType.FILES
    if not reader.is_person:
        return not is_personal or event.run_id in reader.close
    if is_own:
        return True
    told = [rules.actors[name] for name in act.notify]
    if not any(reader.is_told(rule) for rule in told):
        return None
    if not is_personal:
        return True
    # An act that also tells units may speak to them; what ends the work is the answer itself.
    to_people_alone = all(rule.is_person for rule in told)
    is_answer = rules.states[event.to_state].done and event.from_state != event.to_state
    may = event.contact_id is None and (is_answer or (to_people_alone and reader.is_first))
    return True if may and field.type not in PEOPLE else None


# --- values by the type of their field ----------------------------------------------------------


def _shown(field: Field, value: Any, reader: _Reader, names: _Names) -> str:
    if field.type in NAMED:
        return names.all(field.type, value)
    if field.type in PEOPLE:
        return _listed([_person(one, reader) for one in _many(value)])
    return _SHOWN[field.type](field, value)


def _person(pk: str, reader: _Reader) -> str:
    one = reader.contacts.get(_uuid(pk) or UUID(int=0))
    if one is None:
        return ""
    return one.name or one.side or _("somebody who is not named")


def _plain(field: Field, value: Any) -> str:
    return str(value)


def _money(field: Field, value: Any) -> str:
    return f"¥{value}"


def _flag(field: Field, value: Any) -> str:
    return _("yes") if value else _("no")


def _choice(field: Field, value: Any) -> str:
    chosen: list[Words | None] = [field.options.get(one) for one in _many(value)]
    return _listed([said(words) for words in chosen])


def _date(field: Field, value: Any) -> str:
    return day_words(date.fromisoformat(str(value)))


def _instant(field: Field, value: Any) -> str:
    return " ".join(said_moment(datetime.fromisoformat(str(value))).pieces)


def _files(field: Field, value: Any) -> str:
    count = len(_many(value))
    return ngettext("%(count)d file", "%(count)d files", count) % {"count": count}


def _stars(field: Field, value: Any) -> str:
    return "★" * int(value) + "☆" * (5 - int(value))


_SHOWN: Final[Mapping[FieldType, Callable[[Field, Any], str]]] = {
    FieldType.TEXT: _plain,
    FieldType.NUMBER: _plain,
    FieldType.MONEY: _money,
    FieldType.FLAG: _flag,
    FieldType.CHOICE: _choice,
    FieldType.CHOICES: _choice,
    FieldType.DATE: _date,
    FieldType.INSTANT: _instant,
    FieldType.FILES: _files,
    FieldType.STARS: _stars,
}
