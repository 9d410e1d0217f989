"""A few pictures, drawn: what people would photograph. No real place and nobody is on them."""

from collections.abc import Callable
from functools import cache
from io import BytesIO
from random import Random
from typing import Final

from PIL import Image, ImageDraw

SIZE: Final = (640, 480)
_LAMPS: Final = ("0202",)
_HOLES: Final = ("0201", "0203", "0705", "1805")
_WATER: Final = ("0301", "0304", "0803", "1901", "2102")
_LIFTS: Final = ("0502", "0501")


def picture_for(category: str) -> str:
    """Return the name of the picture that fits a class of matter."""
    branch = category[:4]
    if branch in _LAMPS:
        return "lamp"
    if branch in _LIFTS:
        return "notice"
    if branch in _WATER:
        return "puddle"
    return "pothole" if branch in _HOLES else "street"


@cache
def drawn(name: str) -> bytes:
    """Return a picture as a JPEG; the same bytes at every call."""
    picture = Image.new("RGB", SIZE, "#b8c4cc")
    _PAINTERS[name](ImageDraw.Draw(picture), Random(name))  # noqa: S311 no secret is drawn
    out = BytesIO()
    picture.save(out, "JPEG", quality=80)
    return out.getvalue()


def _ground(pen: ImageDraw.ImageDraw, rng: Random, colour: str = "#6f7377") -> None:
    pen.rectangle((0, 250, 640, 480), fill=colour)
    for _ in range(900):
        x, y = rng.randrange(640), rng.randrange(252, 480)
        pen.point((x, y), fill=rng.choice(("#5d6165", "#85898d", "#777b7f")))


def _houses(pen: ImageDraw.ImageDraw, rng: Random) -> None:
    for left in range(-20, 640, 130):
        top = rng.randrange(70, 150)
        pen.rectangle(
            (left, top, left + 112, 250), fill=rng.choice(("#c9b79c", "#d6cbb8", "#b9a48a"))
        )
        for row in range(top + 14, 235, 34):
            for column in range(left + 12, left + 100, 30):
                pen.rectangle((column, row, column + 16, row + 20), fill="#7c8fa0")


def _street(pen: ImageDraw.ImageDraw, rng: Random) -> None:
    _houses(pen, rng)
    _ground(pen, rng)
    for _ in range(26):
        x, y = rng.randrange(60, 560), rng.randrange(300, 450)
        size = rng.randrange(8, 34)
        pen.ellipse(
            (x, y, x + size, y + size // 2),
            fill=rng.choice(("#8d6e4c", "#d9d9d2", "#4b6b3c", "#b34a3c")),
        )


def _lamp(pen: ImageDraw.ImageDraw, rng: Random) -> None:
    pen.rectangle((0, 0, 640, 480), fill="#1d2733")
    pen.rectangle((0, 360, 640, 480), fill="#14191f")
    for number, left in enumerate(range(70, 640, 150)):
        pen.line((left, 360, left, 120), fill="#4a5560", width=8)
        pen.line((left, 122, left + 50, 104), fill="#4a5560", width=6)
        is_lit = number == 3
        pen.ellipse((left + 44, 96, left + 76, 114), fill="#ffe9a8" if is_lit else "#39424b")
        if is_lit:
            pen.polygon(
                ((left + 46, 112), (left + 74, 112), (left + 120, 360), (left, 360)), fill="#3d3c2f"
            )
    for _ in range(40):
        pen.point((rng.randrange(640), rng.randrange(90)), fill="#8899aa")


def _pothole(pen: ImageDraw.ImageDraw, rng: Random) -> None:
    _houses(pen, rng)
    _ground(pen, rng)
    pen.line((320, 255, 320, 290), fill="#e8e8e0", width=8)
    edge = [
        (320 + int(150 * dx + rng.randrange(-14, 14)), 390 + int(52 * dy + rng.randrange(-8, 8)))
        for dx, dy in (
            (-1, 0),
            (-0.7, -0.8),
            (0, -1),
            (0.7, -0.7),
            (1, 0),
            (0.6, 0.8),
            (0, 1),
            (-0.8, 0.6),
        )
    ]
    pen.polygon(edge, fill="#3b3a38")
    for _ in range(60):
        x, y = rng.randrange(215, 425), rng.randrange(355, 425)
        pen.ellipse((x, y, x + 7, y + 5), fill=rng.choice(("#57534e", "#6b655d", "#2c2b2a")))


def _puddle(pen: ImageDraw.ImageDraw, rng: Random) -> None:
    _houses(pen, rng)
    _ground(pen, rng, "#75706a")
    pen.ellipse((90, 300, 560, 455), fill="#8fa3ad")
    pen.ellipse((140, 318, 520, 440), fill="#a9bcc5")
    for top in range(330, 430, 16):
        pen.arc((200, top, 460, top + 20), 200, 340, fill="#c9d6dc", width=2)


def _notice(pen: ImageDraw.ImageDraw, rng: Random) -> None:
    pen.rectangle((0, 0, 640, 480), fill="#cfcac2")
    pen.rectangle((150, 30, 490, 480), fill="#9aa0a4")
    pen.line((320, 30, 320, 480), fill="#5f6569", width=4)
    pen.rectangle((230, 130, 410, 340), fill="#fbfaf3", outline="#b0aea4")
    pen.rectangle((250, 148, 390, 172), fill="#c0392b")
    for top in range(194, 320, 20):
        pen.line((252, top, 388 - rng.randrange(50), top), fill="#55524b", width=5)
    pen.rectangle((520, 200, 550, 260), fill="#3c4043")


def _paper(pen: ImageDraw.ImageDraw, rng: Random) -> None:
    pen.rectangle((0, 0, 640, 480), fill="#7a6a55")
    pen.polygon(((150, 20), (500, 34), (488, 470), (136, 458)), fill="#f7f5ee")
    pen.line((250, 70, 400, 76), fill="#3d3a35", width=9)
    for top in range(112, 350, 24):
        pen.line((186, top, 452 - rng.randrange(70), top + 6), fill="#6d685f", width=4)
    pen.ellipse((360, 372, 446, 456), outline="#c0392b", width=6)
    for left in (200, 262):
        pen.ellipse((left, 398, left + 16, 422), fill="#c8574a")


_PAINTERS: Final[dict[str, Callable[[ImageDraw.ImageDraw, Random], None]]] = {
    "street": _street,
    "lamp": _lamp,
    "pothole": _pothole,
    "puddle": _puddle,
    "notice": _notice,
    "paper": _paper,
}
