"""The moves of a procedure state by state, made ready for the search."""

from dataclasses import dataclass, field

from huiyin.procedures.checking.branches import RESULT, Branch, Branches, Test, opens
from huiyin.procedures.checking.layout import Layout
from huiyin.procedures.checking.moves import Move, Moves, live_after
from huiyin.procedures.language import (
    NEW,
    PREVIOUS,
    Action,
    ActorKind,
    ActorRule,
    ClockRule,
    Expiry,
    Procedure,
    State,
)

Tests = tuple[int, int, tuple[Test, ...]]  # these bits have this value, and each of these tests


@dataclass(frozen=True, slots=True)
class Arrow:
    """A move made fast. `slow`: the move itself where keeping and putting bits is not enough."""

    tests: Tests
    keep: int
    put: int
    slow: Move | None
    cares: int  # the bits because of which something has to be noted
    label: str
    move: Move | None
    by_person: bool = False


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happens by itself and makes the system act: a clock fires, a child run ends.

    It happens where `when` is set. First `keep` and `put`, then one of the arrows has to be
    possible; if none is, the act is refused.
    """

    code: str
    subject: str
    action: str
    when: int
    keep: int
    put: int
    arrows: tuple[Arrow, ...]


@dataclass(slots=True)
class Place:
    """What the search has to know about a state."""

    state: State
    arrows: list[Arrow] = field(default_factory=list)
    happenings: list[Happening] = field(default_factory=list)
    running: list[tuple[str, int]] = field(default_factory=list)  # clocks that run here
    stray: int = 0  # the bits of clocks that may not run here
    able: tuple[Tests, ...] | None = None  # when the owner can do something; None: always
    busy: int = 0  # bits any of which means that something goes on by itself
    waits: int = 0  # the bit of the child run it waits for


class Graph:
    """All moves of a procedure, by state."""

    def __init__(self, procedure: Procedure, *, tells_result: bool) -> None:
        """Make branches, moves and arrows. `tells_result`: some parent run wants to know it."""
        self.procedure = procedure
        self.layout = Layout(procedure)
        self.branches = Branches(self.layout)
        self._moves = Moves(self.layout, tells_result=tells_result)
        self.free: dict[str, list[Branch]] = {
            name: self.branches.free(action) for name, action in procedure.actions.items()
        }
        self.rests = 0  # clocks that some action lets rest
        for action in procedure.actions.values():
            for name in action.clocks.pause:
                self.rests |= self.layout.clocks[name].rests
        self.places: list[Place] = [Place(State(NEW, procedure.title))]
        self.places += [Place(state) for state in procedure.states.values()]
        self.general = frozenset(
            action.name for action in procedure.actions.values() if self._is_general(action)
        )
        self.tells_result = tells_result
        self.awaited = self._awaited()
        moves, self.quiet = self._free_moves()
        happening = self._happening_moves()
        for place in self.places[1:]:
            self._owner(place)
        everything = [*moves, *(move for _, found in happening for move in found)]
        self._live = live_after(everything, self._always(), self._read_in(), len(self.places))
        for move in moves:
            self.places[move.source].arrows.append(self._arrow(move))
        for made, found in happening:
            self._add_happening(made, found)
        for code, place in enumerate(self.places):
            self._clocks(code, place)

    # --- moves --------------------------------------------------------------------------------

    def _free_moves(self) -> tuple[list[Move], set[str]]:
        """Return the moves that change something, and the actions that never do."""
        moves: list[Move] = []
        quiet: set[str] = set()
        for name, branches in self.free.items():
            action = self.procedure.actions[name]
            if not self.layout.leads_on(action) and name not in self.layout.counts:
                quiet.add(name)
                continue
            for branch in branches:
                moves += self._moves.of(branch)
        return moves, quiet

    def _happening_moves(self) -> list[tuple["_Made", list[Move]]]:
        procedure, layout = self.procedure, self.layout
        made: list[tuple[_Made, list[Move]]] = []
        for name, clock in procedure.clocks.items():
            if clock.on_expiry is Expiry.ACT:
                bits = layout.clocks[name]
                what = _Made(
                    "expiry_refused", name, clock.expiry_action, bits.runs, bits.over, None
                )
                made.append((what, self._system_moves(clock.expiry_action, None)))
        for name, child in procedure.children.items():
            tracked = layout.children.get(name)
            if tracked is None or not child.on_done:
                continue
            action = procedure.actions[child.on_done]
            rule = action.field_named(RESULT)
            for result in tuple(rule.options) if rule else (None,):
                what = _Made(
                    "child_end_refused", name, action.name, tracked.open, tracked.done, result,
                    many=child.many,
                )  # fmt: skip
                made.append((what, self._system_moves(action.name, result)))
        return made

    def _system_moves(self, name: str, result: str | None) -> list[Move]:
        action = self.procedure.actions[name]
        return [
            move
            for branch in self.branches.by_system(action, result)
            for move in self._moves.of(branch)
        ]

    def _add_happening(self, made: "_Made", moves: list[Move]) -> None:
        """Add what happens by itself to every state in which it can."""
        action = self.procedure.actions[made.action]
        by_state: dict[int, list[Move]] = {}
        for move in moves:
            by_state.setdefault(move.source, []).append(move)
        for code, place in enumerate(self.places):
            if code == 0 or place.state.end:
                continue
            is_elsewhere = place.state.name not in action.froms
            if made.code == "child_end_refused" and is_elsewhere:
                continue  # the run only notes that the child is done (see `_clocks`)
            arrows = tuple(self._arrow(move, made) for move in by_state.get(code, ()))
            ways = [(~made.when, made.then)]
            if made.many:
                ways.append((-1, 0))  # another one is still open
            for keep, put in ways:
                place.happenings.append(
                    Happening(made.code, made.subject, made.action, made.when, keep, put, arrows)
                )

    def _arrow(self, move: Move, made: "_Made | None" = None) -> Arrow:
        live = self._live[move.target]
        move.live = live
        label = move.branch.label
        if made and made.code == "expiry_refused":
            label = f"{label} [{made.subject} runs out]"
        return Arrow(
            tests=tests_of(move.tests),
            keep=move.keep & live,
            put=move.put & live,
            slow=None if move.is_plain else move,
            cares=move.acts_on | move.starts | move.rests_already | move.runs_already,
            label=label,
            move=move,
            by_person=move.branch.by_person and made is None,
        )

    # --- clocks and child runs by themselves --------------------------------------------------

    def _clocks(self, code: int, place: Place) -> None:
        """Add what has to run in a state, what may not, and how clocks and children end there."""
        state, layout = place.state, self.layout
        for name, rule in self.procedure.clocks.items():
            bits = layout.clocks[name]
            if state.name in rule.runs_in:
                place.running.append((name, bits.all))
            elif state.name not in rule.may_run_in:
                place.stray |= bits.alive
            if name in layout.reads_over and rule.on_expiry is not Expiry.ACT and not state.end:
                word = "is overdue" if bits.keeps_running else "lapses"
                self._by_itself(code, place, bits.runs, bits.over, f"[{name} {word}]")
        for name, child in self.procedure.children.items():
            tracked = layout.children.get(name)
            if tracked is None or state.end:
                continue
            answer = self.procedure.actions.get(child.on_done)
            if answer is None or state.name not in answer.froms:
                self._by_itself(code, place, tracked.open, tracked.done, f"[{name} is done]")

    def _by_itself(self, code: int, place: Place, when: int, then: int, label: str) -> None:
        live = self._live[code]
        place.arrows.append(
            Arrow((when, when, ()), ~when & live, then & live, None, 0, label, None)
        )

    # --- what makes a difference where ----------------------------------------------------------

    def _always(self) -> int:
        """Return the bits that make a difference everywhere: those the rules themselves look at."""
        layout = self.layout
        always = layout.state.mask | layout.came_from.mask | layout.result
        for bits in layout.clocks.values():
            always |= bits.alive
        return always

    def _read_in(self) -> dict[int, int]:
        """Return the bits that are looked at in each state beyond its moves."""
        read: dict[int, int] = {}
        for code, place in enumerate(self.places):
            mask = place.busy if place.able is not None else 0
            for name, rule in self.procedure.clocks.items():
                if place.state.name in rule.runs_in:
                    mask |= self.layout.clocks[name].all
            for eqmask, _, more in place.able or ():
                mask |= eqmask
                for bits, _ in more:
                    mask |= bits
            if place.state.end:
                for name in self.awaited & self.layout.children.keys():
                    mask |= self.layout.children[name].open
            elif place.waits:
                child = self.layout.children[place.state.waits_for]
                mask |= child.open | child.done
            for name, waited in self.procedure.children.items():
                answer = self.procedure.actions.get(waited.on_done)
                if answer and name in self.layout.children and place.state.name in answer.froms:
                    mask |= self.layout.children[name].open
            for action in self.procedure.actions.values():
                if action.name in self.quiet and place.state.name in action.froms:
                    for branch in self.free[action.name]:
                        for bits, _ in branch.tests:
                            mask |= bits
            read[code] = mask
        return read

    # --- owners -------------------------------------------------------------------------------

    def _owner(self, place: Place) -> None:
        """Find when the owner of a state can do something that counts there."""
        state, procedure, layout = place.state, self.procedure, self.layout
        if state.waits_for and state.waits_for in layout.children:
            place.waits = layout.children[state.waits_for].open
        if state.end or state.owner not in procedure.actors:
            return
        owner = procedure.actors[state.owner]
        for child in layout.children.values():
            place.busy |= child.open  # its end makes a difference, and it comes by itself
        if owner.kind is ActorKind.SYSTEM:
            place.able = ()
            for name, clock in procedure.clocks.items():
                if clock.on_expiry is Expiry.ACT and self._may_run(clock, state.name):
                    place.busy |= layout.clocks[name].runs
            return
        able: dict[Tests, None] = {}
        for action in procedure.actions.values():
            if state.name not in action.froms or not layout.leads_on(action):
                continue
            among = self._acting_for(action, owner)
            if among:
                for branch in self.branches.free(action, among=among):
                    able.setdefault(tests_of(branch.tests))
        place.able = None if (0, 0, ()) in able else tuple(able)

    def _awaited(self) -> frozenset[str]:
        """Return the child runs that a state waits for."""
        return frozenset(state.waits_for for state in self.procedure.states.values())

    def owned_by(self, action: Action, owner: str) -> bool:
        """Tell whether the owner of a state is among those who may take an action."""
        actors = self.procedure.actors
        return not is_shared(action) and any(
            may_act_as(actors[owner], actors[name]) for name in action.by
        )

    def _acting_for(self, action: Action, owner: ActorRule) -> frozenset[str]:
        """Return who of those who may take an action is of the owner's unit.

        What every procedure shares (remind, supervise …) is not what a state waits for.
        """
        if is_shared(action):
            return frozenset()
        actors = self.procedure.actors
        return frozenset(name for name in action.by if is_of_unit(actors[name], owner))

    @staticmethod
    def _may_run(clock: ClockRule, state: str) -> bool:
        return state in clock.runs_in or state in clock.may_run_in

    def _is_general(self, action: Action) -> bool:
        """Tell whether an action is possible in nearly every open state, and ends the service.

        Taking a matter back, merging it, handing it over: it is not what one state waits for.
        """
        states = self.procedure.states
        if action.to and any(name == PREVIOUS or not states[name].done for name in action.to.names):
            return False
        still_open = [state.name for state in states.values() if not state.done]
        there = sum(name in action.froms for name in still_open)
        return not opens(action) and there >= 4 and there * 4 >= len(still_open) * 3


@dataclass(frozen=True, slots=True)
class _Made:
    """What a clock or a child run makes the system do."""

    code: str
    subject: str
    action: str
    when: int
    then: int
    result: str | None
    many: bool = False


def is_of_unit(actor: ActorRule, owner: ActorRule) -> bool:
    """Tell whether an actor is the owner, or of the owner's unit with some permission or none."""
    if actor.name == owner.name:
        return True
    return (
        actor.kind is owner.kind
        and actor.kind is not ActorKind.STAFF
        and actor.role == owner.role
        and actor.party == owner.party
        and set(actor.unit_kinds) == set(owner.unit_kinds)
        and set(actor.levels) == set(owner.levels)
        and (not actor.permission or not owner.permission or actor.permission == owner.permission)
    )


def may_act_as(owner: ActorRule, actor: ActorRule) -> bool:
    """Tell whether the owner of a state is always an actor too: of the unit, permitted as much."""
    return is_of_unit(actor, owner) and actor.permission in ("", owner.permission)


def is_shared(action: Action) -> bool:
    """Tell whether an action comes from a fragment."""
    return action.origin.startswith("fragment ")


def tests_of(tests: tuple[Test, ...]) -> Tests:
    """Join tests of one value each into one comparison."""
    mask = value = 0
    more: list[Test] = []
    for bits, good in tests:
        only = next(iter(good)) if len(good) == 1 else None
        if only is not None and (mask & bits == 0 or value & bits == only):
            mask |= bits
            value |= only
        elif (bits, good) not in more:
            more.append((bits, good))
    return mask, value, tuple(more)
