"""One-time links: a person without an account rates, agrees or follows from their own phone.

    https://…/l/6r0-PqYfX2kQxS1m9tZs7w

The address holds 128 random bits; only their hash is kept. A link is bound to one person of a
matter, one run and one act, and ends after 30 days. Looking changes nothing; an act uses it up,
and the event says that the person came by link. A link without an act only shows.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from huiyin.matters.acting import Done, act, held_by
from huiyin.matters.handing_over import promised_at
from huiyin.matters.listening import Happened
from huiyin.matters.models import Contact, Link, Run
from huiyin.matters.people_in import parties_of, reporter_of
from huiyin.matters.redacting import Redaction
from huiyin.matters.refusals import (
    LinkExpired,
    LinkOnlyShows,
    LinkTries,
    LinkUnknown,
    LinkUsed,
)
from huiyin.people import limits
from huiyin.people.actors import Actor
from huiyin.people.models import AccountKind
from huiyin.procedures import Procedure
from huiyin.procedures.language import Action, ActorKind, State
from huiyin.procedures.runs import Values
from huiyin.ui.identifiers import new_id

LIFE: Final = timedelta(days=30)
KEPT: Final = timedelta(days=180)  # after their end
BYTES: Final = 16
WRONG_AN_HOUR: Final = 30  # links that do not exist, from one address
HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a link shows: where the matter is, until when an answer is promised, its one act."""

    link: Link
    procedure: Procedure
    state: State
    promised_at: datetime | None
    act: Action | None

    @property
    def number(self) -> str:
        """The public number."""
        return self.link.run.matter.number


# --- making -------------------------------------------------------------------------------------


def make(run: Run, contact: Contact, *, at: datetime, action: str = "") -> str:
    """Make a link for a person of the run's matter and return its path."""
    token = secrets.token_urlsafe(BYTES)
    Link.objects.create(
        run=run, contact=contact, action=action, digest=_digest(token), made_at=at,
        expires_at=at + LIFE,
    )  # fmt: skip
    return path_of(token)


def made_for(happened: Happened, contacts: Mapping[str, Contact]) -> dict[str, str]:
    """Make the links that the notices of an act speak of, by contact id; written with the act.

    To the first act that the person can take by link from where the run is now; where there is
    none the link shows how far it is.
    """
    rows, paths = [], {}
    for pk, contact in contacts.items():
        token = secrets.token_urlsafe(BYTES)
        rows.append(
            Link(
                id=new_id(),
                run=happened.run,
                contact=contact,
                action=_asked(happened, contact),
                digest=_digest(token),
                made_at=happened.at,
                expires_at=happened.at + LIFE,
            )
        )
        paths[pk] = path_of(token)
    happened.writing.insert(rows)
    return paths


def path_of(token: str) -> str:
    """Return the path of a link."""
    return f"/l/{token}"


def _asked(happened: Happened, contact: Contact) -> str:
    rules, state = happened.procedure, happened.decision.after.state
    return next(
        (
            rule.name
            for rule in rules.actions.values()
            if rule.by_link and state in rule.froms and _is_theirs(rule, rules, happened, contact)
        ),
        "",
    )


def _is_theirs(rule: Action, rules: Procedure, happened: Happened, contact: Contact) -> bool:
    sides = parties_of(happened.contacts)
    for actor in (rules.actors[name] for name in rule.by):
        if actor.kind is ActorKind.REPORTER and str(contact.pk) == reporter_of(happened.contacts):
            return True
        if actor.kind is ActorKind.PARTY and (
            actor.party == "any" or sides.get(str(contact.pk)) == actor.party
        ):
            return str(contact.pk) in sides
    return False


# --- using --------------------------------------------------------------------------------------


def look(token: str, *, at: datetime, address: str = "") -> Shown:
    """Return what a link shows. Changes nothing.

    `address`: the key of who asks; whoever tries many that do not exist has to wait. Raises
    LinkUnknown, LinkUsed, LinkExpired, LinkTries.
    """
    link = Link.objects.filter(digest=_digest(token)).select_related("run__matter").first()
    if link is None:
        _count_wrong(address, at)
        raise LinkUnknown()
    _check(link, at)
    held = held_by(link.run, link.run.matter, (), at=at)
    rules = held.procedure
    return Shown(
        link, rules, rules.states[link.run.state], promised_at(held.before, rules),
        rules.actions.get(link.action),
    )  # fmt: skip


def use(token: str, *, form: Values, at: datetime, address: str = "") -> Done:
    """Take the act of a link as its person, and use the link up; both or neither.

    Raises LinkUnknown, LinkUsed, LinkExpired, LinkTries, LinkOnlyShows, ActRefused.
    """
    with transaction.atomic():
        links = Link.objects.select_for_update(of=("self",), no_key=True)
        link = links.filter(digest=_digest(token)).select_related("run__matter").first()
        if link is not None:
            _check(link, at)
            if not link.action:
                raise LinkOnlyShows()
            link.used_at = at
            link.save(update_fields=["used_at"])
            return act(link.run_id, link.action, by=person_of(link), at=at, form=form)
    _count_wrong(address, at)
    raise LinkUnknown()


def person_of(link: Link) -> Actor:
    """Return whoever acts by a link."""
    return Actor(account_id=None, kind=AccountKind.RESIDENT, contact_id=link.contact_id)


def forget(redaction: Redaction) -> None:
    """Revoke the links of people who are made nameless, and of runs whose texts go."""
    of = Link.objects.filter(run__matter=redaction.matter, used_at=None, revoked_at=None)
    if not redaction.is_whole:
        runs, people = list(redaction.events), list(redaction.contacts)
        of = of.filter(run__in=runs) | of.filter(contact__in=people)
    of.update(revoked_at=redaction.at)


def clean(*, at: datetime) -> int:
    """Delete the links that ended long ago; return how many. Until then they say what they were."""
    return Link.objects.filter(expires_at__lt=at - KEPT).delete()[0]


def _check(link: Link, at: datetime) -> None:
    if link.revoked_at is not None:
        raise LinkUnknown()
    if link.used_at is not None:
        raise LinkUsed(number=link.run.matter.number)
    if at >= link.expires_at:
        raise LinkExpired(number=link.run.matter.number)


def _count_wrong(address: str, at: datetime) -> None:
    verdict = limits.allow(f"link:{address}", limit=WRONG_AN_HOUR, window=HOUR, at=at)
    if not verdict:
        raise LinkTries(minutes=verdict.minutes)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
