"""The list of powers and duties (权责清单) of the demo city, as rows of a `duties` load file.

Every class of matter has an owner kind, its own or that of the class above it. The leaves become
duties of the units of that kind, each for its own place. Where such units stand in towns and
villages only, a body of the county and of the city has the duty too: something is found for every
place, also when only the county is known. No law is invented: the basis says that it is a
demonstration.
"""

from collections.abc import Iterator, Mapping, Sequence

Row = dict[str, str]

# Owner kinds that are not one unit a county: who answers there and for the city.
_ABOVE = {
    "police_station": "department:public_security",
    "justice_office": "department:justice",
    "mediation_committee": "department:justice",
    "enforcement_team": "department:urban_management",
    "town_office": "governance_centre",
    "village_committee": "governance_centre",
    "court": "governance_centre",
    # Which hospital, school or firm it is only the matter can tell.
    "hospital": "department:health",
    "school": "department:education",
    "enterprise": "department:market_supervision",
}
_SUPERVISED = ("hospital", "school", "enterprise")


def duty_rows(units: Sequence[Row], categories: Sequence[Mapping[str, str]]) -> Iterator[Row]:
    """Give the duties of these units for the classes in these rows of a `categories` file."""
    counted: dict[str, int] = {}
    for category, owner in _assignments(categories):
        for unit in _owners(owner, units):
            counted[unit["code"]] = no = counted.get(unit["code"], 0) + 1
            yield {
                "unit_code": unit["code"],
                "category_code": category,
                "place_code": unit["place_code"],
                "basis": f"演示：权责清单第{no}项",
                "item_no": str(no),
                "valid_from": "",
                "valid_to": "",
            }


def owner_kinds(categories: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Return the owner kind of every class that has one, its own or that of the class above."""
    rows = {row["code"]: row for row in categories}
    found = {}
    for code in sorted(rows):
        at = code
        while at and not rows[at]["owner_kind"]:
            at = rows[at]["parent_code"]
        if at:
            found[code] = rows[at]["owner_kind"]
    return found


def _assignments(categories: Sequence[Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    """Pair classes with owner kinds: leaves, but for villages the whole branch as one item.

    There are thousands of villages: a branch that is theirs is one item for each of them. Single
    classes of theirs are listed for communities; elsewhere the town's office answers.
    """
    owners = owner_kinds(categories)
    parents = {row["code"]: row["parent_code"] for row in categories}
    inner = set(parents.values())
    for code, owner in owners.items():
        of_branch = owner == owners.get(parents[code])
        if owner == "village_committee" and code in inner and not of_branch:
            yield code, owner
        if code in inner:
            continue
        if owner == "village_committee":
            if not of_branch:
                yield code, "community"
                yield code, "town_office"
        elif owner not in _SUPERVISED:
            yield code, owner
        if owner in _ABOVE:
            yield code, f"above {_ABOVE[owner]}"


def _owners(owner: str, units: Sequence[Row]) -> list[Row]:
    if owner == "community":
        return [
            unit
            for unit in units
            if unit["kind"] == "village_committee" and unit["name"].endswith("居民委员会")
        ]
    above = owner.startswith("above ")
    kind, _, function = owner.removeprefix("above ").partition(":")
    if kind == "mediation_committee":  # those of industries and villages help the town's
        return [unit for unit in units if unit["kind"] == kind and unit["committee_kind"] == "town"]
    levels = {"city", "county"}
    if not above and kind != "governance_centre":
        levels |= {"town", "village"}
    return [
        unit
        for unit in units
        if unit["kind"] == kind and unit["function"] == function and unit["level"] in levels
    ]
