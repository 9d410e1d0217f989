"""From a resident's own words to the category that fits, without asking them to choose.

Scored by characters and pairs of characters over a few hundred names and phrases held in memory:
transparent (the answer says which words matched) and nothing to train. Rare pieces weigh more than
common ones, pairs more than single characters, and words that only ask ("怎么") count nothing.
"""

import math
import re
from collections import Counter
from dataclasses import dataclass, replace

from huiyin.categories.emergencies import NUMBERS, emergency_number
from huiyin.categories.models import Category
from huiyin.categories.tree import Node, Tree, tree

LONGEST = 200  # characters read from the question; the beginning says what it is about
WEAKEST = 0.12  # below this share of the question's weight nothing is suggested
SINGLE = 0.25  # what a single character weighs against a pair
_ASKING = re.compile(
    r"怎么办?|什么|为啥|哪里|哪儿|请问|能不能|有没有|可以|我想|我家|我们|他们|一个|这个|那个"
    r"|[几三两]个月|[的了吗呢吧啊]"
)
_PARTS = re.compile(r"[一-鿿]+|[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A category that may fit. `score` is the share of the question it explains, 0 to 1."""

    node: Node
    score: float
    matched: str  # the name or phrase that matched best

    @property
    def category(self) -> Category:
        """The category itself."""
        return self.node.category

    @property
    def is_urgent_redirect(self) -> bool:
        """Whether the person should call an emergency number before anything else."""
        return self.category.redirect in NUMBERS


@dataclass(frozen=True, slots=True)
class _Entry:
    node: Node
    texts: tuple[tuple[str, frozenset[str]], ...]
    branch: frozenset[str]


class _Index:
    """Every leaf with the pieces of its words."""

    def __init__(self, of: Tree) -> None:
        self.tree = of
        self.entries: list[_Entry] = []
        seen: Counter[str] = Counter()
        for node in of.leaves():
            category = node.category
            words = (category.name_zh, category.phrase_1, category.phrase_2, category.name_en)
            texts = tuple((word, frozenset(pieces(word))) for word in words if word)
            above = " ".join(
                f"{above.category.name_zh} {above.category.name_en}" for above in node.path[:-1]
            )
            self.entries.append(_Entry(node, texts, frozenset(pieces(above))))
            seen.update(frozenset().union(*(own for _, own in texts)))
        count = len(self.entries)
        self.weights = {
            piece: math.log(1 + count / times) * _share(piece) for piece, times in seen.items()
        }
        self.unseen = math.log(1 + count)

    def weight(self, piece: str) -> float:
        """How much a piece says: the rarer the more."""
        return self.weights.get(piece) or self.unseen * _share(piece)

    def suggest(self, text: str) -> list[Suggestion]:
        """Return what fits `text`, best first."""
        asked = Counter(pieces(text))
        if not asked:
            return []
        whole = sum(self.weight(piece) for piece in asked)
        scored = sorted(
            (self._score(entry, asked, whole) for entry in self.entries),
            key=lambda hit: (-round(hit.score, 2), not hit.is_urgent_redirect, hit.category.code),
        )
        found = [hit for hit in scored if hit.score >= WEAKEST]
        number = emergency_number(text)
        # In danger the class for it comes first, be it ever so vague: it says which number to call.
        urgent = [hit for hit in scored if number and hit.category.redirect == number]
        if not urgent:
            return found
        first = [hit for hit in urgent if hit.score >= WEAKEST] or self._likeliest(urgent)
        return [*first, *(hit for hit in found if hit not in first)]

    def _likeliest(self, urgent: list[Suggestion]) -> list[Suggestion]:
        """Return the one to show when no words fit: the best, or one of the branch with most."""
        if urgent[0].matched:
            return urgent[:1]
        branches = Counter(hit.node.path[0].category.code for hit in urgent)
        branch, _ = branches.most_common(1)[0]
        first = next(hit for hit in urgent if hit.node.path[0].category.code == branch)
        return [replace(first, matched=first.category.name_zh)]

    def _score(self, entry: _Entry, asked: Counter[str], whole: float) -> Suggestion:
        best, matched = 0.0, ""
        known: set[str] = set()
        for words, own in entry.texts:
            shared = own & asked.keys()
            known |= shared
            size = sum(self.weight(piece) for piece in own)
            explained = sum(self.weight(piece) for piece in shared)
            # how much of the question, and how much of the phrase, the shared part makes up
            fit = 0.75 * explained / whole + 0.25 * explained / size if size else 0.0
            if fit > best:
                best, matched = fit, words
        # the other phrase and the branch add a little, so that they decide between equals
        more = sum(self.weight(piece) for piece in known) / whole
        branch = len(entry.branch & asked.keys()) / len(asked)
        score = min(1.0, 0.6 * best + 0.35 * more + 0.05 * branch)
        return Suggestion(entry.node, score if best else 0.0, matched)


_kept: _Index | None = None


def suggest(text: str, limit: int = 5) -> list[Suggestion]:
    """Return the categories that fit best; [] when none does.

    Words of danger to life put the class of the number to call first (`emergencies`); otherwise an
    emergency comes first among equals.

    `text`: what somebody typed or said, Chinese or English, read up to LONGEST characters.
    """
    global _kept
    now = tree()
    if _kept is None or _kept.tree is not now:
        _kept = _Index(now)
    return _kept.suggest(text[:LONGEST])[:limit]


def pieces(text: str) -> list[str]:
    """Return characters and pairs of characters of Chinese runs, and whole Latin words."""
    out: list[str] = []
    for part in _PARTS.findall(_ASKING.sub(" ", text.lower())):
        if part[0] < "一":
            out.append(part)
            if len(part) > 3 and part.endswith("s"):
                out.append(part[:-1])
        else:
            out += part
            out += [part[at : at + 2] for at in range(len(part) - 1)]
    return out


def _share(piece: str) -> float:
    return SINGLE if len(piece) == 1 and piece >= "一" else 1.0
