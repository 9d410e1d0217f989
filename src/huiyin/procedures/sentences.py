"""What reader and checker say: English in the code, in Chinese for pages.

A sentence keeps its pattern and what fills it, so that it can be said again in another language;
to everybody else it is the English text. The Chinese patterns stand in `chinese.yaml`
(`library.chinese`).
"""

from collections.abc import Mapping


class Sentence(str):
    """An English text that knows the pattern it was made from and the values in it."""

    pattern: str
    values: tuple[object, ...]


def fill(pattern: str, *values: object) -> Sentence:
    """Return the sentence that a pattern gives with these values, in their order."""
    made = Sentence(pattern.format(*values))
    made.pattern, made.values = pattern, values
    return made


def said_by(patterns: Mapping[str, str], text: str) -> str:
    """Return a sentence in the language of these patterns, and what fills it too.

    What nobody has translated stays as it is: names of the file are the same in every language.
    """
    if isinstance(text, Sentence) and text.pattern in patterns:
        values = (said_by(patterns, one) if isinstance(one, str) else one for one in text.values)
        return patterns[text.pattern].format(*values)
    return patterns.get(text, text)
