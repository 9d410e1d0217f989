"""The procedure files that come with Huiyin: `<capability>/procedures/*.yaml`, and the fragments.

The one module of the pure floor that opens files: those of the package itself.
"""

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

import yaml

from huiyin.procedures.language import Procedure
from huiyin.procedures.reading import Fault, ReadingError, read_procedure

FOLDER = "procedures"


def fragments() -> dict[str, str]:
    """Return the texts of the fragments by name."""
    folder = files("huiyin") / FOLDER / "fragments"
    return {
        file.name.removesuffix(".yaml"): file.read_text(encoding="utf-8")
        for file in sorted(folder.iterdir(), key=lambda file: file.name)
        if file.name.endswith(".yaml")
    }


def texts() -> dict[str, str]:
    """Return the text of every procedure file by "<capability>/procedures/<name>.yaml"."""
    found: dict[str, str] = {}
    for capability in sorted(files("huiyin").iterdir(), key=lambda entry: entry.name):
        folder = capability / FOLDER
        if capability.is_dir() and folder.is_dir():
            for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
                if file.name.endswith(".yaml"):
                    found[f"{capability.name}/{FOLDER}/{file.name}"] = _text(file)
    return found


@cache
def chinese() -> dict[str, str]:
    """Return what reader and checker say in Chinese, by the English pattern."""
    read: dict[str, str] = yaml.safe_load(_text(files("huiyin") / FOLDER / "chinese.yaml"))
    return read


def _text(file: Traversable) -> str:
    return file.read_text(encoding="utf-8")


@cache
def procedures() -> dict[str, Procedure]:
    """Read every procedure, by name. Raises ReadingError with the faults of all files."""
    found: dict[str, Procedure] = {}
    faults: list[Fault] = []
    shared = fragments()
    for file, text in texts().items():
        try:
            procedure = read_procedure(text, file=file, fragments=shared)
        except ReadingError as error:
            faults += error.faults
            continue
        if procedure.name in found:
            other = found[procedure.name].file
            faults.append(Fault(file, 1, f"{procedure.name} is the name of {other} too."))
        found[procedure.name] = procedure
    if faults:
        raise ReadingError(dict.fromkeys(faults))
    return found


def procedure(name: str) -> Procedure:
    """Return one procedure. Raises KeyError."""
    return procedures()[name]
