"""Reading outlines that come in: GeoJSON or WKT in either system of coordinates, checked. Pure."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from django.utils.translation import gettext as _
from shapely.errors import ShapelyError
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from huiyin.places.coordinates import Crs, to_gcj02, to_wgs84

Points = npt.NDArray[np.float64]
_DECIMALS = 7  # of a degree: a centimetre; what is stored need not be finer


def read_outline(geometry: Mapping[str, Any], *, crs: Crs = Crs.WGS84) -> dict[str, Any]:
    """Return a GeoJSON Polygon or MultiPolygon in WGS84.

    Raises ValueError with the problem as part of a sentence, in the language of the reader.
    """
    try:
        with np.errstate(invalid="ignore"):  # what is no number is told below
            outline = shape(dict(geometry))
    except (ShapelyError, ValueError, TypeError, KeyError, AttributeError, IndexError):
        raise ValueError(_("it is no GeoJSON geometry")) from None
    # lists, as JSON has them, so that an outline equals what was stored of it
    found: dict[str, Any] = json.loads(json.dumps(mapping(_checked(outline, crs=crs))))
    return found


def parse_outline(text: str) -> dict[str, Any]:
    """Return the geometry written as GeoJSON (also as a Feature) or as WKT.

    Raises ValueError as `read_outline`, which is still to be called with the result.
    """
    if not text.lstrip().startswith("{"):
        try:
            return dict(mapping(shapely.from_wkt(text)))
        except (ShapelyError, TypeError, AttributeError):
            raise ValueError(_("it is neither GeoJSON nor WKT")) from None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError(_("it is neither GeoJSON nor WKT")) from None
    if isinstance(found.get("geometry"), dict):
        found = found["geometry"]
    return dict(found)


def transformed(outline: BaseGeometry, *, to: Crs) -> BaseGeometry:
    """Return the outline in the other coordinate system."""
    move = to_gcj02 if to == Crs.GCJ02 else to_wgs84

    def moved(points: Points) -> Points:
        return np.array([move(lon, lat) for lon, lat in points]).reshape(-1, 2)

    return shapely.transform(outline, moved)


def rounded(outline: BaseGeometry, *, decimals: int) -> BaseGeometry:
    """Return the outline with shorter numbers; common borders stay common."""
    return shapely.transform(outline, lambda points: points.round(decimals))


def _checked(outline: BaseGeometry, *, crs: Crs) -> BaseGeometry:
    if outline.geom_type not in ("Polygon", "MultiPolygon"):
        raise ValueError(_("it is a %(kind)s") % {"kind": outline.geom_type})
    if outline.is_empty:
        raise ValueError(_("it is empty"))
    flat = shapely.force_2d(outline)
    points = shapely.get_coordinates(flat)
    on_earth = np.isfinite(points).all() and bool((abs(points) <= (180, 90)).all())
    if not on_earth:
        raise ValueError(_("it has points that are not on earth"))
    if not flat.is_valid:
        raise ValueError(
            _("its lines do not close cleanly (%(detail)s)")
            % {"detail": shapely.is_valid_reason(flat)}
        )
    if crs == Crs.GCJ02:
        flat = transformed(flat, to=Crs.WGS84)
    return rounded(flat, decimals=_DECIMALS)
