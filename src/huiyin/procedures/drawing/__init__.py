"""Pictures of procedures: what handbook and matter page show.

`draw` writes SVG, `describe` says the same in words. The stages: `chart` (what is shown), `rows`
(which row; `crossings`: in what order), `places` (how far right), `routes` (how arrows run), `svg`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

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
    limits = frozenset((terms or {}).items())
    return _drawn(_These(procedure), limits, language, here, width)


@dataclass(frozen=True, slots=True, eq=False)
class _These:
    """The rules of one procedure, compared by being the same object: nobody changes them."""

    procedure: Procedure

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _These) and other.procedure is self.procedure

    def __hash__(self) -> int:
        return id(self.procedure)


@lru_cache(maxsize=256)  # finding good places takes up to a second; a picture has some 50 kB
def _drawn(
    rules: _These, terms: frozenset[tuple[str, Limit]], language: Language, here: str, width: float
) -> str:
    procedure = rules.procedure
    picture = lay_out(procedure, terms=dict(terms), language=language, here=here, width=width)
    told = described(picture.chart, language, here)
    return written(picture, language, told, procedure.name)
