"""What every picture has: a legend above, and a list of what may be done in many states."""

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
)
from huiyin.procedures.drawing.chart import Chart, Item, Line, Mark, Shape
from huiyin.procedures.drawing.placed import PlacedBox, PlacedItem, PlacedText, Rect, Swatch
from huiyin.procedures.drawing.texts import text_width
from huiyin.procedures.drawing.words import Language, say

ITEM_GAP = 16.0
ARROW_DOWN = 20.0  # from an entry of the list to the state drawn in it


class Frame:
    """A picture being put together: subclasses say where states and arrows stand."""

    margin = 24.0
    item_width = 256.0
    box_text: float | None = None  # widest line in a box; None: as fits the language

    def __init__(self, content: Chart, language: Language, here: str, width: float) -> None:
        """Measure what stands in the boxes, and find which states stand in the list only."""
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
            name: box_block(
                box, language, head=HERE_ROOM if name == here else 0, width=self.box_text
            )
            for name, box in content.boxes.items()
        }

    def entries(self) -> list[Item]:
        """Return what the list holds."""
        if not self.content.long_clocks:
            return list(self.content.items)
        title = Line(say(words.LONG_CLOCKS, self.language))
        return [*self.content.items, Item((title, *self.content.long_clocks))]

    def list_title(self, x: float, y: float) -> float:
        """Write the heading of the list; return where it goes on."""
        title = say(words.ANYWHERE, self.language)
        self.texts.append(PlacedText(title, x, y + 14, palette.BIG, palette.INK, bold=True))
        return y + 28

    def entry(self, item: Item, x: float, y: float) -> PlacedItem:
        """Place one entry of the list."""
        inner = block(item.lines, self.item_width - 2 * PAD_X)
        height = inner.height + 2 * PAD_Y
        arrow_y, target = None, None
        if item.target:
            box = self.content.boxes[item.target]
            if item.target in self.in_list:
                self.in_list.discard(item.target)
                content = self.inner[item.target]
                size = box_size(box, content)
                rect = Rect(x + PAD_X, y + height + ARROW_DOWN, size[0], size[1])
                target = PlacedBox(box, rect, content, item.target == self.here)
                arrow_y = (y + height - 2, rect.y)
                height += ARROW_DOWN + size[1] + PAD_Y + 2
            else:
                more = block([Line(f"→ {box.label}")], self.item_width - 2 * PAD_X)
                inner = with_target(inner, more)
                height += more.height
        return PlacedItem(item, Rect(x, y, self.item_width, height), inner, target, arrow_y)

    def legend(self, y: float, width: float, *, has_back: bool) -> float:
        """Write the legend; return where the picture begins. `has_back`: some arrows go back."""
        title = say(words.OWNERS, self.language)
        self.texts.append(
            PlacedText(title, self.margin, y + 13, palette.SMALL, palette.INK, bold=True)
        )
        x = self.margin + text_width(title, palette.SMALL, bold=True) + 16
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
        if has_back:
            entries.append((say(words.BACK, self.language), None, grey, Mark.NONE, True))
        marks = {line.mark for line in self._lines()}
        for mark, meaning in ((Mark.CLOCK, words.CLOCK), (Mark.CHILD, words.CHILD)):
            if mark in marks:
                entries.append((say(meaning, self.language), None, grey, mark, False))
        for text, outline, hue, mark, is_back in entries:
            sign = 30.0 if outline or is_back else 14.0
            wide = sign + 8 + text_width(text, palette.SMALL)
            if x + wide > self.margin + width:
                x, y = self.margin, y + 28
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


def with_target(inner: Block, target: Block) -> Block:
    """Put the name of the state an act leads to below the act, heavier."""
    lines = tuple(
        Written(line.text, line.baseline + inner.height, line.size, line.fill, bold=True)
        for line in target.lines
    )
    width = max(inner.width, target.width * 1.05)
    return Block((*inner.lines, *lines), width, inner.height + target.height)


def end_of(entry: PlacedItem) -> float:
    """Return where an entry ends."""
    return entry.rect.y + entry.rect.height
