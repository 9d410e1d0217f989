"""Who is told of an act: the notices that a procedure names become rows of the outbox.

A listener of every act, in its transaction. An actor of the procedure is resolved to people: the
reporter and the parties by account or phone, a role by the unit that holds it, an office by its
place. The accused and whoever acted are told nothing.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from uuid import UUID

from huiyin.matters import links
from huiyin.matters.handing_over import promised_at
from huiyin.matters.listening import Happened
from huiyin.matters.merging import TOLD, attached_by_merging
from huiyin.matters.models import Contact, EventHeader, Matter
from huiyin.matters.redacting import Redaction
from huiyin.notices import cleaning, recipients
from huiyin.notices.facts import Facts
from huiyin.notices.library import templates
from huiyin.notices.outbox import Draft, put_many
from huiyin.notices.recipients import Recipient
from huiyin.people.models import Account
from huiyin.people.refusals import PhoneNotMobile
from huiyin.procedures.language import Action, ActorKind, ActorRule, Procedure, Words
from huiyin.procedures.runs import Snapshot
from huiyin.ui.ready import Ready
from huiyin.units.models import Unit

FOLLOWING: Final = "/m/"  # where a person follows their matter, by its number
LEVELS: Final = {"city": 1, "county": 2, "town": 3, "village": 4}


def tell_people(happened: Happened) -> None:
    """Put the notices of an act into the outbox; three queries and one for offices at most."""
    if not happened.decision.notices:
        return
    resolver = _Resolver(happened)
    facts = _facts(happened)
    told = [
        (notice.name, notice.to, number, who)
        for notice in happened.decision.notices
        for number, who in enumerate(resolver.people(notice.to))
    ]
    # A link is made for the matter's own people, where a text written for this notice speaks of it.
    asked = {
        str(who.contact.pk): who.contact
        for name, _, _, who in told
        if who.contact and who.contact.matter_id == happened.matter.pk and speaks_of_link(name)
    }
    paths = links.made_for(happened, asked)
    put_many(
        [
            Draft(
                name=name,
                to=who.to,
                data=replace(
                    facts,
                    number=who.number,
                    link=_one_time(name, who, paths) or _following(happened, role, who),
                ),
                key=f"{_key(happened.event.pk)}{name} {number}",
                confidential=happened.matter.is_confidential,
                is_link_secret=bool(_one_time(name, who, paths)),
                page=_following(happened, role, who),
            )
            for name, role, number, who in told
        ],
        at=happened.at,
        into=happened.writing,
    )


def forget_told(found: Redaction) -> None:
    """Take back what redacted events told; of people made nameless delete all they were told.

    In the transaction of the redaction. What waits to be sent is not sent any more.
    """
    events = EventHeader.objects.filter(run__matter=found.matter)
    all_keys = [_key(pk) for pk in events.values_list("pk", flat=True)]
    if found.contacts:
        people = Contact.objects.filter(matter=found.matter, pk__in=found.contacts)
        rows = list(people.values_list("account_id", "phone_index"))
        cleaning.forget_people(
            all_keys,
            account_ids=[account for account, _index in rows if account],
            indexes=[bytes(index) for _account, index in rows if index],
        )
    keys = all_keys if found.is_whole else [_key(pk) for pk in found.event_ids]
    cleaning.withdraw(keys, at=found.at)


def _key(event_id: UUID) -> str:
    """Return how the keys of all that an event tells begin."""
    return f"{event_id} "


def speaks_of_link(name: str) -> bool:
    """Tell whether a text that was written for this very notice speaks of a link."""
    template = templates().get(name)
    return template is not None and any(
        "link" in template.needs(channel) for channel in template.channels
    )


@dataclass(frozen=True, slots=True)
class _Told:
    """Somebody to be told: over what, the number they know it by, who they are in the matter."""

    to: Recipient
    number: str
    contact: Contact | None = None


def _one_time(name: str, who: "_Told", paths: Mapping[str, str]) -> str:
    """Return the one-time link that a text written for this notice speaks of; "" without one."""
    is_asked = who.contact is not None and speaks_of_link(name)
    return paths.get(str(who.contact.pk), "") if is_asked and who.contact else ""


def _following(happened: Happened, role: str, who: "_Told") -> str:
    """Return the page a person follows their matter on; it asks who it is that follows."""
    return f"{FOLLOWING}{who.number}" if happened.procedure.actors[role].is_person else ""


class _Resolver:
    """Finds the people behind the actors of one act; units of offices are asked for once."""

    def __init__(self, happened: Happened) -> None:
        self._happened = happened
        self._procedure = happened.procedure
        self._offices: dict[str, list[_Office]] | None = None

    def people(self, name: str) -> Iterator[_Told]:
        """Yield everybody who is this actor, each once, with the number they know it by."""
        rule = self._procedure.actors[name]
        if rule.is_person:
            yield from self._persons(rule)
            return
        hidden = {*self._happened.matter.accused, self._happened.event.unit_id}
        for unit_id in dict.fromkeys(self._units(rule)):
            if unit_id not in hidden:
                yield _Told(recipients.unit(unit_id), self._happened.matter.number)

    def _persons(self, rule: ActorRule) -> Iterator[_Told]:
        """Yield people; whoever joined, or was merged into it, is told what the reporter is."""
        seen: set[object] = set()
        matter = self._happened.matter
        contacts = list(self._happened.contacts)
        if rule.kind is ActorKind.REPORTER and matter.has_merged:
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
                yield from (_Told(to, own, contact) for to in _reached(contact))

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


@dataclass(frozen=True, slots=True)
class _Office:
    """A unit in a place of the matter: what it is called for, and of which level it is."""

    pk: UUID
    kind: str
    level: int


def _offices(procedure: Procedure, matter: Matter) -> dict[str, list[_Office]]:
    """Return the units of all kinds that the procedure names, in the places of the matter."""
    kinds = {kind for rule in procedure.actors.values() for kind in rule.unit_kinds}
    found: dict[str, list[_Office]] = {}
    for row in _OFFICES.all(kinds=sorted(kinds), places=list(matter.place_ids)):
        unit = _Office(*row)
        found.setdefault(unit.kind, []).append(unit)
    return found


_OFFICES: Ready[tuple[UUID, str, int]] = Ready(
    lambda kinds, places: Unit.objects.filter(
        kind__one_of=kinds, place_id__one_of=places, valid_to=None
    ).values_list("pk", "kind", "level"),
    apart=True,
)


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


def _on(happened: Happened, rule: Action | None) -> date:
    """Return when what is told happens: a time to come that the form names, else now."""
    form = happened.decision.event.form
    named = (form.get(field.name) for field in (rule.form if rule else ()) if field.future)
    return next((when for when in named if isinstance(when, date)), happened.at)


def _facts(happened: Happened) -> Facts:
    """Return what the notices of an act can speak of; what may leave the house is theirs to say."""
    procedure, after = happened.procedure, happened.decision.after
    rule = procedure.actions.get(happened.event.action)
    state = procedure.states[after.state]
    category = happened.matter.category
    return Facts(
        number=happened.matter.number,
        due=promised_at(after, procedure),
        on=_on(happened, rule),
        act=rule.label if rule else None,
        procedure=procedure.title,
        state=state.plain or state.label,
        category=Words(category.name_zh, category.name_en) if category else None,
    )
