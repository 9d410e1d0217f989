"""The search: breadth first over everything that can happen, with the shortest way to each."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from huiyin.procedures.checking.branches import Test
from huiyin.procedures.checking.graph import Arrow, Graph, Place, Tests

Packed = tuple[int, int, tuple[Test, ...], int, int, bool, str, Arrow]


@dataclass(slots=True)
class Seen:
    """What was seen once and where for the first time."""

    code: str
    subject: str
    state: str
    index: int
    step: str = ""  # the act itself, where the finding is about one
    states: list[str] = field(default_factory=list)


class Search:
    """Every configuration of a procedure that can be reached, up to a bound.

    A configuration is known by its number in the order of discovery; `numbers` holds the bits.
    """

    def __init__(self, graph: Graph, *, bound: int, stop_at_first: bool = False) -> None:
        """Begin with the run that is not open yet."""
        self.graph = graph
        self.bound = bound
        self.complete = True
        self.numbers = [graph.layout.start()]
        self.parents = [-1]
        self.labels = [""]
        self.edges: list[list[int]] = []
        self.person_edges: list[list[int]] = []
        self.taken: set[str] = set()
        self.effects: dict[str, int] = {}  # action → the bits of clocks that it met and acts on
        self.seen: dict[tuple[str, str], Seen] = {}
        self._stop = stop_at_first
        self._index = {self.numbers[0]: 0}

    def run(self) -> None:
        """Search until nothing is new, the bound is reached or something is found."""
        numbers, places, index_of = self.numbers, self.graph.places, self._index
        taken, mask = self.taken, self.graph.layout.state.mask
        packed = [[_packed(arrow) for arrow in place.arrows] for place in places]
        at = 0
        while at < len(numbers):
            if len(numbers) > self.bound:
                self.complete = False
                return
            number = numbers[at]
            place = places[number & mask]
            if at:
                self._judge(at, number, place)
            free: list[int] = []
            by_person: list[int] = []
            self.edges.append(free)
            self.person_edges.append(by_person)
            for eqmask, value, more, keep, put, is_plain, name, arrow in packed[number & mask]:
                if number & eqmask != value or (more and not _pass(number, more)):
                    continue
                edges = by_person if arrow.by_person else free
                if not is_plain:
                    self._follow(at, number, place, arrow, edges)
                    continue
                new = number & keep | put
                taken.add(name)
                if new != number:
                    index = index_of.get(new)
                    edges.append(self._discover(new, at, arrow.label) if index is None else index)
            for happening in place.happenings:
                if not number & happening.when:
                    continue
                now = number & happening.keep | happening.put
                possible = False
                for arrow in happening.arrows:
                    if passes(now, arrow.tests):
                        possible = True
                        self.taken.add(happening.action)
                        self._follow(at, now, place, arrow, free)
                if not possible:
                    self._note(happening.code, f"{happening.subject} {happening.action}", place, at)
            if self._stop and self.seen:
                self.complete = False
                return
            at += 1

    def _discover(self, number: int, parent: int, label: str) -> int:
        index = self._index[number] = len(self.numbers)
        self.numbers.append(number)
        self.parents.append(parent)
        self.labels.append(label)
        return index

    def _follow(self, at: int, number: int, place: Place, arrow: Arrow, edges: list[int]) -> None:
        """Take an arrow; note what it meets on the way."""
        slow = arrow.slow
        if slow is None:
            new = number & arrow.keep | arrow.put
        else:
            whole = slow.after(number)
            for subject, bits, good in slow.watches:
                if whole & bits not in good:
                    self._note("term_unset", subject, place, at, arrow.label)
            new = whole & slow.live
        index = self._index.get(new)
        edges.append(self._discover(new, at, arrow.label) if index is None else index)
        move = arrow.move
        if move is None:
            return
        name = move.branch.action.name
        self.taken.add(name)
        if arrow.cares and number & arrow.cares:
            self.effects[name] = self.effects.get(name, 0) | number & move.acts_on
            if number & move.starts:
                self._note_clocks("clock_restarted", arrow, number & move.starts, place, at)
            if number & move.rests_already:
                bits = number & move.rests_already
                self._note_clocks("clock_paused_twice", arrow, bits, place, at)
            if number & move.runs_already:
                self._note_clocks("clock_not_paused", arrow, number & move.runs_already, place, at)

    # --- what every configuration is asked ------------------------------------------------------

    def _judge(self, at: int, number: int, place: Place) -> None:
        for name, bits in place.running:
            if not number & bits:
                self._note("clock_missing", name, place, at)
        if number & place.stray:
            for name, clock in self.graph.layout.clocks.items():
                if number & place.stray & clock.all:
                    code = "clock_at_end" if place.state.end else "clock_stray"
                    self._note(code, name, place, at)
        state = place.state
        layout = self.graph.layout
        if state.done and self.graph.tells_result and not number & layout.result:
            self._note("result_missing", state.name, place, at)
        if state.end:
            for name, child in layout.children.items():
                if number & child.open and name in self.graph.awaited:
                    self._note("child_open_at_end", name, place, at)
            return
        if state.waits_for and state.waits_for in layout.children:
            if number & place.waits:
                return
            if not number & layout.children[state.waits_for].done:
                self._note("child_not_open", state.waits_for, place, at)
                return
        if place.able is None or number & place.busy:
            return
        for tests in place.able:
            if passes(number, tests):
                return
        self._note("owner_idle", state.name, place, at)

    def _note(self, code: str, subject: str, place: Place, at: int, step: str = "") -> None:
        seen = self.seen.get((code, subject))
        if seen is None:
            self.seen[(code, subject)] = Seen(code, subject, place.state.name, at, step)
        elif place.state.name != seen.state and place.state.name not in seen.states:
            seen.states.append(place.state.name)

    def _note_clocks(self, code: str, arrow: Arrow, bits: int, place: Place, at: int) -> None:
        for name, clock in self.graph.layout.clocks.items():
            if bits & clock.all and arrow.move:
                action = arrow.move.branch.action.name
                self._note(code, f"{action} {name}", place, at, arrow.label)

    # --- ways ------------------------------------------------------------------------------------

    def path(self, at: int) -> tuple[str, ...]:
        """Return the shortest way to a configuration, act by act."""
        steps = []
        while at > 0:
            steps.append(self.labels[at])
            at = self.parents[at]
        return tuple(reversed(steps))

    def where(self, state: int) -> Iterator[int]:
        """Yield the configurations in a state."""
        mask = self.graph.layout.state.mask
        return (at for at, number in enumerate(self.numbers) if number & mask == state)


def _packed(arrow: Arrow) -> Packed:
    """Return an arrow as a tuple, which is the quickest to look at."""
    name = arrow.move.branch.action.name if arrow.move else ""
    return (*arrow.tests, arrow.keep, arrow.put, not (arrow.slow or arrow.cares), name, arrow)


def passes(number: int, tests: Tests) -> bool:
    """Tell whether a run meets tests."""
    mask, value, more = tests
    return number & mask == value and (not more or _pass(number, more))


def _pass(number: int, more: tuple[Test, ...]) -> bool:
    for mask, good in more:  # noqa: SIM110 a generator is twice as slow here
        if number & mask not in good:
            return False
    return True
