"""Controls that Django has none for: looking something up, stars, several files."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that was found: its id, its name, and what tells it from others of that name."""

    id: str
    label: str
    hint: str = ""


Find = Callable[[str], Sequence[Choice]]
Named = Callable[[Sequence[str]], Sequence[Choice]]


def typed_name(name: str) -> str:
    """Return the name under which what was typed into a look-up is sent, beside what was chosen."""
    return f"{name}__typed"


class Lookup(forms.Widget):
    """A field that finds things as they are typed; several with `many`.

    With a script a list opens below the words (`lookup.ts`; it asks `url`); without one the words
    are sent and the form comes back with what was found, to be chosen from.
    """

    template_name = "ui/widgets/lookup.html"
    is_lookup = True

    def __init__(
        self, *, url: str, named: Named, many: bool = False, attrs: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(dict(attrs or {}))
        self.url, self.named, self.many = url, named, many
        self.typed = ""
        self.found: Sequence[Choice] = ()

    def get_context(self, name: str, value: Any, attrs: Mapping[str, Any] | None) -> dict[str, Any]:
        """Add what is chosen, with its name, and what may be chosen."""
        context: dict[str, Any] = super().get_context(name, None, dict(attrs or {}))
        ids = [one for one in _listed(value) if one]
        chosen = list(self.named(ids)) if ids else []
        known = {one.id for one in chosen}
        typed = self.typed if self.many or not chosen else chosen[0].label
        context["widget"] |= {
            "url": self.url,
            "many": self.many,
            "chosen": chosen,
            "typed": typed,
            "typed_name": typed_name(name),
            "found": [one for one in self.found if one.id not in known],
        }
        return context

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        """Return the id that was chosen, of several a list."""
        self.typed = str(data.get(typed_name(name), "") or "")
        return _all(data, name) if self.many else data.get(name, "")

    def id_for_label(self, id_: str) -> str:
        """Return the id of the words, where the cursor goes."""
        return id_


class ManyFiles(forms.FileInput):
    """Several files; those sent in before stay named when the form comes back."""

    template_name = "ui/widgets/files.html"
    allow_multiple_selected = True

    def __init__(self, *, accept: str = "", many: bool = True) -> None:
        super().__init__({"multiple": many, **({"accept": accept} if accept else {})})
        self.kept: Sequence[Choice] = ()

    def get_context(self, name: str, value: Any, attrs: Mapping[str, Any] | None) -> dict[str, Any]:
        """Add the files that have arrived already."""
        context: dict[str, Any] = super().get_context(name, None, dict(attrs or {}))
        context["widget"]["kept"] = self.kept
        return context


class Stars(forms.RadioSelect):
    """One to five stars, each with its word."""

    is_stars = True


def _listed(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list | tuple) else [str(value or "")]


def _all(data: Mapping[str, Any], name: str) -> list[str]:
    if isinstance(data, MultiValueDict):
        return [str(one) for one in data.getlist(name)]
    return _listed(data.get(name, []))
