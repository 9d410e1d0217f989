"""How far right everything stands: rows keep their order and gaps, arrows become straight."""

from collections.abc import Sequence
from itertools import pairwise

from huiyin.procedures.drawing.nodes import Chain, Kind, Node, gap

PULL = {  # how strongly a link wants to be upright
    (Kind.BEND, Kind.BEND): 8.0,
    (Kind.BEND, Kind.LABEL): 6.0,
    (Kind.BEND, Kind.BOX): 2.0,
    (Kind.BOX, Kind.LABEL): 2.0,
    (Kind.LABEL, Kind.LABEL): 6.0,
    (Kind.BOX, Kind.BOX): 2.0,
}
SWEEPS = 30
FINE_SWEEPS = 14


def pull(one: Node, other: Node) -> float:
    """Return how strongly the link of two nodes wants to be upright."""
    first, second = sorted((one.kind, other.kind))
    return PULL[first, second]


def place(rows: Sequence[list[Node]], chains: Sequence[Chain], width: float) -> None:
    """Give every node its `x`, from 0 to `width` where that suffices."""
    for row in rows:
        at = 0.0
        for node, following in zip(row, [*row[1:], None], strict=True):
            node.x = at + node.width / 2
            at += node.width + (gap(node, following) if following else 0)
        shift = max(0.0, (width - at) / 2)
        for node in row:
            node.x += shift
    for sweep in range(SWEEPS):
        down, both = sweep % 2 == 0, sweep > SWEEPS * 0.6
        for row in rows if down else reversed(rows):
            _move_row(row, width, up=down or both, below=both or not down)
    for sweep in range(FINE_SWEEPS):
        for row in rows if sweep % 2 == 0 else reversed(rows):
            _move_row(row, width, up=True, below=True, fine=True)
    _straighten(chains, rows, width)
    left = min(node.left for row in rows for node in row)
    for row in rows:
        for node in row:
            node.x = node.x - left


def _move_row(row: list[Node], width: float, *, up: bool, below: bool, fine: bool = False) -> None:
    """Move the nodes of one row towards their neighbours. `fine`: make as many as can be upright.

    The order and the gaps are kept: with the gaps taken off, the places must not fall, and the
    nearest row of that kind to the wished places is found by pooling neighbours that conflict.
    """
    offsets = [0.0]
    for one, other in pairwise(row):
        offsets.append(offsets[-1] + (one.width + other.width) / 2 + gap(one, other))
    pools: list[tuple[list[tuple[float, float]], int]] = []  # wishes with weight; members
    for node, offset in zip(row, offsets, strict=True):
        wishes = [
            (_upright(node, other, fine=fine) - offset, pull(node, other))
            for other in (*(node.above if up else ()), *(node.below if below else ()))
        ] or [(node.x - offset, 0.01)]
        pool = (wishes, 1)
        while pools and _middle(pools[-1][0], fine=fine) > _middle(pool[0], fine=fine):
            previous = pools.pop()
            pool = (previous[0] + pool[0], previous[1] + pool[1])
        pools.append(pool)
    low = row[0].width / 2
    high = max(low, width - row[-1].width / 2 - offsets[-1])
    at = 0
    for wishes, count in pools:
        middle = min(max(_middle(wishes, fine=fine), low), high)
        for _ in range(count):
            row[at].x = middle + offsets[at]
            at += 1


def _upright(node: Node, other: Node, *, fine: bool) -> float:
    """Return where a node would stand for an upright link to another one."""
    reach = _reach(node, other) + _reach(other, node) if fine else 0.0
    return min(max(node.x, other.x - reach), other.x + reach)


def _reach(node: Node, other: Node) -> float:
    """Return how far from its middle a box can take a link, where several links share an edge."""
    if node.kind is not Kind.BOX:
        return 0.0
    links = node.above if other.row < node.row else node.below
    return max(0.0, node.width / 2 - 13) if len(links) > 1 else 0.0


def _straighten(chains: Sequence[Chain], rows: Sequence[list[Node]], width: float) -> None:
    """Shift whole upright pieces of arrows where that takes a turn away."""
    for _ in range(6):
        moved = False
        for chain in chains:
            for run in _runs(chain):
                moved = _shifted(run, chain, rows, width) or moved
        if not moved:
            return


def _runs(chain: Chain) -> list[list[int]]:
    """Return the pieces of a chain that are upright, as numbers of its nodes without boxes."""
    runs: list[list[int]] = []
    for number, node in enumerate(chain.nodes[1:-1], start=1):
        if runs and abs(chain.nodes[runs[-1][-1]].x - node.x) < 0.5:
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs


def _shifted(run: list[int], chain: Chain, rows: Sequence[list[Node]], width: float) -> bool:
    nodes = [chain.nodes[number] for number in run]
    x = nodes[0].x
    low, high = 0.0, width
    for node in nodes:
        row = rows[node.row]
        at = row.index(node)
        half = node.width / 2
        before = row[at - 1].right + gap(row[at - 1], node) if at else 0.0
        after = row[at + 1].left - gap(node, row[at + 1]) if at + 1 < len(row) else width
        low, high = max(low, before + half), min(high, after - half)
    ends = (
        (nodes[0], chain.nodes[run[0] - 1]),
        (nodes[-1], chain.nodes[run[-1] + 1]),
    )
    turns = sum(_turns(node, other, x) for node, other in ends)
    for node, other in ends:
        wished = _upright(node, other, fine=True)
        if abs(wished - x) < 0.5 or not low <= wished <= high:
            continue
        if sum(_turns(node, other, wished) for node, other in ends) < turns:
            for moving in nodes:
                moving.x = wished
            return True
    return False


def _turns(node: Node, other: Node, x: float) -> bool:
    reach = _reach(other, node)
    return abs(other.x - x) > reach + 0.5


def _middle(wishes: list[tuple[float, float]], *, fine: bool) -> float:
    total = sum(weight for _, weight in wishes)
    if not fine:
        return sum(value * weight for value, weight in wishes) / total
    passed = 0.0
    for value, weight in sorted(wishes):
        passed += weight
        if passed >= total / 2:
            return value
    return wishes[-1][0]
