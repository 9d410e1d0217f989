"""The days everybody has off by law, for any year, from the law's own words.

Source: 全国年节及纪念日放假办法 (State Council, Regulation on Public Holidays for National
Annual Festivals and Memorial Days), art. 2, in the version in force in the year. Lunar dates and
the day of Qingming come from an almanac. What the yearly notice adds (art. 6 substitute days, art.
7 swaps of days off and weekends) is in no law and cannot be computed.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from lunar_python import Lunar

# The version of 1999 is the oldest here; China keeps +08:00 throughout.
FIRST_YEAR, LAST_YEAR = 2000, 2099


class Festival(NamedTuple):
    """A festival of art. 2 by its names."""

    zh: str
    en: str


NEW_YEAR = Festival("元旦", "New Year's Day")
SPRING_FESTIVAL = Festival("春节", "Spring Festival")
QINGMING = Festival("清明节", "Qingming Festival")
LABOUR_DAY = Festival("劳动节", "Labour Day")
DRAGON_BOAT = Festival("端午节", "Dragon Boat Festival")
MID_AUTUMN = Festival("中秋节", "Mid-Autumn Festival")
NATIONAL_DAY = Festival("国庆节", "National Day")


class _Version(NamedTuple):
    """One version of art. 2: which days around a festival, with its own day as 0."""

    from_year: int
    spring_festival: tuple[int, ...]
    labour_day: tuple[int, ...]
    has_lunar_days: bool  # Qingming, Dragon Boat and Mid-Autumn


_VERSIONS = (  # newest first
    _Version(2025, (-1, 0, 1, 2), (0, 1), has_lunar_days=True),  # State Council, 2024-11-10
    _Version(2014, (0, 1, 2), (0,), has_lunar_days=True),  # 2013-12-11
    _Version(2008, (-1, 0, 1), (0,), has_lunar_days=True),  # 2007-12-14
    _Version(FIRST_YEAR, (0, 1, 2), (0, 1, 2), has_lunar_days=False),  # 1999-09-18
)


@cache
def statutory_days(year: int) -> Mapping[date, Festival]:
    """Return the days of art. 2 in this year, in order; days that coincide carry both names."""
    version = next(version for version in _VERSIONS if version.from_year <= year)
    first_of_year = Lunar.fromYmd(year, 1, 1)
    festivals: list[tuple[Festival, date, tuple[int, ...]]] = [(NEW_YEAR, date(year, 1, 1), (0,))]
    festivals.append((SPRING_FESTIVAL, _solar(first_of_year), version.spring_festival))
    festivals.append((LABOUR_DAY, date(year, 5, 1), version.labour_day))
    festivals.append((NATIONAL_DAY, date(year, 10, 1), (0, 1, 2)))
    if version.has_lunar_days:
        qingming = first_of_year.getJieQiTable()["清明"]
        festivals.append((QINGMING, date(year, qingming.getMonth(), qingming.getDay()), (0,)))
        festivals.append((DRAGON_BOAT, _solar(Lunar.fromYmd(year, 5, 5)), (0,)))
        festivals.append((MID_AUTUMN, _solar(Lunar.fromYmd(year, 8, 15)), (0,)))
    days: dict[date, Festival] = {}
    for festival, own_day, offsets in festivals:
        for offset in offsets:
            day = own_day + timedelta(days=offset)
            known = days.get(day)
            days[day] = (
                Festival(f"{known.zh}、{festival.zh}", f"{known.en}, {festival.en}")
                if known
                else festival
            )
    return MappingProxyType(dict(sorted(days.items())))


def _solar(lunar: Lunar) -> date:
    solar = lunar.getSolar()
    return date(solar.getYear(), solar.getMonth(), solar.getDay())
