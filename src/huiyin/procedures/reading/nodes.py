"""YAML with places: typed readers that collect faults instead of stopping at the first one."""

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

import yaml

from huiyin.procedures.language import Words
from huiyin.procedures.sentences import fill
from huiyin.worktime import Limit, parse_limit

T = TypeVar("T")
# The loader in C gives the same nodes and lines in an eighth of the time; not every build has it.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
NAME_START = "abcdefghijklmnopqrstuvwxyz"
NAME_REST = NAME_START + "0123456789_"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong in a file: where, what, and what would be right."""

    file: str
    line: int
    text: str
    instead: str = ""

    def __str__(self) -> str:
        instead = f" {self.instead}" if self.instead else ""
        return f"{self.file}:{self.line}: {self.text}{instead}"


class ReadingError(ValueError):
    """A file that cannot be read; `faults` holds everything that is wrong in it."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        """Keep the faults in the order of the file."""
        self.faults = tuple(sorted(faults, key=lambda fault: (fault.file, fault.line, fault.text)))
        super().__init__("\n".join(map(str, self.faults)))


@dataclass(slots=True)
class Faults:
    """What was found wrong so far."""

    found: list[Fault] = field(default_factory=list)

    def raise_any(self) -> None:
        """Raise ReadingError when something was wrong."""
        if self.found:
            raise ReadingError(self.found)


@dataclass(frozen=True, slots=True)
class At:
    """A place in a file: a YAML node, its path in words, and where faults go."""

    node: yaml.Node
    path: str
    file: str
    faults: Faults

    @property
    def line(self) -> int:
        """The line it starts on, from 1."""
        return int(self.node.start_mark.line) + 1

    def fault(self, text: str, instead: str = "") -> None:
        """Report that something is wrong here."""
        said = fill("{}: {}", self.path, text) if self.path else text
        self.faults.found.append(Fault(self.file, self.line, said, instead))

    def below(self, node: yaml.Node, name: str) -> "At":
        """Return a place inside this one."""
        return At(node, f"{self.path}.{name}" if self.path else name, self.file, self.faults)

    # --- mappings ---------------------------------------------------------------------------

    def items(self) -> dict[str, "At"]:
        """Read a mapping whose names the author chooses."""
        if not isinstance(self.node, yaml.MappingNode):
            self.fault("is no mapping.", "Write names with values below it, one a line.")
            return {}
        found: dict[str, At] = {}
        for key, value in self.node.value:
            name = str(key.value)
            place = self.below(value, name)
            if name in found:
                At(key, place.path, self.file, self.faults).fault(
                    "is written twice.",
                    fill("The first one is on line {}; keep one.", found[name].line),
                )
                continue
            found[name] = place
        return found

    def named(self) -> dict[str, "At"]:
        """Read a mapping of names of this language: lower-case words joined by _."""
        found = self.items()
        for name, place in found.items():
            if not name or name[0] not in NAME_START or name.strip(NAME_REST):
                place.fault("is no name.", "Use lower-case words joined by _, such as to_unit.")
        return found

    def keys(self, required: Iterable[str] = (), optional: Iterable[str] = ()) -> dict[str, "At"]:
        """Read a mapping whose keys the language fixes; report missing and unknown ones."""
        found = self.items()
        known = [*required, *optional]
        for name, place in found.items():
            if name not in known:
                place.fault("is not known here.", nearest(name, known))
        if isinstance(self.node, yaml.MappingNode):
            for name in required:
                if name not in found:
                    self.fault(fill("lacks {}.", name), fill("Add {}: …", name))
        return {name: place for name, place in found.items() if name in known}

    # --- scalars and lists ------------------------------------------------------------------

    def _scalar(self, what: str) -> yaml.ScalarNode | None:
        if isinstance(self.node, yaml.ScalarNode):
            return self.node
        self.fault(fill("is no {}.", what), fill("Write one {}.", what))
        return None

    def text(self) -> str:
        """Read a text that is not empty."""
        node = self._scalar("text")
        if node is None:
            return ""
        value = str(node.value).strip()
        if not value or node.tag.endswith(":null"):
            self.fault("is empty.", "Write something.")
            return ""
        return value

    def list(self) -> list["At"]:
        """Read one thing or a list of things."""
        if isinstance(self.node, yaml.SequenceNode):
            return [self.below(node, str(n)) for n, node in enumerate(self.node.value, start=1)]
        return [self]

    def names(self) -> tuple[str, ...]:
        """Read one name or a list of names; a name twice is a fault."""
        found: list[str] = []
        for place in self.list():
            name = place.text()
            if name in found:
                place.fault(fill("{} stands here twice.", name), "Keep one.")
            elif name:
                found.append(name)
        return tuple(found)

    def one_of(self, known: Iterable[str]) -> str:
        """Read a word of a fixed list; the first of the list stands in for a wrong one."""
        words = list(known)
        word = self.text()
        if word in words:
            return word
        if word:
            self.fault(fill("cannot be {}.", word), nearest(word, words))
        return words[0]

    def flag(self) -> bool:
        """Read true or false."""
        value = self.literal()
        if isinstance(value, bool):
            return value
        self.fault("is neither true nor false.", "Write true or false.")
        return False

    def whole(self, *, least: int = 0) -> int:
        """Read a whole number."""
        value = self.literal()
        if isinstance(value, int) and not isinstance(value, bool) and value >= least:
            return value
        self.fault("is no whole number.", fill("Write a whole number from {}.", least))
        return least

    def number(self) -> float:
        """Read a number."""
        value = self.literal()
        if isinstance(value, int | float) and not isinstance(value, bool):
            return value
        self.fault("is no number.", "Write a number.")
        return 0

    def literal(self) -> bool | int | float | str | None:
        """Read a plain value as YAML means it; a date stays the text it is."""
        node = self._scalar("value")
        if node is None:
            return None
        kind = node.tag.rpartition(":")[2]
        text = str(node.value)
        if kind == "bool":
            return text.lower() in ("true", "yes", "on")
        if kind == "null":
            return None
        if kind == "int":
            return self._parsed(int, text)
        if kind == "float":
            return self._parsed(float, text)
        return text

    def _parsed(self, parse: Callable[[str], T], text: str) -> T | None:
        try:
            return parse(text)
        except ValueError as error:
            self.fault(fill("cannot be read: {}.", error))
            return None

    def limit(self) -> Limit | None:
        """Read a limit as it is written: 5 working days."""
        text = self.text()
        if not text:
            return None
        try:
            return parse_limit(text)
        except ValueError as error:
            self.fault(str(error))
            return None

    def words(self) -> Words:
        """Read {zh: …, en: …}."""
        if isinstance(self.node, yaml.ScalarNode):
            self.fault("lacks one of its languages.", "Write {zh: …, en: …}.")
            return Words("", "")
        found = self.keys(required=("zh", "en"))
        return Words(*(found[tongue].text() if tongue in found else "" for tongue in ("zh", "en")))


def nearest(word: str, known: Iterable[str]) -> str:
    """Say which word was probably meant, or which ones there are."""
    words = list(known)
    close = difflib.get_close_matches(word, words, n=1)
    if close:
        return fill("Did you mean {}?", close[0])
    return fill("It can be {}.", ", ".join(words)) if words else "There is none."


def root(text: str, *, file: str, faults: Faults) -> At | None:
    """Parse a file; None when it is no YAML or no mapping."""
    try:
        node = yaml.compose(text, Loader=LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        faults.found.append(
            Fault(file, mark.line + 1 if mark else 1, fill("This is no YAML: {}.", error.problem))
        )
        return None
    except yaml.YAMLError as error:
        faults.found.append(Fault(file, 1, fill("This is no YAML: {}", error)))
        return None
    if not isinstance(node, yaml.MappingNode):
        faults.found.append(
            Fault(file, 1, "This is no procedure.", "Begin with name, version, title, law.")
        )
        return None
    return At(node, "", file, faults)
