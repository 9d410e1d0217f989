"""A procedure tried out by typing: each line is an act, time that passes, or a question."""

import shlex
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from huiyin.ops.procedures.telling import Told, happened, state_lines, value_words
from huiyin.procedures.deciding import possible
from huiyin.procedures.decisions import Decision, Refusal
from huiyin.procedures.language import Action, FieldType, Procedure
from huiyin.procedures.refusals import field_sentence, sentence
from huiyin.procedures.runs import Actor
from huiyin.procedures.simulation import World, a_form
from huiyin.worktime import Calendar, Limit, LimitError, LimitUnit, due, parse_limit

HELP: Final = """\
ACTION [FIELD=VALUE …]   take an act, by its name or number; what is not given is made up
form ACTION              show the fields of an act
advance 3 days           let time pass; clocks go off (minutes, hours, days, working days …)
as ACTOR                 act as this actor only; as anyone: whoever may
child CHILD RESULT       let a child run be done
fact NAME=VALUE          set a fact that others know
why ACTION               why an act is not possible, in full
look                     show everything again
back                     take the last step back
quit                     leave
Where an act has the name of one of these, write a colon before the other: :back"""


class Slip(Exception):
    """What was typed cannot be followed; the text is one sentence."""


@dataclass(slots=True)
class Session:
    """A simulation with its undo list. `say` gets each line of the answer."""

    world: World
    say: Callable[[str], None]
    language: str = "zh"
    acting_as: str = ""
    kept: list[tuple[World, str]] = field(default_factory=list)
    is_over: bool = False

    def take(self, line: str) -> bool:
        """Follow one line; tell whether it was understood. Nothing is lost when it was not."""
        try:
            words = shlex.split(line, comments=True)
        except ValueError:
            self.say("A quotation mark is not closed.")
            return False
        if not words:
            return True
        before = copy(self.world)
        before.steps, before.outside = list(self.world.steps), dict(self.world.outside)
        acting_as = self.acting_as
        try:
            changed = self._follow(words)
        except Slip as slip:
            self.say(str(slip))
            return False
        if changed:
            self.kept.append((before, acting_as))
            self.show()
        return True

    def _follow(self, words: list[str]) -> bool:
        verb = words[0].removeprefix(":")
        is_act = words[0] in self.procedure.actions
        if verb in VERBS and not is_act:
            return VERBS[verb](self, words[1:])
        return self._act_words(words)

    def show(self) -> None:
        """Say where the run is, its clocks, what may be done and why the rest may not."""
        for line in state_lines(self.world, self.told, self.language):
            self.say(line)

    @property
    def procedure(self) -> Procedure:
        """The procedure that is tried out."""
        return self.world.procedure

    @property
    def told(self) -> list[Told]:
        """Every act with its number, the actor for it, and the reason against it."""
        listed: list[Told] = []
        actors = self.world.actors()
        names = [self.acting_as] if self.acting_as else list(actors)
        reasons = {name: self._reasons(actors[name]) for name in names}
        for number, action in enumerate(self.procedure.actions.values(), start=1):
            candidates = [name for name in action.by if name in reasons] or names[:1]
            open_to = [name for name in candidates if reasons[name][action.name] is None]
            actor = open_to[0] if open_to else candidates[0]
            listed.append(Told(number, action, actor, reasons[actor][action.name]))
        return listed

    def _reasons(self, actor: Actor) -> dict[str, Refusal | None]:
        world = self.world
        listed = possible(world.procedure, world.run, actor, world.now, world.facts)
        return {entry.action: entry.refusal for entry in listed}

    # --- verbs --------------------------------------------------------------------------------

    def _act_words(self, words: list[str]) -> bool:
        told = self._told(words[0])
        given = dict(map(_pair, words[1:]))
        form = {**self._made_up(told.action, given), **_typed(told.action, given)}
        # the form is made for what was chosen, so that fields asked for only then are filled in
        answer = self.world.act(told.action.name, form, by=told.actor)
        if isinstance(answer, Refusal):
            self.say(self._why(answer, told.action))
            return False
        for line in happened(answer, self.procedure, self.language):
            self.say(line)
        return True

    def _made_up(self, action: Action, given: Mapping[str, str]) -> dict[str, object]:
        known = {entry.name for entry in action.form}
        unknown = [name for name in given if name not in known]
        if unknown:
            fields = ", ".join(known) or "none"
            raise Slip(f"{action.name} has no field {unknown[0]}: its fields are {fields}.")
        return a_form(action, self.world.run, self.world.now, choices=dict(given))

    def _why(self, refusal: Refusal, action: Action) -> str:
        plain = {key: value for key, value in refusal.data.items() if key != "errors"}
        text = sentence(Refusal(refusal.code, plain), self.procedure, language=self.language)
        errors = refusal.data.get("errors")
        if isinstance(errors, Mapping):
            labels = {entry.name: entry.label for entry in action.form}
            parts = []
            for name, error in errors.items():
                label = labels[name].zh if self.language == "zh" else labels[name].en
                parts.append(f"{label} ({name}): {field_sentence(error, language=self.language)}")
            text = f"{text} {' '.join(parts)}"
        return f"✗ {text}"

    def _told(self, word: str) -> Told:
        for told in self.told:
            if word in (told.action.name, str(told.number)):
                return told
        raise Slip(f'There is no act "{word}": type one of those listed, or help.')

    def _form(self, words: list[str]) -> bool:
        told = self._told(_only(words, "form ACTION"))
        if not told.action.form:
            self.say(f"{told.action.name} has no form.")
        made = a_form(told.action, self.world.run, self.world.now)
        for entry in told.action.form:
            label = entry.label.zh if self.language == "zh" else entry.label.en
            options = f" {'|'.join(entry.options)}" if entry.options else ""
            default = f" [{value_words(made[entry.name])}]" if entry.name in made else ""
            needed = "" if entry.required else ", optional"
            self.say(f"  {entry.name} {label}: {entry.type}{options}{needed}{default}")
        return False

    def _advance(self, words: list[str]) -> bool:
        try:
            limit = parse_limit(" ".join(words))
        except LimitError as error:
            raise Slip(f"{str(error)[:1].upper()}{str(error)[1:]}") from error
        before = len(self.world.steps)
        try:
            until = moved(self.world.now, limit, self.world.calendar)
        except (ValueError, OverflowError):
            raise Slip(f"{limit} leads beyond the calendar: take less.") from None
        self.world.advance_to(until)
        for step in self.world.steps[before:]:
            if isinstance(step.answer, Refusal):
                self.say(f"✗ {sentence(step.answer, self.procedure, language=self.language)}")
            else:
                for line in happened(step.answer, self.procedure, self.language):
                    self.say(line)
        return True

    def _as(self, words: list[str]) -> bool:
        name = _only(words, "as ACTOR")
        if name == "anyone":
            self.acting_as = ""
        elif name in self.procedure.actors:
            self.acting_as = name
        else:
            known = ", ".join(self.procedure.actors)
            raise Slip(f'There is no actor "{name}": name one of {known}, or anyone.')
        return True

    def _finish(self, words: list[str]) -> bool:
        if len(words) != 2:
            raise Slip("Write: child CHILD RESULT.")
        child, result = words
        if child not in self.procedure.children:
            known = ", ".join(self.procedure.children) or "none"
            raise Slip(f'There is no child run "{child}": there are {known}.')
        answer = self.world.finish_child(child, result)
        if isinstance(answer, Refusal):
            on_done = self.procedure.actions.get(self.procedure.children[child].on_done)
            text = sentence(answer, self.procedure, language=self.language)
            self.say(self._why(answer, on_done) if on_done else f"✗ {text}")
            return False
        if isinstance(answer, Decision):
            for line in happened(answer, self.procedure, self.language):
                self.say(line)
        return True

    def _fact(self, words: list[str]) -> bool:
        name, value = _pair(_only(words, "fact NAME=VALUE"))
        rule = self.procedure.facts.get(name)
        if rule is None or not rule.outside:
            known = ", ".join(fact.name for fact in self.procedure.facts.values() if fact.outside)
            raise Slip(f'There is no fact "{name}" from outside: there are {known or "none"}.')
        yes_no = {"yes": True, "true": True, "no": False, "false": False}
        if rule.type == "flag" and value not in yes_no:
            raise Slip(f"{name} is yes or no.")
        self.world.outside[name] = yes_no[value] if rule.type == "flag" else value
        return True

    def _why_not(self, words: list[str]) -> bool:
        told = self._told(_only(words, "why ACTION"))
        if told.refusal is None:
            self.say(f"{told.action.name} is possible.")
        else:
            self.say(self._why(told.refusal, told.action))
        return False

    def _look(self, words: list[str]) -> bool:
        self.show()
        return False

    def _back(self, words: list[str]) -> bool:
        if not self.kept:
            raise Slip("There is nothing to take back.")
        self.world, self.acting_as = self.kept.pop()
        self.show()
        return False

    def _help(self, words: list[str]) -> bool:
        for line in HELP.splitlines():
            self.say(line)
        return False

    def _quit(self, words: list[str]) -> bool:
        self.is_over = True
        return False


