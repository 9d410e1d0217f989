"""A run played through without a city: actors that fit, forms that are filled in, time that passes.

For `huiyin procedures simulate`, for tests and for random walks. Ids are readable made-up names:
units "unit-lead", persons "person-reporter"; they belong to nobody.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from huiyin.procedures.deciding import child_done, decide, expire, new_run, possible
from huiyin.procedures.decisions import Decision, Refusal
from huiyin.procedures.language import (
    NEW,
    Action,
    ActorKind,
    ActorRule,
    Field,
    FieldType,
    Procedure,
)
from huiyin.procedures.runs import SYSTEM, Actor, Facts, Snapshot, Values, Who
from huiyin.procedures.timing import due_clocks, terms_of
from huiyin.worktime import CITY, Calendar, Limit, LimitUnit

PLACE: Final = "place"
ELSEWHERE: Final = "place-elsewhere"
REPORTER: Final = "person-reporter"
PARTIES: Final[Mapping[str, str]] = {
    "person-applicant": "applicant",
    "person-respondent": "respondent",
}
UNITS: Final = ("unit-a", "unit-b", "unit-c")
SUPERIOR: Final = "unit-superior"
LEVELS: Final = ("village", "town", "county", "city")
ANY_LIMIT: Final = Limit(5, LimitUnit.WORKING_DAY)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened in a simulation: what was asked, and the answer."""

    at: datetime
    action: str  # an action; "" when a clock went by itself
    actor: str
    answer: Decision | Refusal


@dataclass(slots=True)
class World:
    """One run of a procedure with its clock on the wall, its limits and what happened so far.

    `limits`: the values of terms; those that are missing are 5 working days. `outside`: the
    outside facts, to be changed at will.
    """

    procedure: Procedure
    calendar: Calendar
    now: datetime
    limits: Mapping[str, Limit] = field(default_factory=dict)
    outside: dict[str, object] = field(default_factory=dict)
    run: Snapshot = field(init=False)
    steps: list[Step] = field(default_factory=list)

    def __post_init__(self) -> None:
        sides = {name for name in self._sides() if name}
        parties = {f"person-{side}": side for side in sorted(sides)}
        if len(parties) < len(PARTIES):  # a dispute has two sides at least
            parties |= PARTIES
        self.run = new_run(self.procedure, reporter=REPORTER, parties=parties, places=(PLACE,))
        terms = terms_of(self.procedure)
        self.limits = {term: self.limits.get(term, ANY_LIMIT) for term in terms}

    def _sides(self) -> Iterator[str]:
        for rule in self.procedure.actors.values():
            if rule.kind is ActorKind.PARTY and rule.party != "any":
                yield rule.party

    @property
    def facts(self) -> Facts:
        """What the engine is given besides the run."""
        above = dict.fromkeys(UNITS, SUPERIOR)
        return Facts(self.calendar, self.limits, self.outside, above)

    # --- acting ---------------------------------------------------------------------------------

    def act(
        self, action: str, form: Values | None = None, *, by: Actor | str | None = None,
        after: timedelta | None = None, **fields: object,
    ) -> Decision | Refusal:  # fmt: skip
        """Take an action and return the answer; the run goes on when it was a decision.

        `by`: an actor, the name of one, or nobody in particular: the first that may. `form`: the
        whole form; without it required fields are made up, and `fields` replace some of them.
        `after`: time that passes first, in which clocks go off.
        """
        if after:
            self.advance(after)
        rule = self.procedure.actions.get(action)
        actor = self._actor(rule, by)
        if form is None:
            form = {**(a_form(rule, self.run, self.now) if rule else {}), **fields}
        return self._take(action, form, actor)

    def _actor(self, rule: Action | None, by: Actor | str | None) -> Actor:
        if isinstance(by, Actor):
            return by
        if isinstance(by, str):
            return an_actor(self.procedure, by, self.run)
        return an_actor(self.procedure, rule.by[0], self.run) if rule else SYSTEM

    def _take(self, action: str, form: Values, actor: Actor) -> Decision | Refusal:
        answer = decide(self.procedure, self.run, action, form, actor, self.now, self.facts)
        self._noted(action, actor.id, answer)
        self.advance_to(self.now)  # a clock may begin so far back that it is over at once
        return answer

    def _noted(self, action: str, actor: str, answer: Decision | Refusal) -> Decision | Refusal:
        if isinstance(answer, Decision):
            self.run = answer.after
        self.steps.append(Step(self.now, action, actor, answer))
        return answer

    def finish_child(self, child: str, result: str) -> Decision | Refusal | Snapshot:
        """Let a child run be done with a result."""
        answer = child_done(self.procedure, self.run, child, result, self.now, self.facts)
        if isinstance(answer, Snapshot):
            self.run = answer
            return answer
        on_done = self.procedure.children[child].on_done
        return self._noted(on_done, SYSTEM.id, answer)

    def advance(self, time: timedelta) -> tuple[Decision | Refusal, ...]:
        """Let time pass; every clock that ends meanwhile goes off at its own instant."""
        return self.advance_to(self.now + time)

    def advance_to(self, until: datetime) -> tuple[Decision | Refusal, ...]:
        """Let time pass until an instant."""
        answers, stuck = [], set[str]()
        while due := [clock for clock in due_clocks(self.run, until) if clock.name not in stuck]:
            clock = due[0]
            self.now = max(self.now, clock.due_at)
            answer = expire(self.procedure, self.run, clock.name, self.now, self.facts)
            answers.append(self._noted("", SYSTEM.id, answer))
            if isinstance(answer, Refusal):  # it stays due; the others go off all the same
                stuck.add(clock.name)
        self.now = max(self.now, until)
        return tuple(answers)

    # --- looking --------------------------------------------------------------------------------

    def open_actions(self, actor: Actor) -> tuple[str, ...]:
        """The actions that somebody can take now."""
        listed = possible(self.procedure, self.run, actor, self.now, self.facts)
        return tuple(entry.action for entry in listed if entry.is_open)

    def actors(self) -> dict[str, Actor]:
        """Somebody for each actor of the procedure, as the run stands."""
        return {name: an_actor(self.procedure, name, self.run) for name in self.procedure.actors}

    @property
    def is_over(self) -> bool:
        """Whether the run has come to an end."""
        return self.run.state != NEW and self.procedure.is_end(self.run.state)


