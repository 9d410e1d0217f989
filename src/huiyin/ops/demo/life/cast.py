"""Who acts in the stories: staff in the posts of the demo city, and residents of its own."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from random import Random
from typing import Final
from uuid import UUID

from django.utils import timezone

from huiyin.categories.models import Category
from huiyin.dispatch.answers import Question
from huiyin.dispatch.responsibility import responsible_many
from huiyin.matters.intake import Person
from huiyin.ops.demo.divisions import CITY
from huiyin.ops.demo.logins import PRINTED
from huiyin.ops.demo.names import mobile, person
from huiyin.ops.demo.units import function_code, unit_code
from huiyin.people.accounts import resident_for_phone
from huiyin.people.actors import Actor, actor_of
from huiyin.people.models import Account, Post
from huiyin.places.models import Place
from huiyin.units.models import Unit
from huiyin.units.queries import held_on

FIRST_RESIDENT: Final = 200_000  # their numbers follow each other, behind those of the logins
_PRINTED: Final = frozenset(line.username for line in PRINTED)


@dataclass(frozen=True, slots=True)
class Resident:
    """Somebody with an account: who brings matters, rates and asks again."""

    account: Account
    name: str
    phone: str

    @property
    def actor(self) -> Actor:
        """As whom they act."""
        return Actor(account_id=self.account.pk, kind=self.account.kind, name=self.name)

    def person(self, *, side: str = "", is_anonymous: bool = False) -> Person:
        """As whom they stand in a matter."""
        return Person(
            self.name, self.phone, self.account.pk, side=side, is_anonymous=is_anonymous,
            wants_secrecy=is_anonymous,
        )  # fmt: skip


@dataclass
class Cast:
    """Everybody who may act in a part of the stories; read when first asked for."""

    at: datetime  # since when the residents have their accounts
    today: datetime
    _posts: dict[UUID, list[Actor]] = field(default_factory=dict)
    _units: dict[str, Unit | None] = field(default_factory=dict)
    _answers: dict[tuple[UUID, str], list[UUID]] = field(default_factory=dict)
    _residents: dict[int, Resident] = field(default_factory=dict)

    @cached_property
    def categories(self) -> dict[str, Category]:
        """All classes of matter by their code."""
        return {one.code: one for one in Category.objects.all()}

    def unit(self, code: str) -> Unit | None:
        """Return the unit with a code, None when this city has none."""
        if code not in self._units:
            self._units[code] = Unit.objects.filter(code=code).first()
        return self._units[code]

    def in_place(self, prefix: str, place: Place, function: str = "") -> Unit | None:
        """Return the unit of a kind in exactly a place."""
        return self.unit(unit_code(prefix, place.code, function))

    def body(self, function: str, place: Place) -> Unit | None:
        """Return the department or utility that works for the county of a place."""
        county = place.county.code if place.county else CITY
        return self.unit(function_code(function, county))

    def city(self, prefix: str) -> Unit:
        """Return the city's unit of a kind."""
        found = self.unit(unit_code(prefix, CITY))
        assert found is not None  # noqa: S101 every demo city has it
        return found

    def of(self, unit: Unit | UUID | None, may: str = "") -> Actor | None:
        """Return whoever works in a unit and has a permission; a printed login before others."""
        return next(iter(self.everybody(unit, may)), None)

    def everybody(self, unit: Unit | UUID | None, may: str = "") -> list[Actor]:
        """Return all who work in a unit and have a permission; a printed login before others."""
        if unit is None:
            return []
        pk = unit if isinstance(unit, UUID) else unit.pk
        if pk not in self._posts:
            self._posts[pk] = _actors(pk, self.today)
        return [one for one in self._posts[pk] if not may or may in one.permissions]

    def find_out(self, asked: Sequence[tuple[Place, str]]) -> None:
        """Find out in one go who is responsible for classes of matter in places."""
        fresh = [
            (place, code)
            for place, code in dict.fromkeys(asked)
            if (place.pk, code) not in self._answers
        ]
        questions = [Question(place.pk, self.categories[code].pk) for place, code in fresh]
        answers = responsible_many(questions, at=self.today) if questions else []
        for (place, code), answer in zip(fresh, answers, strict=True):
            units = [one.unit.id for one in answer.candidates]
            units += [one.id for one in (answer.unit, answer.territorial) if one]
            self._answers[place.pk, code] = units

    def responsible(self, place: Place, code: str) -> list[UUID]:
        """Return the units that may have it and are staffed, the right one first."""
        self.find_out([(place, code)])
        units = dict.fromkeys(self._answers[place.pk, code])
        return [unit for unit in units if self.of(unit)]

    def resident(self, number: int) -> Resident:
        """Return one of the residents of the stories; number 0 is the one the demo prints."""
        if number not in self._residents:
            phone = mobile(0, 1) if number == 0 else mobile(0, FIRST_RESIDENT + number)
            name = person(f"resident/{number}")
            account = resident_for_phone(phone=phone, at=self.at)
            self._residents[number] = Resident(account, name, phone)
        return self._residents[number]

    def centre(self, place: Place, level: str) -> Unit | None:
        """Return the centre of a level above a place; in a village it may be the committee."""
        at = {"village": place.village, "town": place.town, "county": place.county}.get(level)
        if at is None:
            return self.city("GC")
        found = self.in_place("GC", at)
        return found if self.of(found) else self.in_place("VC", at) if level == "village" else found

    def stranger(self, rng: Random) -> Person:
        """Return a caller without an account and without a number that could be called."""
        return Person(person(f"caller/{rng.random()}"), f"0534-0{rng.randrange(1_000_000):06d}")


def _actors(unit_id: UUID, at: datetime) -> list[Actor]:
    """Return who works in a unit on a day; those with a printed login first."""
    posts = (
        Post.objects.filter(
            held_on(timezone.localdate(at)), unit_id=unit_id, account__is_active=True
        )
        .select_related("unit", "permission_set", "account")
        .order_by("-is_default", "ref")
    )
    found = sorted(posts, key=lambda post: post.account.username not in _PRINTED)
    return [actor_of(post.account, post) for post in found]
