"""What the layered layout of a chart is made of: nodes that take room, arrows as chains of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

from huiyin.procedures.drawing.chart import Arrow

BOX_GAP, LABEL_GAP, BEND_GAP = 28.0, 14.0, 12.0


class Kind(StrEnum):
    """What a node of the layout is."""

    BOX = "box"
    LABEL = "label"
    BEND = "bend"


@dataclass(slots=True, eq=False)
class Node:
    """Something that takes room in a row."""

    kind: Kind
    name: str  # the state; of labels and bends that of their arrow
    width: float
    height: float
    row: int = 0
    x: float = 0.0  # of the middle
    y: float = 0.0
    above: list["Node"] = field(default_factory=list)
    below: list["Node"] = field(default_factory=list)

    @property
    def left(self) -> float:
        """The left edge."""
        return self.x - self.width / 2

    @property
    def right(self) -> float:
        """The right edge."""
        return self.x + self.width / 2


@dataclass(slots=True, eq=False)
class Chain:
    """An arrow as the nodes it goes through, from the upper one to the lower one."""

    arrow: Arrow
    nodes: list[Node]
    is_back: bool  # the arrow points up

    @property
    def label(self) -> Node:
        """The node that holds its words."""
        return next(node for node in self.nodes if node.kind is Kind.LABEL)


@dataclass(slots=True)
class Rows:
    """The layout so far: rows from the top, each from the left."""

    rows: list[list[Node]]
    chains: list[Chain]
    boxes: Mapping[str, Node]


def gap(left: Node, right: Node) -> float:
    """Return the room between two neighbours of a row."""
    kinds = {left.kind, right.kind}
    if kinds == {Kind.BOX}:
        return BOX_GAP
    if Kind.BEND in kinds:
        return BEND_GAP if kinds == {Kind.BEND} else 16.0
    return LABEL_GAP


def row_width(row: Iterable[Node]) -> float:
    """Return the least room that a row needs."""
    nodes = list(row)
    return sum(node.width for node in nodes) + sum(gap(a, b) for a, b in pairwise(nodes))
