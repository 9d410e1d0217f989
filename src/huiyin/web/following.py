"""What a resident reads of a matter of theirs: how the promise stands, what to do, the past."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huiyin.matters import access, numbers
from huiyin.matters.access import ContactSeen
from huiyin.matters.attachments import attachments_of
from huiyin.matters.limits import calendar, procedure_of
from huiyin.matters.merging import goes_on_in
from huiyin.matters.models import (
    Assignment,
    AttachmentUse,
    Contact,
    ContactRole,
    Matter,
    MatterText,
    Rating,
    Run,
    RunClock,
)
from huiyin.matters.promises import Promise, promise_of
from huiyin.matters.queries import PossibleAct, Told, told
from huiyin.matters.ratings import RATING
from huiyin.matters.timeline import Detail, Entry, timeline
from huiyin.matters.wording import said
from huiyin.people.actors import Actor
from huiyin.procedures.language import NEW, Action, ClockKind, FieldType, Procedure
from huiyin.ui.dates import ends_words
from huiyin.units.kinds import UnitKind
from huiyin.web.ruler import Ruler, ruler
from huiyin.web.templatetags.city import said as said_of

EVENTS: Final = 20
TEXT: Final = FieldType.TEXT
UNSATISFIED: Final = "unsatisfied"
FEW_STARS: Final = 2


@dataclass(frozen=True, slots=True)
class Standing:
    """How a promise stands, as a chip says it: the shape by its name, and words."""

    shape: str
    words: str


@dataclass(frozen=True, slots=True)
class WhyNot:
    """What cannot be done now, and why, in one sentence for people."""

    action: str
    label: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Following:
    """All that the page of a matter shows to a resident. `who`: empty once nobody has it.

    `is_answered`: it is done, and not by being withdrawn.
    """

    matter: Matter
    title: str
    told: Told
    run: Run
    promise: Promise | None
    ruler: Ruler | None
    standing: Standing
    people: Sequence[ContactSeen]
    who: str
    phone: str
    entries: Sequence[Entry]
    older: UUID | None
    answer: Sequence[Detail]
    files: Mapping[UUID, Sequence[AttachmentUse]]
    first: PossibleAct | None
    at_hand: Sequence[PossibleAct]
    others: Sequence[PossibleAct]
    closed: Sequence[WhyNot]
    has_rated: bool
    rates_along: bool
    is_answered: bool

    @property
    def opens_in_place(self) -> bool:
        """Whether the form of the first act stands on the page itself."""
        return self.first is not None and (
            not _is_at_hand(self.first, self.told) or _takes_up_again(self.first, self.told)
        )


def following(
    matter: Matter, *, by: Actor, at: datetime, after: UUID | None = None
) -> Following:  # fmt: skip
    """Return what a resident reads of a matter they see. Raises NotFound.

    A fixed number of queries, however much has happened.
    """
    seen = told(matter.pk, by=by, at=at)
    run = access.run(seen.run_id, by=by)
    promise = promise_of(run.pk)
    page = timeline(matter, by=by, after=after, limit=EVENTS)
    told_apart = tuple(entry for entry in page.entries if not is_message(entry))
    people = access.contacts(matter, by=by)
    rated = run.ratings.filter(contact_id__in=_own(people)).order_by("at").last()
    acts = [act for act in seen.acts if act.is_open]
    is_answered = seen.is_done and not is_given_up(procedure_of(run.procedure), run.state)
    first = _first(acts, seen, rated=rated, is_answered=is_answered)
    rest = [act for act in acts if act is not first]
    return Following(
        matter=matter,
        title=_title(matter, "" if _only_joined(people) else matter.words.title),
        told=seen,
        run=run,
        promise=promise,
        ruler=ruler(promise, at=at) if promise and (is_answered or not seen.is_done) else None,
        standing=standing(promise, state=seen.state, is_done=seen.is_done, at=at),
        people=people,
        who=_who(seen, run),
        phone=_phone(run),
        entries=told_apart,
        older=page.older,
        answer=answer_of(page.entries, procedure_of(run.procedure)) if is_answered else (),
        files=_files_of(told_apart),
        first=first,
        at_hand=[act for act in rest if _is_at_hand(act, seen)],
        others=[act for act in rest if not _is_at_hand(act, seen)],
        closed=_why_not(seen, run),
        has_rated=rated is not None,
        is_answered=is_answered,
        rates_along=is_answered and _only_joined(people),
    )


def _files_of(entries: Sequence[Entry]) -> Mapping[UUID, Sequence[AttachmentUse]]:
    """Return the files of events, of those fields whose values are shown: photos of an answer."""
    found = attachments_of({entry.run_id for entry in entries})
    return {
        entry.key: [use for use in found.get(entry.key, ()) if _is_shown(entry, use.field)]
        for entry in entries
    }


def _is_shown(entry: Entry, name: str) -> bool:
    act = procedure_of(entry.procedure).actions.get(entry.action)
    field = act.field_named(name) if act else None
    labels = {one.label for one in entry.details if one.value and not one.is_hidden}
    return field is not None and (entry.is_own or said(field.label) in labels)


def answer_of(entries: Iterable[Entry], rules: Procedure) -> Sequence[Detail]:
    """Return what was answered: the words of the last act that ended the work."""
    for entry in entries:
        act = rules.actions.get(entry.action)
        if act is None or entry.is_own or act.to is None:
            continue
        begins_open = any(not rules.states[name].done for name in act.froms if name in rules.states)
        ends_done = all(rules.states[name].done for name in act.to.names if name in rules.states)
        written = {said(field.label) for field in act.form if field.type is FieldType.TEXT}
        words = [one for one in entry.details if one.label in written and one.value]
        if begins_open and ends_done and words:
            return words
    return ()


def _who(seen: Told, run: Run) -> str:
    """Return who has it in plain words: of an office what it is, not the post that is next.

    Empty when it is closed and nobody waits for anything: nobody has it.
    """
    rules = procedure_of(run.procedure)
    if rules.states[run.state].closed and not seen.is_your_turn:
        return ""
    return office_words(rules, run.state) or seen.who


def _phone(run: Run) -> str:
    """Return the public telephone of the unit that has it now; empty where no one unit has."""
    rules = procedure_of(run.procedure)
    owner = rules.actors.get(rules.states[run.state].owner)
    if owner is None or not owner.role:
        return ""
    held = Assignment.objects.filter(run=run, role=owner.role, to_at=None)
    phones = list(held.values_list("unit__phone", flat=True)[:2])
    return phones[0] if len(phones) == 1 else ""


def office_words(rules: Procedure, state: str) -> str:
    """Return the sort of office that is next in a state; empty where it is a unit or a person."""
    owner = rules.actors.get(rules.states[state].owner)
    kinds = sorted(owner.unit_kinds) if owner is not None and not owner.role else []
    return _(" or ").join(str(UnitKind(kind).label) for kind in kinds)


def _title(matter: Matter, own_words: str) -> str:
    """Return what a matter is called: in one's own words, else by its kind.

    Whoever joined does not read the words of those who reported it before them.
    """
    if own_words:
        return own_words
    return said_of(matter.category) if matter.category else numbers.spoken(matter.number)


def _own(people: Iterable[ContactSeen]) -> list[UUID]:
    return [one.id for one in people if one.is_own]


def _only_joined(people: Iterable[ContactSeen]) -> bool:
    roles = {one.role for one in people if one.is_own}
    return roles == {ContactRole.JOINED.value}


def _first(
    acts: Sequence[PossibleAct], seen: Told, *, rated: Rating | None, is_answered: bool
) -> PossibleAct | None:  # fmt: skip
    """Return the one act that comes first.

    What is waited for, then the rating; who is not satisfied is offered to have it taken up
    again; then a message.
    """
    if seen.is_your_turn:
        waited = next((act for act in acts if act.is_moving and not _gives_up(act, seen)), None)
        if waited is not None:
            return waited
    rates = _ratings_of(seen.rules)
    rating = next((act for act in acts if act.action in rates), None)
    if is_answered and rated is None and rating is not None:
        return rating
    if rated is not None and _is_poor(rated):
        again = next((act for act in acts if _takes_up_again(act, seen)), None)
        if again is not None:
            return again
    rules = procedure_of(seen.rules).actions
    return next((act for act in acts if _is_at_hand(act, seen) and rules[act.action].message), None)


def standing(promise: Promise | None, *, state: str, is_done: bool, at: datetime) -> Standing:
    """Say how a promise stands: kept, overdue, due today, or so many working days left.

    Where nothing is promised, the state says it.
    """
    if is_done or promise is None or promise.ended_at is not None:
        return Standing("done" if is_done else "plain", state)
    if promise.is_late(at):
        return Standing("overdue", _("overdue since %(time)s") % {"time": _since(promise)})
    if promise.is_paused:
        return Standing("plain", _("the time rests"))
    today = timezone.localdate(at)
    if promise.due_on == today:
        return Standing("soon", _("today before %(time)s") % {"time": ends_words(promise.due_at)})
    left = calendar().working_days(today.toordinal(), promise.due_on.toordinal())
    words = ngettext("%(number)d working day left", "%(number)d working days left", left)
    return Standing("soon" if left <= 1 else "in_time", words % {"number": left})


def _since(promise: Promise) -> str:
    day = timezone.localdate(promise.due_at)
    return _("%(day)d/%(month)d") % {"day": day.day, "month": day.month}


def apart(promise: Promise) -> str:
    """Say how much earlier or later than promised an answer came; of a promise that ended."""
    if promise.ended_at is None:
        return ""
    ended, due = timezone.localdate(promise.ended_at), promise.due_on
    days = calendar().working_days(*sorted((ended.toordinal(), due.toordinal())))
    if not days:
        return _("later than promised") if promise.ended_at > promise.due_at else _("as promised")
    if ended < due:
        words = ngettext(
            "%(number)d working day earlier than promised",
            "%(number)d working days earlier than promised",
            days,
        )
    else:
        words = ngettext(
            "%(number)d working day later than promised",
            "%(number)d working days later than promised",
            days,
        )
    return words % {"number": days}


# --- lists --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """A matter in one's own list."""

    matter: Matter
    title: str
    state: str
    standing: Standing


