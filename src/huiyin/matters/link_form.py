"""The form of one act as a page draws it, from the fields of the procedure file."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huiyin.matters.wording import said
from huiyin.procedures.language import ON_A_LINK, Field, FieldType
from huiyin.procedures.runs import Values
from huiyin.ui.forms import Form

PREFIX: Final = "f"  # keeps our names apart from csrfmiddlewaretoken and the like


class ActForm(Form):
    """Takes what a page sent as text; the engine says what is wrong with it, field by field."""

    def __init__(
        self, fields: Sequence[Field], data: Mapping[str, Any] | None = None, *,
        offered: Mapping[str, Sequence[tuple[str, str]]] | None = None,
    ) -> None:  # fmt: skip
        """Make the controls. `offered`: the values some text fields can take just now.

        A field for which there is nothing to choose from is left out.
        """
        super().__init__(data, prefix=PREFIX)
        values = offered or {}
        for rule in fields:
            if rule.type in ON_A_LINK and values.get(rule.name, True):
                field = (
                    _one_of(values[rule.name]) if rule.name in values else _MAKERS[rule.type](rule)
                )
                field.label = said(rule.label)
                field.help_text = said(rule.hint) or _asked_only_when(rule, fields)
                # `when` and `required` are the engine's to judge: it knows the other fields.
                field.required = False
                self.fields[rule.name] = field

    @property
    def values(self) -> Values:
        """What was sent, as the engine takes it; what was left empty is not there."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in ("", [])}

    def refuse(self, errors: Mapping[str, str]) -> None:
        """Show what the engine said at each field."""
        for name, sentence in errors.items():
            self.add_error(name if name in self.fields else None, sentence)


def _asked_only_when(rule: Field, fields: Iterable[Field]) -> str:
    """Say under which answer an optional field is meant, since nothing hides it here."""
    for other in fields:
        if other.name in rule.when and other.options:
            wanted = [said(other.options[str(one)]) for one in rule.when[other.name]]
            return _("Only if you chose “%(choice)s”.") % {"choice": " / ".join(wanted)}
    return ""


def _one_of(values: Sequence[tuple[str, str]]) -> forms.Field:
    return forms.ChoiceField(choices=list(values), widget=forms.RadioSelect)


def _text(rule: Field) -> forms.Field:
    widget = forms.TextInput() if rule.line else forms.Textarea(attrs={"rows": 4})
    return forms.CharField(widget=widget)


def _choice(rule: Field) -> forms.Field:
    choices = [(name, said(words)) for name, words in rule.options.items()]
    return forms.ChoiceField(choices=choices, widget=forms.RadioSelect)


def _choices(rule: Field) -> forms.Field:
    choices = [(name, said(words)) for name, words in rule.options.items()]
    return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple)


def _stars(_rule: Field) -> forms.Field:
    choices = [
        (str(count), f"{'★' * count} {ngettext('%(n)s star', '%(n)s stars', count) % {'n': count}}")
        for count in range(5, 0, -1)
    ]
    return forms.ChoiceField(choices=choices, widget=forms.RadioSelect)


def _flag(_rule: Field) -> forms.Field:
    return forms.BooleanField()


def _number(_rule: Field) -> forms.Field:
    return forms.CharField(widget=forms.TextInput(attrs={"inputmode": "decimal"}))


def _date(_rule: Field) -> forms.Field:
    return forms.CharField(widget=forms.TextInput(attrs={"type": "date"}))


def _instant(_rule: Field) -> forms.Field:
    return forms.CharField(widget=forms.TextInput(attrs={"type": "datetime-local"}))


_MAKERS: Final[Mapping[FieldType, Callable[[Field], forms.Field]]] = {
    FieldType.TEXT: _text,
    FieldType.CHOICE: _choice,
    FieldType.CHOICES: _choices,
    FieldType.STARS: _stars,
    FieldType.FLAG: _flag,
    FieldType.NUMBER: _number,
    FieldType.DATE: _date,
    FieldType.INSTANT: _instant,
}
