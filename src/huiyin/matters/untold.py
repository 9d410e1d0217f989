"""What an event was to tell a person by SMS or e-mail and did not reach them, for the clerk.

    untold([event_id, …], at=now) → {event_id: ["给诉求人的短信还没有发出：…"]}

What is sent, has arrived or was laid aside by somebody who told the person is not named.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from huiyin.matters.limits import procedure_of
from huiyin.matters.wording import said
from huiyin.notices import outage, wording
from huiyin.notices.models import Notice, NoticeState, Outage
from huiyin.notices.texts import Channel
from huiyin.procedures import library
from huiyin.ui.dates import said_moment

# Sooner nothing is wrong: the worker looks each minute.
USUAL: Final = timedelta(minutes=5)
_BEGINS: Final = 37  # signs of a key: the event and a blank (`telling`)


@dataclass(frozen=True, slots=True)
class _Row:
    """One message that did not leave or may not have arrived."""

    key: str
    name: str
    channel: str
    state: str
    reason: str
    due_at: datetime
    tries: int


def untold(events: Sequence[UUID], *, at: datetime) -> Mapping[UUID, Sequence[str]]:
    """Return what did not reach people, in sentences, by event.

    One query; one more where something waits.
    """
    rows = _rows(events)
    waits = any(row.state == NoticeState.QUEUED for row in rows)
    away = outage.open_ones() if waits else {}
    found: dict[UUID, list[str]] = defaultdict(list)
    for row in rows:
        sentence = _sentence(row, away.get(row.channel), at)
        event = UUID(row.key[: _BEGINS - 1])
        if sentence and sentence not in found[event]:
            found[event].append(sentence)
    return {event: sentences for event, sentences in found.items() if sentences}


_UNTOLD: Final = [
    one.value
    for one in (NoticeState.QUEUED, NoticeState.REFUSED, NoticeState.UNKNOWN, NoticeState.DEAD)
]


def _rows(events: Sequence[UUID]) -> list[_Row]:
    if not events:
        return []
    any_of = " OR ".join(["key LIKE %s"] * len(events))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT key, name, channel, state, reason, due_at, tries"  # noqa: S608 its own name
            f" FROM {Notice._meta.db_table} WHERE ({any_of}) AND channel IN ('sms', 'email')"
            " AND state = ANY (%s) AND laid_aside_at IS NULL ORDER BY id",
            [*(f"{event} %" for event in events), _UNTOLD],
        )
        return [_Row(*row) for row in cursor.fetchall()]


def _sentence(row: _Row, away: Outage | None, at: datetime) -> str:
    # What was answered in detail is for whoever looks after the machine.
    values = {"what": _what(row), "why": wording.reason_words(row.reason.partition(":")[0])}
    match row.state:
        case NoticeState.QUEUED if away is not None:
            values["since"] = " ".join(said_moment(away.began_at).pieces)
            if row.channel == Channel.SMS:
                words = _(
                    "%(what)s waits: the SMS gateway takes nothing since %(since)s. It leaves by "
                    "itself when it is back; what is urgent is told by telephone."
                )
            else:
                words = _(
                    "%(what)s waits: the mail server takes nothing since %(since)s. It leaves by "
                    "itself when it is back; what is urgent is told by telephone."
                )
        case NoticeState.QUEUED if row.tries and row.reason:
            words = _("%(what)s has not left yet (%(why)s). It is tried again by itself.")
        case NoticeState.QUEUED if row.due_at <= at - USUAL:
            words = _("%(what)s has not left yet; it is late.")
        case NoticeState.QUEUED:
            return ""
        case NoticeState.UNKNOWN:
            words = _("Nobody knows whether %(what)s arrived (%(why)s). Ask the person.")
        case NoticeState.REFUSED:
            words = _("%(what)s did not arrive (%(why)s). Tell the person by telephone.")
        case _:
            words = _("%(what)s was given up (%(why)s). Tell the person by telephone.")
    text = words % values
    return text[:1].upper() + text[1:]


def _what(row: _Row) -> str:
    who = _who(row.name)
    if row.channel == Channel.SMS:
        return _("the SMS to %(who)s") % {"who": who}
    return _("the e-mail to %(who)s") % {"who": who}


def _who(name: str) -> str:
    """Say who it was for, as the procedure calls them: "hotline.answer.person"."""
    procedure, _dot, rest = name.partition(".")
    actors = procedure_of(procedure).actors if procedure in library.procedures() else {}
    rule = actors.get(rest.rpartition(".")[2])
    return said(rule.label) if rule else _("the person")
