"""Fields that find a unit, a place or a kind of matter by words, for forms of our own.

With a script a list opens while one types; without one the form comes back with what was found.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from huiyin.categories.models import Category
from huiyin.matters.act_forms import NAMED, find_categories, find_places, find_units
from huiyin.places.models import Place
from huiyin.procedures.language import FieldType
from huiyin.ui.forms import FILL_IN
from huiyin.ui.widgets import Choice, Lookup, typed_name
from huiyin.units.models import Unit


class _Words(Lookup):
    """A look-up that knows whether its words were sent: without a script they go before the id."""

    were_sent = False
    was_ticked = False  # one of those that were offered, below the words

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        """Return the id that was chosen."""
        self.were_sent = typed_name(name) in data
        sent = data.getlist(name) if isinstance(data, MultiValueDict) else []
        self.was_ticked = len(sent) > 1 and bool(sent[-1])
        return super().value_from_datadict(data, files, name)

    def is_meant(self, row: Any) -> bool:
        """Tell whether the words are still those of the row that was chosen before."""
        if self.was_ticked or not self.were_sent:
            return True
        labels = [" ".join(one.label.split()) for one in self.named([str(row.pk)])]
        return " ".join(self.typed.split()) in labels


class _Found(forms.Field):
    """One row of the directory; the value is the row, None where nothing was asked for."""

    model: type[Unit] | type[Place] | type[Category]
    kind: FieldType
    address: str
    find: Callable[[str], Sequence[Choice]]

    def __init__(self, **given: Any) -> None:
        # The address is not known yet when a form is declared.
        super().__init__(widget=_Words(url="", named=NAMED[self.kind]), **given)

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        """Return the field of a form, now that the addresses are known."""
        assert isinstance(self.widget, Lookup)  # noqa: S101 as made above
        self.widget.url = reverse(self.address)
        return super().get_bound_field(form, field_name)

    def prepare_value(self, value: Any) -> Any:
        """Return the id of a row that was given as it is."""
        return str(value.pk) if hasattr(value, "pk") else value

    def clean(self, value: Any) -> Any:
        """Return the row. Raises ValidationError with what was found for the words."""
        widget = self.widget
        assert isinstance(widget, _Words)  # noqa: S101 as made above
        words = " ".join(widget.typed.split())
        found = self._row(value)
        if found is not None and widget.is_meant(found):
            return found
        if not words:
            if self.required:
                raise forms.ValidationError(str(self.error_messages.get("required", FILL_IN)))
            return None
        choices = list(type(self).find(words))
        if len(choices) == 1:
            return self._row(choices[0].id)
        widget.found = choices
        raise forms.ValidationError(
            _("Several are called that. Choose one of them.")
            if choices
            else _("Nothing is called that. Write it another way.")
        )

    def _row(self, value: Any) -> Any:
        try:
            return self.model._default_manager.filter(pk=UUID(str(value))).first()
        except ValueError:
            return None


class UnitFound(_Found):
    """A unit of today."""

    model, kind, address = Unit, FieldType.UNIT, "matters:find_units"
    find = staticmethod(find_units)


class PlaceFound(_Found):
    """A place of today."""

    model, kind, address = Place, FieldType.PLACE, "matters:find_places"
    find = staticmethod(find_places)


class CategoryFound(_Found):
    """A kind of matter in use."""

    model, kind, address = Category, FieldType.CATEGORY, "matters:find_categories"
    find = staticmethod(find_categories)
