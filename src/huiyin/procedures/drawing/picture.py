"""The whole picture with everything in its place: legend, boxes, arrows, the list beside."""

from collections.abc import Mapping
from dataclasses import dataclass

from huiyin.procedures.drawing import palette, words
from huiyin.procedures.drawing.blocks import (
    HERE_ROOM,
    PAD_X,
    PAD_Y,
    Block,
    Written,
    block,
    box_block,
    box_size,
    label_block,
)
from huiyin.procedures.drawing.chart import Arrow, Box, Chart, Item, Line, Mark, Shape, chart
from huiyin.procedures.drawing.places import place
from huiyin.procedures.drawing.routes import Point, Route, routed
from huiyin.procedures.drawing.rows import Rows, arranged
from huiyin.procedures.drawing.texts import text_width
from huiyin.procedures.drawing.words import Language, say
from huiyin.procedures.language import Procedure
from huiyin.worktime import Limit

MARGIN = 24.0
ITEM_WIDTH = 256.0
ITEM_GAP = 16.0
LIST_GAP = 40.0
LEAST_WIDTH = 620.0  # a small procedure leaves no page half empty, a legend has room


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
    """An arrow in its place. `label` is None where it leads to a box in the list."""

    arrow: Arrow
    pieces: tuple[tuple[Point, ...], ...]
    rect: Rect
    inner: Block
    is_back: bool
    is_next: bool  # leads on from where the run is now


@dataclass(frozen=True, slots=True)
class PlacedItem:
    """An entry of the list in its place, with the state it leads to below."""

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
    hue: palette.Hue
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


def lay_out(
    procedure: Procedure,
    *,
    terms: Mapping[str, Limit],
    language: Language,
    here: str = "",
    width: float = 1200,
) -> Picture:
    """Put everything in its place."""
    return _Layout(chart(procedure, terms, language), language, here, width).picture()


