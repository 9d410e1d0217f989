"""What is said on a call-back: `<capability>/scripts/<procedure>.yaml`, one part for each state.

    audited:
      result: answer.outcome            # ACT.FIELD whose value chooses among `results`
      greet: {zh: …, en: …}
      results: {solved: {zh: …, en: …}}
      questions: {contacted: {zh: …, en: …}}  # how the question of a field is put
      farewell: {zh: …, en: …}
      never: {zh: …, en: …}

Texts may hold {city}, {day}, {title}, {unit}. `faults` says what does not fit the procedure files.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any, Final

import yaml

from huiyin.procedures import library
from huiyin.procedures.language import Words

FOLDER: Final = "scripts"
KNOWN: Final = frozenset({"city", "day", "title", "unit"})
EMPTY: Final = Words("", "")


@dataclass(frozen=True, slots=True)
class Script:
    """What is said in one state of a procedure. `act`, `asked`: the field with the result."""

    greet: Words
    close: Words
    never: Words
    act: str = ""
    asked: str = ""
    results: Mapping[str, Words] = field(default_factory=dict)
    ask: Mapping[str, Words] = field(default_factory=dict)

    @property
    def texts(self) -> tuple[Words, ...]:
        """Every text of it."""
        return (self.greet, self.close, self.never, *self.results.values(), *self.ask.values())


@cache
def scripts() -> Mapping[tuple[str, str], Script]:
    """Return the scripts by procedure and state."""
    return {
        (name, state): _script(said)
        for name, text in _sources()
        for state, said in yaml.safe_load(text).items()
    }


def script_for(procedure: str, state: str) -> Script | None:
    """Return what is said to whoever is called in a state of a procedure."""
    return scripts().get((procedure, state))


def _sources() -> Iterator[tuple[str, str]]:
    for capability in sorted(files("huiyin").iterdir(), key=lambda entry: entry.name):
        folder = capability / FOLDER
        if capability.is_dir() and folder.is_dir():
            for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
                if file.name.endswith(".yaml"):
                    yield file.name.removesuffix(".yaml"), file.read_text(encoding="utf-8")


def _script(said: Mapping[str, Any]) -> Script:
    act, _dot, name = str(said.get("result", "")).partition(".")
    return Script(
        greet=_words(said, "greet"),
        close=_words(said, "farewell"),
        never=_words(said, "never"),
        act=act,
        asked=name,
        results={key: Words(**words) for key, words in said.get("results", {}).items()},
        ask={key: Words(**words) for key, words in said.get("questions", {}).items()},
    )


def _words(said: Mapping[str, Any], name: str) -> Words:
    return Words(**said[name]) if name in said else EMPTY


def faults() -> list[str]:
    """Return where scripts and procedure files do not fit: unknown names, results without words."""
    return [fault for key, script in scripts().items() for fault in _faults(*key, script)]


def _faults(name: str, state: str, script: Script) -> Iterator[str]:
    rules = library.procedures().get(name)
    if rules is None or state not in rules.states:
        yield f"{name}: there is no state {state}."
        return
    if script.act:
        act = rules.actions.get(script.act)
        rule = act.field_named(script.asked) if act else None
        if rule is None or set(rule.options) != set(script.results):
            yield f"{name}.{state}: the results are not those of {script.act}.{script.asked}."
    fields = {one.name for act in rules.actions.values() if state in act.froms for one in act.form}
    for unknown in sorted(set(script.ask) - fields):
        yield f"{name}.{state}: nothing there asks for {unknown}."
    for text in script.texts:
        for words in (text.zh, text.en):
            named = {part for _text, part, _spec, _how in Formatter().parse(words) if part}
            for unknown in sorted(named - KNOWN):
                yield f"{name}.{state}: nothing fills {{{unknown}}}."
