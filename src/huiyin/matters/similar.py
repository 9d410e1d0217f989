"""While somebody reports: has it been reported already? Then they can join, with all that follows.

Near in place, time, category and words. What is shown of the other matter is written for the
public: category, place down to the village, day and state. Nobody's words and no person is shown,
and its number neither. Confidential matters, those that complain of a unit and disputes
between people are never offered.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import cos, hypot, radians
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import get_language

from huiyin.categories.models import Category
from huiyin.matters import access, ratings
from huiyin.matters.handing_over import main_run
from huiyin.matters.intake import Person, phone_index
from huiyin.matters.limits import procedure_of
from huiyin.matters.merging import attached, goes_on_in
from huiyin.matters.models import Contact, ContactRole, Matter, Run
from huiyin.matters.refusals import CannotJoin, NotFound, NotRated
from huiyin.matters.writing import record
from huiyin.people.actors import Actor as Account
from huiyin.places.models import Place

SINCE_DAYS: Final = 30
CANDIDATES: Final = 200  # the latest of the village
MOST: Final = 3
LEAST: Final = 0.3  # below this, two texts do not speak of the same thing
NEAR_METRES: Final = 300.0
FAR_METRES: Final = 1_000.0  # what lies further apart is not the same thing
JOINED: Final = "matters.joined"
RATED: Final = "matters.rated"
RATINGS: Final = 2  # a rating may be changed once
_WORDS: Final = re.compile(r"[一-鿿]+|[a-z0-9]+")
_METRES_A_DEGREE: Final = 111_320.0


@dataclass(frozen=True, slots=True)
class Alike:
    """A matter that may be the same thing, in words anybody may read. `score`: 0 to 1."""

    matter_id: UUID
    category: str
    place: str
    opened_on: str
    state: str
    reported_by: int
    score: float


@dataclass(frozen=True, slots=True)
class Joined:
    """What came of joining: who joined what, and how many have reported it now."""

    contact: Contact
    matter: Matter
    reported_by: int
    is_repeat: bool = False


def similar(
    *, place: Place, text: str, at: datetime, category: Category | None = None,
    lon: float | None = None, lat: float | None = None, most: int = MOST,
) -> list[Alike]:  # fmt: skip
    """Return the matters that may be what somebody is about to report, the likeliest first.

    Those still being worked on, of the same village (or town, where no village is known) and of
    the last 30 days. Three queries, however many there are.
    """
    asked = bigrams(text)
    scored = []
    for matter in _candidates(place, at):
        near = _nearness(matter, place, lon, lat)
        words = overlap(asked, bigrams(f"{matter.words.title} {matter.words.text}"))
        score = round(words * near * _kinship(matter.category, category), 3)
        if score >= LEAST:
            scored.append((score, matter))
    scored.sort(key=lambda found: (-found[0], found[1].opened_at, found[1].pk))
    chosen = scored[:most]
    villages = dict(
        Place.objects.filter(
            pk__in=[one.village_id or one.town_id or one.place_id for _, one in chosen]
        ).values_list("pk", "name")
    )
    runs = Run.objects.filter(
        matter__in=[matter.pk for _, matter in chosen], parent=None, is_done=False
    ).order_by("opened_at", "id")
    states = {run.matter_id: _plain_state(run) for run in runs}
    is_zh = (get_language() or "zh").startswith("zh")
    return [
        Alike(
            matter_id=matter.pk,
            category=_name(matter.category, is_zh=is_zh),
            place=villages.get(matter.village_id or matter.town_id or matter.place_id, ""),
            opened_on=timezone.localdate(matter.opened_at).isoformat(),
            state=states.get(matter.pk, ""),
            reported_by=max(matter.told, 1),  # type: ignore[attr-defined]  # annotated below
            score=score,
        )
        for score, matter in chosen
    ]


def _candidates(place: Place, at: datetime) -> Iterable[Matter]:
    where = (
        Q(village_id=place.village_id or place.pk)
        if place.village_id
        else Q(town_id=place.town_id or place.pk)
    )
    return (
        Matter.objects.filter(
            where,
            Exists(
                Run.objects.filter(matter=OuterRef("pk"), parent=None, is_done=False).exclude(
                    procedure__in=access.with_sides()
                )
            ),
            opened_at__gt=at - timedelta(days=SINCE_DAYS),
            opened_at__lte=at,
            is_confidential=False,
            accused=[],
            merged_into=None,
        )
        .select_related("category", "words")
        .annotate(
            told=Count(
                "contacts",
                filter=Q(contacts__role__in=(ContactRole.REPORTER, ContactRole.JOINED)),
            )
        )
        .order_by("-opened_at")[:CANDIDATES]
    )


def bigrams(text: str) -> frozenset[str]:
    """Return the pairs of neighbouring characters of a text; of a single character, itself."""
    plain = unicodedata.normalize("NFKC", text).lower()
    found: set[str] = set()
    for part in _WORDS.findall(plain):
        found.update(part[start : start + 2] for start in range(max(len(part) - 1, 1)))
    return frozenset(found)


def overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the share of the shorter text's pairs that both have, 0 to 1.

    Of a very short text that share says little: four pairs at least are counted.
    """
    shorter = max(min(len(one), len(other)), 4)
    return len(one & other) / shorter


