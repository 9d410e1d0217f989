"""Branches as arithmetic: what an action does to the number that stands for a run."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from huiyin.procedures.checking.branches import Branch, Test
from huiyin.procedures.checking.layout import CountBits, Layout
from huiyin.procedures.language import NEW, PREVIOUS

# An action and the clock it starts: the bits of a fact, and their values if it is known
Watch = tuple[str, int, frozenset[int]]


@dataclass(slots=True)
class Move:
    """One branch from one state: bits are kept, clocks rest and go on, bits are put."""

    branch: Branch
    source: int
    target: int
    tests: tuple[Test, ...]
    keep: int
    put: int
    rest: int = 0  # clocks that rest if they run: their bits `runs`
    rest_late: int = 0  # … if they run overdue: their bits `over`
    resume: int = 0  # their bits `rests`
    bump: CountBits | None = None
    steps: tuple[tuple[int, dict[int, int]], ...] = ()  # facts to their next option
    copies: tuple[tuple[int, int], ...] = ()  # roles given to whoever holds another one
    watches: tuple[Watch, ...] = ()
    starts: int = 0  # what must not be there already: clocks it starts, while they are alive
    rests_already: int = 0  # … clocks it lets rest, while they rest
    runs_already: int = 0  # … clocks it resumes, while they run
    acts_on: int = 0  # the clocks it ends, rests or resumes, where that has an effect
    live: int = -1  # what can still make a difference afterwards

    @property
    def is_plain(self) -> bool:
        """Whether keeping and putting bits is all there is to it."""
        return not (self.rest or self.rest_late or self.resume or self.bump or self.steps
                    or self.copies or self.watches)  # fmt: skip

    def after(self, number: int) -> int:
        """Return the run afterwards."""
        new = number & self.keep
        if self.rest:
            moved = new & self.rest
            new ^= moved | moved << 1
        if self.rest_late:
            moved = new & self.rest_late
            new ^= moved | moved >> 1
        if self.resume:
            moved = new & self.resume
            new ^= moved | moved >> 1
        for held, given in self.copies:
            if new & held:
                new |= given
        new |= self.put
        for mask, following in self.steps:
            new = new & ~mask | following[new & mask]
        if self.bump and new & self.bump.span.mask != self.bump.span.of(self.bump.top):
            new += self.bump.span.of(1)
        return new

    @property
    def reads(self) -> int:
        """The bits that decide whether and how it goes."""
        read = self.source_reads
        for mask, _ in self.tests:
            read |= mask
        for mask, _ in self.steps:
            read |= mask
        for held, _ in self.copies:
            read |= held
        for _, mask, _ in self.watches:
            read |= mask
        return read

    source_reads: int = field(default=0)


class Moves:
    """Makes the moves of branches."""

    def __init__(self, layout: Layout, *, tells_result: bool) -> None:
        """Keep where everything is, and which clocks end where a service is delivered."""
        self._layout = layout
        self._procedure = layout.procedure
        self._service = 0
        self._alive = 0
        for name, rule in self._procedure.clocks.items():
            self._alive |= layout.clocks[name].alive
            if rule.is_service:
                self._service |= layout.clocks[name].alive
        self._tells_result = tells_result

    def of(self, branch: Branch) -> list[Move]:
        """Return the moves of a branch, one from each state (and from where it came, if needed)."""
        first = self._effect(branch)
        found = []
        for source in sorted(branch.action.froms, key=self._layout.states.__getitem__):
            for target, tests in self._targets(branch, source):
                found.append(self._from(first, source, target, tests))
        return found

    def _targets(self, branch: Branch, source: str) -> Iterable[tuple[str, tuple[Test, ...]]]:
        layout = self._layout
        tests = branch.tests
        if branch.target:
            state = self._procedure.states.get(source)
            child = layout.children.get(state.waits_for) if state and state.waits_for else None
            if child:
                tests = (*tests, (child.open, frozenset((0,))))
        if branch.target != PREVIOUS:
            yield branch.target or source, tests
            return
        for name, code in layout.states.items():
            if name not in (source, NEW):
                came = (layout.came_from.mask, frozenset((layout.came_from.of(code),)))
                yield name, (*tests, came)

    def _from(self, first: "Move", source: str, target: str, tests: tuple[Test, ...]) -> Move:
        """Return a move with what entering its target does."""
        layout, procedure, action = self._layout, self._procedure, first.branch.action
        clear, put = ~first.keep, first.put
        ended = 0
        if first.branch.target:
            state = procedure.states[target]
            if state.done:
                ended |= self._service
            if state.end and (action.hand_over or action.origin):
                ended |= self._alive  # the engine ends what runs; such an act cannot name it
            if state.result and self._tells_result:
                put |= layout.result
        if target != source:
            clear |= layout.state.mask | layout.came_from.mask
            put |= layout.state.of(layout.states[target])
            if target in layout.returning:
                put |= layout.came_from.of(layout.states[source])
        return Move(
            branch=first.branch,
            source=layout.states[source],
            target=layout.states[target],
            tests=tests,
            keep=~(clear | ended),
            put=put,
            rest=first.rest & ~ended,
            rest_late=first.rest_late & ~ended,
            resume=first.resume & ~ended,
            bump=first.bump,
            steps=first.steps,
            copies=first.copies,
            watches=first.watches,
            starts=first.starts & ~ended,  # clocks start after the run has moved
            rests_already=first.rests_already,
            runs_already=first.runs_already,
            acts_on=first.acts_on,
            source_reads=layout.came_from.mask if first.branch.target == PREVIOUS else 0,
        )

    def _effect(self, branch: Branch) -> Move:
        """Return what a branch does wherever it is taken."""
        layout, action, acts = self._layout, branch.action, branch.action.clocks
        clear = put = 0
        for name, value in branch.values.items():
            fact = layout.facts[name]
            clear |= fact.span.mask
            put |= fact.of(value)
        for role in action.release:
            clear |= layout.roles.get(role, 0)
        copies = []
        for role in (*branch.roles, *(r for r, g in action.assign.items() if g.source == "role")):
            bit = layout.roles.get(role, 0)
            if branch.has_unit and role in layout.senders:
                put |= layout.senders[role]
            giving = action.assign[role]
            if giving.source == "role":
                copies.append((layout.roles.get(giving.name, 0), bit))
            else:
                clear |= bit
                put |= bit
        for name in action.open:
            if child := layout.children.get(name):
                clear |= child.done
                put |= child.open
        stopped = 0
        for name in (*acts.stop, *acts.give_back):
            stopped |= layout.clocks[name].all
        acts_on = 0
        for name in (*acts.stop, *acts.give_back):
            acts_on |= layout.clocks[name].all
        for name in acts.pause:
            acts_on |= layout.clocks[name].alive & ~layout.clocks[name].rests
        for name in acts.resume:
            acts_on |= layout.clocks[name].rests
        starting = running = 0
        for name in acts.start:
            clock = layout.clocks[name]
            running |= clock.alive
            starting |= clock.all
            put |= clock.runs
        # An action of one state is made for clocks that rest there; one of many resumes what rests.
        resumed = [layout.clocks[name].runs for name in acts.resume if len(action.froms) == 1]
        paused = [layout.clocks[name] for name in acts.pause]
        return Move(
            branch=branch,
            source=0,
            target=0,
            tests=branch.tests,
            keep=~(clear | stopped | starting),
            put=put,
            rest=_union(clock.runs for clock in paused),
            rest_late=_union(clock.over for clock in paused if clock.keeps_running),
            resume=_union(layout.clocks[name].rests for name in acts.resume),
            bump=layout.counts.get(action.name),
            steps=tuple(self._step(name) for name in action.advance),
            copies=tuple(copies),
            watches=tuple(self._watches(branch)),
            starts=running & ~stopped,
            rests_already=_union(clock.rests for clock in paused) & ~stopped,
            runs_already=_union(resumed) & ~stopped,
            acts_on=acts_on,
        )

    def _step(self, name: str) -> tuple[int, dict[int, int]]:
        """Return the bits of a fact, and for each value the next option's."""
        fact = self._layout.facts[name]
        options = tuple(self._procedure.facts[name].options)
        following = {fact.of(here): fact.of(there) for here, there in pairwise(options)}
        following[fact.of(None)] = fact.of(options[min(1, len(options) - 1)])
        following[fact.of(options[-1])] = fact.of(options[-1])
        return fact.span.mask, following

    def _watches(self, branch: Branch) -> Iterable[Watch]:
        """Yield what has to be known when the clocks of a branch start."""
        action = branch.action
        for name in action.clocks.start:
            rule = self._procedure.clocks[name]
            bits = self._layout.facts.get(rule.term.name) if rule.term.of == "fact" else None
            if bits is None:
                continue
            known = frozenset(bits.of(v) for v in bits.codes if v is not None)
            if None in bits.codes and bits.of(None) not in known:
                yield f"{action.name} {name}", bits.span.mask, known


def _union(masks: Iterable[int]) -> int:
    union = 0
    for mask in masks:
        union |= mask
    return union


def live_after(moves: list[Move], always: int, reads_in: dict[int, int], states: int) -> list[int]:
    """Return for each state the bits that can still make a difference there.

    Backwards over the moves until nothing changes: a bit is live where it is read, and before any
    move that leaves it as it is and after which it is live.
    """
    live = [always | reads_in.get(state, 0) for state in range(states)]
    changed = True
    while changed:
        changed = False
        for move in moves:
            through = live[move.target] & move.keep
            new = live[move.source] | move.reads | through
            if new != live[move.source]:
                live[move.source] = new
                changed = True
    return live
