"""The procedures a command works on: those of the package by name, others by their file."""

from dataclasses import dataclass, field
from pathlib import Path

from huiyin.ops.errors import OperatorError
from huiyin.procedures import library
from huiyin.procedures.language import Procedure
from huiyin.procedures.reading import Fault, ReadingError, read_procedure


@dataclass(slots=True)
class Read:
    """What could be read, by name, and what is wrong in the other files, by name of the file."""

    procedures: dict[str, Procedure] = field(default_factory=dict)
    faults: dict[str, tuple[Fault, ...]] = field(default_factory=dict)


def built_in() -> Read:
    """Read every procedure of the package, each by itself: one broken file hides no other."""
    found = Read()
    shared = library.fragments()
    for file, text in library.texts().items():
        _read_into(found, text, file, shared)
    return found


def named(found: Read, name: str) -> Procedure:
    """Return a procedure by its name, or by the path of its file. Raises OperatorError."""
    if _is_path(name):
        return _from_path(found, Path(name))
    procedure = found.procedures.get(name)
    if procedure is not None:
        return procedure
    for file, faults in found.faults.items():
        if Path(file).stem == name:
            raise OperatorError("\n".join(map(str, faults)))
    known = ", ".join(sorted(found.procedures)) or "none"
    raise OperatorError(f'There is no procedure "{name}": name one of {known}, or a file.')


def _from_path(found: Read, path: Path) -> Procedure:
    other = Read()
    _read_into(other, _text_of(path), str(path), library.fragments())
    for faults in other.faults.values():
        raise OperatorError("\n".join(map(str, faults)))
    procedure = next(iter(other.procedures.values()))
    found.procedures[procedure.name] = procedure
    return procedure


def picked(found: Read, names: tuple[str, ...]) -> tuple[list[Procedure], list[Fault]]:
    """Return the procedures of these names (all without one), and the faults of their files."""
    procedures: list[Procedure] = []
    faults: list[Fault] = []
    if not names:
        for of_file in found.faults.values():
            faults += of_file
        return [found.procedures[name] for name in sorted(found.procedures)], faults
    for name in names:
        if _is_path(name):
            other = Read()
            _read_into(other, _text_of(Path(name)), name, library.fragments())
            faults += [fault for faults_of in other.faults.values() for fault in faults_of]
            procedures += other.procedures.values()
            continue
        broken = [
            fault
            for file, faults_of in found.faults.items()
            if Path(file).stem == name
            for fault in faults_of
        ]
        faults += broken
        if not broken:
            procedures.append(named(found, name))
    return procedures, faults


def _is_path(name: str) -> bool:
    return "/" in name or name.endswith((".yaml", ".yml"))


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise OperatorError(f"{path} is not UTF-8: save it as UTF-8.") from None
    except OSError as error:
        raise OperatorError(
            f"{path} cannot be read ({error.strerror}): name a procedure or its YAML file."
        ) from error


def _read_into(found: Read, text: str, file: str, shared: dict[str, str]) -> None:
    try:
        procedure = read_procedure(text, file=file, fragments=shared)
    except ReadingError as error:
        found.faults[file] = error.faults
        return
    if procedure.name in found.procedures:
        other = found.procedures[procedure.name].file
        fault = Fault(file, 1, f"{procedure.name} is the name of {other} too.", "Rename one.")
        found.faults[file] = (fault,)
        return
    found.procedures[procedure.name] = procedure
