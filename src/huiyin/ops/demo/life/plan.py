"""How much of what happened when and where: the same plan at every call for a city and a day.

Each entry is one story with a seed of its own, so any part of the plan can be told by itself.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Final

from django.utils import timezone

from huiyin.ops.demo.divisions import CITY
from huiyin.ops.demo.life import hours, texts
from huiyin.ops.demo.life.stories import grid, hotline, mediations, orders, petitions, watched
from huiyin.ops.demo.life.tale import Tale
from huiyin.ops.demo.life.texts import Pattern
from huiyin.ops.demo.scope import BEICHENG, XIAJIN, Scale
from huiyin.ops.demo.units import function_code

DAYS: Final = 30
LIVE_DAYS: Final = 2  # so far back the verbs themselves are used …
MATTERS: Final = {"small": 400, "full": 3_000}
LIVE: Final = {"small": 30, "full": 44}  # … for so many at most: phones ring
HOME: Final = "371427002009001"  # the grid of the printed logins
HOME_VILLAGE: Final = "371427002009"
_STORIES: Final[dict[str, Callable[[Tale], None]]] = {
    "hotline": hotline.story, "grid": grid.story, "orders": orders.story,
    "petitions": petitions.story, "mediations": mediations.story, "late": hotline.late,
    "disputed": hotline.disputed,
    "whistle": watched.whistle, "order": watched.order,
}  # fmt: skip
_SHARES: Final = {"hotline": 46, "grid": 30, "orders": 8, "petitions": 6, "mediations": 10}
# Which sorts of pattern a story draws on, and how often.
_SORTS: Final = {
    "hotline": (("streets", 50), ("living", 50)), "grid": (("grid", 75), ("streets", 25)),
    "orders": (("services", 1),), "petitions": (("petitions", 1),),
    "mediations": (("disputes", 1),),
}  # fmt: skip
_HEATING: Final = "0304"
_HEATING_MONTHS: Final = (11, 12, 1, 2, 3)
_HEATING_TIMES: Final = 5  # so many times as often in November, when the heating is turned on


# What certainly happens once: in which story, so many days ago, about what.
_SHOWN: Final = (
    ("return", "hotline", 12.4, "streets", "020302"),
    ("hand_over", "hotline", 11.4, "streets", "010203"),
    ("withdraw", "hotline", 9.4, "living", "080103"),
    ("join", "hotline", 13.4, "streets", "030102"),
    ("merge", "hotline", 10.4, "streets", "030101"),
    ("unheld", "hotline", 6.7, "living", "160103"),
    ("secret", "hotline", 15.4, "living", "080202"),
    ("assist", "hotline", 16.4, "streets", "020304"),
    ("extend", "hotline", 17.4, "streets", "010402"),
    ("interim", "hotline", 12.7, "streets", "020106"),
    ("redo", "hotline", 18.4, "living", "050102"),
    ("ask_again", "hotline", 20.4, "living", "150105"),
    ("return", "grid", 14.4, "grid", "020303"),
    ("whistle", "grid", 13.7, "grid", "080301"),
    ("suspend", "grid", 21.4, "grid", "180503"),
    ("late", "grid", 19.4, "grid", "150103"),
    ("rework", "grid", 16.7, "grid", "180502"),
    ("reopen", "grid", 17.7, "streets", "010404"),
    ("object", "petitions", 18.7, "petitions", "180101"),
    ("simple", "petitions", 22.4, "petitions", "110101"),
    ("waiting", "whistle", 0.3, "grid", "020101"),
    ("urgent", "whistle", 0.05, "grid", "080301"),
    ("disputed", "whistle", 1.2, "streets", "010401"),
    ("over", "whistle", 1.6, "grid", "150102"),
    ("waits", "order", 12.2, "living", "050103"),
    ("overdue", "order", 22.2, "living", "050304"),
    ("sent_back", "order", 13.6, "living", "050101"),
    ("listed", "order", 14.8, "streets", "020106"),
    ("met", "order", 18.2, "streets", "020304"),
    ("lifted", "order", 17.2, "living", "160103"),
    ("taken_back", "order", 15.2, "streets", "010402"),
    ("fail", "mediations", 15.7, "disputes", "210301"),
)  # fmt: skip

# A call to several units at once goes on in each of them apart: only the verbs tell it.
ONLY_LIVE: Final = frozenset({"whistle"})

# What has to come before it.
_ALSO: Final = {"sent_back": ("answered",), "lifted": ("answered",)}


# What lies on the dispatch board of the hotline: so many days ago, about what.
_UNASSIGNED: Final = (
    (0.02, "streets", "020304"), (0.05, "streets", "010404"), (0.09, "living", "050103"),
    (0.13, "streets", "010201"), (0.17, "streets", "020106"), (0.22, "living", "160103"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One story: what, when, about what, where; `place`: a code, empty for one drawn by lot.

    `resident`: 0 is the one the demo prints; None is drawn. `must`: what certainly happens.
    `until`: where it stands still.
    """

    seed: str
    story: str
    at: datetime
    pattern: Pattern
    place: str = ""
    resident: int | None = None
    lead: str = ""
    level: str = ""
    until: str = ""
    must: frozenset[str] = frozenset()
    is_live: bool = False

    @property
    def is_calm(self) -> bool:
        """Whether nothing out of the ordinary happens: it stands for something on a desk."""
        return bool(self.until or self.must)

    def tell(self, tale: Tale) -> None:
        """Tell it."""
        _STORIES[self.story](tale)