def rows(matters: Sequence[Matter], *, by: Actor, at: datetime) -> list[Row]:
    """Return matters the reader sees as rows of a list. Three queries, however many there are."""
    if not matters:
        return []
    meant = {
        matter.pk: goes_on_in(matter) if matter.merged_into_id else matter for matter in matters
    }
    runs: dict[UUID, Run] = {}
    ids = {one.pk for one in meant.values()}
    for run in Run.objects.filter(matter__in=ids, parent=None).order_by("opened_at", "id"):
        runs[run.matter_id] = run
    told_by_them = Contact.objects.filter(
        matter__in=[one.pk for one in matters], account=by.account_id
    ).exclude(role=ContactRole.JOINED)
    words = MatterText.objects.filter(matter__in=told_by_them.values("matter"))
    texts = dict(words.values_list("matter_id", "title"))
    clocks: dict[UUID, list[RunClock]] = {}
    promised = RunClock.objects.filter(
        run__in=[run.pk for run in runs.values()], kind=ClockKind.PROMISE, is_window=False
    )
    for clock in promised.order_by("due_at"):
        clocks.setdefault(clock.run_id, []).append(clock)
    return [
        _row(matter, runs[meant[matter.pk].pk], texts.get(matter.pk, ""), clocks, at)
        for matter in matters
    ]