# --- who ----------------------------------------------------------------------------------------


def an_actor(procedure: Procedure, name: str, run: Snapshot) -> Actor:
    """Make somebody who is this actor of the procedure in the run, as far as the run allows.

    Where the actor's role is held by nobody the answer is staff of a unit without a role.
    """
    rule = procedure.actors[name]
    if rule.kind is ActorKind.SYSTEM:
        return SYSTEM
    if rule.kind is ActorKind.REPORTER:
        return Actor(Who.PERSON, run.reporter or REPORTER)
    if rule.kind is ActorKind.PARTY:
        return Actor(Who.PERSON, next(iter(_of_side(rule, run)), "person-stranger"))
    level = rule.levels[0] if rule.levels else str(run.facts.get(rule.level_fact, "county"))
    return Actor(
        who=Who.STAFF, id=f"staff-{name}", unit=_unit(rule, run), level=level, place=PLACE,
        unit_kind=rule.unit_kinds[0] if rule.unit_kinds else "department",
        permissions=frozenset((rule.permission,)) if rule.permission else frozenset(),
    )  # fmt: skip


def _of_side(rule: ActorRule, run: Snapshot) -> Iterator[str]:
    return (person for person, side in run.parties.items() if rule.party in ("any", side))


def _unit(rule: ActorRule, run: Snapshot) -> str:
    held = run.roles.get(rule.role, ())
    if rule.kind is ActorKind.ASSIGNED and held:
        return held[0]
    if rule.kind is ActorKind.SUPERIOR_OF and held:
        return run.above.get(held[0], SUPERIOR)
    if rule.kind is ActorKind.SENDER_OF:
        return run.senders.get(rule.role, f"unit-{rule.name}")
    return f"unit-{rule.name}"


STRANGER: Final = Actor(
    Who.STAFF, id="staff-stranger", unit="unit-stranger", unit_kind="none", place=ELSEWHERE
)
PASSER_BY: Final = Actor(Who.PERSON, id="person-passer-by")


# --- what is filled in --------------------------------------------------------------------------


def a_form(
    rule: Action, run: Snapshot, now: datetime, *, choices: Mapping[str, str] | None = None
) -> dict[str, object]:
    """Fill in the required fields of an action, and the choices that were made.

    `choices`: the value of choice fields by name; without one the first option is taken.
    """
    values: dict[str, object] = {}
    given = choices or {}
    for entry in rule.form:
        if not _is_asked(entry, values):
            continue
        if entry.name in given:
            values[entry.name] = given[entry.name]
        elif entry.required:
            values[entry.name] = a_value(entry, run, now)
    return values


def _is_asked(entry: Field, values: Mapping[str, object]) -> bool:
    return all(values.get(other, False) in wanted for other, wanted in entry.when.items())


def a_value(entry: Field, run: Snapshot, now: datetime) -> object:
    """Make up a value that a field takes."""
    local = now.astimezone(CITY)
    least = int(entry.at_least or 0)
    if entry.type is FieldType.TEXT:
        return "说明".ljust(least, "。")
    if entry.type in (FieldType.NUMBER, FieldType.MONEY):
        return max(least, min(1, int(entry.at_most or 1)))
    if entry.type is FieldType.DATE:
        return (local.date() + timedelta(days=1 if entry.future else 0)).isoformat()
    if entry.type is FieldType.INSTANT:
        return (local + timedelta(hours=1 if entry.future else 0)).isoformat()
    made: dict[FieldType, object] = {
        FieldType.FLAG: True,
        FieldType.CHOICE: next(iter(entry.options), ""),
        FieldType.CHOICES: list(entry.options)[: max(least, 1)],
        FieldType.PLACE: PLACE,
        FieldType.UNIT: UNITS[0],
        FieldType.UNITS: list(UNITS[: max(least, 1)]),
        FieldType.CATEGORY: "category",
        FieldType.PERSON: run.reporter or REPORTER,
        FieldType.COLLEAGUE: "account-colleague",
        FieldType.PARTY: next(iter(run.parties), "person-applicant"),
        FieldType.PARTIES: list(run.parties),
        FieldType.FILES: [f"file-{number}" for number in range(max(least, 1))],
        FieldType.STARS: 5,
    }
    return made[entry.type]


def all_choices(rule: Action) -> Iterator[dict[str, str]]:
    """Yield fillings of an action's choice fields so that every option stands in one of them."""
    fields = [entry for entry in rule.form if entry.type is FieldType.CHOICE]
    most = max((len(entry.options) for entry in fields), default=1)
    for number in range(most):
        yield {entry.name: tuple(entry.options)[number % len(entry.options)] for entry in fields}


def at_local(text: str) -> datetime:
    """Read "2026-02-10T09:30" as the city's own time. Raises ValueError."""
    return datetime.fromisoformat(text).replace(tzinfo=CITY)


def on_day(text: str, hour: int = 9) -> datetime:
    """Return an hour of a local date given as 2026-02-10. Raises ValueError."""
    day = date.fromisoformat(text)
    return datetime(day.year, day.month, day.day, hour, tzinfo=CITY)
