"""Where copies happen: the places of the city, some of them more often than others."""

from collections.abc import Iterable, Iterator
from itertools import accumulate
from random import Random

from huiyin.ops.bench import skew
from huiyin.ops.bench.copies import Spot
from huiyin.places.models import Place


class Spots:
    """Places of some levels, some more often than others, all read beforehand.

    What is read before a process forks is shared by both.
    """

    def __init__(self, levels: Iterable[int]) -> None:
        self._found: dict[int, tuple[list[Spot], list[float]]] = {}
        for level in sorted(set(levels)):
            found = list(_spots(level))
            lot = Random(f"fill/{level}")  # noqa: S311 a draw, no secret
            weights = skew.weights(len(found), skew.OF_PLACES, lot)
            self._found[level] = found, list(accumulate(weights))

    def draw(self, level: int, many: int, rng: Random) -> list[Spot]:
        """Draw so many places of a level."""
        spots, reached = self._found[level]
        return rng.choices(spots, cum_weights=reached, k=many)


def _spots(level: int) -> Iterator[Spot]:
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
        known = zip((6, 9, 12), codes, strict=True)
        yield Spot(
            ids, {many: code[:many] for many, code in known if code}, village_stem or stem,
            lon or 116.3, lat or 37.4,
        )  # fmt: skip
