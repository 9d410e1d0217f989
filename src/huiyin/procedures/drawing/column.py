"""The picture for a phone: states below each other, under each what leads on from it and where to.

No long arrows: at 360 pixels nobody could follow them. ↓ and ↑ say where the next state stands.
"""

from huiyin.procedures.drawing import palette
from huiyin.procedures.drawing.blocks import PAD_X, PAD_Y, block
from huiyin.procedures.drawing.chart import Arrow, Chart, Item, Line, Shape
from huiyin.procedures.drawing.frame import ITEM_GAP, Frame, end_of, with_target
from huiyin.procedures.drawing.placed import Picture, PlacedBox, PlacedItem, PlacedText, Rect
from huiyin.procedures.drawing.words import Language

MARGIN = 16.0
ACTS_IN = 20.0  # acts stand so far to the right of their state
ACTS_GAP = 5.0
STATES_GAP = 22.0
START_SIZE = 22.0


class Column(Frame):
    """A picture of one column."""

    margin = MARGIN

    def __init__(self, content: Chart, language: Language, here: str, width: float) -> None:
        """Make boxes and entries as wide as the column."""
        self.item_width = width - 2 * MARGIN
        self.box_text = self.item_width - 2 * PAD_X - 40
        super().__init__(content, language, here, width)

    def picture(self) -> Picture:
        """Put everything in its place."""
        y = self.legend(MARGIN, self.item_width, has_back=False)
        boxes: list[PlacedBox] = []
        items: list[PlacedItem] = []
        for name in self.in_rows:
            boxes.append(self._state(name, y))
            y += boxes[-1].rect.height
            for arrow in self.content.arrows:
                if arrow.source == name:
                    items.append(self._act(arrow, y + ACTS_GAP))
                    y = end_of(items[-1])
            y += STATES_GAP
        entries = self.entries()
        if entries:
            y = self.list_title(MARGIN, y)
        for item in entries:
            items.append(self.entry(item, MARGIN, y))
            y = end_of(items[-1]) + ITEM_GAP
        return Picture(
            chart=self.content,
            width=round(self.width),
            height=round(y - ITEM_GAP + MARGIN),
            boxes=tuple(boxes),
            arrows=(),
            items=tuple(items),
            texts=tuple(self.texts),
            swatches=tuple(self.swatches),
        )

    def _state(self, name: str, y: float) -> PlacedBox:
        box, inner = self.content.boxes[name], self.inner[name]
        if box.shape is Shape.START:
            x = MARGIN + START_SIZE + 8
            self.texts.append(PlacedText(box.label, x, y + 16, palette.BIG, palette.INK, bold=True))
            rect = Rect(MARGIN, y, START_SIZE, START_SIZE)
        else:
            rect = Rect(MARGIN, y, self.item_width, inner.height + 2 * PAD_Y)
        return PlacedBox(box, rect, inner, name == self.here)

    def _act(self, arrow: Arrow, y: float) -> PlacedItem:
        order = {name: number for number, name in enumerate(self.in_rows)}
        sign = "↑" if order[arrow.target] < order[arrow.source] else "↓"
        width = self.item_width - ACTS_IN
        inner = block(arrow.lines, width - 2 * PAD_X, apart=True)
        to = Line(f"{sign} {self.content.boxes[arrow.target].label}")
        inner = with_target(inner, block([to], width - 2 * PAD_X))
        rect = Rect(MARGIN + ACTS_IN, y, width, inner.height + 2 * PAD_Y)
        return PlacedItem(Item(tuple(arrow.lines), arrow.target), rect, inner, None, None)