class _Layout:
    def __init__(self, content: Chart, language: Language, here: str, width: float) -> None:
        self.content = content
        self.language = language
        self.here = here
        self.width = width
        self.texts: list[PlacedText] = []
        self.swatches: list[Swatch] = []
        linked = {name for arrow in content.arrows for name in (arrow.source, arrow.target)}
        listed = {item.target for item in content.items if item.target}
        self.in_rows = [name for name in content.boxes if name in linked or name not in listed]
        self.in_list = {name for name in listed if name not in linked}
        self.inner = {
            name: box_block(box, language, head=HERE_ROOM if name == here else 0)
            for name, box in content.boxes.items()
        }

    def picture(self) -> Picture:
        items = [*self.content.items, *self._long_clocks()]
        room = self.width - 2 * MARGIN
        beside = ITEM_WIDTH + LIST_GAP if items else 0.0
        rows = self._rows(room)
        natural = _right(rows)
        if room - natural < beside:
            narrow = self._rows(room - beside)
            if room - _right(narrow) >= beside and len(narrow.rows) <= len(rows.rows):
                rows, natural = narrow, _right(narrow)
        is_beside = room - natural >= beside
        taken = natural + (beside if is_beside else 0)
        width = max(taken, min(room, LEAST_WIDTH))
        top = self._legend(MARGIN, width)
        routes, bottom = routed(rows, top)
        left = MARGIN + (width - taken) / 2
        if not items:
            placed: list[PlacedItem] = []
            end = bottom
        elif is_beside:
            placed, end = self._list_beside(items, left + natural + LIST_GAP, top)
        else:
            placed, end = self._list_below(items, bottom + LIST_GAP, width)
        return Picture(
            chart=self.content,
            width=round(width + 2 * MARGIN),
            height=round(max(bottom, end) + MARGIN),
            boxes=tuple(self._placed(name, left, rows) for name in self.in_rows),
            arrows=tuple(self._arrow(route, left) for route in routes),
            items=tuple(placed),
            texts=tuple(self.texts),
            swatches=tuple(self.swatches),
        )

    def _rows(self, room: float) -> Rows:
        boxes = self.content.boxes
        sizes = {name: box_size(boxes[name], self.inner[name]) for name in self.in_rows}
        blocks = [label_block(arrow.lines, self.language) for arrow in self.content.arrows]
        labels = [(found.width, found.height) for found in blocks]
        rows = arranged(sizes, self.content.arrows, labels, self._below(), room)
        place(rows.rows, rows.chains, room)
        return rows

    def _below(self) -> list[tuple[str, str]]:
        """Groups stand below their states, except those that lead back."""
        number = {name: place for place, name in enumerate(self.content.boxes)}
        return [
            (name, arrow.source)
            for arrow in self.content.arrows
            for name in self.content.groups.get(arrow.source, ())
            if number[name] < number[arrow.target] and name in self.in_rows
        ]

    def _placed(self, name: str, left: float, rows: Rows) -> PlacedBox:
        node = rows.boxes[name]
        rect = Rect(left + node.left, node.y, node.width, node.height)
        return PlacedBox(self.content.boxes[name], rect, self.inner[name], name == self.here)

    def _arrow(self, route: Route, left: float) -> PlacedArrow:
        chain, groups = route.chain, self.content.groups
        node = chain.label
        inner = label_block(chain.arrow.lines, self.language)
        return PlacedArrow(
            arrow=chain.arrow,
            pieces=tuple(tuple((left + x, y) for x, y in piece) for piece in route.pieces),
            rect=Rect(left + node.left, node.y, node.width, node.height),
            inner=inner,
            is_back=chain.is_back,
            is_next=bool(self.here)
            and self.here in (chain.arrow.source, *groups.get(chain.arrow.source, ())),
        )

    def _list_beside(self, items: list[Item], x: float, y: float) -> tuple[list[PlacedItem], float]:
        y = self._list_title(x, y)
        placed = []
        for item in items:
            placed.append(self._entry(item, x, y))
            y = _end(placed[-1]) + ITEM_GAP
        return placed, y - ITEM_GAP

    def _list_below(
        self, items: list[Item], y: float, width: float
    ) -> tuple[list[PlacedItem], float]:
        y = self._list_title(MARGIN, y)
        count = max(1, int((width + ITEM_GAP) // (ITEM_WIDTH + ITEM_GAP)))
        ends = [y] * min(count, len(items))
        placed = []
        for item in items:
            column = min(range(len(ends)), key=lambda number: (ends[number], number))
            x = MARGIN + column * (ITEM_WIDTH + ITEM_GAP)
            placed.append(self._entry(item, x, ends[column]))
            ends[column] = _end(placed[-1]) + ITEM_GAP
        return placed, max(ends) - ITEM_GAP

    def _list_title(self, x: float, y: float) -> float:
        title = say(words.ANYWHERE, self.language)
        self.texts.append(PlacedText(title, x, y + 14, palette.BIG, palette.INK, bold=True))
        return y + 28

    def _entry(self, item: Item, x: float, y: float) -> PlacedItem:
        inner = block(item.lines, ITEM_WIDTH - 2 * PAD_X)
        height = inner.height + 2 * PAD_Y
        arrow_y, target = None, None
        if item.target:
            box = self.content.boxes[item.target]
            if item.target in self.in_list:
                self.in_list.discard(item.target)
                content = self.inner[item.target]
                size = box_size(box, content)
                rect = Rect(x + PAD_X, y + height + 20, size[0], size[1])
                target = PlacedBox(box, rect, content, item.target == self.here)
                arrow_y = (y + height - 2, rect.y)
                height += 20 + size[1] + PAD_Y + 2
            else:
                more = block([Line(f"→ {box.label}")], ITEM_WIDTH - 2 * PAD_X)
                lines = tuple(
                    Written(line.text, line.baseline + inner.height, line.size, line.fill, True)
                    for line in more.lines
                )
                inner = Block((*inner.lines, *lines), ITEM_WIDTH, inner.height + more.height)
                height += more.height
        return PlacedItem(item, Rect(x, y, ITEM_WIDTH, height), inner, target, arrow_y)

    def _long_clocks(self) -> list[Item]:
        if not self.content.long_clocks:
            return []
        title = Line(say(words.LONG_CLOCKS, self.language))
        return [Item((title, *self.content.long_clocks))]

    def _legend(self, y: float, width: float) -> float:
        title = say(words.OWNERS, self.language)
        self.texts.append(PlacedText(title, MARGIN, y + 13, palette.SMALL, palette.INK, bold=True))
        x = MARGIN + text_width(title, palette.SMALL, bold=True) + 16
        entries: list[tuple[str, Shape | None, palette.Hue, Mark, bool]] = [
            (label, Shape.OPEN, hue, Mark.NONE, False) for label, hue in self.content.owners
        ]
        shapes = {box.shape for box in self.content.boxes.values()}
        grey = palette.Hue(palette.INK_SECOND, palette.SURFACE)
        for shape, meaning in (
            (Shape.MANY, words.MANY_STATES),
            (Shape.DONE, words.DONE_STATE),
            (Shape.CLOSED, words.CLOSED_STATE),
            (Shape.END, words.END_STATE),
        ):
            if shape in shapes:
                entries.append((say(meaning, self.language), shape, grey, Mark.NONE, False))
        entries.append((say(words.BACK, self.language), None, grey, Mark.NONE, True))
        entries.append((say(words.CLOCK, self.language), None, grey, Mark.CLOCK, False))
        if any(line.mark is Mark.CHILD for line in self._lines()):
            entries.append((say(words.CHILD, self.language), None, grey, Mark.CHILD, False))
        for text, outline, hue, mark, is_back in entries:
            sign = 30.0 if outline or is_back else 14.0
            wide = sign + 8 + text_width(text, palette.SMALL)
            if x + wide > MARGIN + width:
                x, y = MARGIN, y + 28
            self.swatches.append(Swatch(Rect(x, y, sign, 18), outline, hue, mark, is_back))
            self.texts.append(
                PlacedText(text, x + sign + 8, y + 13, palette.SMALL, palette.INK_SECOND)
            )
            x += wide + 24
        return y + 18 + 28

    def _lines(self) -> list[Line]:
        return [
            line
            for lines in (
                *(box.lines for box in self.content.boxes.values()),
                *(arrow.lines for arrow in self.content.arrows),
                *(item.lines for item in self.content.items),
            )
            for line in lines
        ]


def _right(rows: Rows) -> float:
    return max(node.right for row in rows.rows for node in row)


def _end(entry: PlacedItem) -> float:
    return entry.rect.y + entry.rect.height
