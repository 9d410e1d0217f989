"""The procedures a command works on: those of the package by name, others by their file."""

from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from huiyin.ops.errors import OperatorError
from huiyin.procedures import library
from huiyin.procedures.language import Procedure
from huiyin.procedures.reading import Fault, ReadingError, read_procedure


@dataclass(slots=True)
class Read:
    """What could be read, by name, and what is wrong in the other files."""

    procedures: dict[str, Procedure] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def add(self, text: str, file: str) -> None:
        """Read one file more: a broken one hides no other."""
        try:
            procedure = read_procedure(text, file=file, fragments=library.fragments())
        except ReadingError as error:
            self.faults += error.faults
            return
        other = self.procedures.get(procedure.name)
        if other is not None:
            text = f"{procedure.name} is the name of {other.file} too."
            self.faults.append(Fault(file, 1, text, "Give one of them another name."))
            return
        self.procedures[procedure.name] = procedure


def built_in() -> Read:
    """Read every procedure of the package."""
    found = Read()
    for file, text in library.texts().items():
        found.add(text, file)
    return found


def read(*names: str) -> Read:
    """Read the procedures of these names, which may be paths of YAML files. Raises OperatorError.

    A file that cannot be read as a procedure adds its faults.
    """
    found = Read()
    texts = {PurePosixPath(file).stem: (text, file) for file, text in library.texts().items()}
    for name in names:
        if "/" in name or name.endswith((".yaml", ".yml")):
            found.add(text_of(Path(name), wanted="a procedure or its YAML file"), name)
        elif name in texts:
            found.add(*texts[name])
        else:
            known = ", ".join(sorted(texts)) or "none"
            raise OperatorError(f'There is no procedure "{name}": name one of {known}, or a file.')
    return found


def named(name: str) -> Procedure:
    """Return one procedure by its name or the path of its file. Raises OperatorError."""
    found = read(name)
    if found.faults:
        raise OperatorError("\n".join(map(str, found.faults)))
    return next(iter(found.procedures.values()))


def text_of(path: Path, *, wanted: str) -> str:
    """Return the text of a file. Raises OperatorError, which says what is `wanted`."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise OperatorError(f"{path} is not UTF-8: save it as UTF-8.") from None
    except OSError as error:
        raise OperatorError(f"{path} cannot be read ({error.strerror}): name {wanted}.") from error
