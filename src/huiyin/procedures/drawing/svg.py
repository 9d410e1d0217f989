"""A picture written as SVG: presentation attributes only, since pages allow no inline style."""

from math import hypot
from xml.sax.saxutils import escape, quoteattr

from huiyin.procedures.drawing import palette, words
from huiyin.procedures.drawing.blocks import PAD_X, PAD_Y, Block
from huiyin.procedures.drawing.chart import Mark, Shape
from huiyin.procedures.drawing.placed import (
    Picture,
    PlacedArrow,
    PlacedBox,
    PlacedItem,
    PlacedText,
    Rect,
    Swatch,
)
from huiyin.procedures.drawing.routes import Point
from huiyin.procedures.drawing.texts import text_width
from huiyin.procedures.drawing.words import Language, say

RADIUS = {
    Shape.OPEN: 8.0,
    Shape.DONE: 8.0,
    Shape.CLOSED: 22.0,
    Shape.END: 22.0,
    Shape.START: 11.0,
    Shape.MANY: 4.0,
}
CORNER = 8.0
HEAD = 8.0


def tag(name: str, content: str | None = None, /, **attributes: object) -> str:
    """Write one element; `_` in attribute names stands for `-`, None leaves one out."""
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}={quoteattr(_value(value))}"
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}/>" if content is None else f"<{name}{written}>{content}</{name}>"


def _value(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.1f}".removesuffix(".0")
    return str(value)


def written(picture: Picture, language: Language, description: str, name: str) -> str:
    """Return the SVG of a picture."""
    parts = [
        tag("title", escape(picture.chart.title), id=f"procedure-{name}-title"),
        tag("desc", escape(description), id=f"procedure-{name}-desc"),
        tag("rect", width=picture.width, height=picture.height, rx=10, fill=palette.PAPER),
    ]
    ordered = sorted(picture.arrows, key=lambda arrow: (arrow.is_next, not arrow.is_back))
    parts += [_lines_of(arrow) for arrow in ordered]
    parts += [_swatch(swatch) for swatch in picture.swatches]
    parts += [_text(text) for text in picture.texts]
    parts += [_item(item) for item in picture.items]
    parts += [_label_of(arrow) for arrow in picture.arrows]
    parts += [_box(box, language) for box in picture.all_boxes]
    return tag(
        "svg",
        "\n" + "\n".join(parts) + "\n",
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {_value(picture.width)} {_value(picture.height)}",
        width=picture.width,
        height=picture.height,
        class_="procedure-drawing",
        role="img",
        aria_labelledby=f"procedure-{name}-title",
        aria_describedby=f"procedure-{name}-desc",
        font_family=palette.FONT,
        lang="zh-Hans" if language == "zh" else "en",
    )


def _box(placed: PlacedBox, language: Language) -> str:
    box, rect = placed.box, placed.rect
    if box.shape is Shape.START:
        return tag(
            "g",
            tag("title", escape(box.label))
            + tag(
                "circle",
                cx=rect.x + rect.width / 2,
                cy=rect.y + rect.height / 2,
                r=rect.width / 2 - 1,
                fill=palette.INK,
            ),
            data_state=box.name,
        )
    radius = min(RADIUS[box.shape], rect.height / 2)
    parts = []
    if box.is_waiting:
        parts.append(_outline(rect, radius, 3.5, box.hue.strong, 1))
    parts.append(
        tag(
            "rect",
            x=rect.x,
            y=rect.y,
            width=rect.width,
            height=rect.height,
            rx=radius,
            fill=box.hue.tint,
            stroke=palette.INDIGO if placed.is_here else box.hue.strong,
            stroke_width=3 if placed.is_here else 1.25,
            stroke_dasharray="2 3" if box.shape is Shape.MANY else None,
        )
    )
    parts.append(_block(placed.inner, rect.x + _inset(box.shape), rect.y + PAD_Y))
    parts.append(_sign(box.shape, rect, box.hue.strong))
    if placed.is_here:
        parts.append(_here(rect.x + _inset(box.shape) - 4, rect.y + PAD_Y - 1, language))
    is_group = box.shape is Shape.MANY
    return tag(
        "g",
        "".join(parts),
        data_state=None if is_group else box.name,
        data_states=box.name if is_group else None,
        data_here="yes" if placed.is_here else None,
    )


