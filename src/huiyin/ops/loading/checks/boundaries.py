"""Checks of outlines: read in their system of coordinates, one a place, in China."""

import shapely
from django.utils.translation import gettext as _
from shapely.geometry import shape

from huiyin.ops.loading.checks.context import Context
from huiyin.ops.loading.checks.points import CHINA
from huiyin.ops.loading.references import duplicates
from huiyin.ops.loading.rows import Row
from huiyin.places.outlines import parse_outline, read_outline


def check_boundaries(context: Context) -> None:
    """Report outlines that cannot be used, and keep the others for the checks of points."""
    table = context.table("boundaries")
    if table is None:
        return
    for row, before in duplicates(table, "place_code"):
        row.fault("place_code", "duplicate", row=before.number, file=table.file)
    for row in table:
        context.places.resolve(row, "place_code", "unknown_place")
        if row["geometry"] is not None and row["crs"] is not None:
            _read(row, context)


def _read(row: Row, context: Context) -> None:
    try:
        outline = read_outline(parse_outline(row["geometry"]), crs=row["crs"])
    except ValueError as error:
        row.fault("geometry", "outline", problem=str(error))
        return
    west, south, east, north = (float(side) for side in shapely.total_bounds(shape(outline)))
    if not (CHINA.has(west, south) and CHINA.has(east, north)):
        swapped = CHINA.has(south, west) and CHINA.has(north, east)
        problem = _("latitude comes first in it") if swapped else _("it is not in China")
        row.fault("geometry", "outline", problem=problem)
        return
    context.outlines[row.at] = outline
