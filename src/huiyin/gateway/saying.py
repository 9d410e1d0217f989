"""What the API says of places, units, procedures, matters and runs: the rows as plain values."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC
from typing import Any
from uuid import UUID

from huiyin.categories.models import Category
from huiyin.categories.tree import Node, tree
from huiyin.matters import access, numbers
from huiyin.matters.acting import Done
from huiyin.matters.first_look import NO_RULES
from huiyin.matters.limits import procedure_of
from huiyin.matters.models import Assignment, Attachment, Matter, Run, RunClock
from huiyin.matters.wording import language, said
from huiyin.matters.writing import Rows, clock_row
from huiyin.people.actors import Actor
from huiyin.places.models import Place, PlaceLevel
from huiyin.procedures.language import Action, Field, Procedure, State
from huiyin.ui.ready import Ready
from huiyin.units.models import Unit

Json = dict[str, Any]


def place_out(place: Place, parents: Mapping[UUID, str]) -> Json:
    """Return a place; `parents`: the codes of places above."""
    return {
        "id": place.pk,
        "code": place.code,
        "name": place.name,
        "full_name": place.full_name,
        "level": PlaceLevel(place.level).name.lower(),
        "kind": place.kind,
        "parent": parents.get(place.parent_id) if place.parent_id else None,
    }


def codes_above(places: Iterable[Place]) -> dict[UUID, str]:
    """Return the codes of the places directly above these. One query."""
    ids = {place.parent_id for place in places if place.parent_id}
    return dict(_CODES.all(ids=list(ids))) if ids else {}


_CODES: Ready[tuple[UUID, str]] = Ready(
    lambda ids: Place.objects.filter(pk__one_of=ids).values_list("pk", "code")
)


def category_out(category: Category) -> Json:
    """Return a category; whether it is a leaf is read from the tree in memory."""
    node = tree().by_code.get(category.code)
    return {
        "id": category.pk,
        "code": category.code,
        "name": category.name_zh if language().startswith("zh") else category.name_en,
        "parent": _parent_code(node),
        "is_leaf": node.is_leaf if node else False,
        "call_first": category.redirect,
    }


def _parent_code(node: Node | None) -> str | None:
    return node.parent.category.code if node and node.parent else None


def unit_ref(unit: Unit) -> Json:
    """Return a unit, named."""
    return {"id": unit.pk, "code": unit.code, "name": unit.name}


def unit_out(unit: Unit) -> Json:
    """Return a unit; its place must be loaded."""
    return {
        **unit_ref(unit),
        "kind": unit.kind,
        "function": unit.function,
        "place": unit.place.code,
        "phone": unit.phone,
        "address": unit.address,
    }


# --- procedures ---------------------------------------------------------------------------------


def field_out(field: Field) -> Json:
    """Return a field of a form with everything its value has to be."""
    return {
        "name": field.name,
        "label": said(field.label),
        "type": field.type.value,
        "required": field.required,
        "hint": said(field.hint),
        "options": [{"value": one, "label": said(words)} for one, words in field.options.items()],
        "at_least": field.at_least,
        "at_most": field.at_most,
        "decimals": field.decimals,
        "one_line": field.line,
        "past": field.past,
        "future": field.future,
        "accept": list(field.accept),
        "personal": field.personal,
        "when": {name: list(values) for name, values in field.when.items()},
        "colleague_of": field.of,
    }


def action_out(action: Action, rules: Procedure) -> Json:
    """Return an action with its form."""
    return {
        "name": action.name,
        "label": said(action.label),
        "hint": said(action.hint),
        "law": said(action.law),
        "by": [said(rules.actors[name].label) for name in action.by],
        "form": [field_out(field) for field in action.form],
    }


def procedure_ref(rules: Procedure) -> Json:
    """Return a procedure, named."""
    return {
        "name": rules.name,
        "version": rules.version,
        "title": said(rules.title),
        "is_child": rules.is_child,
        "is_confidential": rules.confidential,
    }


def procedure_out(rules: Procedure) -> Json:
    """Return a whole procedure."""
    return {
        **procedure_ref(rules),
        "law": said(rules.law),
        "states": [
            {
                **_state(state, rules),
                "is_done": state.done,
                "is_closed": state.closed,
                "is_end": state.end,
            }
            for state in rules.states.values()
        ],
        "clocks": [
            {
                "name": clock.name,
                "label": said(clock.label),
                "law": said(clock.law),
                "kind": clock.kind.value,
                "is_right": clock.is_window,
            }
            for clock in rules.clocks.values()
        ],
        "actions": [
            {
                **action_out(action, rules),
                "from_states": [name for name in ("new", *rules.states) if name in action.froms],
                "bulk": action.bulk,
            }
            for action in rules.actions.values()
        ],
    }


def _state(state: State, rules: Procedure) -> Json:
    owner = rules.actors.get(state.owner)
    return {
        "name": state.name,
        "label": said(state.label),
        "plain": said(state.plain),
        "owner": said(owner.label) if owner else "",
    }


# --- matters ------------------------------------------------------------------------------------


def matter_refs(matters: Sequence[Matter], by: Actor) -> list[Json]:
    """Return matters for a list; words, place and category must be loaded.

    One query; for people another one: who only has a part in a run inside a matter, as the other
    side of a petition that is mediated, does not read what the matter itself is about.
    """
    parents = codes_above([matter.place for matter in matters])
    close = {matter.pk for matter in matters}
    if by.unit_id is None and not by.is_system:
        runs = access.runs_seen_by(by).filter(matter__in=close, parent=None)
        close = set(runs.values_list("matter_id", flat=True))
    return [
        {
            **_matter_ref(matter, parents, is_close=matter.pk in close),
            "urgency": None if by.unit_id is None else matter.urgency,
        }
        for matter in matters
    ]


def title_of(matter: Matter) -> str:
    """Return what a matter is about; nothing any more after a redaction."""
    words = getattr(matter, "words", None)
    return words.title if words else ""


def _matter_ref(matter: Matter, parents: Mapping[UUID, str], *, is_close: bool) -> Json:
    return {
        "number": matter.number,
        "title": title_of(matter) if is_close else "",
        "channel": matter.channel,
        "opened_at": matter.opened_at,
        "occurred_at": matter.occurred_at,
        "place": place_out(matter.place, parents),
        "category": category_out(matter.category) if matter.category else None,
        "is_confidential": matter.is_confidential,
    }


def matter_out(matter: Matter, runs: Sequence[Run], contacts: Sequence[Any], by: Actor) -> Json:
    """Return a whole matter with the runs and people that are seen. Four queries at most."""
    (ref,) = matter_refs([matter], by)
    is_close = by.unit_id is not None or any(run.parent_id is None for run in runs)
    words = getattr(matter, "words", None) if is_close else None
    return {
        **ref,
        "spoken": numbers.spoken(matter.number),
        "text": words.text if words else "",
        "address": words.address if words else "",
        "urgent_words": words.urgent_words if words and by.unit_id is not None else [],
        "call_first": matter.call_first,
        "lon": matter.lon if is_close else None,
        "lat": matter.lat if is_close else None,
        "contacts": [
            {
                name: getattr(contact, name)
                for name in ("id", "role", "side", "name", "phone", "is_own", "is_hidden")
            }
            for contact in contacts
        ],
        "runs": runs_out(runs),
    }


def runs_out(runs: Sequence[Run]) -> list[Json]:
    """Return runs with their clocks and who has them. Two queries, however many."""
    ids = [run.pk for run in runs]
    clocks: dict[UUID, list[RunClock]] = {}
    for clock in _CLOCKS.all(runs=ids):
        clocks.setdefault(clock.run_id, []).append(clock)
    held: dict[UUID, list[Assignment]] = {}
    for one in _ASSIGNMENTS.all(runs=ids):
        held.setdefault(one.run_id, []).append(one)
    return [_run(run, clocks.get(run.pk, []), held.get(run.pk, [])) for run in runs]


def acted_run_out(done: Done) -> Json:
    """Return a run as an act or an opening has left it; what it has written is not asked for.

    One query where a unit had it before, none where all were named by the form, two for whatever
    drew other acts along.
    """
    run, made, rows = done.run, done.decision, done.rows
    if made is None or rows is None or not done.is_alone:
        return runs_out([run])[0]
    rules = procedure_of(run.procedure)
    written = {one.name: one for one in rows.clocks}
    clocks = [
        _in_utc(
            # The answer does not say when the clock-keeper looks next: no ladder is asked for that.
            written.get(name) or clock_row(run, rules.clocks[name], clock, run.changed_at, NO_RULES)
        )
        for name, clock in made.after.clocks.items()
    ]
    clocks.sort(key=lambda one: (one.due_at, one.name))
    return _run(run, clocks, () if run.is_over else _holding(run, made.after.roles, rows))


def _in_utc(clock: RunClock) -> RunClock:
    """Return a clock with its instants as they are read: one that a form named may be local."""
    for name in ("started_at", "due_at", "overdue_at", "ended_at"):
        instant = getattr(clock, name)
        if instant is not None and instant.tzinfo is not UTC:
            setattr(clock, name, instant.astimezone(UTC))
    return clock


def _holding(
    run: Run, roles: Mapping[str, Sequence[str]], rows: Rows
) -> Sequence[Assignment]:  # fmt: skip
    """Return the assignments of a run that runs: those an act has written, or all there are."""
    known = {
        (one.role, str(one.unit_id)) for one in rows.assignments if Assignment.unit.is_cached(one)
    }
    held = {(role, unit) for role, units in roles.items() for unit in units}
    return rows.assignments if known == held else _ASSIGNMENTS.all(runs=[run.pk])


_CLOCKS: Ready[RunClock] = Ready(
    lambda runs: RunClock.objects.filter(run_id__one_of=runs).order_by("due_at", "name")
)
_ASSIGNMENTS: Ready[Assignment] = Ready(
    lambda runs: (
        Assignment.objects.filter(run_id__one_of=runs, to_at=None)
        .select_related("unit")
        .only("run_id", "role", "from_at", "unit__code", "unit__name")
        .order_by("role", "id")
    )
)


def _run(run: Run, clocks: Sequence[RunClock], held: Sequence[Assignment]) -> Json:
    rules = procedure_of(run.procedure)
    return {
        "id": run.pk,
        "procedure": {**procedure_ref(rules), "version": run.version},
        "parent": run.parent_id,
        "state": _state(rules.states[run.state], rules),
        "events": run.events,
        "opened_at": run.opened_at,
        "changed_at": run.changed_at,
        "done_at": run.done_at,
        "due_at": run.due_at,
        "is_done": run.is_done,
        "is_closed": run.is_closed,
        "is_over": run.is_over,
        "clocks": [_clock(clock, rules) for clock in clocks],
        "assignments": [
            {"role": one.role, "unit": unit_ref(one.unit), "since": one.from_at} for one in held
        ],
    }


def _clock(clock: RunClock, rules: Procedure) -> Json:
    rule = rules.clocks[clock.name]
    return {
        "name": clock.name,
        "label": said(rule.label),
        "kind": clock.kind,
        "status": clock.status,
        "started_at": clock.started_at,
        "due_on": clock.due_on,
        "due_at": clock.due_at,
        "is_provisional": clock.is_provisional,
        "is_right": clock.is_window,
        "overdue_at": clock.overdue_at,
        "ended_at": clock.ended_at,
        "outcome": clock.outcome or None,
    }


def file_out(row: Attachment) -> Json:
    """Return what is said of a file."""
    names = ("id", "name", "kind", "media_type", "size_bytes", "width", "height", "at")
    return {name: getattr(row, name) for name in names}


def state_label(rules: Procedure, state: str) -> str:
    """Return what a state is called."""
    return said(rules.states[state].label)
