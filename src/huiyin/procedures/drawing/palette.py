"""Colours and type of the pictures: the tokens of docs/design.md."""

from dataclasses import dataclass
from typing import Final

PAPER: Final = "#F7F5F0"
SURFACE: Final = "#FFFFFF"
SUNKEN: Final = "#EFECE5"
LINE: Final = "#E2DDD3"
LINE_STRONG: Final = "#C9C2B4"
EDGE: Final = "#8C8577"
INK: Final = "#1E2326"
INK_SECOND: Final = "#525B61"
INDIGO: Final = "#1F4E79"
INDIGO_TINT: Final = "#E6EEF5"
UMBER: Final = "#7A4B3A"
BAMBOO: Final = "#2F7247"
FONT: Final = (
    "PingFang SC, HarmonyOS Sans SC, MiSans, Noto Sans CJK SC, Microsoft YaHei, "
    "system-ui, sans-serif"
)
BIG: Final = 14
SMALL: Final = 12
LINE_BIG: Final = 19
LINE_SMALL: Final = 17


@dataclass(frozen=True, slots=True)
class Hue:
    """A colour of an owner: for lines and, lightened, for areas under text."""

    strong: str
    tint: str


PERSON: Final = Hue("#B54A14", "#FBEADF")  # the resident: the one warm colour
NOBODY: Final = Hue("#7B848A", "#F7F5F0")  # the system, or no owner any more
GROUP: Final = Hue("#8C8577", "#EFECE5")  # several states at once
STAFF: Final = (
    Hue("#1F4E79", "#E6EEF5"),  # indigo
    Hue("#2F7247", "#E4F0E8"),  # bamboo
    Hue("#8F5E00", "#FBF0D6"),  # apricot
    Hue("#6C4675", "#F1E8F3"),  # plum
    Hue("#1B6A72", "#DFF0F1"),  # celadon
    Hue("#4F5B8C", "#E9EBF6"),  # slate
)
