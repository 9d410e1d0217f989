"""Why a matter was found: the piece of what was said around the words somebody looked for."""

import re
from typing import Final

from huiyin.matters.models import Run

BEFORE: Final = 12  # characters
LENGTH: Final = 44

Pieces = list[tuple[str, bool]]


def excerpt(run: Run, typed: str) -> Pieces:
    """Return pieces of the words of a run's matter, each with whether it was looked for.

    Nothing where the title says it already, where no word stands there as it was typed (a number,
    words found apart), and of confidential matters.
    """
    words = getattr(run.matter, "words", None)
    wanted = sorted(set(typed.split()), key=len, reverse=True)
    if words is None or run.matter.is_confidential or not wanted:
        return []
    sought = re.compile("|".join(map(re.escape, wanted)), re.IGNORECASE)
    text = " ".join((words.text or "").split())
    first = sought.search(text)
    if first is None or sought.search(words.title or ""):
        return []
    start = max(first.start() - BEFORE, 0)
    end = start + max(LENGTH, first.end() - start)
    cut = f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"
    parts = re.split(f"({sought.pattern})", cut, flags=re.IGNORECASE)
    return [(part, bool(at % 2)) for at, part in enumerate(parts) if part]
