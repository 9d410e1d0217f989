"""The base of our forms: label above, hint below it, errors in words; required unless said."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

# Errors say what to do, not what a field is.
FILL_IN = _("Please fill this in.")
CHOOSE = _("Please choose one.")


@dataclass(frozen=True)
class FieldError:
    """One sentence of the summary on top of a form, and the field it leads to ("" for none)."""

    field_id: str
    label: str
    sentence: str


class Form(forms.Form):
    """A form drawn by the `field` and `form_fields` tags. Write `<form novalidate>` around it:

    the browser's own bubbles speak the browser's language and vanish; ours stay in place.
    """

    error_css_class = "wrong"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            asked = field.error_messages.get("required")
            if asked == forms.Field.default_error_messages["required"]:
                chosen = isinstance(field, forms.ChoiceField | forms.ModelChoiceField)
                field.error_messages["required"] = CHOOSE if chosen else FILL_IN

    def shown_again(self, **values: str) -> None:
        """Show the form as it was sent, with some values in place of what was sent."""
        sent = self.data
        data = sent.copy() if isinstance(sent, QueryDict) else QueryDict(mutable=True)
        for name, value in values.items():
            data[name] = value
        self.data = data

    @property
    def summary(self) -> list[FieldError]:
        """Every error in the order of the fields, those of the whole form first."""
        return error_summary(self)


def error_summary(form: forms.BaseForm) -> list[FieldError]:
    """List a form's errors for the summary on top of it."""
    found = [FieldError("", "", str(sentence)) for sentence in form.non_field_errors()]
    for bound in form.visible_fields():
        found += [
            FieldError(bound.id_for_label or bound.auto_id, str(bound.label), str(sentence))
            for sentence in bound.errors
        ]
    return found
