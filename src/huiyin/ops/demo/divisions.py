"""The real divisions of the demo city, as the first list has them (data/README.md).

Codes of towns come from this list only: another compilation uses the same codes for other towns.
"""

import csv
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path

DATA = Path(__file__).resolve().parent / "data"
CITY = "371400000000"
ZONE = "371471000000"  # known to statistics only; its land is 德城区's
ZONE_LAND = "371402000000"

_KINDS = {
    "区": "district",
    "县": "county",
    "县级市": "county_city",
    "功能区(统计用)": "functional_zone",
    "街道": "subdistrict",
    "镇": "town",
    "乡": "township",
    "开发区等": "town_like",
    "村委会": "village",
    "居委会": "community",
    "": "city",
}
# Points inside the polygons (WGS84), computed with them; nothing is known below the county.
_INSIDE = {
    "371400000000": ("116.467523", "37.209653"),
    "371402000000": ("116.364884", "37.423342"),
    "371403000000": ("116.687668", "37.411604"),
    "371422000000": ("116.824954", "37.686228"),
    "371423000000": ("117.460388", "37.829524"),
    "371424000000": ("116.909232", "37.257615"),
    "371425000000": ("116.681308", "36.718649"),
    "371426000000": ("116.404425", "37.1335"),
    "371427000000": ("116.013598", "37.023871"),
    "371428000000": ("116.079671", "37.216027"),
    "371481000000": ("117.158349", "37.647133"),
    "371482000000": ("116.595504", "36.93588"),
}
# Longest first. 类似居委会 ("like a residents' committee") is the statisticians' word.
_ENDINGS = (
    "类似居委会",
    "类似村委会",
    "村民委员会",
    "居民委员会",
    "村委员会",
    "村民委员",
    "村委会",
    "居委会",
)


@dataclass(frozen=True, slots=True)
class Division:
    """One row of the list: a city, county, town or village (never the province)."""

    code: str
    name: str
    level: str
    parent: str
    kind: str
    pinyin: str

    @property
    def short_code(self) -> str:
        """The code without the zeros of the levels below: 6, 9 or 12 digits."""
        return {"city": self.code[:4], "county": self.code[:6], "town": self.code[:9]}.get(
            self.level, self.code
        )

    @property
    def stem(self) -> str:
        """What people say: 夏津 for 夏津县, 胡里长屯村 for 胡里长屯村委会."""
        if self.kind == "village":
            base = _without_ending(self.name)
            return base if base.endswith(("村", "社区")) else base + "村"
        if self.kind == "community":
            base = _without_ending(self.name)
            return base if base.endswith(("村", "社区")) else base + "社区"
        if self.kind in ("district", "county", "county_city", "city"):
            return self.name[:-1]
        return self.name.removeprefix("德州")

    @property
    def has_boundary(self) -> bool:
        """Whether an outline of this county is in the data."""
        return self.level == "county" and self.code != ZONE

    @property
    def point(self) -> tuple[str, str]:
        """Longitude and latitude of a point inside, as text; two empty texts when not known."""
        return _INSIDE.get(self.code, ("", ""))


def _without_ending(name: str) -> str:
    for ending in _ENDINGS:
        if name.endswith(ending) and len(name) > len(ending):
            return name.removesuffix(ending)
    return name


@cache
def divisions() -> Mapping[str, Division]:
    """Return every division of the city by code, parents before their children."""
    with (DATA / "divisions.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["level"] != "province"]
    order = ("city", "county", "town", "village")
    rows.sort(key=lambda row: (order.index(row["level"]), row["code"]))
    return {
        row["code"]: Division(
            code=row["code"],
            name=row["name"],
            level=row["level"],
            parent="" if row["level"] == "city" else row["parent_code"],
            kind=_KINDS[row["kind"]],
            pinyin=row["pinyin"],
        )
        for row in rows
    }


@cache
def children() -> Mapping[str, tuple[Division, ...]]:
    """Return the divisions directly under each code, in the order of their codes."""
    below: defaultdict[str, list[Division]] = defaultdict(list)
    for division in divisions().values():
        below[division.parent].append(division)
    return {code: tuple(found) for code, found in below.items()}


def counties() -> tuple[Division, ...]:
    """Return the twelve county-level units, the functional zone among them."""
    return children()[CITY]


def towns() -> tuple[Division, ...]:
    """Return all towns, by county and code."""
    return tuple(chain.from_iterable(children()[county.code] for county in counties()))


def villages() -> tuple[Division, ...]:
    """Return all villages and communities, by town and code."""
    return tuple(chain.from_iterable(children()[town.code] for town in towns()))


def seat_town(county: str) -> Division:
    """Return the town of a county where its larger institutions stand: the first subdistrict."""
    found = children()[county]
    return next((town for town in found if town.kind == "subdistrict"), found[0])


def seat_village(town: str) -> Division:
    """Return the village of a town where its institutions stand: the first community, if any."""
    found = children()[town]
    return next((village for village in found if village.kind == "community"), found[0])


@cache
def outlines() -> Mapping[str, str]:
    """Return the county outlines (WGS84) as GeoJSON text by county code."""
    found = json.loads((DATA / "counties.geojson").read_text(encoding="utf-8"))["features"]
    return {
        feature["properties"]["code"]: json.dumps(feature["geometry"], separators=(",", ":"))
        for feature in found
    }