def _inset(shape: Shape) -> float:
    return PAD_X + (8 if shape in (Shape.CLOSED, Shape.END) else 0)


def _outline(rect: Rect, radius: float, out: float, stroke: str, width: float) -> str:
    return tag(
        "rect",
        x=rect.x - out,
        y=rect.y - out,
        width=rect.width + 2 * out,
        height=rect.height + 2 * out,
        rx=radius + out,
        fill="none",
        stroke=stroke,
        stroke_width=width,
    )


def _sign(shape: Shape, rect: Rect, fill: str) -> str:
    """A tick for what is done, a square for an end: shape, not colour alone."""
    x = rect.x + rect.width - (24 if shape is Shape.DONE else 32)
    y = rect.y + PAD_Y + 3
    if shape in (Shape.DONE, Shape.CLOSED):
        return tag(
            "path",
            d=f"M{_value(x)} {_value(y + 7.0)}l4 4l8 -9",
            fill="none",
            stroke=fill,
            stroke_width=2.25,
            stroke_linecap="round",
            stroke_linejoin="round",
        )
    if shape is Shape.END:
        return tag("rect", x=x + 2.0, y=y + 2.0, width=10, height=10, rx=1.5, fill=fill)
    return ""


def _here(x: float, y: float, language: Language) -> str:
    text = say(words.HERE, language)
    width = text_width(text, palette.SMALL, bold=True) + 16
    return tag("rect", x=x, y=y, width=width, height=20, rx=10, fill=palette.INDIGO) + tag(
        "text",
        escape(text),
        x=x + width / 2,
        y=y + 14,
        font_size=palette.SMALL,
        font_weight=600,
        fill=palette.SURFACE,
        text_anchor="middle",
    )


def _block(block: Block, x: float, y: float, *, middle: float | None = None) -> str:
    """Write lines from the left, or each around `middle`."""
    parts = []
    for line in block.lines:
        width = line.indent + text_width(line.text, line.size, bold=line.bold)
        left = x if middle is None else middle - width / 2
        if line.mark:
            parts.append(_mark(line.mark, left, y + line.baseline - 9))
        centred = middle is not None and not line.indent
        parts.append(
            tag(
                "text",
                escape(line.text),
                x=middle if centred else left + line.indent,
                y=y + line.baseline,
                font_size=line.size,
                font_weight=600 if line.bold else None,
                fill=line.fill,
                text_anchor="middle" if centred else None,
            )
        )
    return "".join(parts)


def _mark(mark: Mark, x: float, y: float) -> str:
    if mark is Mark.CLOCK:
        line = {"fill": "none", "stroke": palette.BAMBOO}
        hands = f"M{_value(x + 5.5)} {_value(y + 2.5)}v2.5h2"
        return tag("circle", cx=x + 5.5, cy=y + 5.0, r=4.5, stroke_width=2, **line) + tag(
            "path", d=hands, stroke_width=1.25, **line
        )
    return tag(
        "rect", x=x, y=y, width=11, height=11, rx=2.5, fill="none", stroke=palette.INDIGO
    ) + tag(
        "rect", x=x + 2.5, y=y + 2.5, width=6, height=6, rx=1, fill="none", stroke=palette.INDIGO
    )


def _colour(arrow: PlacedArrow) -> str:
    if arrow.is_next:
        return palette.INDIGO
    return palette.UMBER if arrow.is_back else palette.INK_SECOND


def _lines_of(arrow: PlacedArrow) -> str:
    colour = _colour(arrow)
    parts = [
        tag(
            "path",
            d=_path(piece),
            fill="none",
            stroke=colour,
            stroke_width=2 if arrow.is_next else 1.25,
            stroke_dasharray="5 3" if arrow.is_back else None,
        )
        for piece in arrow.pieces
        if len(piece) > 1
    ]
    return "".join([*parts, _head(arrow.pieces[-1], colour)])