def entries(scale: Scale, *, now: datetime, matters: int | None = None) -> list[Entry]:
    """Return the whole plan, the oldest first: so many stories, and those every desk needs."""
    many = MATTERS[scale] if matters is None else matters
    found = [*_by_lot(many, LIVE[scale], now=now), *_settled(now=now)]
    return sorted(found, key=lambda entry: (entry.is_live, entry.at, entry.seed))


def _by_lot(many: int, live: int, *, now: datetime) -> list[Entry]:
    """Return stories of the last thirty days; some of the youngest are done by the verbs."""
    today = timezone.localdate(now)
    rng = Random(f"days/{today}")  # noqa: S311 a story, no secret
    days = [today - timedelta(days=number) for number in range(DAYS, -1, -1)]
    weights = [hours.weight(day) for day in days]
    weights[-1] *= hours.share_until(now)
    latest = now - timedelta(minutes=20)
    found = [
        _drawn(f"lot/{number}", day, latest)
        for number, day in enumerate(sorted(rng.choices(days, weights=weights, k=many)))
    ]
    young = [n for n, one in enumerate(found) if one.at >= now - timedelta(days=LIVE_DAYS)]
    chosen = set(rng.sample(young, min(live, len(young))))
    return [replace(one, is_live=n in chosen) for n, one in enumerate(found)]


def _drawn(seed: str, day: date, latest: datetime) -> Entry:
    rng = Random(seed)  # noqa: S311 as above
    story = rng.choices(tuple(_SHARES), weights=tuple(_SHARES.values()))[0]
    sorts, weights = zip(*_SORTS[story], strict=True)
    pattern = _pattern(rng.choices(sorts, weights=weights)[0], day, rng)
    in_office = story in ("petitions", "mediations") or pattern.sort == "grid"
    at = hours.moment(day, rng, in_office=in_office)
    if at > latest:  # of today: it has not come that far yet
        at = latest - timedelta(minutes=rng.randrange(600))
    return Entry(seed, story, at, pattern)


def _pattern(sort: str, day: date, rng: Random) -> Pattern:
    found = texts.patterns(sort)
    times = _HEATING_TIMES if day.month == _HEATING_MONTHS[0] else 1
    off = 0 if day.month not in _HEATING_MONTHS else times
    weights = [off if one.category.startswith(_HEATING) else 1 for one in found]
    return rng.choices(found, weights=weights)[0]


