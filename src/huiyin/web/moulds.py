"""Rows of the inbox out of a mould: the template is drawn once with gaps, and the gaps are filled.

A template draws a row in half a millisecond; of fifty rows that is most of a page. Everything about
how a row looks stays in the template: the mould is what it draws with a mark where each value
stands, once for each language and for each of the few ways in which a row can look.
"""

from collections.abc import Iterable
from functools import cache
from html import escape
from types import SimpleNamespace
from typing import Final

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.translation import get_language

from huiyin.web.clock_words import Stand
from huiyin.web.inbox_rows import Row

TEMPLATE: Final = "web/inbox/_item.html"
FILLED: Final = (
    "run_id", "title", "procedure", "place", "who_drawn", "day", "url", "events", "urgency",
)  # fmt: skip
_WORDS: Final = "words"  # of its limit


def items_of(rows: Iterable[Row], *, has_bulk: bool) -> str:
    """Return rows as items of a list, escaped; each as the template draws it."""
    language = get_language()
    return "".join(
        [
            _mould(
                language, has_bulk, row.is_new, row.is_confidential, bool(row.urgency),
                row.stand.state,
            )
            % {
                "run_id": row.run_id,
                "title": escape(row.title),
                "procedure": escape(row.procedure),
                "place": escape(row.place),
                "who_drawn": row.who_drawn,
                "day": row.day,
                "url": escape(row.url),
                "events": row.events,
                "urgency": escape(row.urgency),
                _WORDS: escape(row.stand.words),
            }
            for row in rows
        ]
    )  # fmt: skip


@cache
def _mould(
    _language: str | None, has_bulk: bool, is_new: bool, is_confidential: bool, is_urgent: bool,
    state: str,
) -> str:  # fmt: skip
    """Return the template drawn with marks, as a pattern for `%`."""
    marks = {name: mark_safe(f"\x02{name}\x03") for name in (*FILLED, _WORDS)}  # noqa: S308 our own
    row = SimpleNamespace(
        **{**marks, "urgency": marks["urgency"] if is_urgent else ""},
        is_new=is_new, is_confidential=is_confidential, stand=Stand(state, marks[_WORDS]),
    )  # fmt: skip
    drawn = render_to_string(TEMPLATE, {"row": row, "bulk": has_bulk}).replace("%", "%%")
    return drawn.replace("\x02", "%(").replace("\x03", ")s")