def _path(points: tuple[Point, ...]) -> str:
    """Write a line with rounded corners."""
    parts = [f"M{_value(points[0][0])} {_value(points[0][1])}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        first, second = hypot(*_delta(before, corner)), hypot(*_delta(corner, after))
        radius = min(CORNER, first / 2, second / 2)
        enter = _towards(corner, before, radius)
        leave = _towards(corner, after, radius)
        parts.append(
            f"L{_value(enter[0])} {_value(enter[1])}"
            f"Q{_value(corner[0])} {_value(corner[1])} {_value(leave[0])} {_value(leave[1])}"
        )
    parts.append(f"L{_value(points[-1][0])} {_value(points[-1][1])}")
    return "".join(parts)


def _delta(one: Point, other: Point) -> Point:
    return other[0] - one[0], other[1] - one[1]


def _towards(start: Point, goal: Point, length: float) -> Point:
    dx, dy = _delta(start, goal)
    whole = hypot(dx, dy) or 1.0
    return start[0] + dx / whole * length, start[1] + dy / whole * length


def _head(piece: tuple[Point, ...], colour: str) -> str:
    x, y = piece[-1]
    back = -HEAD if y >= piece[-2][1] else HEAD
    d = f"M{_value(x)} {_value(y)}l-4.5 {_value(back)}h9z"
    return tag("path", d=d, fill=colour)


def _label_of(arrow: PlacedArrow) -> str:
    rect = arrow.rect
    return tag(
        "g",
        _block(arrow.inner, rect.x, rect.y, middle=rect.x + rect.width / 2),
        data_arrow=f"{arrow.arrow.source}>{arrow.arrow.target}",
    )


def _item(item: PlacedItem) -> str:
    rect = item.rect
    parts = [
        tag(
            "rect",
            x=rect.x,
            y=rect.y,
            width=rect.width,
            height=rect.height,
            rx=8,
            fill=palette.SURFACE,
            stroke=palette.LINE,
        ),
        _block(item.inner, rect.x + PAD_X, rect.y + PAD_Y),
    ]
    if item.target and item.arrow_y:
        x = item.target.rect.x + item.target.rect.width / 2
        points = ((x, item.arrow_y[0]), (x, item.arrow_y[1]))
        parts.append(
            tag("path", d=_path(points), fill="none", stroke=palette.INK_SECOND, stroke_width=1.25)
        )
        parts.append(_head(points, palette.INK_SECOND))
    return tag("g", "".join(parts))


def _swatch(swatch: Swatch) -> str:
    rect = swatch.rect
    if swatch.mark:
        return _mark(swatch.mark, rect.x + 1, rect.y + 3.5)
    if swatch.is_back:
        y = rect.y + 9
        return tag(
            "path",
            d=f"M{_value(rect.x)} {_value(y)}h24",
            stroke=palette.UMBER,
            stroke_width=1.25,
            stroke_dasharray="5 3",
        ) + tag(
            "path",
            d=f"M{_value(rect.x + 30)} {_value(y)}l-8 -4.5v9z",
            fill=palette.UMBER,
        )
    shape = swatch.shape or Shape.OPEN
    outline = tag(
        "rect",
        x=rect.x,
        y=rect.y,
        width=rect.width,
        height=rect.height,
        rx=min(RADIUS[shape], rect.height / 2) if shape is not Shape.OPEN else 5,
        fill=swatch.hue.tint,
        stroke=swatch.hue.strong,
        stroke_width=1.25,
        stroke_dasharray="2 3" if shape is Shape.MANY else None,
    )
    x, y = rect.x + rect.width / 2, rect.y + 9
    if shape in (Shape.DONE, Shape.CLOSED):
        outline += tag(
            "path",
            d=f"M{_value(x - 5)} {_value(y)}l3.5 3.5l6.5 -7.5",
            fill="none",
            stroke=swatch.hue.strong,
            stroke_width=2,
        )
    elif shape is Shape.END:
        outline += tag("rect", x=x - 4, y=y - 4, width=8, height=8, fill=swatch.hue.strong)
    return outline


def _text(text: PlacedText) -> str:
    return tag(
        "text",
        escape(text.text),
        x=text.x,
        y=text.y,
        font_size=text.size,
        font_weight=600 if text.bold else None,
        fill=text.fill,
    )
