"""Where copies happen: the places of the city, some of them more often than others."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from random import Random

from huiyin.matters.models import TallyArea
from huiyin.matters.tallies import AREA
from huiyin.ops.bench import skew
from huiyin.ops.bench.binary import NULL, whole
from huiyin.ops.bench.copies import Spot
from huiyin.ops.bench.gaps import both, raw
from huiyin.places.models import Place

_Row = tuple[dict[str, str], list[str], str, float | None, float | None]


class Spots:
    """Places of some levels, some more often than others, all read beforehand.

    What is read before a process forks is shared by both.
    """

    def __init__(self, levels: Iterable[int]) -> None:
        self._found: dict[int, tuple[list[Spot], list[float]]] = {}
        wanted = sorted(set(levels))
        areas = _areas(wanted)
        for level in wanted:
            found = list(_spots(level, areas))
            lot = Random(f"fill/{level}")  # noqa: S311 a draw, no secret
            weights = skew.weights(len(found), skew.OF_PLACES, lot)
            self._found[level] = found, list(accumulate(weights))

    def draw(self, level: int, many: int, rng: Random) -> list[Spot]:
        """Draw so many places of a level."""
        spots, reached = self._found[level]
        return rng.choices(spots, cum_weights=reached, k=many)


def _areas(levels: Sequence[int]) -> dict[tuple[str, ...], int]:
    """Return what is counted together, for all places of some levels: made where it is missing."""
    there = _known_areas()
    wanted = {_area(ids) for level in levels for ids, *_ in _read(level)}
    TallyArea.objects.bulk_create(
        TallyArea(**{name: one or None for name, one in zip(AREA, area, strict=True)})
        for area in sorted(wanted - there.keys())
    )
    return _known_areas()


def _known_areas() -> dict[tuple[str, ...], int]:
    rows = TallyArea.objects.values_list("pk", *AREA)
    return {tuple(str(one) if one else "" for one in area): pk for pk, *area in rows}


def _area(ids: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(ids.get(f"p_{name.removesuffix('_id')}", "") for name in AREA)


def _read(level: int) -> Iterator[_Row]:
    """Return of every place of a level: ids, codes above, stem, longitude, latitude."""
    above = ("city", "county", "town", "village")
    read = Place.objects.filter(level=level, valid_to=None).order_by("code")
    zones = dict(Place.objects.exclude(overlay_parent=None).values_list("pk", "overlay_parent_id"))
    names = (*(f"{one}_id" for one in above), *(f"{one}__code" for one in above[1:]))
    for pk, stem, lon, lat, village_stem, *more in read.values_list(
        "pk", "short_name", "lon", "lat", "village__short_name", *names
    ):
        holders, codes = more[:4], more[4:]
        ids = {f"p_{name}": str(one) for name, one in zip(above, holders, strict=True) if one}
        ids |= {"p_place": str(pk), "p_grid": str(pk)}
        overlay = zones.get(holders[1] or pk)
        if overlay:
            ids["p_overlay"] = str(overlay)
        yield ids, codes, village_stem or stem, lon, lat


def _words(ids: Mapping[str, str]) -> dict[str, bytes]:
    """Return the words for the ids of a place, by their gaps."""
    words = {"overlay_id": NULL}
    for name, one in ids.items():
        words[name], words[raw(name)] = both(one)
    if "p_overlay" in ids:
        words["overlay_id"] = whole(words[raw("p_overlay")])
    return words


def _spots(level: int, areas: Mapping[tuple[str, ...], int]) -> Iterator[Spot]:
    for ids, codes, stem, lon, lat in _read(level):
        known = zip((6, 9, 12), codes, strict=True)
        yield Spot(
            _words(ids),
            {many: code[:many] for many, code in known if code},
            stem.encode(), lon or 116.3, lat or 37.4, areas[_area(ids)],
        )  # fmt: skip
