"""Words made into lines of known place: what stands in a box or on an arrow, and how big it is."""

from collections.abc import Iterable
from dataclasses import dataclass

from huiyin.procedures.drawing import palette
from huiyin.procedures.drawing.chart import Box, Line, Mark, Shape
from huiyin.procedures.drawing.texts import text_width, wrapped

MARK_ROOM = 17
APART = 4
PAD_X, PAD_Y = 14, 9
START_SIZE = 22
LABEL_TEXT = {"zh": 132.0, "en": 160.0}  # widest text on an arrow
NAME_TEXT = {"zh": 116.0, "en": 128.0}  # widest name of a state
BOX_TEXT = {"zh": 134.0, "en": 150.0}  # widest line in a box
GROUP_TEXT = {"zh": 190.0, "en": 210.0}
HERE_ROOM = 27.0  # for "now here" in a box
TICK_ROOM = 22


@dataclass(frozen=True, slots=True)
class Written:
    """One line of text, its baseline counted from the top of its block."""

    text: str
    baseline: float
    size: int
    fill: str
    bold: bool = False
    mark: Mark = Mark.NONE
    indent: float = 0


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of text and the room they take."""

    lines: tuple[Written, ...]
    width: float
    height: float


def block(
    lines: Iterable[Line], width: float, *, first: Iterable[Written] = (), apart: bool = False
) -> Block:
    """Break lines to a width, below those that are written already.

    `apart`: a little room before each, so that several acts are not read as one.
    """
    written = list(first)
    y = _bottom(written)
    for line in lines:
        if y and apart and not line.mark:
            y += APART
        room = MARK_ROOM if line.mark else 0
        fill = palette.INK_SECOND if line.quiet or line.mark else palette.INK
        pieces = wrapped(line.text, palette.SMALL, width - room)
        for number, piece in enumerate(pieces):
            y += palette.LINE_SMALL
            mark = line.mark if number == 0 else Mark.NONE
            written.append(
                Written(piece, y - 4, palette.SMALL, fill, mark=mark, indent=float(room))
            )
    return Block(tuple(written), _width(written), y + 1 if written else 0)


def name_lines(text: str, width: float, top: float = 0) -> list[Written]:
    """Break the name of a state, which is written larger."""
    pieces = wrapped(text, palette.BIG, width, bold=True)
    return [
        Written(piece, top + number * palette.LINE_BIG + 15, palette.BIG, palette.INK, bold=True)
        for number, piece in enumerate(pieces)
    ]


def label_block(lines: Iterable[Line], language: str) -> Block:
    """What stands on an arrow."""
    return block(lines, LABEL_TEXT[language], apart=True)


def box_block(box: Box, language: str, *, head: float = 0, width: float | None = None) -> Block:
    """What stands in a box: name, whose turn, limits, what else is possible.

    `head`: room left free above it. `width`: the widest line, else as fits the language.
    """
    if box.shape is Shape.START:
        return Block((), 0, 0)
    if box.shape is Shape.MANY:
        return block(box.lines, width or GROUP_TEXT[language])
    name = name_lines(box.label, width or NAME_TEXT[language], head)
    owner = [Line(box.owner, quiet=True)] if box.owner else []
    return block([*owner, *box.lines], width or BOX_TEXT[language], first=name)


def box_size(box: Box, inner: Block) -> tuple[float, float]:
    """Return width and height of a box around its text."""
    if box.shape is Shape.START:
        return START_SIZE, START_SIZE
    more = TICK_ROOM if box.shape in (Shape.DONE, Shape.CLOSED, Shape.END) else 0
    round_ends = 8 if box.shape in (Shape.CLOSED, Shape.END) else 0
    named = max(
        (text_width(line.text, line.size, bold=True) for line in inner.lines if line.bold),
        default=0,
    )
    width = max(inner.width, named + more) + 2 * PAD_X + 2 * round_ends
    return max(96.0, round(width)), round(inner.height + 2 * PAD_Y)


def _bottom(written: list[Written]) -> float:
    return written[-1].baseline + 4 if written else 0


def _width(written: list[Written]) -> float:
    return max(
        (line.indent + text_width(line.text, line.size, bold=line.bold) for line in written),
        default=0,
    )
