"""Which row everything stands in and in what order: the layered layout of a chart.

States stand in even rows, the labels of arrows between them in odd ones; an arrow that passes a
row bends there.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise

from huiyin.procedures.drawing.chart import Arrow
from huiyin.procedures.drawing.crossings import ordered
from huiyin.procedures.drawing.nodes import (
    BEND_GAP,
    BOX_GAP,
    LABEL_GAP,
    Chain,
    Kind,
    Node,
    Rows,
    row_width,
)
from huiyin.procedures.language import NEW

PORT_GAP = 16.0


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
    rows = ordered(_all_nodes(boxes, chains))
    rows = _with_wide_rows_split(rows, boxes, chains, width)
    return Rows(rows, chains, boxes)


def _back_arrows(names: list[str], pairs: Sequence[tuple[str, str]]) -> list[bool]:
    """Tell which arrows go back: those of a circle that lead to what the file names earlier."""
    place = {name: number for number, name in enumerate(names)}
    leads = {name: [lower for upper, lower in pairs if upper == name] for name in names}
    reached = {name: _reached(name, leads) for name in names}
    return [place[source] > place[target] and source in reached[target] for source, target in pairs]


def _reached(start: str, leads: Mapping[str, list[str]]) -> set[str]:
    found: set[str] = set()
    left = list(leads[start])
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += leads[name]
    return found


def _ranks(names: list[str], order: list[tuple[str, str]]) -> dict[str, int]:
    """Give every state the row that keeps the arrows short."""
    ranks = _pushed(dict.fromkeys(names, 0), order)
    above = {name: [upper for upper, lower in order if lower == name] for name in names}
    below = {name: [lower for upper, lower in order if upper == name] for name in names}
    for _ in range(len(names)):
        before = dict(ranks)
        # Down first, where nothing becomes longer, so that what begins late stands near its goal;
        # then up again, so that everything else stands near where it comes from.
        for name in sorted(names, key=lambda name: -ranks[name]):
            if name != NEW and below[name] and len(below[name]) >= len(above[name]):
                ranks[name] = min(ranks[other] for other in below[name]) - 1
        for name in sorted(names, key=lambda name: ranks[name]):
            if name != NEW and above[name] and len(above[name]) >= len(below[name]):
                ranks[name] = max(ranks[other] for other in above[name]) + 1
        if ranks == before:
            break
    if NEW in ranks:
        ranks[NEW] = min(ranks.values())
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
    return ordered(_all_nodes(boxes, chains))
