"""Pictures of procedures: what handbook and matter page show.

`draw` writes SVG, `describe` says the same in words. The stages: `chart` (what is shown), `rows`
(which row; `crossings`: in what order), `places` (how far right), `routes` (how arrows run), `svg`.
"""

from collections.abc import Mapping

from huiyin.procedures.drawing.describing import describe, described
from huiyin.procedures.drawing.picture import lay_out
from huiyin.procedures.drawing.svg import written
from huiyin.procedures.drawing.words import Language
from huiyin.procedures.language import Procedure
from huiyin.worktime import Limit

__all__ = ["describe", "draw"]


def draw(
    procedure: Procedure,
    *,
    terms: Mapping[str, Limit] | None = None,
    language: Language = "zh",
    here: str = "",
    width: float = 1200,
) -> str:
    """Return the picture of a procedure as SVG.

    `terms`: the limits that clocks name; a clock whose term is missing shows its name alone.
    `here`: the state a run is in. The picture scales: its natural size is `width` pixels wide.
    """
    picture = lay_out(procedure, terms=terms or {}, language=language, here=here, width=width)
    told = described(picture.chart, language, here)
    return written(picture, language, told, procedure.name)
