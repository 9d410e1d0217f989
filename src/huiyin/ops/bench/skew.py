"""How unevenly matters fall: measured in a real city, as figures; the same draw for every seed.

Boston's open 311 data of the second half of 2011 (58,251 cases): of 141 types the first has 21 %,
the next ones 8, 7, 5 and 4 % (shares fall like one over the rank); of 24 neighbourhoods the first
has 16 %, then 9, 8, 7 % (like one over the rank to the power of 0.45); 6 to 8 % are open.
"""

from collections.abc import Sequence
from random import Random
from typing import Final

OF_KINDS: Final = 1.0
OF_PLACES: Final = 0.45
OPEN_SHARE: Final = 0.08


def weights(many: int, power: float, rng: Random) -> list[float]:
    """Return a weight for each of so many things; which one is the first is drawn by lot."""
    found = [1 / (rank**power) for rank in range(1, many + 1)]
    rng.shuffle(found)
    return found


def shares(total: int, given: Sequence[float]) -> list[int]:
    """Part a total by weights into whole numbers that add up to it."""
    whole, parts, made = sum(given), [], 0
    reached = 0.0
    for weight in given:
        reached += weight
        upto = round(total * reached / whole)
        parts.append(upto - made)
        made = upto
    return parts
