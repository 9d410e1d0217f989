"""From a point to places: which outlines it lies in, and how sure that is.

An answer is a proposal that the person confirms. Only places with an outline are ever named, and
the zones said to lie on them; below the county nothing is claimed until somebody loads outlines.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from threading import Lock
from typing import Any, cast
from uuid import UUID

import shapely
from django.db import connection
from shapely.geometry import MultiPolygon, Point, Polygon, mapping, shape
from shapely.geometry.base import BaseGeometry
from shapely.strtree import STRtree

from huiyin.places.bulk import check_point
from huiyin.places.coordinates import Crs, as_wgs84
from huiyin.places.models import Boundary, Place, PlaceLevel
from huiyin.places.outlines import rounded, transformed

# A point nearer to a border than this answers both sides. Phones are 10 to 50 m off in a street,
# outlines are generalised (two publishers of them differ by up to 100 m), and a wrong county costs
# a resident a hand-over while one more question costs nothing.
BORDER_MARGIN_M = 200.0
_DEGREE_OF_LATITUDE_M = 111_133.0
_DEGREE_OF_LONGITUDE_M = 111_320.0  # at the equator
# For maps: a corner goes when the triangle it makes is smaller than the square of this, in degrees
# (about 200 m, half a pixel on a map of the city).
_MAP_STEP_DEG = 0.002
_MAP_DECIMALS = 5  # of a degree: about a metre


class Sureness(StrEnum):
    """How sure a candidate is."""

    INSIDE = "inside"
    NEAR_BORDER = "near_border"
    OVERLAY_POSSIBLE = "overlay_possible"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place the point may lie in. `border_m`: metres to its nearest border; None: no outline.

    `is_inside`: the point lies in the outline, be it near the border.
    """

    place: Place
    level: PlaceLevel
    sureness: Sureness
    is_inside: bool
    border_m: float | None


@dataclass(frozen=True, slots=True)
class Located:
    """Where a point lies, to be confirmed by the person.

    `lon`, `lat`: WGS84. `candidates`: the most likely first, lower levels before higher ones.
    `outside`: in no outline. `nearest`, `nearest_m`: then the nearest county, and how far it is.
    """

    lon: float
    lat: float
    candidates: tuple[Candidate, ...]
    outside: bool
    nearest: Place | None = None
    nearest_m: float | None = None

    @property
    def best(self) -> Candidate | None:
        """The most likely candidate."""
        return self.candidates[0] if self.candidates else None

    @property
    def is_sure(self) -> bool:
        """Whether the point lies well inside one place, the only one of its level."""
        best = self.best
        return best is not None and [
            candidate.sureness for candidate in self.candidates if candidate.level == best.level
        ] == [Sureness.INSIDE]


def locate(lon: float, lat: float, *, crs: Crs = Crs.WGS84, accuracy_m: float = 0.0) -> Located:
    """Return the places a point may lie in.

    `accuracy_m`: what the device says about its own error; more than BORDER_MARGIN_M widens the
    margin. Two small queries; outlines are kept per process. Raises PointNotOnEarth.
    """
    check_point(lon, lat)
    lon, lat = as_wgs84(lon, lat, crs=crs)
    outlines = _outlines()
    margin = max(BORDER_MARGIN_M, accuracy_m if math.isfinite(accuracy_m) else 0.0)
    hits = outlines.around(lon, lat, margin=margin)
    outside = not any(hit.inside for hit in hits)
    nearest = outlines.nearest_county(lon, lat) if outside else None
    places = Place.objects.filter(valid_to=None).in_bulk(
        [hit.place_id for hit in (*hits, *((nearest,) if nearest else ()))]
    )
    candidates = [
        _candidate(places[hit.place_id], hit, margin=margin)
        for hit in hits
        if hit.place_id in places
    ]
    candidates += _zones_on((candidate.place for candidate in candidates), outlines)
    near = nearest if nearest and nearest.place_id in places else None
    return Located(
        lon=lon,
        lat=lat,
        candidates=tuple(sorted(candidates, key=_likeliness)),
        outside=outside,
        nearest=places[near.place_id] if near else None,
        nearest_m=round(near.border_m, 1) if near else None,
    )


def county_features(*, crs: Crs = Crs.WGS84) -> dict[str, Any]:
    """Return the outlines of today's counties as a GeoJSON FeatureCollection, simplified for a map.

    Neighbours keep their common border. `crs` GCJ-02 is for maps over GCJ-02 tiles. Properties:
    code, name, short_name, level, kind. The outlines are kept per process; names are read afresh.
    """
    shapes = _outlines().simplified(crs)
    places = Place.objects.filter(id__in=shapes, level=PlaceLevel.COUNTY, valid_to=None)
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": place.code,
                "properties": {
                    "code": place.code,
                    "name": place.name,
                    "short_name": place.short_name,
                    "level": "county",
                    "kind": place.kind,
                },
                "geometry": shapes[place.id],
            }
            for place in places.order_by("code")
        ],
    }


def boundaries_version() -> str:
    """Return a text that changes whenever an outline does; for ETags."""
    return _version()[1]


@dataclass(frozen=True, slots=True)
class _Hit:
    place_id: UUID
    inside: bool
    border_m: float


