"""The order within each row, so that few arrows cross."""

from bisect import bisect_right, insort
from collections.abc import Sequence

from huiyin.procedures.drawing.nodes import Node

SWEEPS = 16


def ordered(nodes: Sequence[Node]) -> list[list[Node]]:
    """Put each row in an order that makes few arrows cross: the best of several beginnings."""
    count = max(node.row for node in nodes) + 1
    best: list[list[Node]] = []
    least = -1
    for begin in (_by_depth(nodes, back=False), _by_depth(nodes, back=True), nodes):
        rows: list[list[Node]] = [[] for _ in range(count)]
        for node in begin:
            rows[node.row].append(node)
        rows = _sifted_rows(_swept([row for row in rows if row]))
        crossings = _all_crossings(rows)
        if least < 0 or crossings < least:
            least, best = crossings, [list(row) for row in rows]
    return best


def _by_depth(nodes: Sequence[Node], *, back: bool) -> list[Node]:
    """Return the nodes in the order in which one comes to them, each branch to its end."""
    seen: dict[int, Node] = {}
    left = [node for node in reversed(nodes) if not node.above]
    while left:
        node = left.pop()
        if id(node) in seen:
            continue
        seen[id(node)] = node
        left += node.below if back else reversed(node.below)
    return [*seen.values(), *(node for node in nodes if id(node) not in seen)]


def _swept(rows: list[list[Node]]) -> list[list[Node]]:
    """Sort each row by the middle of its neighbours, downwards and upwards by turns."""
    place = {id(node): number for row in rows for number, node in enumerate(row)}
    least, best = _all_crossings(rows), [list(row) for row in rows]
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        for row in rows[1:] if down else reversed(rows[:-1]):
            middle = {}
            for node in row:
                others = [place[id(other)] for other in (node.above if down else node.below)]
                middle[id(node)] = sum(others) / len(others) if others else place[id(node)]
            row.sort(key=lambda node: middle[id(node)])
            place |= {id(node): number for number, node in enumerate(row)}
        crossings = _all_crossings(rows)
        if crossings < least:
            least, best = crossings, [list(row) for row in rows]
    return best


def _all_crossings(rows: list[list[Node]]) -> int:
    place = {id(node): number for row in rows for number, node in enumerate(row)}
    total = 0
    for row in rows:
        passed: list[int] = []
        for node in row:
            ends = sorted(place[id(other)] for other in node.below)
            total += sum(len(passed) - bisect_right(passed, end) for end in ends)
            for end in ends:
                insort(passed, end)
    return total


def _sifted_rows(rows: list[list[Node]]) -> list[list[Node]]:
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
