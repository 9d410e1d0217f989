"""What an entry is found by: characters and pairs of characters, Latin words, pinyin. Pure.

plain   a character, a pair, a Latin word or number, as in the search of categories
~nua    three letters of the title in pinyin: "nuanqi" is found by all of its threes
^nqb    two and three first letters of syllables: "nqbr"
"""

import re
from collections.abc import Iterable

from huiyin.categories.search import pieces
from huiyin.places.names import fold, initials
from huiyin.places.pinyin import lazy_pinyin

LONGEST = 24  # of a key
MOST = 400  # keys of a text
LETTERS, FIRSTS = "~", "^"
_RUNS = re.compile(r"[一-鿿]+")


def title_keys(*texts: str) -> list[str]:
    """Return what the question and its other wordings are found by."""
    found = set(_plain(texts))
    for text in texts:
        for run in _RUNS.findall(text):
            read = lazy_pinyin(run)
            found.update(LETTERS + one for one in _grams("".join(read), 3))
            first = initials(read)
            found.update(FIRSTS + one for size in (2, 3) for one in _grams(first, size))
    return sorted(found)


def text_keys(*texts: str) -> list[str]:
    """Return what the answer is found by: pairs and words, no single characters."""
    return sorted(one for one in _plain(texts) if len(one) > 1)[:MOST]


def spelled(typed: str) -> tuple[list[str], list[str]]:
    """Return the keys of letters typed as pinyin, and as first letters; empty for other words."""
    letters = fold(typed)
    if not (letters.isascii() and letters.isalpha() and len(letters) > 1):
        return [], []
    size = 2 if len(letters) == 2 else 3
    return (
        [LETTERS + one for one in _grams(letters, 3)],
        [FIRSTS + one for one in _grams(letters, size)],
    )


def _plain(texts: Iterable[str]) -> list[str]:
    return [one[:LONGEST] for text in texts for one in dict.fromkeys(pieces(text))]


def _grams(text: str, size: int) -> list[str]:
    return [text[at : at + size] for at in range(len(text) - size + 1)]
