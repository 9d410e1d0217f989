"""The picture of a procedure, for a page or for a phone."""

from collections.abc import Mapping

from huiyin.procedures.drawing.chart import chart
from huiyin.procedures.drawing.column import Column
from huiyin.procedures.drawing.page import Page
from huiyin.procedures.drawing.placed import Picture
from huiyin.procedures.drawing.words import Language
from huiyin.procedures.language import Procedure
from huiyin.worktime import Limit

COLUMN_UP_TO = 640.0  # narrower pictures are one column


def lay_out(
    procedure: Procedure,
    *,
    terms: Mapping[str, Limit],
    language: Language,
    here: str = "",
    width: float = 1200,
) -> Picture:
    """Put everything in its place."""
    frame = Column if width <= COLUMN_UP_TO else Page
    return frame(chart(procedure, terms, language), language, here, width).picture()
