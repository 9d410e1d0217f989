"""The picture at page width: states in rows, arrows between them, the list beside or below."""

from dataclasses import dataclass

from huiyin.procedures.drawing.blocks import box_size, label_block
from huiyin.procedures.drawing.chart import Item
from huiyin.procedures.drawing.frame import ITEM_GAP, Frame, end_of
from huiyin.procedures.drawing.nodes import Rows
from huiyin.procedures.drawing.placed import Picture, PlacedArrow, PlacedBox, PlacedItem, Rect
from huiyin.procedures.drawing.places import place
from huiyin.procedures.drawing.routes import Route, routed
from huiyin.procedures.drawing.rows import arranged

LIST_GAP = 40.0
LEAST_WIDTH = 620.0  # so that the legend has room


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to arrange the picture: its rows, their width, whether the list stands beside."""

    rows: Rows
    natural: float
    is_beside: bool


class Page(Frame):
    """A picture with arrows."""

    def picture(self) -> Picture:
        """Put everything in its place."""
        items = self.entries()
        room = self.width - 2 * self.margin
        beside = self.item_width + LIST_GAP if items else 0.0
        way = self._better_way(room, beside, items)
        taken = way.natural + (beside if way.is_beside else 0)
        width = max(taken, min(room, LEAST_WIDTH))
        top = self.legend(
            self.margin, width, has_back=any(chain.is_back for chain in way.rows.chains)
        )
        routes, bottom = routed(way.rows, top)
        left = self.margin + (width - taken) / 2
        placed: list[PlacedItem] = []
        end = bottom
        if items and way.is_beside:
            placed, end = self._list_beside(items, left + way.natural + LIST_GAP, top)
        elif items:
            placed, end = self._list_below(items, bottom + LIST_GAP, width)
        return Picture(
            chart=self.content,
            width=round(width + 2 * self.margin),
            height=round(max(bottom, end) + self.margin),
            boxes=tuple(self._placed(name, left, way.rows) for name in self.in_rows),
            arrows=tuple(self._arrow(route, left) for route in routes),
            items=tuple(placed),
            texts=tuple(self.texts),
            swatches=tuple(self.swatches),
        )

    def _better_way(self, room: float, beside: float, items: list[Item]) -> _Way:
        """Choose the lower picture: wide with the list below, or narrow with it beside."""
        rows = self._rows(room)
        natural = _right(rows)
        if room - natural >= beside:
            return _Way(rows, natural, is_beside=True)
        below = _Way(rows, natural, is_beside=False)
        narrow = self._rows(room - beside)
        if room - _right(narrow) < beside:
            return below
        area = sum(len(item.lines) * 30 + 50 for item in items) * ITEM_GAP  # about
        added = LIST_GAP + area / (room / self.item_width) / ITEM_GAP
        if routed(narrow, 0)[1] <= routed(rows, 0)[1] + added:
            return _Way(narrow, _right(narrow), is_beside=True)
        return below

    def _rows(self, room: float) -> Rows:
        boxes = self.content.boxes
        sizes = {name: box_size(boxes[name], self.inner[name]) for name in self.in_rows}
        blocks = [label_block(arrow.lines, self.language) for arrow in self.content.arrows]
        labels = [(found.width, found.height) for found in blocks]
        rows = arranged(sizes, self.content.arrows, labels, self._below(), room)
        place(rows.rows, rows.chains, room)
        return rows

    def _below(self) -> list[tuple[str, str]]:
        """Groups stand below their states, except those that lead back."""
        number = {name: place for place, name in enumerate(self.content.boxes)}
        return [
            (name, group)
            for group, names in self.content.groups.items()
            for name in names
            if number[name] < number[group] and name in self.in_rows
        ]

    def _placed(self, name: str, left: float, rows: Rows) -> PlacedBox:
        node = rows.boxes[name]
        rect = Rect(left + node.left, node.y, node.width, node.height)
        return PlacedBox(self.content.boxes[name], rect, self.inner[name], name == self.here)

    def _arrow(self, route: Route, left: float) -> PlacedArrow:
        chain, groups = route.chain, self.content.groups
        node = chain.label
        inner = label_block(chain.arrow.lines, self.language)
        return PlacedArrow(
            arrow=chain.arrow,
            pieces=tuple(tuple((left + x, y) for x, y in piece) for piece in route.pieces),
            rect=Rect(left + node.left, node.y, node.width, node.height),
            inner=inner,
            is_back=chain.is_back,
            is_next=bool(self.here)
            and self.here in (chain.arrow.source, *groups.get(chain.arrow.source, ())),
        )

    def _list_beside(self, items: list[Item], x: float, y: float) -> tuple[list[PlacedItem], float]:
        y = self.list_title(x, y)
        placed = []
        for item in items:
            placed.append(self.entry(item, x, y))
            y = end_of(placed[-1]) + ITEM_GAP
        return placed, y - ITEM_GAP

    def _list_below(
        self, items: list[Item], y: float, width: float
    ) -> tuple[list[PlacedItem], float]:
        y = self.list_title(self.margin, y)
        count = max(1, int((width + ITEM_GAP) // (self.item_width + ITEM_GAP)))
        ends = [y] * min(count, len(items))
        placed = []
        for item in items:
            column = min(range(len(ends)), key=lambda number: (ends[number], number))
            x = self.margin + column * (self.item_width + ITEM_GAP)
            placed.append(self.entry(item, x, ends[column]))
            ends[column] = end_of(placed[-1]) + ITEM_GAP
        return placed, max(ends) - ITEM_GAP


def _right(rows: Rows) -> float:
    return max(node.right for row in rows.rows for node in row)
