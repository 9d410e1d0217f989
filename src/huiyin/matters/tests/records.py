"""Matters in a real database: a small city, its limits, and whoever has to act next."""

import csv
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.resources import files
from typing import Any
from uuid import UUID

from huiyin.categories.models import Category, Term, TermValue
from huiyin.matters import intake
from huiyin.matters.access import looking_after
from huiyin.matters.acting import Done, act, hold
from huiyin.matters.intake import Person, Said
from huiyin.matters.limits import procedure_of
from huiyin.matters.models import Channel
from huiyin.matters.tests.sample_files import a_file
from huiyin.people.accounts import resident_for_phone
from huiyin.people.actors import SYSTEM, Actor
from huiyin.people.models import Account, AccountKind, PermissionSet, Post
from huiyin.people.tests.factories import the_city
from huiyin.places.models import Place
from huiyin.procedures import new_run
from huiyin.procedures.language import ActorKind, FieldType
from huiyin.procedures.simulation import a_form
from huiyin.ui.identifiers import new_id
from huiyin.units.models import Unit, UnitKind
from huiyin.units.tests.factories import GRID, NOW, TOWN, VILLAGE, a_unit

LEVELS = {"city": 1, "county": 2, "town": 3, "village": 4}
SIDES = ("applicant", "respondent")


def the_limits() -> None:
    """The catalogue of limits, as every city has it: the general values."""
    text = (files("huiyin") / "categories/data/terms.csv").read_text(encoding="utf-8-sig")
    rows = [row for row in csv.DictReader(text.splitlines()) if not row["category_code"]]
    Term.objects.bulk_create(
        Term(key=row["key"], title_zh=row["title_zh"], title_en=row["title_en"], locked=False)
        for row in rows
    )
    TermValue.objects.bulk_create(
        TermValue(term_id=row["key"], amount=int(row["amount"]), unit=row["unit"]) for row in rows
    )


