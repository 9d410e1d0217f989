"""Who is told of an act: the notices that a procedure names become rows of the outbox.

A listener of every act, in its transaction. An actor of the procedure is resolved to people: the
reporter and the parties by account or phone, a role by the unit that holds it, an office by its
place. The accused and whoever acted are told nothing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final
from uuid import UUID

from huiyin.matters.handing_over import promised_at
from huiyin.matters.listening import Happened
from huiyin.matters.merging import TOLD, attached_by_merging
from huiyin.matters.models import Contact, Matter
from huiyin.notices import recipients
from huiyin.notices.facts import Facts
from huiyin.notices.outbox import Draft, put_many
from huiyin.notices.recipients import Recipient
from huiyin.people.models import Account
from huiyin.people.refusals import PhoneNotMobile
from huiyin.procedures.language import ActorKind, ActorRule, Procedure, Words
from huiyin.procedures.runs import Snapshot
from huiyin.units.models import Unit

FOLLOWING: Final = "/m/"  # where a person follows their matter, by its number
LEVELS: Final = {"city": 1, "county": 2, "town": 3, "village": 4}


def tell_people(happened: Happened) -> None:
    """Put the notices of an act into the outbox; four queries and one for offices at most."""
    if not happened.decision.notices:
        return
    resolver = _Resolver(happened)
    facts = _facts(happened)
    put_many(
        [
            Draft(
                name=notice.name,
                to=to,
                data=replace(facts, number=own, link=_link(happened.procedure, notice.to, own)),
                key=f"{happened.event.pk} {notice.name} {number}",
                confidential=happened.matter.is_confidential,
            )
            for notice in happened.decision.notices
            for number, (to, own) in enumerate(resolver.people(notice.to))
        ],
        at=happened.at,
    )


def _link(procedure: Procedure, name: str, number: str) -> str:
    """Return the page that a notice leads to; what stands there asks who it is that follows."""
    return f"{FOLLOWING}{number}" if procedure.actors[name].is_person else ""


class _Resolver:
    """Finds the people behind the actors of one act; units of offices are asked for once."""

    def __init__(self, happened: Happened) -> None:
        self._happened = happened
        self._procedure = happened.procedure
        self._offices: dict[str, list[Unit]] | None = None

    def people(self, name: str) -> Iterator[tuple[Recipient, str]]:
        """Yield everybody who is this actor, each once, with the number they know it by."""
        rule = self._procedure.actors[name]
        if rule.is_person:
            yield from self._persons(rule)
            return
        hidden = {*self._happened.matter.accused, self._happened.event.unit_id}
        for unit_id in dict.fromkeys(self._units(rule)):
            if unit_id not in hidden:
                yield recipients.unit(unit_id), self._happened.matter.number

    def _persons(self, rule: ActorRule) -> Iterator[tuple[Recipient, str]]:
        """Yield people; whoever joined, or was merged into it, is told what the reporter is."""
        seen: set[object] = set()
        matter = self._happened.matter
        contacts = list(self._happened.contacts)
        # `hold` has looked whether anything was merged into the matter at all.
        if rule.kind is ActorKind.REPORTER and getattr(self._happened.run, "has_merged", True):
            contacts += attached_by_merging(matter)
        for contact in contacts:
            own = matter.number if contact.matter_id == matter.pk else contact.matter.number
            is_meant = (
                contact.role in TOLD
                if rule.kind is ActorKind.REPORTER
                else bool(contact.side) and rule.party in ("any", contact.side)
            )
            who = contact.account_id or contact.phone
            if is_meant and who and who not in seen:
                seen.add(who)
                yield from ((to, own) for to in _reached(contact))

    def _units(self, rule: ActorRule) -> Iterator[UUID]:
        after, before = self._happened.decision.after, self._happened.before
        if rule.kind in (ActorKind.UNIT, ActorKind.NOT_OF):
            yield from self._office(rule)
            return
        # Whoever gave a role up by this act is told of it too.
        run = after if after.roles.get(rule.role) else before
        yield from (UUID(unit) for unit in _holders(rule, run) if unit)

    def _office(self, rule: ActorRule) -> list[UUID]:
        """Return the units of these kinds nearest to the matter, of the level that is asked."""
        if self._offices is None:
            self._offices = _offices(self._procedure, self._happened.matter)
        levels = [LEVELS[level] for level in rule.levels]
        known = self._happened.decision.after.facts.get(rule.level_fact) if rule.level_fact else ""
        if isinstance(known, str) and known in LEVELS:
            levels = [LEVELS[known]]
        found = [
            unit
            for kind in rule.unit_kinds
            for unit in self._offices.get(kind, ())
            if not levels or unit.level in levels
        ]
        nearest = max((unit.level for unit in found), default=0)
        return [unit.pk for unit in found if unit.level == nearest]


def _holders(rule: ActorRule, run: Snapshot) -> Iterable[str]:
    held = run.roles.get(rule.role, ())
    if rule.kind is ActorKind.SENDER_OF:
        return (run.senders.get(rule.role, ""),)
    if rule.kind is ActorKind.SUPERIOR_OF:
        return (run.above.get(unit, "") for unit in held)
    if rule.kind is ActorKind.STAFF:
        return (unit for units in run.roles.values() for unit in units)
    return held


def _offices(procedure: Procedure, matter: Matter) -> dict[str, list[Unit]]:
    """Return the units of all kinds that the procedure names, in the places of the matter."""
    kinds = {kind for rule in procedure.actors.values() for kind in rule.unit_kinds}
    units = Unit.objects.filter(kind__in=kinds, place_id__in=matter.place_ids, valid_to=None).only(
        "kind", "level"
    )
    found: dict[str, list[Unit]] = {}
    for unit in units:
        found.setdefault(unit.kind, []).append(unit)
    return found


def _reached(contact: Contact) -> Iterator[Recipient]:
    if contact.account_id:
        yield recipients.account(contact.account_id, loaded=_loaded(contact))
        return
    try:
        yield recipients.phone(contact.phone)
    except PhoneNotMobile:
        return  # a landline: somebody will call


def _loaded(contact: Contact) -> Account | None:
    """Return the account of a contact if it was read with it."""
    return contact.account if "account" in contact._state.fields_cache else None


def _facts(happened: Happened) -> Facts:
    """Return what the notices of an act can speak of; what may leave the house is theirs to say."""
    procedure, after = happened.procedure, happened.decision.after
    rule = procedure.actions.get(happened.event.action)
    state = procedure.states[after.state]
    category = happened.matter.category
    return Facts(
        number=happened.matter.number,
        due=promised_at(after, procedure),
        on=happened.at,
        act=rule.label if rule else None,
        procedure=procedure.title,
        state=state.plain or state.label,
        category=Words(category.name_zh, category.name_en) if category else None,
    )
