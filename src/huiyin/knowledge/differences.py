"""What one version says otherwise than another, word by word. Pure."""

import difflib
import re
from dataclasses import dataclass

ALIKE = 0.5  # below this share in common both are shown whole: crumbs of each say nothing
# Chinese is compared by characters, Latin by words.
_TOKEN = re.compile(r"[A-Za-z0-9]+|\s+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Run:
    """A run of text: `same`, `gone` from the older one, or `new` in the younger one."""

    sort: str
    text: str


def differences(old: str, new: str) -> list[Run]:
    """Return both texts as runs: what is the same, what went, what came."""
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    runs: list[Run] = []
    matcher = difflib.SequenceMatcher(a=before, b=after, autojunk=False)
    if old and new and matcher.ratio() < ALIKE:
        return [Run("gone", old), Run("new", new)]
    for tag, a_from, a_to, b_from, b_to in matcher.get_opcodes():
        if tag == "equal":
            runs.append(Run("same", "".join(before[a_from:a_to])))
            continue
        if a_to > a_from:
            runs.append(Run("gone", "".join(before[a_from:a_to])))
        if b_to > b_from:
            runs.append(Run("new", "".join(after[b_from:b_to])))
    return runs
