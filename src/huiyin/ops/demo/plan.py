"""How many of what stands where: grids, workers, committees, mediators (totals: BRIEF, DZ21).

The plan is always made for the whole city, so that the small city is a part of the full one: the
same codes, names and people.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from huiyin.ops.demo.divisions import children, divisions, seat_village, towns, villages
from huiyin.ops.demo.institutions import institutions
from huiyin.ops.demo.names import chosen, number

GRIDS = 11_084
LEADERS = GRIDS  # exactly one a grid
FULL_TIME = 8_387
PART_TIME = 9_842
VOLUNTEERS = 7_338  # with the others: 36,651 grid workers
TOWN_COMMITTEES = 130
VILLAGE_COMMITTEES = 4_248
MEDIATORS = 14_780
FULL_TIME_MEDIATORS = 4_623
FEWEST_MEDIATORS = 3  # People's Mediation Law, art. 8: three to nine members
MOST_MEDIATORS = 9
FULL_TIME_IN_A_TOWN = 5

_GRIDS_OF_A_COMMUNITY = 6
_GRIDS_OF_A_MERGED_VILLAGE = 5
_MERGED_COUNTY = "371481000000"  # 乐陵市 has few, large villages


@dataclass(frozen=True, slots=True)
class Grid:
    """One grid, with its workers beside the leader. `index` counts through the whole city."""

    index: int
    code: str
    village: str
    name: str
    dedicated: bool
    households: int | None
    full_time: bool
    part_time: bool
    volunteer: bool


@dataclass(frozen=True, slots=True)
class _Cell:
    """A grid before its workers are known; `spare` grids may share a full-time worker."""

    code: str
    village: str
    name: str
    dedicated: bool
    households: int | None
    spare: bool


@cache
def grids() -> tuple[Grid, ...]:
    """Return all grids of the city, village by village."""
    cells = _cells()
    # The institution looks after a dedicated grid; some second grids share the first one's worker.
    shared = {cell.code for cell in cells if cell.dedicated} | chosen(
        (cell.code for cell in cells if cell.spare),
        GRIDS - FULL_TIME - sum(cell.dedicated for cell in cells),
        salt="shared worker",
    )
    part_time = shared | chosen(
        (cell.code for cell in cells if cell.code not in shared),
        PART_TIME - len(shared),
        salt="part time",
    )
    volunteers = chosen((cell.code for cell in cells), VOLUNTEERS, salt="volunteer")
    return tuple(
        Grid(
            index,
            cell.code,
            cell.village,
            cell.name,
            cell.dedicated,
            cell.households,
            full_time=cell.code not in shared,
            part_time=cell.code in part_time,
            volunteer=cell.code in volunteers,
        )
        for index, cell in enumerate(cells)
    )


def _cells() -> list[_Cell]:
    dedicated: dict[str, list[str]] = {}
    for institution in institutions():
        seat = seat_village(institution.town).code
        dedicated.setdefault(seat, []).append(institution.grid_name)
    single = [
        village.code
        for village in villages()
        if village.kind == "village" and divisions()[village.parent].parent != _MERGED_COUNTY
    ]
    fixed = (len(villages()) - len(single)) * _GRIDS_OF_A_MERGED_VILLAGE
    fixed += sum(village.kind == "community" for village in villages())  # one more each
    fixed += len(institutions()) + len(single)
    doubled = chosen(single, GRIDS - fixed, salt="second grid")
    alone = set(single) - doubled
    cells = []
    for village in villages():
        if village.kind == "community":
            many = _GRIDS_OF_A_COMMUNITY
        elif village.code in doubled or village.code in alone:
            many = 2 if village.code in doubled else 1
        else:
            many = _GRIDS_OF_A_MERGED_VILLAGE
        for no in range(1, many + 1):
            code = f"{village.code}{no:03d}"
            cells.append(
                _Cell(
                    code,
                    village.code,
                    f"第{no}网格",
                    dedicated=False,
                    households=_households(code, urban=village.kind == "community"),
                    spare=village.code in doubled and no == 2,
                )
            )
        cells += [
            _Cell(
                f"{village.code}{900 + no}",
                village.code,
                f"第{no}专属网格（{word}）",
                dedicated=True,
                households=None,
                spare=False,
            )
            for no, word in enumerate(dedicated.get(village.code, ()), 1)
        ]
    return cells


def _households(code: str, *, urban: bool) -> int:
    """About 300 in the country, 300 to 500 in town."""
    return 300 + number("urban/" + code) % 201 if urban else 240 + number("rural/" + code) % 121


@cache
def towns_with_committee() -> frozenset[str]:
    """Return the 130 towns with a mediation committee of their own: not those with fewest villages.

    For the other five, the zone's office among them, their county's justice bureau finds one.
    """
    by_size = sorted(towns(), key=lambda town: (-len(children()[town.code]), town.code))
    return frozenset(town.code for town in by_size[:TOWN_COMMITTEES])


@cache
def village_committees() -> Mapping[str, tuple[int, int]]:
    """Return members and full-time members of each village's committee, by village code.

    Every community has one and most villages; the others are served by their town's.
    """
    communities = [village.code for village in villages() if village.kind == "community"]
    rest = [village.code for village in villages() if village.kind == "village"]
    own = [
        *communities,
        *sorted(chosen(rest, VILLAGE_COMMITTEES - len(communities), salt="committee")),
    ]
    left = MEDIATORS - _members_above() - FEWEST_MEDIATORS * len(own)
    larger = frozenset(communities) | chosen(
        own[len(communities) :], left - len(communities), salt="fourth member"
    )
    full_time = chosen(own, FULL_TIME_MEDIATORS - _full_time_above(), salt="full-time member")
    return {code: (FEWEST_MEDIATORS + (code in larger), int(code in full_time)) for code in own}


def _members_above() -> int:
    return MOST_MEDIATORS * (TOWN_COMMITTEES + INDUSTRY_COMMITTEES)


def _full_time_above() -> int:
    return FULL_TIME_IN_A_TOWN * TOWN_COMMITTEES + MOST_MEDIATORS * INDUSTRY_COMMITTEES


CITY_INDUSTRIES = {
    "medical": "医疗纠纷",
    "traffic": "道路交通事故",
    "campus": "校园纠纷",
    "insurance": "保险纠纷",
    "military": "涉军纠纷",
    "marriage_family": "婚姻家庭纠纷",
    "general": "综合性纠纷",
}
# Three in every county, and one on property management in the four with most communities.
COUNTY_INDUSTRIES = {
    "traffic": "道路交通事故",
    "medical": "医疗纠纷",
    "labour": "劳动争议",
}
PROPERTY_COUNTIES = frozenset({"371402000000", "371425000000", "371427000000", "371471000000"})
COUNTY_INDUSTRY_COMMITTEES = 40
INDUSTRY_COMMITTEES = len(CITY_INDUSTRIES) + COUNTY_INDUSTRY_COMMITTEES
