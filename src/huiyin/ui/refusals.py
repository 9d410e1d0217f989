"""Refusals: why not, as a code with data; the sentence is looked up for whoever reads it.

A verb raises the class that `refusal` made; one handler turns it into a page, a part or JSON.

    CodeInUse = refusal("places.code_in_use", code=str, holder=str)
    sentences({"places.code_in_use": _("The code %(code)s belongs to %(holder)s. …")})

The sentences stand in `<app>/refusals.py` beside the classes: what happened, which rule, what to do
next. They are marked with gettext_lazy and read in the language of the request.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise

_made: dict[str, "type[Refusal]"] = {}
_sentences: dict[str, str | Promise] = {}


class Refusal(Exception):
    """Something that was asked for and cannot be. `code` and the data never change afterwards."""

    code: ClassVar[str] = ""
    fields: ClassVar[Mapping[str, type]] = {}

    def __init__(self, **data: Any) -> None:
        """Keep the data. Raises TypeError when a field is missing, unknown or of another type."""
        if data.keys() != self.fields.keys():
            raise TypeError(f"{self.code} takes {sorted(self.fields)}, not {sorted(data)}")
        for name, value in data.items():
            if not isinstance(value, self.fields[name]):
                raise TypeError(f"{self.code}: {name} is no {self.fields[name].__name__}")
        super().__init__(self.code)
        self.__dict__["data"] = dict(data)

    def __getattr__(self, name: str) -> Any:
        """Return a piece of data by its name."""
        try:
            return self.__dict__["data"][name]
        except KeyError:
            raise AttributeError(name) from None

    def __setattr__(self, name: str, value: Any) -> None:
        """Refuse changes; Python's own marks (traceback, cause, notes) are let through."""
        if not (name.startswith("__") and name.endswith("__")):
            raise AttributeError(f"a refusal does not change: {name}")
        super().__setattr__(name, value)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by code and data, so that a refusal crosses processes."""
        return _again, (self.code, self.__dict__["data"])

    def __str__(self) -> str:
        return str(sentence_of(self))


def refusal(code: str, /, **fields: type) -> type[Refusal]:
    """Make the class of a refusal; `code` is "<app>.<what_happened>", unique in the system."""
    if code in _made:
        raise ValueError(f"refusal {code} is made twice")
    name = "".join(part.capitalize() for part in code.rpartition(".")[2].split("_"))
    made = type(name, (Refusal,), {"code": code, "fields": dict(fields), "__doc__": code})
    _made[code] = made
    return made


def sentences(catalogue: Mapping[str, str | Promise]) -> None:
    """Add the sentences of an app, by code; %(name)s stands for a piece of data."""
    _sentences.update(catalogue)


def sentence_of(refused: Refusal) -> str:
    """Return what the person reads, in their language: dates as local dates, levels as words."""
    template = str(_sentences[refused.code])
    return template % {name: _shown(value) for name, value in refused.data.items()}


def sentence_template(code: str) -> str | Promise:
    """Return the sentence of a code before its data are filled in. Raises KeyError."""
    return _sentences[code]


def known_refusals() -> dict[str, type[Refusal]]:
    """Return every refusal made so far, by code; the documentation and its test read this."""
    return dict(sorted(_made.items()))


def _shown(value: object) -> object:
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "DATETIME_FORMAT")
    if isinstance(value, date):
        return date_format(value, "DATE_FORMAT")
    return getattr(value, "label", value)


def _again(code: str, data: dict[str, Any]) -> Refusal:
    return _made[code](**data)