def _row(
    matter: Matter, run: Run, title: str, clocks: Mapping[UUID, list[RunClock]], at: datetime
) -> Row:
    found = sorted(clocks.get(run.pk, ()), key=lambda one: (one.ended_at is not None, one.due_at))
    promise = (
        Promise(found[0].started_at, found[0].due_on, found[0].due_at, found[0].ended_at)
        if found
        else None
    )
    state = procedure_of(run.procedure).states[run.state]
    return Row(
        matter=matter,
        title=_title(matter, title),
        state=said(state.label),
        standing=standing(promise, state=said(state.label), is_done=run.is_done, at=at),
    )


def _is_at_hand(act: PossibleAct, seen: Told) -> bool:
    """Tell whether an act stands beside the promise, whatever else is possible: words and files.

    What changes a fact, as a withdrawal does, decides something: it stands in the list below.
    What takes an answered matter up again is looked for where the answer stands.
    """
    if _takes_up_again(act, seen):
        return True
    kinds = {field.type for field in act.form}
    decides = act.is_moving or bool(procedure_of(seen.rules).actions[act.action].set)
    return not decides and bool(kinds) and kinds <= {TEXT, FieldType.FILES}


def _takes_up_again(act: PossibleAct, seen: Told) -> bool:
    """Tell whether an act leads from an answer back to the work on it."""
    to = procedure_of(seen.rules).actions[act.action].to
    states = procedure_of(seen.rules).states
    return seen.is_done and to is not None and not any(states[name].done for name in to.names)