@dataclass
class Record:
    """A city in which matters can be opened and acted on."""

    place: Place
    town: Place
    units: dict[str, Unit]
    resident: Account
    other: Account

    @property
    def category(self) -> Category:
        """A class of matter."""
        names = {"name_zh": "路灯不亮", "name_en": "Street lamp out"}
        return Category.objects.get_or_create(code="01", defaults=names)[0]

    @property
    def reporter(self) -> Actor:
        """The resident who brings matters."""
        return Actor(account_id=self.resident.pk, kind=AccountKind.RESIDENT, name="李娟")

    @property
    def opponent(self) -> Actor:
        """The other side of a dispute."""
        return Actor(account_id=self.other.pk, kind=AccountKind.RESIDENT, name="赵强")

    def unit(self, kind: str, name: str = "") -> Unit:
        """Return a unit of a kind in the town; it is made when there is none yet."""
        key = f"{kind} {name}".strip()
        if key not in self.units:
            more = {"committee_kind": "town"} if kind == UnitKind.MEDIATION_COMMITTEE else {}
            self.units[key] = a_unit(
                f"U-{len(self.units)}", UnitKind(kind), self.town, name=f"{kind}{name}", **more
            )
        return self.units[key]

    def colleague(self, unit: UUID | str | None) -> Account:
        """Return somebody who holds a post in a unit, and an account of their own."""
        kept = Post.objects.filter(unit=unit, title="承办人").select_related("account").first()
        if kept is not None:
            return kept.account
        name = f"officer-{str(unit)[-12:]}"
        account = Account.objects.create(
            kind=AccountKind.STAFF, username=name, name="王芳", created_at=NOW
        )
        rights = PermissionSet.objects.get_or_create(code="officer", name_zh="承办人")[0]
        Post.objects.create(
            ref=name, account=account, unit_id=unit, permission_set=rights, title="承办人"
        )
        return account

    def staff(
        self, unit: Unit, *permissions: str, level: str = "county", place: Place | None = None
    ) -> Actor:
        """Return somebody in a post of a unit, with these permissions."""
        return Actor(
            account_id=new_id(),
            kind=AccountKind.STAFF,
            post_id=new_id(),
            unit_id=unit.pk,
            unit_place_id=(place or self.town).pk,
            unit_name=unit.name,
            unit_kind=unit.kind,
            level=LEVELS[level],
            permissions=frozenset(permissions),
        )

    def open(
        self, procedure: str, action: str = "", *, by: Actor | None = None, at: datetime = NOW,
        accused: tuple[UUID, ...] = (), place: Place | None = None, said: Said | None = None,
        **fields: Any,
    ) -> Done:  # fmt: skip
        """Open a matter with both sides of a dispute; the form is filled in as needed."""
        rules = procedure_of(procedure)
        opening = rules.actions[action] if action else rules.openings[0]
        actor = by or self.whoever(rules, opening.by[0], {})
        form = self.form(a_form(opening, _new(rules), at), opening, actor)
        return intake.open_matter(
            procedure=procedure,
            action=opening.name,
            said=said or Said("路灯不亮", "新华路 3 号门口的路灯坏了三天。"),
            place=place or self.place,
            channel=Channel.ONLINE,
            by=actor,
            at=at,
            form={**form, **fields},
            reporter=Person("李娟", "15400000001", self.resident.pk),
            parties=(
                Person("李娟", "15400000001", self.resident.pk, side=SIDES[0]),
                Person("赵强", "15400000002", self.other.pk, side=SIDES[1]),
            ),
            accused=accused,
        )

    def act(
        self, run_id: UUID, action: str, *, by: Actor | str | None = None, at: datetime = NOW,
        form: dict[str, Any] | None = None, expected: int | None = None, key: str = "",
        **fields: Any,
    ) -> Done:  # fmt: skip
        """Take an action, by whoever may, with a form that is filled in as needed."""
        held = hold(run_id, at=at)
        rule = held.procedure.actions[action]
        actor = by if isinstance(by, Actor) else (
            self.whoever(held.procedure, by or rule.by[0], held.before.roles, held.before)
        )  # fmt: skip
        if form is None:
            form = {**self.form(a_form(rule, held.before, at), rule, actor), **fields}
        return act(run_id, action, by=actor, at=at, form=form, expected=expected, key=key)

    def form(self, made: dict[str, Any], rule: Any, by: Actor = SYSTEM) -> dict[str, Any]:
        """Put real units, and files that whoever acts has sent in, into a made-up form."""
        real = dict(made)
        for field in rule.form:
            if field.name in real and field.type is FieldType.UNIT:
                real[field.name] = str(self.unit("department").pk)
            elif field.name in real and field.type is FieldType.PLACE:
                real[field.name] = str(self.place.pk)
            elif field.name in real and field.type is FieldType.CATEGORY:
                real[field.name] = str(self.category.pk)
            elif field.name in real and field.type is FieldType.FILES:
                sort = field.accept[0] if field.accept else "image"
                real[field.name] = [str(a_file(by, sort).pk) for _ in real[field.name]]
            elif field.name in real and field.type is FieldType.COLLEAGUE:
                unit = real[field.of] if field.of else by.unit_id
                real[field.name] = str(self.colleague(unit).pk)
            elif field.name in real and field.type is FieldType.UNITS:
                count = len(real[field.name])
                real[field.name] = [
                    str(self.unit("department", str(number)).pk) for number in range(count)
                ]
        if "return_reasons" in rule.checks:
            # Reasons of which the city asks nothing more.
            reasons = rule.field_named("reason").options
            real["reason"] = next(one for one in ("conflict", "accused") if one in reasons)
            real.pop("right_unit", None)
        return real

    def whoever(self, rules: Any, name: str, roles: Any, run: Any = None) -> Actor:
        """Return somebody who is an actor of a procedure, as far as the run allows."""
        rule = rules.actors[name]
        if rule.kind is ActorKind.SYSTEM:
            return SYSTEM
        if rule.kind is ActorKind.REPORTER:
            return self.reporter
        if rule.kind is ActorKind.PARTY:
            return self.opponent if rule.party == SIDES[1] else self.reporter
        held = roles.get(rule.role, ())
        unit = None
        if rule.kind is ActorKind.ASSIGNED and held:
            unit = Unit.objects.get(pk=held[0])
        elif rule.kind is ActorKind.SENDER_OF and run and run.senders.get(rule.role):
            unit = Unit.objects.get(pk=run.senders[rule.role])
        elif rule.kind is ActorKind.SUPERIOR_OF and held and run.above.get(held[0]):
            unit = Unit.objects.get(pk=run.above[held[0]])
        office, kind = an_office(rules, rule)
        if unit is None and not rule.unit_kinds and office is None and rule.kind is not (
            ActorKind.NOT_OF
        ):  # fmt: skip
            # Inside another run no office looks on: whoever has a part in it is of staff here.
            unit = next((Unit.objects.get(pk=one[0]) for one in roles.values() if one), None)
        if unit is not None:
            office = None
        unit = unit or self.unit(kind, "z")
        levels = rule.levels or (office.levels if office else ())
        level = levels[0] if levels else "county"
        if rule.level_fact and run:
            level = str(run.facts.get(rule.level_fact, level))
        permissions = {rule.permission, office.permission if office else ""} - {""}
        return self.staff(unit, *permissions, level=level)


def an_office(rules: Any, rule: Any) -> tuple[Any, str]:
    """Return an office that looks after the procedure and may be this actor, and its kind.

    Without one, nothing and the first kind that the actor may be of.
    """
    for procedure, office in looking_after():
        if procedure.name == rules.name and (
            not rule.levels or not office.levels or set(rule.levels) & set(office.levels)
        ):
            for kind in office.unit_kinds:
                if not rule.unit_kinds or kind in rule.unit_kinds:
                    return office, kind
    return None, rule.unit_kinds[0] if rule.unit_kinds else "department"


def _new(rules: Any) -> Any:
    return replace(new_run(rules), parties=dict.fromkeys(("person-a", "person-b"), SIDES[0]))


def the_record() -> Record:
    """A city with its limits, two residents, and no matter yet."""
    the_limits()
    city = the_city()
    resident = resident_for_phone(phone="15400000001", at=NOW)
    other = resident_for_phone(phone="15400000002", at=NOW)
    assert GRID in city.places
    assert VILLAGE in city.places
    return Record(
        place=city.places[GRID], town=city.places[TOWN], units={}, resident=resident, other=other
    )
