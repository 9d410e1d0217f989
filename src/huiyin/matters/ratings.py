"""What people say of the outcome, and what call-backs were told: two things, never mixed.

A rating is the person's own: by their account, a phone code, or a one-time link; the engine lets
nobody else take the act. A call-back is written down by somebody outside the handling unit. Both
are projections of their events, written in the act's transaction; `huiyin verify` compares them.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from huiyin.matters.effects import effect
from huiyin.matters.listening import Happened
from huiyin.matters.models import CallBack, EventBody, EventHeader, Rating, Run
from huiyin.matters.writing import MARKS
from huiyin.procedures import library

RATING: Final = "note_rating"
CALL_BACK: Final = "note_call_back"
ALONG: Final = "matters.rated"  # by somebody who joined (`similar.rate_along`)
SPOKE: Final = "spoke"
NO_ANSWER: Final = "no_answer"
CHUNK: Final = 2_000
Said = Mapping[str, Any]


@effect("note_rating")
def note_rating(happened: Happened) -> None:
    """Keep what the person said; a second time changes the first."""
    write(happened.run, happened.event, happened.decision.event.form, at=happened.at)


@effect("note_call_back")
def note_call_back(happened: Happened) -> None:
    """Keep what somebody outside the handling unit was told, or that nobody answered."""
    event = happened.event
    row = CallBack(
        run=happened.run, event=event, unit_id=event.unit_id, at=happened.at,
        **_told(event.action, happened.decision.event.form),
    )  # fmt: skip
    happened.writing.insert([row])


def write(run: Run, event: EventHeader, said: Said, *, at: datetime) -> None:
    """Write a rating of the contact who acted in an event: the first one, or its change."""
    values = {"event": event, **_rated(said)}
    assert event.contact_id is not None  # noqa: S101 nobody else may take the act
    row, is_new = Rating.objects.get_or_create(
        run=run, contact_id=event.contact_id, defaults={**values, "at": at}
    )
    if not is_new:
        for name, value in {**values, "changed_at": at}.items():
            setattr(row, name, value)
        row.save(update_fields=[*values, "changed_at"])


def _rated(said: Said) -> dict[str, Any]:
    return {
        "stars": said.get("stars"),
        "satisfaction": said.get("satisfaction") or "",
        "manner": said.get("manner") or "",
        "solved": said.get("solved") or "",
        "is_anonymous": bool(said.get("anonymous")),
    }


def _told(action: str, said: Said) -> dict[str, Any]:
    unreached = NO_ANSWER if action.endswith("_unreached") else SPOKE
    return {
        "reached": said.get("reached") or unreached,
        "contacted": said.get("contacted") or "",
        "solved": said.get("solved") or "",
    }


# --- verifying ----------------------------------------------------------------------------------


@cache
def _with_effect(name: str) -> tuple[tuple[str, str], ...]:
    """Return procedure and action of every act that has an effect."""
    return tuple(
        (procedure.name, action.name)
        for procedure in library.procedures().values()
        for action in procedure.actions.values()
        if name in action.effects
    )


def _events(name: str, run_ids: list[UUID] | None) -> Iterator[EventHeader]:
    which = Q(action=ALONG) if name == RATING else Q(pk=None)
    for procedure, action in _with_effect(name):
        which |= Q(run__procedure=procedure, action=action)
    found = EventHeader.objects.filter(which, is_pending=False).select_related("body")
    if run_ids is not None:
        found = found.filter(run__in=run_ids)
    return found.order_by("run", "seq").iterator(CHUNK)


def _form(event: EventHeader) -> Said | None:
    """Return what was said in an event; None when it was redacted."""
    if event.action == ALONG:
        marks: Said = event.effects.get(MARKS, {})
        return marks
    try:
        form: Said = event.body.content.get("form", {})
    except EventBody.DoesNotExist:
        return None
    return form


def differences(run_ids: list[UUID] | None = None) -> list[tuple[UUID, int, str]]:
    """Return where ratings and call-backs are not what events say: run, event, what is wrong.

    What was redacted cannot be compared any more; that there is a row for it can.
    """
    return [*_ratings(run_ids), *_call_backs(run_ids)]


def _ratings(run_ids: list[UUID] | None) -> Iterator[tuple[UUID, int, str]]:
    expected: dict[tuple[UUID, UUID | None], tuple[EventHeader, EventHeader]] = {}
    for event in _events(RATING, run_ids):
        key = (event.run_id, event.contact_id)
        expected[key] = (event, expected[key][1] if key in expected else event)
    rows = Rating.objects.all() if run_ids is None else Rating.objects.filter(run__in=run_ids)
    kept: dict[tuple[UUID, UUID | None], Rating] = {
        (row.run_id, row.contact_id): row for row in rows.iterator(CHUNK)
    }
    for (run_id, contact_id), row in kept.items():
        if (run_id, contact_id) not in expected:
            yield run_id, 0, "there is a rating nobody gave."
            continue
        event, first = expected[run_id, contact_id]
        changed = event.recorded_at if event.pk != first.pk else None
        said = _form(event)
        if (
            row.event_id != event.pk
            or (row.at, row.changed_at) != (first.recorded_at, changed)
            or (said is not None and any(getattr(row, n) != v for n, v in _rated(said).items()))
        ):
            yield run_id, event.seq, "its rating is not what the person said."
    for key, (event, _) in expected.items():
        if key not in kept:
            yield event.run_id, event.seq, "its rating is missing."


def _call_backs(run_ids: list[UUID] | None) -> Iterator[tuple[UUID, int, str]]:
    rows = CallBack.objects.all() if run_ids is None else CallBack.objects.filter(run__in=run_ids)
    kept = {row.event_id: row for row in rows.iterator(CHUNK)}
    for event in _events(CALL_BACK, run_ids):
        row = kept.pop(event.pk, None)
        if row is None:
            yield event.run_id, event.seq, "its call-back is missing."
            continue
        said = _form(event)
        values = {"run_id": event.run_id, "unit_id": event.unit_id, "at": event.recorded_at}
        if said is not None:
            values |= _told(event.action, said)
        if any(getattr(row, name) != value for name, value in values.items()):
            yield event.run_id, event.seq, "its call-back is not what was written down."
    for row in kept.values():
        yield row.run_id, 0, "there is a call-back nobody made."
