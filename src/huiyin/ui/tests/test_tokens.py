"""Colours keep the contrast the design promises: 4.5:1 for text, 3:1 for shapes and controls."""

import re
from pathlib import Path

import pytest

from huiyin import ui

TOKENS = (Path(ui.__file__).parent / "assets" / "css" / "tokens.css").read_text(encoding="utf-8")
THEMES = {"light": ":root", "contrast": ".contrast", "night": ".night"}

TEXT_PAIRS = (
    *((ink, ground) for ink in ("ink", "ink-2", "hint") for ground in ("paper", "surface")),
    *((ink, "sunken") for ink in ("ink", "ink-2")),
    *((ink, ground) for ink in ("indigo", "indigo-deep") for ground in ("paper", "surface")),
    *(
        (hue, f"{hue}-tint")
        for hue in ("indigo", "bamboo", "apricot", "cinnabar")
    ),
    *((hue, "surface") for hue in ("persimmon", "bamboo", "apricot", "cinnabar")),
    *(("ink", f"{hue}-tint") for hue in ("indigo", "persimmon", "bamboo", "apricot", "cinnabar")),
    ("persimmon-deep", "persimmon-tint"),
    ("on-fill", "persimmon"),
    ("on-fill", "persimmon-deep"),
    ("paper", "ink"),
    ("map-ink", "map-0"),
    ("map-ink", "map-1"),
    ("map-ink-3", "map-3"),
)  # fmt: skip
SHAPE_PAIRS = (
    ("edge", "surface"),
    ("edge", "paper"),
    ("ink-3", "paper"),
    ("persimmon-mark", "paper"),
    ("persimmon-mark", "surface"),
    ("indigo", "sunken"),
)


def tokens_of(selector: str) -> dict[str, str]:
    """Return the colours of a theme; what it does not set it takes from the light one."""
    blocks = dict(re.findall(r"^([.:]\w+) \{(.*?)^\}", TOKENS, re.DOTALL | re.MULTILINE))
    named = r"--([\w-]+): (#[0-9a-f]{6})"
    return dict(re.findall(named, blocks[":root"])) | dict(re.findall(named, blocks[selector]))


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio, WCAG 2.2."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_of_black_on_white_is_21():
    assert round(contrast("#000000", "#ffffff"), 2) == 21


@pytest.mark.parametrize("theme", THEMES)
def test_text_stands_out_from_its_ground(theme):
    colours = tokens_of(THEMES[theme])

    weak = {
        f"{ink} on {ground}": round(contrast(colours[ink], colours[ground]), 2)
        for ink, ground in TEXT_PAIRS
        if contrast(colours[ink], colours[ground]) < 4.5
    }

    assert weak == {}


@pytest.mark.parametrize("theme", THEMES)
def test_shapes_stand_out_from_their_ground(theme):
    colours = tokens_of(THEMES[theme])

    weak = {
        f"{shape} on {ground}": round(contrast(colours[shape], colours[ground]), 2)
        for shape, ground in SHAPE_PAIRS
        if contrast(colours[shape], colours[ground]) < 3
    }

    assert weak == {}


def test_no_page_style_names_a_colour_of_its_own():
    # Three are meant: the bar of a limit that is due soon, a backdrop, the attribution of tiles.
    meant = {
        "desk.css": set(),
        "parts.css": {"#c08a1e"},
        "map.css": {"#1e2326"},
        "print.css": {"#fff"},
    }
    folder = Path(ui.__file__).parent / "assets" / "css"

    found = {
        path.name: set(re.findall(r"#[0-9a-fA-F]{3,8}\b", path.read_text("utf-8")))
        - meant.get(path.name, set())
        for path in folder.glob("*.css")
        if path.name != "tokens.css"
    }

    assert {name: colours for name, colours in found.items() if colours} == {}
