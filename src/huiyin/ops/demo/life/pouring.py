"""Pouring the plan into the city, part by part behind its first start: once, whatever is killed.

How far it is stands in a note. A part is told in one transaction that moves the note on, so a
worker that is killed leaves whole parts, and the next one goes on behind them.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Final, cast

from django.db import transaction
from django.utils import timezone

from huiyin.ops.demo.divisions import divisions
from huiyin.ops.demo.life.cast import Cast, Resident
from huiyin.ops.demo.life.outages import tell_of_one
from huiyin.ops.demo.life.plan import DAYS, Entry, entries
from huiyin.ops.demo.life.tale import Live, Past, Tale, Teller, tell
from huiyin.ops.demo.life.texts import put_in
from huiyin.ops.demo.scope import BEICHENG, XIAJIN, Scale
from huiyin.ops.models import Note
from huiyin.places.models import Place, PlaceLevel

NOTE: Final = "demo_life"
PART: Final = 60  # stories: a second or two
# How much of it happens where the printed logins work: the town, and the county around it.
_TOWN_SHARE, _COUNTY_SHARE = 0.14, 0.12


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is: stories told of how many, as seen from an instant; matters they became.

    `refused`: acts that were refused, because a limit or a list of this city is another one.
    `day`: on which of the thirty days the latest of the stories told began.
    """

    scale: Scale
    now: str
    total: int
    wanted: int | None = None
    told: int = 0
    matters: int = 0
    refused: int = 0
    day: int = 0

    @property
    def is_done(self) -> bool:
        """Whether everything has been told."""
        return self.told >= self.total


def order(*, scale: Scale, at: datetime, matters: int | None = None) -> Progress:
    """Order the life of a city, seen from now; ordered before, it stays as it was."""
    plan = entries(scale, now=at, matters=matters)
    fresh = Progress(scale=scale, now=at.isoformat(), total=len(plan), wanted=matters)
    _note, is_new = Note.objects.get_or_create(
        name=NOTE, defaults={"value": asdict(fresh), "written_at": at}
    )
    if is_new:
        tell_of_one(now=at)
    found = progress()
    assert found is not None  # noqa: S101 it is there now
    return found


def progress() -> Progress | None:
    """Return how far it is; None where none was ordered. One query."""
    value = Note.objects.filter(name=NOTE).values_list("value", flat=True).first()
    return Progress(**value) if value else None


def pour_part(*, part: int = PART) -> Progress | None:
    """Tell the next stories; return how far it is then, None where there is nothing to tell."""
    with transaction.atomic():
        note = Note.objects.select_for_update().filter(name=NOTE).first()
        if note is None:
            return None
        before = Progress(**note.value)
        if before.is_done:
            return None
        now = datetime.fromisoformat(before.now)
        plan = entries(before.scale, now=now, matters=before.wanted)
        chosen = plan[before.told : before.told + part]
        matters, refused = tell_all(chosen, scale=before.scale, now=now)
        after = replace(
            before, told=before.told + len(chosen), matters=before.matters + matters,
            refused=before.refused + len(refused), day=_day_of(chosen, before, now=now),
        )  # fmt: skip
        note.value, note.written_at = asdict(after), timezone.now()
        note.save(update_fields=["value", "written_at"])
    return after


def _day_of(chosen: Sequence[Entry], before: Progress, *, now: datetime) -> int:
    """Return how many of the thirty days have been begun; the order of the plan goes back once."""
    ago = (timezone.localdate(now) - timezone.localdate(chosen[-1].at)).days
    return max(before.day, min(DAYS, max(1, DAYS - ago)))


def told(found: Progress) -> str:
    """Return in one line how far it is."""
    if found.is_done:
        return f"Thirty days of life are in the city: {found.matters} matters."
    return f"Pouring thirty days of life into the city: {found.matters} matters so far …"


def tell_all(
    chosen: Sequence[Entry], *, scale: Scale, now: datetime, until: datetime | None = None
) -> tuple[int, list[str]]:
    """Tell some stories; return how many matters they became, and which acts were refused.

    `until`: to when their limits run on, where nobody acts any more after `now`.
    """
    past, live = Past(now=until or now), Live()
    # Accounts of residents are older than what they bring.
    troupe = Cast(at=now - timedelta(days=40), today=until or now)
    places = _places(chosen)
    pattern = {entry.seed: entry.pattern.category for entry in chosen}
    troupe.find_out([(places[seed], category) for seed, category in pattern.items()])
    residents = 300 if scale == "full" else 40
    refused: list[str] = []
    matters = 0
    for entry in chosen:
        rng = Random(f"tale/{entry.seed}")  # noqa: S311 a story, no secret
        place = places[entry.seed]
        number = entry.resident if entry.resident is not None else rng.randrange(1, residents)
        lead = troupe.unit(entry.lead) if entry.lead else None
        village = divisions().get((place.village or place).code)
        name = village.stem if village and village.level == "village" else place.name
        tale = Tale(
            teller=cast("Teller", live if entry.is_live else past), cast=troupe, rng=rng,
            at=entry.at, now=now, place=place, pattern=entry.pattern,
            words=put_in(entry.pattern, place=name, rng=rng),
            resident=_called(troupe.resident(number), entry),
            lead=lead.pk if lead else None, level=entry.level, is_calm=entry.is_calm,
            must=entry.must, until=entry.until,
        )  # fmt: skip
        tell(tale, entry.tell)
        matters += len(tale.opened)
        refused += [f"{entry.story} {entry.seed}: {one}" for one in tale.refused]
    past.write()
    return matters, refused


def _called(resident: Resident, entry: Entry) -> Resident:
    """Return the resident under the name a pattern brings along, if it brings one."""
    name = entry.pattern.more.get("who")
    return replace(resident, name=name) if name else resident


def _places(chosen: Sequence[Entry]) -> dict[str, Place]:
    """Return where each story happens: where it says, or a grid drawn by lot."""
    grids = list(
        Place.objects.filter(level=PlaceLevel.GRID).order_by("code").values_list("code", flat=True)
    )
    home = [code for code in grids if code.startswith(BEICHENG[:9])]
    county = [code for code in grids if code.startswith(XIAJIN[:6])]
    codes = {}
    for entry in chosen:
        rng = Random(f"place/{entry.seed}")  # noqa: S311 as above
        lot = rng.random()
        near = home if lot < _TOWN_SHARE else county if lot < _TOWN_SHARE + _COUNTY_SHARE else grids
        codes[entry.seed] = entry.place or rng.choice(near)
    above = ("city", "county", "town", "village")
    found = {
        place.code: place
        for place in Place.objects.filter(code__in=set(codes.values())).select_related(*above)
    }
    return {seed: found[code] for seed, code in codes.items()}
