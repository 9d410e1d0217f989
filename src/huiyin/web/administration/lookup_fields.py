"""Fields that find a unit, a place or a kind of matter by words, for forms of our own.

With a script a list opens while one types; without one the form comes back with what was found.
"""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _

from huiyin.categories.models import Category
from huiyin.matters.act_forms import NAMED, find_categories, find_places, find_units
from huiyin.places.models import Place
from huiyin.procedures.language import FieldType
from huiyin.ui.forms import FILL_IN
from huiyin.ui.widgets import Choice, Lookup
from huiyin.units.models import Unit


class _Found(forms.Field):
    """One row of the directory; the value is the row, None where nothing was asked for."""

    model: type[Unit] | type[Place] | type[Category]
    kind: FieldType
    address: str
    find: Callable[[str], Sequence[Choice]]

    def __init__(self, **given: Any) -> None:
        # The address is not known yet when a form is declared.
        super().__init__(widget=Lookup(url="", named=NAMED[self.kind]), **given)

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
        assert isinstance(widget, Lookup)  # noqa: S101 as made above
        words = " ".join(widget.typed.split())
        found = self._row(value)
        if found is not None:
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
