"""How arrows run from row to row: where they leave and reach boxes, on which track they turn."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from huiyin.procedures.drawing.nodes import Chain, Kind, Node, Rows

TRACK = 11.0  # between two arrows that run side by side
PORT = 14.0
EDGE_OF_BOX = 12.0  # no arrow nearer to the corner of a box
LABEL_REACH = 12.0
CLEAR = 7.0  # two upright pieces this near would look like one
ROOM = {  # free above and below the tracks between two rows
    "box": 17.0,
    "label": 7.0,
}

Point = tuple[float, float]


@dataclass(slots=True, eq=False)
class Link:
    """The piece of an arrow between two rows that follow each other."""

    upper: Node
    lower: Node
    top: float = 0.0  # x where it leaves the upper row
    bottom: float = 0.0
    level: int = 0  # its track

    @property
    def is_upright(self) -> bool:
        """Whether it needs no turn."""
        return abs(self.top - self.bottom) < 0.5

    @property
    def low(self) -> float:
        """Its leftmost x."""
        return min(self.top, self.bottom)

    @property
    def high(self) -> float:
        """Its rightmost x."""
        return max(self.top, self.bottom)


@dataclass(frozen=True, slots=True)
class Route:
    """An arrow as the corners it goes through, from its source to its target."""

    chain: Chain
    pieces: tuple[tuple[Point, ...], ...]  # broken where its label stands


def routed(rows: Rows, top: float) -> tuple[list[Route], float]:
    """Give every node its `y`; return the routes of all arrows and where the picture ends."""
    links = {
        id(chain): [Link(a, b, a.x, b.x) for a, b in pairwise(chain.nodes)] for chain in rows.chains
    }
    by_row: list[list[Link]] = [[] for _ in rows.rows]
    for chain in rows.chains:
        for link in links[id(chain)]:
            by_row[link.upper.row].append(link)
    _spread_ports(rows, links)
    for chain in rows.chains:
        _meet_label(links[id(chain)])
    tracks_from: list[float] = []
    y = top
    bottoms: list[float] = []
    tops: list[float] = []
    for number, row in enumerate(rows.rows):
        height = max(node.height for node in row)
        for node in row:
            node.y = y + (height - node.height) / 2
        tops.append(y)
        bottoms.append(y + height)
        levels = _levelled(by_row[number])
        before = _room(row)
        after = _room(rows.rows[number + 1]) if number + 1 < len(rows.rows) else 0
        tracks_from.append(y + height + before)
        y += height + before + max(0, levels - 1) * TRACK + after
    routes = [Route(chain, _pieces(chain, links[id(chain)], tracks_from)) for chain in rows.chains]
    return routes, bottoms[-1]


def _room(row: Sequence[Node]) -> float:
    return ROOM["box"] if any(node.kind is Kind.BOX for node in row) else ROOM["label"]


def _spread_ports(rows: Rows, links: dict[int, list[Link]]) -> None:
    """Let the arrows of a box leave side by side, each as near as can be to where it goes."""
    leaving: dict[int, list[Link]] = {}
    reaching: dict[int, list[Link]] = {}
    for chain in rows.chains:
        own = links[id(chain)]
        leaving.setdefault(id(own[0].upper), []).append(own[0])
        reaching.setdefault(id(own[-1].lower), []).append(own[-1])
    order = {id(node): number for row in rows.rows for number, node in enumerate(row)}
    for node in rows.boxes.values():
        below = sorted(leaving.get(id(node), []), key=lambda link: order[id(link.lower)])
        for link, x in zip(below, _ports(node, [link.lower.x for link in below]), strict=True):
            link.top = x
        above = sorted(reaching.get(id(node), []), key=lambda link: order[id(link.upper)])
        for link, x in zip(above, _ports(node, [link.upper.x for link in above]), strict=True):
            link.bottom = x


def _meet_label(links: list[Link]) -> None:
    """Let an arrow run into its label a little beside the middle where that saves a turn."""
    for link in links:
        reach = min(LABEL_REACH, link.lower.width / 4)
        if link.lower.kind is Kind.LABEL and abs(link.top - link.bottom) <= reach:
            link.bottom = link.top
        reach = min(LABEL_REACH, link.upper.width / 4)
        if link.upper.kind is Kind.LABEL and abs(link.top - link.bottom) <= reach:
            link.top = link.bottom


def _ports(node: Node, wished: list[float]) -> list[float]:
    """Return the places on the edge of a box that are nearest to those wished, kept apart."""
    if not wished:
        return []
    edge = max(0.0, min(EDGE_OF_BOX, (node.width - PORT * (len(wished) - 1)) / 2))
    low, high = node.left + edge, node.right - edge
    apart = min(PORT, (high - low) / (len(wished) - 1)) if len(wished) > 1 else PORT
    clamped = [min(max(x, low), high) - number * apart for number, x in enumerate(wished)]
    pools: list[tuple[float, int]] = []
    for x in clamped:
        pool = (x, 1)
        while pools and pools[-1][0] > pool[0]:
            mean, count = pools.pop()
            pool = ((mean * count + pool[0] * pool[1]) / (count + pool[1]), count + pool[1])
        pools.append(pool)
    flat = [mean for mean, count in pools for _ in range(count)]
    last = high - apart * (len(wished) - 1)
    return [min(max(x, low), last) + number * apart for number, x in enumerate(flat)]


def _levelled(links: list[Link]) -> int:
    """Give each link that turns a track so that few cross; return how many tracks there are."""
    turning = sorted((link for link in links if not link.is_upright), key=_start_order)
    cost = {
        (id(a), id(b)): _cost(a, b) for a in turning for b in turning if a is not b
    }  # a above b
    improved = True
    rounds = 0
    while improved and rounds < 40:
        improved, rounds = False, rounds + 1
        for link in list(turning):
            at = turning.index(link)
            best, best_at, change = 0.0, at, 0.0
            for other_at in range(at - 1, -1, -1):
                other = turning[other_at]
                change += cost[id(link), id(other)] - cost[id(other), id(link)]
                if change < best:
                    best, best_at = change, other_at
            change = 0.0
            for other_at in range(at + 1, len(turning)):
                other = turning[other_at]
                change += cost[id(other), id(link)] - cost[id(link), id(other)]
                if change < best:
                    best, best_at = change, other_at
            if best_at != at:
                turning.pop(at)
                turning.insert(best_at, link)
                improved = True
    for number, link in enumerate(turning):
        link.level = max(
            (other.level + 1 for other in turning[:number] if _side_by_side(link, other)),
            default=0,
        )
    return max((link.level + 1 for link in turning), default=0)


def _start_order(link: Link) -> tuple[bool, float]:
    goes_right = link.bottom > link.top
    return goes_right, -link.top if goes_right else link.top


def _cost(upper: Link, lower: Link) -> float:
    """What it costs when one link turns above another: crossings, pieces that would cover."""
    cost = 0.0
    cost += upper.low < lower.top < upper.high
    cost += lower.low < upper.bottom < lower.high
    if abs(lower.top - upper.bottom) < CLEAR:
        cost += 20
    return cost


def _side_by_side(one: Link, other: Link) -> bool:
    return one.low - CLEAR * 2 < other.high and other.low - CLEAR * 2 < one.high


def _pieces(
    chain: Chain, links: list[Link], tracks_from: Sequence[float]
) -> tuple[tuple[Point, ...], ...]:
    pieces: list[list[Point]] = [[]]
    for link in links:
        upper, lower = link.upper, link.lower
        turn = tracks_from[upper.row] + link.level * TRACK
        if upper.kind is Kind.LABEL:
            pieces.append([])
        start = upper.y + upper.height if upper.kind is not Kind.BEND else upper.y
        end = lower.y
        points = [(link.top, start)]
        if not link.is_upright:
            points += [(link.top, turn), (link.bottom, turn)]
        points.append((link.bottom, end))
        pieces[-1] += points
    tidy = [_without_doubles(piece) for piece in pieces]
    if chain.is_back:
        tidy = [tuple(reversed(piece)) for piece in reversed(tidy)]
    return tuple(tidy)


def _without_doubles(points: list[Point]) -> tuple[Point, ...]:
    """Leave out points that lie on the straight line between their neighbours."""
    kept: list[Point] = []
    for point in points:
        if kept and abs(kept[-1][0] - point[0]) < 0.5 and abs(kept[-1][1] - point[1]) < 0.5:
            continue
        if len(kept) > 1 and (
            abs(kept[-2][0] - kept[-1][0]) < 0.5 and abs(kept[-1][0] - point[0]) < 0.5
        ):
            kept.pop()
        kept.append(point)
    return tuple(kept)
