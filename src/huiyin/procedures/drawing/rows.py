"""Which row everything stands in and in what order: the layered layout of a chart.

States stand in even rows, the labels of arrows between them in odd ones; an arrow that passes a
row bends there. igraph finds the rows of the states and the order with few crossings.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

import igraph

from huiyin.procedures.drawing.chart import Arrow
from huiyin.procedures.language import NEW

BOX_GAP, LABEL_GAP, BEND_GAP = 28.0, 14.0, 12.0
PORT_GAP = 16.0


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


def arranged(
    sizes: Mapping[str, tuple[float, float]],
    arrows: Sequence[Arrow],
    labels: Sequence[tuple[float, float]],
    below: Sequence[tuple[str, str]],
    width: float,
) -> Rows:
    """Arrange states of these sizes, in the order of the file, and the arrows with their labels.

    `below`: which boxes should stand below others although no arrow leads there.
    """
    names = list(sizes)
    every = [*((arrow.source, arrow.target) for arrow in arrows), *below]
    is_back = _back_arrows(names, every)
    back = is_back[: len(arrows)]
    order = [pair for pair, goes_back in zip(every, is_back, strict=True) if not goes_back]
    ends = [
        (arrow.target, arrow.source) if goes_back else (arrow.source, arrow.target)
        for arrow, goes_back in zip(arrows, back, strict=True)
    ]
    order += [pair for pair, goes_back in zip(ends, back, strict=True) if goes_back]
    ranks = _fitted(_ranks(names, order), order, ends, sizes, width)
    boxes = {
        name: Node(Kind.BOX, name, max(sizes[name][0], _ports_room(name, ends)), sizes[name][1])
        for name in names
    }
    gaps = _label_gaps(ranks, ends, back, labels, width)
    chains = [
        _chain(arrow, boxes, (upper, lower), ranks, label_gap, size, is_back=is_back)
        for arrow, (upper, lower), label_gap, size, is_back in zip(
            arrows, ends, gaps, labels, back, strict=True
        )
    ]
    for name, node in boxes.items():
        node.row = 2 * ranks[name]
    rows = _ordered(boxes, chains)
    rows = _with_wide_rows_split(rows, boxes, chains, width)
    return Rows(rows, chains, boxes)


def _back_arrows(names: list[str], pairs: Sequence[tuple[str, str]]) -> list[bool]:
    """Tell which arrows go back: those of a circle that lead to what the file names earlier."""
    place = {name: number for number, name in enumerate(names)}
    graph = igraph.Graph(
        n=len(names),
        edges=[(place[source], place[target]) for source, target in pairs],
        directed=True,
    )
    circle = graph.connected_components(mode="strong").membership
    return [
        circle[place[source]] == circle[place[target]] and place[source] > place[target]
        for source, target in pairs
    ]


def _ranks(names: list[str], order: list[tuple[str, str]]) -> dict[str, int]:
    """Give every state the row that keeps the arrows short."""
    place = {name: number for number, name in enumerate(names)}
    edges = [(place[upper], place[lower]) for upper, lower in order]
    graph = igraph.Graph(n=len(names), edges=edges, directed=True)
    layout = graph.layout_sugiyama()
    levels = [point[1] for point in layout.coords[: len(names)]]
    steps = {level: number for number, level in enumerate(sorted(set(levels)))}
    ranks = {name: steps[level] for name, level in zip(names, levels, strict=True)}
    return _tightened(_pushed(ranks, order), order)


def _tightened(ranks: dict[str, int], order: list[tuple[str, str]]) -> dict[str, int]:
    """Move every state up or down within its room as long as its arrows become shorter."""
    above = {name: [upper for upper, lower in order if lower == name] for name in ranks}
    below = {name: [lower for upper, lower in order if upper == name] for name in ranks}
    for _ in range(len(ranks)):
        before = dict(ranks)
        for name in ranks:
            if name == NEW:
                continue
            if below[name] and len(below[name]) > len(above[name]):
                ranks[name] = min(ranks[other] for other in below[name]) - 1
            elif above[name] and len(above[name]) > len(below[name]):
                ranks[name] = max(ranks[other] for other in above[name]) + 1
        if ranks == before:
            break
    first = min(ranks.values())
    if NEW in ranks:
        ranks[NEW] = first
    steps = {rank: number for number, rank in enumerate(sorted(set(ranks.values())))}
    return {name: steps[rank] for name, rank in ranks.items()}


def _pushed(ranks: dict[str, int], order: list[tuple[str, str]]) -> dict[str, int]:
    """Push states down until every arrow leads downwards by at least one row."""
    changed = True
    while changed:
        changed = False
        for upper, lower in order:
            if ranks[lower] <= ranks[upper]:
                ranks[lower] = ranks[upper] + 1
                changed = True
    return ranks


def _fitted(
    ranks: dict[str, int],
    order: list[tuple[str, str]],
    ends: list[tuple[str, str]],
    sizes: Mapping[str, tuple[float, float]],
    width: float,
) -> dict[str, int]:
    """Push states of too full a row into the next one, first those that lead nowhere."""
    rank = 0
    while rank <= max(ranks.values()):
        members = [name for name in ranks if ranks[name] == rank]
        passing = sum(ranks[upper] < rank < ranks[lower] for upper, lower in ends)
        needed = sum(sizes[name][0] + BOX_GAP for name in members) + passing * BEND_GAP
        if needed > width and len(members) > 1:
            leaving = {name: sum(upper == name for upper, _ in ends) for name in members}
            moved = min(reversed(members), key=lambda name: leaving[name])
            ranks[moved] += 1
            ranks = _pushed(ranks, order)
        else:
            rank += 1
    return ranks


def _ports_room(name: str, ends: list[tuple[str, str]]) -> float:
    below = sum(upper == name for upper, _ in ends)
    above = sum(lower == name for _, lower in ends)
    return (max(below, above) - 1) * PORT_GAP + 24 if name != NEW else 0


def _label_gaps(
    ranks: Mapping[str, int],
    ends: list[tuple[str, str]],
    back: list[bool],
    labels: Sequence[tuple[float, float]],
    width: float,
) -> list[int]:
    """Choose for every label below which row of states it stands: near where the arrow starts."""
    filled: dict[int, float] = defaultdict(float)
    for upper, lower in ends:
        for rank in range(ranks[upper], ranks[lower]):
            filled[rank] += BEND_GAP
    chosen = [0] * len(ends)
    length = [ranks[lower] - ranks[upper] for upper, lower in ends]
    for number in sorted(range(len(ends)), key=lambda number: length[number]):
        upper, lower = ends[number]
        gaps = list(range(ranks[upper], ranks[lower]))
        if back[number]:
            gaps.reverse()
        need = labels[number][0] + LABEL_GAP
        over = [max(0.0, filled[rank] + need - width * 0.8) for rank in gaps]
        best = gaps[over.index(min(over))]
        filled[best] += need
        chosen[number] = best
    return chosen


def _chain(
    arrow: Arrow,
    boxes: Mapping[str, Node],
    ends: tuple[str, str],
    ranks: Mapping[str, int],
    label_gap: int,
    size: tuple[float, float],
    *,
    is_back: bool,
) -> Chain:
    upper, lower = ends
    name = f"{arrow.source}>{arrow.target}"
    nodes = [boxes[upper]]
    for row in range(2 * ranks[upper] + 1, 2 * ranks[lower]):
        if row == 2 * label_gap + 1:
            node = Node(Kind.LABEL, name, size[0] + 8, size[1], row)
        else:
            node = Node(Kind.BEND, name, 2, 0, row)
        nodes.append(node)
    nodes.append(boxes[lower])
    for first, second in pairwise(nodes):
        first.below.append(second)
        second.above.append(first)
    return Chain(arrow, nodes, is_back)


def _all_nodes(boxes: Mapping[str, Node], chains: Sequence[Chain]) -> list[Node]:
    return [*boxes.values(), *(node for chain in chains for node in chain.nodes[1:-1])]


def _ordered(boxes: Mapping[str, Node], chains: Sequence[Chain]) -> list[list[Node]]:
    """Put each row in an order that makes few arrows cross."""
    nodes = _all_nodes(boxes, chains)
    place = {id(node): number for number, node in enumerate(nodes)}
    edges = [(place[id(a)], place[id(b)]) for chain in chains for a, b in pairwise(chain.nodes)]
    graph = igraph.Graph(n=len(nodes), edges=edges, directed=True)
    layout = graph.layout_sugiyama(layers=[node.row for node in nodes], maxiter=400)
    rows: list[list[tuple[float, int]]] = [[] for _ in range(max(node.row for node in nodes) + 1)]
    for number, node in enumerate(nodes):
        rows[node.row].append((layout.coords[number][0], number))
    ordered = [[nodes[number] for _, number in sorted(row)] for row in rows]
    return _with_fewer_crossings([row for row in ordered if row])


def _with_fewer_crossings(rows: list[list[Node]]) -> list[list[Node]]:
    """Move single nodes within their rows as long as that saves crossings."""
    for number, row in enumerate(rows):
        for node in row:
            node.row = number
    for _ in range(12):
        place = {id(node): number for row in rows for number, node in enumerate(row)}
        moved = [_sifted(row, place) for row in rows]
        if not any(moved):
            break
    return rows


def _sifted(row: list[Node], place: dict[int, int]) -> bool:
    """Put each node of a row where it crosses least; tell whether anything moved."""
    if len(row) < 2:
        return False
    ups = {id(node): sorted(place[id(other)] for other in node.above) for node in row}
    downs = {id(node): sorted(place[id(other)] for other in node.below) for node in row}

    def cost(left: Node, right: Node) -> int:
        return _crossings(ups[id(left)], ups[id(right)]) + _crossings(
            downs[id(left)], downs[id(right)]
        )

    moved = False
    for node in list(row):
        at = row.index(node)
        best, best_at, change = 0, at, 0
        for other_at in range(at - 1, -1, -1):
            change += cost(node, row[other_at]) - cost(row[other_at], node)
            if change < best:
                best, best_at = change, other_at
        change = 0
        for other_at in range(at + 1, len(row)):
            change += cost(row[other_at], node) - cost(node, row[other_at])
            if change < best:
                best, best_at = change, other_at
        if best_at != at:
            row.pop(at)
            row.insert(best_at, node)
            moved = True
    for number, node in enumerate(row):
        place[id(node)] = number
    return moved


def _crossings(left: list[int], right: list[int]) -> int:
    return sum(a > b for a in left for b in right)


def _with_wide_rows_split(
    rows: list[list[Node]], boxes: Mapping[str, Node], chains: Sequence[Chain], width: float
) -> list[list[Node]]:
    """Set the labels of too full a row in two or more rows, by turns."""
    shift = 0
    parts: dict[int, int] = {}
    for number, row in enumerate(rows):
        labels = sum(node.width + LABEL_GAP for node in row if node.kind is Kind.LABEL)
        bends = sum(BEND_GAP + 4 for node in row if node.kind is Kind.BEND)
        if any(node.kind is Kind.BOX for node in row) or row_width(row) <= width:
            parts[number] = 1
            continue
        parts[number] = 2
        while labels / parts[number] + bends > width * 0.92 and parts[number] < 5:
            parts[number] += 1
    if all(count == 1 for count in parts.values()):
        return rows
    first: dict[int, int] = {}
    for number in range(len(rows)):
        first[number] = number + shift
        shift += parts[number] - 1
    turn = {
        id(node): at % parts[number]
        for number, row in enumerate(rows)
        for at, node in enumerate(node for node in row if node.kind is Kind.LABEL)
    }
    for node in _all_nodes(boxes, chains):
        node.above, node.below = [], []
    for chain in chains:
        nodes: list[Node] = []
        for node in chain.nodes:
            if node.kind is Kind.BOX:
                nodes.append(node)
                continue
            number = node.row
            for part in range(parts[number]):
                if node.kind is Kind.LABEL and part == turn[id(node)]:
                    placed = node
                else:
                    placed = Node(Kind.BEND, node.name, 2, 0)
                placed.row = first[number] + part
                nodes.append(placed)
        chain.nodes = nodes
    for node in boxes.values():
        node.row = first[node.row]
    for chain in chains:
        for a, b in pairwise(chain.nodes):
            a.below.append(b)
            b.above.append(a)
    return _ordered(boxes, chains)
