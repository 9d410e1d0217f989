"""Every name in a procedure file has to mean something: what one section says of another."""

from collections.abc import Iterable, Mapping

from huiyin.procedures.language import (
    ACT,
    NEW,
    PREVIOUS,
    Action,
    ActorKind,
    Choosing,
    ClockRule,
    Condition,
    ConditionKind,
    Expiry,
    Extending,
    FactType,
    Field,
    FieldType,
    Procedure,
)
from huiyin.procedures.reading.nodes import At, nearest
from huiyin.procedures.sentences import fill

UNIT_FIELDS = (FieldType.UNIT, FieldType.UNITS)
PARTY_FIELDS = (FieldType.PARTY, FieldType.PARTIES)
SETTABLE: Mapping[FactType, tuple[FieldType, ...]] = {
    FactType.FLAG: (FieldType.FLAG,),
    FactType.CHOICE: (FieldType.CHOICE,),
    FactType.INSTANT: (FieldType.INSTANT, FieldType.DATE),
    FactType.DATE: (FieldType.DATE,),
    FactType.NUMBER: (FieldType.NUMBER, FieldType.MONEY, FieldType.STARS),
    FactType.TEXT: (FieldType.TEXT, FieldType.CHOICE),
}


class Names:
    """Looks up the names that a procedure uses; what is not there is a fault with its line."""

    def __init__(self, procedure: Procedure, places: Mapping[str, At]) -> None:
        """Keep the procedure and where its entries stand ("actions.transfer" → place)."""
        self.procedure = procedure
        self.places = places

    def look_up(self) -> None:
        """Report every name that means nothing, and every value of the wrong kind."""
        procedure = self.procedure
        for actor in procedure.actors.values():
            if actor.level_fact:
                self._fact(actor.level_fact, f"actors.{actor.name}", FactType.CHOICE)
        for state in procedure.states.values():
            at = f"states.{state.name}"
            if state.owner:
                self._known(state.owner, procedure.actors, "actor", at)
            if state.waits_for:
                self._known(state.waits_for, procedure.children, "child run", at)
        for clock in procedure.clocks.values():
            self._clock(clock, f"clocks.{clock.name}")
        for child in procedure.children.values():
            at = f"children.{child.name}"
            if child.on_done:
                self._known(child.on_done, procedure.actions, "action", at)
        for action in procedure.actions.values():
            self._action(action, f"actions.{action.name}")

    # --- parts ------------------------------------------------------------------------------

    def _fault(self, at: str, text: str, instead: str = "") -> None:
        self.places[at].fault(text, instead)

    def _known(self, name: str, known: Iterable[str], what: str, at: str) -> bool:
        names = list(known)
        if name not in names:
            self._fault(at, fill("there is no {} {}.", what, name), nearest(name, names))
        return name in names

    def _fact(self, name: str, at: str, *types: FactType) -> None:
        facts = self.procedure.facts
        if self._known(name, facts, "fact", at) and types and facts[name].type not in types:
            self._fault(
                at,
                fill("the fact {} is a {}.", name, facts[name].type),
                fill("It must be {}.", " or ".join(types)),
            )

    def _choosing(self, choosing: Choosing, at: str, form: Mapping[str, Field]) -> None:
        """Look whether what decides exists and every one of its options is mapped, no other."""
        if not choosing.of:
            return
        if choosing.of == "fact":
            self._fact(choosing.name, at, FactType.CHOICE)
            fact = self.procedure.facts.get(choosing.name)
            options = fact.options if fact else {}
        else:
            if not self._known(choosing.name, form, "field", at):
                return
            options = form[choosing.name].options
            if form[choosing.name].type is not FieldType.CHOICE:
                self._fault(at, fill("the field {} is no choice.", choosing.name), "Make it one.")
        for value in options:
            if value not in choosing.options:
                self._fault(
                    at, fill("the map says nothing for {}.", value), fill("Add {}: …", value)
                )
        for value in choosing.options:
            if options and value not in options:
                self._fault(
                    at, fill("the map has {}, which cannot be.", value), nearest(value, options)
                )

    def _clock(self, clock: ClockRule, at: str) -> None:
        procedure = self.procedure
        self._choosing(clock.term, at, {})
        if clock.start != ACT:
            self._fact(clock.start, at, FactType.INSTANT, FactType.DATE)
        if clock.latest:
            self._fact(clock.latest.fact, at, FactType.INSTANT, FactType.DATE)
        if clock.until:
            self._fact(clock.until, at, FactType.DATE)
        for state in (*clock.runs_in, *clock.may_run_in):
            self._known(state, procedure.states, "state", at)
        if both := clock.runs_in & clock.may_run_in:
            self._fault(at, fill("{} is in both in and may.", ", ".join(sorted(both))), "Keep one.")
        if clock.on_expiry is Expiry.ACT:
            self._known(clock.expiry_action, procedure.actions, "action", at)
        if clock.extending:
            self._extending(clock, clock.extending, at)

    def _extending(self, clock: ClockRule, rule: Extending, at: str) -> None:
        self._choosing(rule.term, at, {})
        for actor in (rule.ask, rule.approve, *rule.notify):
            self._known(actor, self.procedure.actors, "actor", at)
        for state in rule.within:
            if state not in clock.runs_in | clock.may_run_in:
                self._fault(at, fill("it does not run in {}.", state), "Extend it where it runs.")

    def _action(self, action: Action, at: str) -> None:
        procedure = self.procedure
        form = {field.name: field for field in action.form}
        for actor in (*action.by, *action.notify):
            self._known(actor, procedure.actors, "actor", at)
        if not action.by:
            self._fault(at, "nobody may do it.", "Name actors: by: …")
        if not action.froms:
            self._fault(at, "there is no state to do it from.", "Name states: from: …")
        if action.to:
            self._choosing(action.to, at, form)
            for state in action.to.names:
                if state != PREVIOUS:
                    self._known(state, procedure.states, "state", at)
        if NEW in action.froms and not action.to:
            self._fault(at, "it opens a run but says no state.", "Add to: STATE.")
        if NEW in action.froms and len(action.froms) > 1:
            self._fault(at, "it opens a run and acts on an open one.", "Make two actions of it.")
        self._form(action, form, at)
        for need in action.needs:
            self._condition(need, form, at)
        self._what_follows(action, form, at)
        if action.quorum and not any(
            procedure.actors[name].kind is ActorKind.PARTY
            for name in action.by
            if name in procedure.actors
        ):
            self._fault(at, "quorum asks all parties, but none may do it.", "Add a party to by.")

    def _form(self, action: Action, form: Mapping[str, Field], at: str) -> None:
        before: set[str] = set()
        for field in action.form:
            for other, values in field.when.items():
                if other not in before:
                    self._fault(
                        at,
                        fill(
                            "the field {} depends on {}, which is not above it.",
                            field.name,
                            other,
                        ),
                        "Move that field up.",
                    )
                options = form[other].options if other in form else {}
                for value in values if options else ():
                    if value not in options:
                        said = fill("{} cannot be {}.", other, value)
                        self._fault(at, said, nearest(str(value), options))
            unit = form.get(field.of) if field.of in before else None
            if field.of and (unit is None or unit.type is not FieldType.UNIT):
                said = fill("{} is of {}, which is no unit above it.", field.name, field.of)
                self._fault(at, said, "Name a field of type unit that stands above.")
            before.add(field.name)

    def _condition(self, need: Condition, form: Mapping[str, Field], at: str) -> None:
        procedure = self.procedure
        options: Iterable[object] = ()
        if need.kind is ConditionKind.FACT:
            self._fact(need.name, at)
            fact = procedure.facts.get(need.name)
            options = fact.options if fact else ()
        elif need.kind is ConditionKind.FORM:
            if self._known(need.name, form, "field", at):
                options = form[need.name].options
        else:
            known: dict[ConditionKind, tuple[Iterable[str], str]] = {
                ConditionKind.CLOCK: (procedure.clocks, "clock"),
                ConditionKind.CHILD: (procedure.children, "child run"),
                ConditionKind.COUNT: (procedure.actions, "action"),
                ConditionKind.ROLE: (self._roles(), "role"),
            }
            self._known(need.name, known[need.kind][0], known[need.kind][1], at)
        values = need.value if isinstance(need.value, tuple) else (need.value,)
        if need.test in ("is", "is_not", "in"):
            for value in values if options else ():
                if value not in options:
                    said = fill("{} cannot be {}.", need.name, value)
                    self._fault(at, said, nearest(str(value), map(str, options)))
        if need.refusal:
            self._known(need.refusal, procedure.refusals, "sentence in refusals called", at)

    def _roles(self) -> list[str]:
        return sorted({role for act in self.procedure.actions.values() for role in act.assign})

    def _what_follows(self, action: Action, form: Mapping[str, Field], at: str) -> None:
        procedure = self.procedure
        for role, given in action.assign.items():
            if given.source == "form" and self._known(given.name, form, "field", at):
                if form[given.name].type not in UNIT_FIELDS:
                    self._fault(at, fill("{} is no unit, so it cannot be {}.", given.name, role))
            elif given.source == "role":
                self._known(given.name, self._roles(), "role", at)
        for role in action.release:
            self._known(role, self._roles(), "role", at)
        for name, setting in action.set.items():
            self._known(name, procedure.facts, "fact", at)
            fact = procedure.facts.get(name)
            if fact is None:
                continue
            if fact.outside:
                self._fault(at, fill("the fact {} comes from outside.", name), "It cannot be set.")
            if setting.source == "form" and self._known(str(setting.value), form, "field", at):
                field = form[str(setting.value)]
                if field.type not in SETTABLE[fact.type]:
                    self._fault(
                        at, fill("a {} cannot become the {} {}.", field.type, fact.type, name)
                    )
                for option in field.options if fact.options else ():
                    if option not in fact.options:
                        self._fault(
                            at,
                            fill("{} cannot be {}.", name, option),
                            nearest(option, fact.options),
                        )
            if setting.source == ACT and fact.type not in (FactType.INSTANT, FactType.DATE):
                self._fault(at, fill("{} is no instant.", name), "Give it a value, not act.")
            if setting.source == "literal":
                self._literal(name, setting.value, at)
        for name in action.advance:
            self._fact(name, at, FactType.CHOICE)
            if name in procedure.facts and procedure.facts[name].outside:
                self._fault(
                    at, fill("the fact {} comes from outside.", name), "It cannot be advanced."
                )
            if name in action.set:
                self._fault(at, fill("the fact {} is both set and advanced.", name), "Keep one.")
        acts = action.clocks
        for name in (
            *acts.start, *acts.stop, *acts.give_back, *acts.pause, *acts.resume,
            *((action.within,) if action.within else ()),
        ):  # fmt: skip
            self._known(name, procedure.clocks, "clock", at)
        for name, ground in acts.pause.items():
            if name in procedure.clocks:
                grounds = procedure.clocks[name].pauses
                self._known(ground, grounds, fill("ground for {} to rest called", name), at)
        for name in action.open:
            self._known(name, procedure.children, "child run", at)
            child = procedure.children.get(name)
            for role in child.roles.values() if child else ():
                self._known(role, self._roles(), "role", at)
            for ours in child.fields.values() if child else ():
                self._known(ours, form, fill("field (for the child {}) called", name), at)
        for named in filter(None, (action.hand_over, action.merge, action.message)):
            self._known(named, form, "field", at)
        said = form.get(action.message)
        if said and said.type is not FieldType.TEXT:
            self._fault(
                at, fill("the field {} holds no words.", said.name), "Name one of type text."
            )
        for name in action.documents:
            self._known(name, procedure.documents, "document", at)

    def _literal(self, name: str, value: object, at: str) -> None:
        fact = self.procedure.facts[name]
        fits = {
            FactType.FLAG: isinstance(value, bool),
            FactType.CHOICE: value in fact.options,
            FactType.NUMBER: isinstance(value, int | float) and not isinstance(value, bool),
            FactType.TEXT: isinstance(value, str),
        }
        if not fits.get(fact.type, False):
            self._fault(at, fill("the {} {} cannot be {}.", fact.type, name, value))
