"""A picture in which everything has its place."""

from dataclasses import dataclass

from huiyin.procedures.drawing.blocks import Block
from huiyin.procedures.drawing.chart import Arrow, Box, Chart, Item, Mark, Shape
from huiyin.procedures.drawing.palette import Hue
from huiyin.procedures.drawing.routes import Point


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle by its left top corner."""

    x: float
    y: float
    width: float
    height: float

    def overlaps(self, other: "Rect", room: float = 0) -> bool:
        """Tell whether two rectangles cover each other, or leave less than `room`."""
        return (
            self.x < other.x + other.width + room
            and other.x < self.x + self.width + room
            and self.y < other.y + other.height + room
            and other.y < self.y + self.height + room
        )


@dataclass(frozen=True, slots=True)
class PlacedBox:
    """A state in its place."""

    box: Box
    rect: Rect
    inner: Block
    is_here: bool = False


@dataclass(frozen=True, slots=True)
class PlacedArrow:
    """An arrow in its place; `rect` is where its words stand."""

    arrow: Arrow
    pieces: tuple[tuple[Point, ...], ...]
    rect: Rect
    inner: Block
    is_back: bool
    is_next: bool  # leads on from where the run is now


@dataclass(frozen=True, slots=True)
class PlacedItem:
    """An entry of a list in its place. `target`: a state that stands nowhere else, drawn in it."""

    item: Item
    rect: Rect
    inner: Block
    target: PlacedBox | None
    arrow_y: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class PlacedText:
    """Free text: legend and headings."""

    text: str
    x: float
    y: float
    size: int
    fill: str
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Swatch:
    """A sign of the legend: a box of a shape and colour, or a mark."""

    rect: Rect
    shape: Shape | None
    hue: Hue
    mark: Mark = Mark.NONE
    is_back: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that is drawn."""

    chart: Chart
    width: float
    height: float
    boxes: tuple[PlacedBox, ...]
    arrows: tuple[PlacedArrow, ...]
    items: tuple[PlacedItem, ...]
    texts: tuple[PlacedText, ...]
    swatches: tuple[Swatch, ...]

    @property
    def all_boxes(self) -> tuple[PlacedBox, ...]:
        """The boxes of the picture and of the list."""
        return (*self.boxes, *(item.target for item in self.items if item.target))