def _settled(*, now: datetime) -> list[Entry]:
    """Return what has to be there: what every printed login finds on its desk, the four matters of
    the resident, and each thing that can happen at least once."""

    def entry(
        seed: str, story: str, days: float, sort: str, category: str, place: str = HOME,
        *, number: int = 0, **more: object,
    ) -> Entry:  # fmt: skip
        found = [one for one in texts.patterns(sort) if one.category == category]
        at = hours.days_ago(now, days)
        return Entry(f"desk/{seed}", story, at, found[number % len(found)], place, **more)  # type: ignore[arg-type]

    housing = function_code("housing", XIAJIN)
    audit = function_code("audit", CITY)
    return [
        entry("village", "grid", 3.2, "streets", "010401", HOME, until="submit"),
        entry("grid", "grid", 4.1, "grid", "150105", HOME, until="report"),
        entry("town", "grid", 5.0, "grid", "020101", HOME, level="town", until="verify_report"),
        entry("town-2", "grid", 6.0, "grid", "150102", HOME, level="town", until="register"),
        entry("county", "grid", 6.2, "grid", "080301", HOME, level="county", until="register"),
        entry("city", "grid", 7.2, "grid", "190103", HOME, level="city", until="verify_report"),
        entry("housing", "hotline", 4.3, "living", "050101", HOME_VILLAGE, lead=housing,
              until="dispatch"),
        entry("housing-2", "hotline", 6.3, "living", "050103", HOME_VILLAGE, lead=housing,
              until="acknowledge"),
        entry("housing-3", "hotline", 12.3, "living", "050304", HOME_VILLAGE, lead=housing,
              until="acknowledge"),
        entry("hotline", "hotline", 2.6, "living", "230102", HOME_VILLAGE, until="accept_call"),
        *(
            entry(f"board-{number}", "hotline", days, sort, code, HOME_VILLAGE,
                  until="accept_call", is_live=True)
            for number, (days, sort, code) in enumerate(_UNASSIGNED)
        ),
        entry("back", "hotline", 3.5, "streets", "010202", HOME_VILLAGE, until="return_order",
              must=frozenset({"return"})),
        entry("back-2", "hotline", 2.9, "living", "050304", HOME_VILLAGE, until="return_order",
              must=frozenset({"return"})),
        entry("ruling", "disputed", 5.1, "streets", "020304", HOME_VILLAGE),
        entry("ruling-2", "disputed", 4.7, "streets", "010106", HOME_VILLAGE),
        entry("call", "hotline", 6.5, "streets", "010107", HOME_VILLAGE, until="audit"),
        entry("call-2", "hotline", 7.1, "streets", "010401", HOME_VILLAGE, until="audit"),
        entry("call-3", "hotline", 7.5, "living", "050101", HOME_VILLAGE, until="try_call_back",
              must=frozenset({"unanswered"})),
        entry("county-2", "grid", 3.1, "grid", "020303", HOME, level="county", until="analyse"),
        entry("county-3", "grid", 4.9, "grid", "080301", HOME, level="county",
              until="return_order", must=frozenset({"return"})),
        entry("town-3", "grid", 3.7, "grid", "150102", HOME, level="town", until="analyse"),
        entry("town-4", "grid", 5.3, "grid", "020101", HOME, level="town", until="feed_back"),
        entry("town-5", "grid", 6.6, "grid", "180502", HOME, level="town", until="feed_back"),
        entry("order", "orders", 2.1, "services", "110204", HOME_VILLAGE, until="submit"),
        entry("petition", "petitions", 4.4, "petitions", "050402", BEICHENG, until="register"),
        entry("mediator", "mediations", 3.4, "disputes", "210102", HOME_VILLAGE, until="apply"),
        entry("mediator-2", "mediations", 6.4, "disputes", "210101", HOME_VILLAGE,
              until="choose_mediator"),
        entry("leader", "late", 14.2, "living", "050202", HOME_VILLAGE, lead=housing,
              until="give_feedback"),
        entry("auditor", "hotline", 3.6, "living", "180401", HOME_VILLAGE, lead=audit,
              until="dispatch"),
        entry("resident", "hotline", 14.6, "streets", "020201", HOME_VILLAGE, resident=0,
              until="close"),
        entry("resident-2", "grid", 5.6, "streets", "020102", HOME, resident=0, level="town",
              until="start_handling"),
        entry("resident-3", "orders", 3.1, "services", "110204", HOME_VILLAGE, resident=0,
              until="schedule_visit"),
        entry("resident-4", "mediations", 8.6, "disputes", "210102", HOME_VILLAGE, number=1,
              resident=0, until="hold_session"),
        entry("young", "hotline", 0.6, "streets", "020201", HOME_VILLAGE, until="dispatch",
              is_live=True),
        entry("young-2", "grid", 1.1, "streets", "010404", HOME, until="submit", is_live=True),
        *(
            entry(f"show/{story}/{what}", story, days, sort, code, HOME_VILLAGE,
                  must=frozenset({what, *_ALSO.get(what, ())}),
                  is_live=story in ONLY_LIVE, lead=housing if story == "order" else "")
            for what, story, days, sort, code in _SHOWN
        ),
    ]  # fmt: skip
