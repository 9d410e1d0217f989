"""The texts that come with Huiyin: `<capability>/notices/*.yaml`; and which one fits a notice."""

from functools import cache
from importlib.resources import files

from huiyin.notices.reading import Fault, ReadingError, read_texts
from huiyin.notices.texts import Template
from huiyin.procedures.library import procedures

FOLDER = "notices"
# Where the subject itself is nobody else's business, whether or not a file calls it confidential.
DISCREET_CAPABILITIES = frozenset({"petitions", "mediation", "medical", "care"})


def sources() -> dict[str, str]:
    """Return the text of every file by "<capability>/notices/<name>.yaml"."""
    found: dict[str, str] = {}
    for capability in sorted(files("huiyin").iterdir(), key=lambda entry: entry.name):
        folder = capability / FOLDER
        if capability.is_dir() and folder.is_dir():
            for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
                if file.name.endswith(".yaml"):
                    path = f"{capability.name}/{FOLDER}/{file.name}"
                    found[path] = file.read_text(encoding="utf-8")
    return found


@cache
def notice_names() -> frozenset[str]:
    """Return PROCEDURE.ACTION.ACTOR of everything the procedures tell anybody."""
    return frozenset(
        f"{procedure.name}.{action.name}.{actor}"
        for procedure in procedures().values()
        for action in procedure.actions.values()
        for actor in action.notify
    )


@cache
def discreet_procedures() -> frozenset[str]:
    """Return the procedures of which SMS and e-mail say number, days and link only."""
    return frozenset(
        procedure.name
        for procedure in procedures().values()
        if procedure.confidential or procedure.file.partition("/")[0] in DISCREET_CAPABILITIES
    )


def is_discreet(name: str) -> bool:
    """Tell whether a notice is of such a procedure."""
    return name.partition(".")[0] in discreet_procedures()


@cache
def templates() -> dict[str, Template]:
    """Read every shipped text, by name or pattern. Raises ReadingError with all faults."""
    found: dict[str, Template] = {}
    faults: list[Fault] = []
    for file, text in sources().items():
        try:
            read = read_texts(text, file=file, names=notice_names(), discreet=discreet_procedures())
        except ReadingError as error:
            faults += error.faults
            continue
        for name, template in read.items():
            if name in found:
                other = f"{found[name].file}:{found[name].line}"
                faults.append(Fault(file, template.line, f"{name} stands in {other} too."))
            found[name] = template
    if faults:
        raise ReadingError(faults)
    return found


@cache
def fitting(name: str, audience: str) -> tuple[Template, ...]:
    """Return the texts for a notice, the one that fits best first.

    `audience`: person or staff. Where no text names the actor, one for the audience is taken.
    """
    general = ".".join([*name.split(".")[:2], audience])
    own = [template for template in templates().values() if template.fits(name)]
    wider = [
        template
        for template in templates().values()
        if template not in own and template.fits(general)
    ]
    ranked = sorted(own, key=lambda one: one.rank(name), reverse=True)
    exact = [one for one in ranked if one.name == name]
    rest = [one for one in ranked if one.name != name] + wider
    return (*exact, *sorted(rest, key=lambda one: one.rank(general), reverse=True))
