"""The forms by which units are entered, changed and ended."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from huiyin.places.models import PlaceLevel
from huiyin.ui.forms import Form
from huiyin.ui.refusals import Refusal, sentence_of
from huiyin.units import hours
from huiyin.units.models import CommitteeKind, OfficerRole, UnitKind
from huiyin.web.administration.lookup_fields import PlaceFound, UnitFound
from huiyin.web.functions import FUNCTIONS


def day_field(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    """Return a field for a day, with the browser's own picker."""
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": gettext_lazy("Write the day as 2026-01-31.")},
    )


def line(label: Any, most: int, *, required: bool = True, help_text: Any = "") -> forms.CharField:
    """Return a field of one line that the browser does not fill in by itself."""
    return forms.CharField(
        label=label,
        max_length=most,
        required=required,
        help_text=help_text,
        widget=forms.TextInput({"autocomplete": "off"}),
    )


BASIS = gettext_lazy("The document that says so, with its number")


class HoursField(forms.CharField):
    """Opening hours as they are said; the value is what is stored."""

    def clean(self, value: Any) -> dict[str, Any]:
        """Return the hours. Raises ValidationError with the part that is not understood."""
        text = super().clean(value)
        try:
            return hours.parse(text)
        except Refusal as refused:
            raise forms.ValidationError(sentence_of(refused)) from refused


class NewUnitForm(Form):
    """A unit that is entered."""

    code = line(
        gettext_lazy("Code"), 40, help_text=gettext_lazy("Letters, digits, - and _; never changed")
    )
    name = line(pgettext_lazy("unit", "Name"), 120)
    short_name = line(gettext_lazy("Short name"), 60, required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=(("", gettext_lazy("Choose")), *UnitKind.choices)
    )
    function = forms.ChoiceField(
        label=gettext_lazy("What it works on"),
        required=False,
        choices=(("", gettext_lazy("Everything of its kind")), *FUNCTIONS.items()),
    )
    committee_kind = forms.ChoiceField(
        label=gettext_lazy("Kind of committee"),
        required=False,
        choices=(("", gettext_lazy("No mediation committee")), *CommitteeKind.choices),
    )
    place = PlaceFound(label=gettext_lazy("Place"))
    superior = UnitFound(label=gettext_lazy("Unit above it"), required=False)
    phone = line(gettext_lazy("Office line"), 40, required=False)
    address = line(gettext_lazy("Address"), 200, required=False)
    opening_hours = HoursField(
        label=gettext_lazy("Opening hours"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Such as: Mon-Fri 08:30-12:00, 13:30-17:30"),
        widget=forms.TextInput({"autocomplete": "off"}),
    )


class RenameForm(Form):
    """Another name, and by which decision."""

    name = line(pgettext_lazy("unit", "Name"), 120)
    short_name = line(gettext_lazy("Short name"), 60, required=False)
    basis = line(gettext_lazy("By which decision"), 240, help_text=BASIS)


class AliasesForm(Form):
    """Other words by which people look for the unit."""

    aliases = forms.CharField(
        label=gettext_lazy("Other names"),
        required=False,
        max_length=1_200,
        help_text=gettext_lazy("One a line: former names, what everybody calls it"),
        widget=forms.Textarea({"rows": 4}),
    )


class ContactForm(Form):
    """How the unit is reached."""

    phone = line(gettext_lazy("Office line"), 40, required=False)
    address = line(gettext_lazy("Address"), 200, required=False)
    uscc = line(gettext_lazy("Credit code"), 18, required=False)
    opening_hours = HoursField(
        label=gettext_lazy("Opening hours"),
        required=False,
        max_length=400,
        help_text=gettext_lazy("Such as: Mon-Fri 08:30-12:00, 13:30-17:30"),
        widget=forms.TextInput({"autocomplete": "off"}),
    )


class MoveForm(Form):
    """Another place, another unit above it."""

    place = PlaceFound(label=gettext_lazy("Place"))
    level = forms.TypedChoiceField(
        label=gettext_lazy("Level"), coerce=int, choices=PlaceLevel.choices[:4]
    )
    superior = UnitFound(
        label=gettext_lazy("Unit above it"),
        required=False,
        help_text=gettext_lazy("Empty: none"),
    )
    basis = line(gettext_lazy("By which decision"), 240, help_text=BASIS)


class OfficerForm(Form):
    """Who leads the unit, is in charge, or is called, from a day on."""

    role = forms.ChoiceField(label=gettext_lazy("As what"), choices=OfficerRole.choices)
    name = line(
        pgettext_lazy("person", "Name"),
        60,
        required=False,
        help_text=gettext_lazy("Empty: nobody from that day on"),
    )
    phone = line(gettext_lazy("Office line"), 40, required=False)
    first_day = day_field(gettext_lazy("First day"))


class CloseForm(Form):
    """The end of a unit, and who takes over what it answers for."""

    on = day_field(
        gettext_lazy("First day without it"),
        help_text=gettext_lazy("Today: at once. Then nothing may be in its hands any more."),
    )
    duties_to = UnitFound(
        label=gettext_lazy("Who takes over its duties"),
        required=False,
        help_text=gettext_lazy(
            "Merging: the unit it goes into. Empty: nobody answers for them from then on."
        ),
    )
    basis = line(gettext_lazy("By which decision"), 240, help_text=BASIS)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_on(self) -> date:
        """Refuse a day that is over: what was done since would stand in a unit that was none."""
        on: date = self.cleaned_data["on"]
        if on < self.today:
            raise forms.ValidationError(_("Choose today or a later day."))
        return on
