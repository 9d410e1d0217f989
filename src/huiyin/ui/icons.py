"""The icon set, read once from icons.svg: one `<symbol>` a line."""

import re
from functools import cache
from pathlib import Path

_SYMBOL = re.compile(r'<symbol id="([^"]+)" viewBox="([^"]+)">(.*)</symbol>')


@cache
def symbols() -> dict[str, tuple[str, str]]:
    """Return name → (view box, markup) of every icon and every shape of a clock chip."""
    text = Path(__file__).with_name("icons.svg").read_text(encoding="utf-8")
    return {name: (box, inner) for name, box, inner in _SYMBOL.findall(text)}


def svg(name: str, css_class: str) -> str:
    """Return the inline picture of an icon, hidden from screen readers.

    Raises KeyError with the name when there is no such icon.
    """
    box, inner = symbols()[name]
    start = f'<svg class="{css_class}" viewBox="{box}" aria-hidden="true" focusable="false">'
    return f"{start}{inner}</svg>"
