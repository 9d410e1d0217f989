"""Which kinds of place belong to which level."""

from huiyin.places.models import PlaceKind, PlaceLevel

LEVEL_OF: dict[PlaceKind, PlaceLevel] = {
    PlaceKind.CITY: PlaceLevel.CITY,
    PlaceKind.DISTRICT: PlaceLevel.COUNTY,
    PlaceKind.COUNTY: PlaceLevel.COUNTY,
    PlaceKind.COUNTY_CITY: PlaceLevel.COUNTY,
    PlaceKind.FUNCTIONAL_ZONE: PlaceLevel.COUNTY,
    PlaceKind.TOWN: PlaceLevel.TOWN,
    PlaceKind.TOWNSHIP: PlaceLevel.TOWN,
    PlaceKind.SUBDISTRICT: PlaceLevel.TOWN,
    PlaceKind.TOWN_LIKE: PlaceLevel.TOWN,
    PlaceKind.VILLAGE: PlaceLevel.VILLAGE,
    PlaceKind.COMMUNITY: PlaceLevel.VILLAGE,
    PlaceKind.GRID_BASIC: PlaceLevel.GRID,
    PlaceKind.GRID_DEDICATED: PlaceLevel.GRID,
}

# The column that holds the ancestor of each level; a grid has none, nothing lies below it.
COLUMN_OF: dict[PlaceLevel, str] = {
    PlaceLevel.CITY: "city_id",
    PlaceLevel.COUNTY: "county_id",
    PlaceLevel.TOWN: "town_id",
    PlaceLevel.VILLAGE: "village_id",
}


def level_of(kind: PlaceKind) -> PlaceLevel:
    """Return the level a kind of place belongs to."""
    return LEVEL_OF[kind]