def _kinship(one: Category | None, other: Category | None) -> float:
    if one is None or other is None:
        return 0.9  # nobody has said what it is about yet
    if one.pk == other.pk:
        return 1.0
    return 0.8 if one.code[:2] == other.code[:2] else 0.5


def _nearness(matter: Matter, place: Place, lon: float | None, lat: float | None) -> float:
    if None not in (lon, lat, matter.lon, matter.lat):
        metres = _metres(lon or 0.0, lat or 0.0, matter.lon or 0.0, matter.lat or 0.0)
        if metres <= NEAR_METRES:
            return 1.0
        return 0.0 if metres > FAR_METRES else 0.7
    return 1.0 if matter.place_id == place.pk else 0.85


def _metres(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    east = (other_lon - lon) * cos(radians(lat))
    return hypot(east, other_lat - lat) * _METRES_A_DEGREE


def _plain_state(run: Run) -> str:
    state = procedure_of(run.procedure).states[run.state]
    is_zh = (get_language() or "zh").startswith("zh")
    return state.label.zh if is_zh else state.label.en


def _name(category: Category | None, *, is_zh: bool) -> str:
    if category is None:
        return ""
    return category.name_zh if is_zh else category.name_en


# --- joining --------------------------------------------------------------------------------------


def join(*, matter_id: UUID, person: Person, by: Account, at: datetime) -> Joined:
    """Attach somebody to a matter that was reported already, instead of a matter of their own.

    They are told what becomes of it, can follow and rate it; what the first reporter may do beyond
    that (withdraw it, take it up again) stays theirs. The same person again is the same answer.
    Where it was merged meanwhile they join the other one. Writes one contact and one event on the
    main run. Raises CannotJoin when it is done; NotFound when there is none, or when it is never
    offered, because it is confidential, complains of a unit or is a dispute between people.
    """
    with transaction.atomic():
        matter = _locked(matter_id)
        main = main_run(matter)
        if matter.is_confidential or matter.accused or main.procedure in access.with_sides():
            raise NotFound()
        if main.is_done:
            raise CannotJoin()
        index = phone_index(person.phone)
        told = attached(matter)
        for contact in told:
            if _is_same(contact, person.account_id, index):
                return Joined(contact, matter, len(told), is_repeat=True)
        contact = Contact.objects.create(
            matter=matter,
            role=ContactRole.JOINED,
            account_id=person.account_id,
            name=person.name,
            phone=person.phone,
            phone_index=index,
            is_anonymous=person.is_anonymous,
            wants_secrecy=person.wants_secrecy,
        )
        record(main, JOINED, {}, by=by, at=at, contact=str(contact.pk))
        return Joined(contact, matter, max(len(told) + 1, 2))


def rate_along(*, matter_id: UUID, stars: int, by: Account, at: datetime, text: str = "") -> Joined:
    """Record how somebody who joined, or whose matter was merged, rates the answer.

    1 to 5 stars, once answered, changed once at most. The first reporter rates by the procedure's
    own act. Writes one event on the main run. Raises NotFound, NotRated.
    """
    with transaction.atomic():
        matter = _locked(matter_id)
        main = main_run(matter)
        told = attached(matter)
        contact = next(
            (one for one in told if by.account_id and one.account_id == by.account_id), None
        )
        is_own = contact and contact.matter_id == matter.pk and contact.role == ContactRole.REPORTER
        if contact is None or is_own or not main.is_done or not 1 <= stars <= 5:
            raise NotRated()
        before = main.timeline.filter(action=RATED, contact_id=contact.pk).count()
        if before >= RATINGS:
            raise NotRated()
        event = record(
            main, RATED, {"text": text} if text else {}, by=by, at=at, contact=str(contact.pk),
            marks={"stars": stars},
        )  # fmt: skip
        ratings.write(main, event, {"stars": stars}, at=at)
        return Joined(contact, matter, len(told), is_repeat=before > 0)


def _locked(matter_id: UUID) -> Matter:
    """Lock the matter in which this one is handled now. Raises NotFound."""
    found = Matter.objects.filter(pk=matter_id).first()
    while found is not None:
        found = goes_on_in(found)
        locked = Matter.objects.select_for_update(of=("self",), no_key=True).get(pk=found.pk)
        if locked.merged_into_id is None:
            return locked
        found = locked  # merged while we waited; the end of the chain is looked for again
    raise NotFound()


def _is_same(contact: Contact, account_id: UUID | None, index: bytes | None) -> bool:
    if account_id and contact.account_id == account_id:
        return True
    return bool(index and contact.phone_index and bytes(contact.phone_index) == index)