VERBS: Final[Mapping[str, Callable[[Session, list[str]], bool]]] = {
    "form": Session._form,
    "advance": Session._advance,
    "as": Session._as,
    "child": Session._finish,
    "fact": Session._fact,
    "why": Session._why_not,
    "look": Session._look,
    "back": Session._back,
    "help": Session._help,
    "quit": Session._quit,
}


def moved(now: datetime, limit: Limit, calendar: Calendar) -> datetime:
    """Return the instant a limit later: days keep the hour, working time counts office hours."""
    exact = {
        LimitUnit.MINUTE: timedelta(minutes=limit.amount),
        LimitUnit.HOUR: timedelta(hours=limit.amount),
        LimitUnit.DAY: timedelta(days=limit.amount),
    }
    if limit.unit in exact:
        return now + exact[limit.unit]
    end = due(now, limit, calendar=calendar)
    if not limit.unit.is_day_like:
        return end.due_at
    return datetime.combine(end.due_on, now.timetz())


def script_lines(text: str) -> Iterator[str]:
    """Yield the steps of a script: lines that are neither empty nor remarks."""
    for line in text.splitlines():
        step = line.strip()
        if step and not step.startswith("#"):
            yield step


def _pair(word: str) -> tuple[str, str]:
    name, equals, value = word.partition("=")
    if not equals or not name:
        raise Slip(f'"{word}" is no field: write NAME=VALUE.')
    return name, value


def _only(words: list[str], usage: str) -> str:
    if len(words) != 1:
        raise Slip(f"Write: {usage}.")
    return words[0]


MANY: Final = frozenset({FieldType.CHOICES, FieldType.UNITS, FieldType.PARTIES, FieldType.FILES})


def _typed(action: Action, given: Mapping[str, str]) -> dict[str, object]:
    """Return what was typed in the form that pages send: several values are parted by commas."""
    typed: dict[str, object] = {}
    for name, value in given.items():
        entry = action.field_named(name)
        if entry and entry.type in MANY:
            typed[name] = [part for part in value.split(",") if part]
        else:
            typed[name] = value
    return typed
