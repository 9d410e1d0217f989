"""Blotting out the numbers of people in texts that are kept for operators."""

import re

# Mainland mobile (11 digits) and identity numbers (18 characters, the last may be X).
_NUMBERS = re.compile(
    r"(?<![0-9A-Za-z])(?:(?:\+?86[- ]?)?1[3-9]\d{9}|\d{17}[0-9Xx])(?![0-9A-Za-z])"
)
_QUOTED_ROW = re.compile(r"^(\s*(?:DETAIL|CONTEXT|LINE \d+)\s*:).*$", re.MULTILINE)


def masked(text: str) -> str:
    """Return `text` with phone and identity numbers blotted out and PostgreSQL's quotes cut."""
    return _NUMBERS.sub(_blot, _QUOTED_ROW.sub(r"\1 (cut)", text))


def _blot(found: re.Match[str]) -> str:
    text = found.group()
    return f"{text[:3]}{'*' * (len(text) - 5)}{text[-2:]}"