class _Outlines:
    """All outlines, in metres on a plane around their middle, with a tree to find them by."""

    def __init__(self, version: str, rows: Iterable[tuple[UUID, int, dict[str, Any]]]) -> None:
        self.version = version
        self.ids: list[UUID] = []
        self.degrees: list[Polygon | MultiPolygon] = []
        self.counties: list[int] = []
        for place_id, level, geometry in rows:
            if level == PlaceLevel.COUNTY:
                self.counties.append(len(self.ids))
            self.ids.append(place_id)
            self.degrees.append(cast("Polygon | MultiPolygon", shape(geometry)))
        bounds = shapely.total_bounds(self.degrees) if self.degrees else (0.0, 0.0, 0.0, 0.0)
        # One scale for the whole city: over 150 km the length of a degree changes by one per cent.
        self.scale = (
            _DEGREE_OF_LONGITUDE_M * math.cos(math.radians((bounds[1] + bounds[3]) / 2)),
            _DEGREE_OF_LATITUDE_M,
        )
        self.metres = [
            shapely.transform(outline, lambda points: points * self.scale)
            for outline in self.degrees
        ]
        for outline in self.metres:
            shapely.prepare(outline)
        self.borders = [outline.boundary for outline in self.metres]
        self.tree = STRtree(self.metres)
        self._simplified: dict[Crs, dict[UUID, dict[str, Any]]] = {}

    def point(self, lon: float, lat: float) -> Point:
        return Point(lon * self.scale[0], lat * self.scale[1])

    def around(self, lon: float, lat: float, *, margin: float) -> list[_Hit]:
        """Return the outlines the point lies in or within `margin` metres of."""
        point = self.point(lon, lat)
        found = self.tree.query(point, predicate="dwithin", distance=margin)
        return [
            _Hit(
                place_id=self.ids[at],
                inside=bool(self.metres[at].covers(point)),
                border_m=float(self.borders[at].distance(point)),
            )
            for at in sorted(int(at) for at in found)
        ]

    def nearest_county(self, lon: float, lat: float) -> _Hit | None:
        """Return the county whose outline is nearest to a point outside."""
        point = self.point(lon, lat)
        distances = {at: float(self.metres[at].distance(point)) for at in self.counties}
        if not distances:
            return None
        at = min(distances, key=distances.__getitem__)
        return _Hit(place_id=self.ids[at], inside=False, border_m=distances[at])

    def simplified(self, crs: Crs) -> dict[UUID, dict[str, Any]]:
        """Return GeoJSON outlines of the counties with fewer points, by place."""
        if crs not in self._simplified:
            self._simplified[crs] = {
                self.ids[at]: _geojson(outline, crs=crs)
                for at, outline in self._fewer_points.items()
            }
        return self._simplified[crs]

    @cached_property
    def _fewer_points(self) -> dict[int, Any]:
        counties = [self.degrees[at] for at in self.counties]
        if counties and shapely.coverage_is_valid(counties):
            fewer = list(shapely.coverage_simplify(counties, _MAP_STEP_DEG))
        else:  # outlines from several sources that do not fit together: each for itself
            fewer = [outline.simplify(_MAP_STEP_DEG) for outline in counties]
        return dict(zip(self.counties, fewer, strict=True))


_kept: dict[tuple[str, str], _Outlines] = {}
_lock = Lock()


def _outlines() -> _Outlines:
    """Return the outlines of this database and schema, read again when one has changed."""
    key, version = _version()
    kept = _kept.get(key)
    if kept is None or kept.version != version:
        rows = Boundary.objects.filter(place__valid_to=None).order_by("place__code")
        made = _Outlines(version, rows.values_list("place_id", "place__level", "geometry"))
        with _lock:
            _kept[key] = kept = made
    return kept


def _version() -> tuple[tuple[str, str], str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_database(), current_schema(), count(*), max(updated_at)"
            " FROM places_boundary"
        )
        database, schema, count, last = cursor.fetchone()
    return (database, schema), f"{count}-{last.isoformat() if last else ''}"


def _candidate(place: Place, hit: _Hit, *, margin: float) -> Candidate:
    sure = hit.inside and hit.border_m > margin
    return Candidate(
        place=place,
        level=PlaceLevel(place.level),
        sureness=Sureness.INSIDE if sure else Sureness.NEAR_BORDER,
        is_inside=hit.inside,
        border_m=round(hit.border_m, 1),
    )


def _zones_on(places: Iterable[Place], outlines: _Outlines) -> list[Candidate]:
    """Return the zones without an outline that are said to lie on these places."""
    zones = Place.objects.filter(overlay_parent__in=list(places), valid_to=None)
    return [
        Candidate(
            place=zone,
            level=PlaceLevel(zone.level),
            sureness=Sureness.OVERLAY_POSSIBLE,
            is_inside=False,
            border_m=None,
        )
        for zone in zones.exclude(id__in=outlines.ids)
    ]


_ORDER = (Sureness.INSIDE, Sureness.NEAR_BORDER, Sureness.OVERLAY_POSSIBLE)


def _likeliness(candidate: Candidate) -> tuple[int, int, bool, float, str]:
    return (
        -candidate.level,
        _ORDER.index(candidate.sureness),
        not candidate.is_inside,
        candidate.border_m or 0.0,
        candidate.place.code,
    )


def _geojson(outline: BaseGeometry, *, crs: Crs) -> dict[str, Any]:
    moved = transformed(outline, to=crs) if crs == Crs.GCJ02 else outline
    return dict(mapping(rounded(moved, decimals=_MAP_DECIMALS)))
