"""The tree of categories, read as a whole: a few hundred rows that change a few times a year.

Each process keeps its own copy for `FRESH_SECONDS`; its own changes are seen at once.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from huiyin.categories.models import Category

FRESH_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Node:
    """One category in the tree. `owner_kind` is its own or the nearest ancestor's."""

    category: Category
    parent: "Node | None"
    owner_kind: str
    children: "list[Node]" = field(default_factory=list)

    @property
    def path(self) -> tuple["Node", ...]:
        """From the branch at the top down to this node."""
        return (*self.parent.path, self) if self.parent else (self,)

    @property
    def is_leaf(self) -> bool:
        """Whether matters can be filed under it; its code is then the service code."""
        return not self.children

    def leaves(self) -> Iterator["Node"]:
        """Yield the leaves at and below this node, in the order of their codes."""
        if self.is_leaf:
            yield self
        for child in self.children:
            yield from child.leaves()


@dataclass(frozen=True, slots=True)
class Tree:
    """All categories in use."""

    branches: tuple[Node, ...]
    by_code: dict[str, Node]
    by_id: dict[UUID, Node]

    def leaves(self) -> Iterator[Node]:
        """Yield every leaf, in the order of the codes."""
        for branch in self.branches:
            yield from branch.leaves()


_kept: tuple[float, Tree] | None = None


def tree() -> Tree:
    """Return the tree of categories in use; reads the table at most every FRESH_SECONDS."""
    global _kept
    if _kept is None or time.monotonic() - _kept[0] > FRESH_SECONDS:
        _kept = (time.monotonic(), read_tree())
    return _kept[1]


def forget() -> None:
    """Drop this process's copy, after a change."""
    global _kept
    _kept = None


def read_tree() -> Tree:
    """Read the categories in use from the database, in one query."""
    by_code: dict[str, Node] = {}
    by_id: dict[UUID, Node] = {}
    branches: list[Node] = []
    for category in Category.objects.filter(active=True).order_by("code"):
        parent = by_id.get(category.parent_id) if category.parent_id else None
        if category.parent_id and parent is None:
            continue  # below a retired branch
        inherited = parent.owner_kind if parent else ""
        node = Node(category, parent, category.owner_kind or inherited)
        by_code[category.code] = by_id[category.pk] = node
        (parent.children if parent else branches).append(node)
    return Tree(tuple(branches), by_code, by_id)
