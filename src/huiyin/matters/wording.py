"""The words of a procedure file in the language of the request."""

from django.utils.translation import get_language

from huiyin.procedures.language import Words


def language() -> str:
    """Return the language sentences are wanted in."""
    return get_language() or "zh"


def said(words: Words | None) -> str:
    """Return a label, a title, a plain sentence; nothing for nothing."""
    if words is None:
        return ""
    return words.zh if language().startswith("zh") else words.en