def is_given_up(rules: Procedure, state: str) -> bool:
    """Tell whether a run ended without an answer: only people themselves bring it there."""
    if not rules.states[state].closed:
        return False
    leading = [act for act in rules.actions.values() if act.to and state in act.to.names]
    return bool(leading) and all(rules.actors[by].is_person for act in leading for by in act.by)


def _is_poor(rated: Rating) -> bool:
    return rated.satisfaction == UNSATISFIED or (rated.stars or FEW_STARS + 1) <= FEW_STARS


def _why_not(seen: Told, run: Run) -> list[WhyNot]:
    """Return what cannot be done now, and why; without what only ever begins a matter."""
    rules = procedure_of(seen.rules)
    return [
        WhyNot(
            act.action,
            act.label,
            _not_from_here(rules.actions[act.action], rules, run.state) or act.sentence,
        )
        for act in seen.acts
        if not act.is_open and set(rules.actions[act.action].froms) != {NEW}
    ]


def _not_from_here(act: Action, rules: Procedure, state: str) -> str:
    """Say from where an act is possible: the next such step, not a list of all; else nothing."""
    order = list(rules.states)
    froms = sorted(order.index(name) for name in act.froms if name in rules.states)
    if state in act.froms or not froms:
        return ""
    later = [order[index] for index in froms if index > order.index(state)]
    if not later:
        words = _("No longer possible: it is “%(state)s” now.")
        return words % {"state": said(rules.states[state].label)}
    words = (
        _("Possible while it is “%(state)s”.")
        if len(froms) == 1
        else _("Possible once it is “%(state)s”.")
    )
    return words % {"state": said(rules.states[later[0]].label)}


def _gives_up(act: PossibleAct, seen: Told) -> bool:
    """Tell whether an act ends the matter without an answer: nobody is led there."""
    to = procedure_of(seen.rules).actions[act.action].to
    states = procedure_of(seen.rules).states
    return to is not None and all(states[name].closed for name in to.names if name in states)


def _ratings_of(procedure: str) -> list[str]:
    """Return the acts by which people rate the outcome."""
    acts = procedure_of(procedure).actions.values()
    return [act.name for act in acts if RATING in act.effects]


def is_message(entry: Entry) -> bool:
    """Tell whether an entry only carries words from one to the other: they are shown apart."""
    act = procedure_of(entry.procedure).actions.get(entry.action)
    return act is not None and bool(act.message)
