"""The run as it becomes: what an action sets, assigns, starts and ends, step by step."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from huiyin.procedures.decisions import Change, ClockChange
from huiyin.procedures.language import NEW, PREVIOUS, Action, Assigning, FactType, Procedure
from huiyin.procedures.matching import those_asked
from huiyin.procedures.runs import (
    Actor,
    Child,
    Clock,
    Facts,
    Outcome,
    Snapshot,
    Status,
    Values,
    Who,
)
from huiyin.procedures.timing import (
    ended,
    extended,
    kept_promise,
    most_more,
    paused,
    resumed,
    started,
)
from huiyin.worktime import CITY


def target_of(rule: Action, run: Snapshot, known: Values, form: Values) -> str | None:
    """Return the state that an act with a target leads to; None where nothing follows.

    `known`: the facts before the act; what it sets itself does not lead it elsewhere.
    """
    if rule.to is None:
        return None
    target = rule.to.chosen(form if rule.to.of == "form" else known)
    if target != PREVIOUS:
        return target
    return None if run.came_from == NEW else run.came_from or None


class Draft:
    """A run being changed by one act; `run()` is what becomes of it."""

    def __init__(self, procedure: Procedure, before: Snapshot, now: datetime, facts: Facts) -> None:
        """Begin with the run as it is."""
        self._procedure = procedure
        self._before = before
        self._now = now
        self._facts = facts
        self._values = dict(before.facts)
        self._clocks = dict(before.clocks)
        self._roles = dict(before.roles)
        self._senders = dict(before.senders)
        self._above = dict(before.above)
        self._children = before.children
        self._counts = dict(before.counts)
        self._last = dict(before.last)
        self._consents = dict(before.consents)
        self._state = before.state
        self._came_from = before.came_from
        self._reporter = before.reporter
        self._result = before.result
        self.changes: list[ClockChange] = []
        self.assigned: dict[str, tuple[str, ...]] = {}

    def run(self) -> Snapshot:
        """Return the run as it is now."""
        return replace(
            self._before, state=self._state, came_from=self._came_from, result=self._result,
            facts=self._values, clocks=self._clocks, roles=self._roles, senders=self._senders,
            above=self._above, children=self._children, counts=self._counts, last=self._last,
            consents=self._consents, reporter=self._reporter,
        )  # fmt: skip

    # --- steps --------------------------------------------------------------------------------

    def count(self, rule: Action) -> None:
        """Note that the action was taken, and when."""
        self._counts[rule.name] = self._counts.get(rule.name, 0) + 1
        self._last[rule.name] = self._now

    def agree(self, rule: Action, party: str) -> None:
        """Note that a party agrees to what needs all of them."""
        agreed = self._consents.get(rule.name, frozenset())
        self._consents[rule.name] = agreed | {party}

    def all_agree(self, rule: Action) -> bool:
        """Tell whether every party whose act it is has agreed."""
        asked = those_asked(self._procedure, rule, self._before)
        return self._consents.get(rule.name, frozenset()) >= asked

    def follow(self, rule: Action, form: Values, actor: Actor, known: Values) -> None:
        """Do what the action says: facts, roles, clocks, state."""
        self._consents.pop(rule.name, None)
        if self._before.state == NEW and actor.who is Who.PERSON and not self._reporter:
            self._reporter = actor.id
        self._set(rule, form)
        self._end_clocks(rule)
        self._assign(rule, form, actor)
        after = self._known_after(rule, known)
        self._more_time(rule, form, actor, after)
        self._move(target_of(rule, self._before, known, form))
        self._start_clocks(rule, after)

    def have_children(self, names: Iterable[str]) -> None:
        """Note the child runs that the act opens; their ids are given when they exist."""
        self._children = (*self._children, *(Child(name) for name in names))

    def lapse(self, name: str) -> None:
        """End a right whose time has gone."""
        self._over(name, Outcome.LAPSED, Change.LAPSED)

    def fire(self, name: str) -> None:
        """End a clock because it takes its action now."""
        self._over(name, Outcome.FIRED, Change.FIRED)

    def overdue(self, name: str) -> None:
        """Record that a limit has been missed; the clock goes on."""
        self._changed(Change.OVERDUE, replace(self._clocks[name], overdue_at=self._now))

    # --- parts --------------------------------------------------------------------------------

    def _changed(self, change: Change, clock: Clock) -> None:
        self._clocks[clock.name] = clock
        self.changes.append(ClockChange(change, clock))

    def _over(self, name: str, outcome: Outcome, change: Change) -> None:
        clock = replace(
            self._clocks[name], status=Status.OVER, outcome=outcome, ended_at=self._now, asked=None
        )
        self._changed(change, clock)

    def _end(self, name: str, outcome: Outcome) -> None:
        clock = self._clocks.get(name)
        if clock is None or clock.status is Status.ENDED:
            return
        if clock.is_alive:
            self._changed(Change.ENDED, ended(clock, outcome, self._now, self._facts))
        else:  # it lapsed or fired: that outcome stays, it is only out of the way now
            self._changed(Change.ENDED, replace(clock, status=Status.ENDED))

    def _set(self, rule: Action, form: Values) -> None:
        for name, setting in rule.set.items():
            if setting.source == "form":
                value = form.get(str(setting.value))
            elif setting.source == "act":
                is_date = self._procedure.facts[name].type is FactType.DATE
                value = self._now.astimezone(CITY).date() if is_date else self._now
            else:
                value = setting.value
            if value is None:
                self._values.pop(name, None)
            else:
                self._values[name] = value
        for name in rule.advance:
            options = tuple(self._procedure.facts[name].options)
            here = options.index(str(self._values.get(name, options[0])))
            self._values[name] = options[here + 1]

    def _known_after(self, rule: Action, known: Values) -> Values:
        """Return every fact as the act leaves it: what it takes away is not known any more."""
        after = dict(known)
        for name in (*rule.set, *rule.advance):
            if name in self._values:
                after[name] = self._values[name]
            elif self._procedure.facts[name].type is FactType.FLAG:
                after[name] = False
            else:
                after.pop(name, None)
        return after

    def _assign(self, rule: Action, form: Values, actor: Actor) -> None:
        for role in rule.release:
            self._roles.pop(role, None)
        for role, given in rule.assign.items():
            units = self._units(given, form, actor)
            if not units:
                continue
            self._roles[role] = self.assigned[role] = units
            self._senders.pop(role, None)  # where the system gives it, nobody has sent it
            if actor.unit:
                self._senders[role] = actor.unit
            for unit in units:
                if unit in self._facts.above:
                    self._above[unit] = self._facts.above[unit]

    def _units(self, given: Assigning, form: Values, actor: Actor) -> tuple[str, ...]:
        if given.source == "actor":
            return (actor.unit,) if actor.unit else ()
        if given.source == "role":
            return self._before.roles.get(given.name, ())
        value = form.get(given.name)
        return value if isinstance(value, tuple) else (str(value),) if value else ()

    def _end_clocks(self, rule: Action) -> None:
        acts = rule.clocks
        for name in acts.stop:
            self._end(name, Outcome.MET)
        for name in acts.give_back:
            self._end(name, Outcome.RETURNED)
        for name, ground in acts.pause.items():
            clock = self._clocks.get(name)
            if clock and clock.status is Status.RUNNING:
                self._changed(Change.PAUSED, paused(clock, ground, self._now))
        for name in acts.resume:
            clock = self._clocks.get(name)
            if clock and clock.status is Status.PAUSED:
                self._changed(Change.RESUMED, resumed(clock, self._now, self._facts))

    def _more_time(self, rule: Action, form: Values, actor: Actor, known: Values) -> None:
        acts, amount = rule.clocks, form.get("amount")
        if acts.ask_more and isinstance(amount, int):
            clock = replace(self._clocks[acts.ask_more], asked=amount)
            self._changed(Change.EXTENSION_ASKED, clock)
        if acts.refuse_more:
            clock = replace(self._clocks[acts.refuse_more], asked=None)
            self._changed(Change.EXTENSION_REFUSED, clock)
        if acts.extend:
            clock = self._clocks[acts.extend]
            term, _ = most_more(self._procedure.clocks[acts.extend], known, self._facts)
            more = amount if isinstance(amount, int) else clock.asked or 0
            clock = extended(clock, more, term, actor.id, self._now, self._facts)
            self._changed(Change.EXTENDED, clock)

    def _start_clocks(self, act: Action, known: Mapping[str, object]) -> None:
        for name in act.clocks.start:
            self._end(name, Outcome.MET)
            rule = self._procedure.clocks[name]
            clock = started(rule, known=known, roles=self._roles, now=self._now, facts=self._facts)
            if name not in self._before.clocks:
                clock = kept_promise(clock, rule, self._before.promised)
            self._changed(Change.STARTED, clock)

    def _move(self, target: str | None) -> None:
        if target is None:
            return
        if target != self._state:
            self._came_from, self._state = self._state, target
            self._void_consents()
        state = self._procedure.states[target]
        self._result = state.result or self._result
        for name, clock in tuple(self._clocks.items()):
            if clock.is_alive and (
                state.end or (state.done and self._procedure.clocks[name].is_service)
            ):
                self._end(name, Outcome.MET)

    def _void_consents(self) -> None:
        """Forget who agreed to what cannot be done from here: asked again, all agree anew."""
        if self._consents:
            actions = self._procedure.actions
            self._consents = {
                name: who
                for name, who in self._consents.items()
                if name in actions and self._state in actions[name].froms
            }
