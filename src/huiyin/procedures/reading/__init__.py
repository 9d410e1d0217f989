"""YAML → Procedure: every fault of a file at once, each with its line and what would be right."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from huiyin.procedures.language import Procedure, Words
from huiyin.procedures.reading import actions, sections
from huiyin.procedures.reading.names import Names
from huiyin.procedures.reading.nodes import At, Fault, Faults, ReadingError, nearest, root
from huiyin.procedures.sentences import fill

__all__ = ["Fault", "ReadingError", "read_procedure"]

T = TypeVar("T")
HEAD = ("name", "version", "title", "law", "actors", "states", "actions")
MORE = ("kind", "confidential", "helps", "oversees", "use")
SECTIONS = ("actors", "facts", "states", "clocks", "children", "documents", "refusals", "actions")


def read_procedure(
    text: str, *, file: str = "", fragments: Mapping[str, str] | None = None
) -> Procedure:
    """Read one procedure file.

    `file`: its name, for the faults. `fragments`: the texts a procedure can `use`, by name.
    Raises ReadingError with everything that is wrong.
    """
    faults = Faults()
    at = root(text, file=file, faults=faults)
    if at is None:
        faults.raise_any()
        raise AssertionError("a file without a root has a fault")
    head = at.keys(required=HEAD, optional=(*MORE, *SECTIONS))
    used = head["use"].names() if "use" in head else ()
    places, origins = _entries(head, used, fragments or {}, faults)

    def section(name: str, read: Callable[[str, At], T]) -> dict[str, T]:
        return {entry: read(entry, place) for entry, place in places[name].items()}

    states = section("states", sections.state)
    clocks = section("clocks", sections.clock)
    acts = section(
        "actions",
        lambda name, place: actions.action(
            name, place, states, origin=origins.get(f"actions.{name}", "")
        ),
    )
    lines = {
        f"{kind}.{name}": place for kind, found in places.items() for name, place in found.items()
    }
    for clock in clocks.values():
        for made in actions.extension_actions(clock):
            if made.name not in acts:  # what the file itself says of it wins
                acts[made.name] = made
                lines[f"actions.{made.name}"] = lines[f"clocks.{clock.name}"]
    name = head["name"].text() if "name" in head else ""
    if file and name and not file.endswith(f"{name}.yaml"):
        head["name"].fault(
            fill("the file is not called {}.yaml.", name), "Give both the same name."
        )
    procedure = Procedure(
        name=name,
        version=head["version"].whole(least=1) if "version" in head else 1,
        title=head["title"].words() if "title" in head else Words("", ""),
        law=sections.law_of(head.get("law")),
        actors=section("actors", sections.actor),
        facts=section("facts", sections.fact),
        states=states,
        clocks=clocks,
        children=section("children", sections.child),
        documents=section("documents", _document),
        refusals=section("refusals", lambda name, place: place.words()),
        actions=acts,
        is_child="kind" in head and head["kind"].one_of(("main", "child")) == "child",
        confidential="confidential" in head and head["confidential"].flag(),
        helps="helps" in head and head["helps"].flag(),
        oversees="oversees" in head and head["oversees"].flag(),
        uses=used,
        file=file,
        lines={key: place.line for key, place in lines.items()},
    )
    if procedure.helps and not procedure.is_child:
        head["helps"].fault("only a run inside another one helps it.", "Write kind: child.")
    if procedure.oversees and not procedure.is_child:
        head["oversees"].fault("only a run inside another one oversees it.", "Write kind: child.")
    Names(procedure, lines).look_up()
    if not procedure.openings and "actions" in head:
        head["actions"].fault("no action opens a run.", "Give one from: new.")
    faults.raise_any()
    return procedure


def _document(name: str, at: At) -> Words:
    found = at.keys(required=("label",))
    return found["label"].words() if "label" in found else Words("", "")


def _entries(
    head: Mapping[str, At], used: tuple[str, ...], fragments: Mapping[str, str], faults: Faults
) -> tuple[dict[str, dict[str, At]], dict[str, str]]:
    """Return the entries of every section, the file's own first, and which fragment brought one."""
    places = {name: head[name].named() if name in head else {} for name in SECTIONS}
    origins: dict[str, str] = {}
    for fragment in used:
        if fragment not in fragments:
            head["use"].fault(
                fill("there is no fragment {}.", fragment), nearest(fragment, fragments)
            )
            continue
        file = f"fragments/{fragment}.yaml"
        brought = root(fragments[fragment], file=file, faults=faults)
        for name, section in brought.keys(optional=SECTIONS).items() if brought else ():
            for entry, place in section.named().items():
                if entry not in places[name]:
                    places[name][entry] = place
                    origins[f"{name}.{entry}"] = f"fragment {fragment}"
    return places, origins
