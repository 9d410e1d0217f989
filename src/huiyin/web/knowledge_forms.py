"""The forms of the knowledge base: an entry, its filter, and what a checker says."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from huiyin.categories.tree import tree
from huiyin.knowledge.models import Kind, Version
from huiyin.knowledge.verbs import EN_TEXT, REASON, SHORT, TEXT, TITLE, Words
from huiyin.matters.act_forms import ADDRESSES, NAMED, find_categories, find_places
from huiyin.procedures.language import FieldType
from huiyin.ui.forms import Form
from huiyin.ui.widgets import Choice, Lookup, typed_name

DAY_WRONG: Final = {"invalid": _("Write the day as 2026-01-31.")}


def _day(label: Any, *, required: bool = False, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label, required=required, help_text=help_text, error_messages=DAY_WRONG,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )  # fmt: skip


class ManyIds(forms.Field):
    """Several things that were looked up; `EntryForm.clean` looks up what was only typed."""

    def to_python(self, value: Any) -> list[str]:
        """Return the ids."""
        return [str(one) for one in value or () if one]


class EntryForm(Form):
    """What an entry says."""

    use_required_attribute = False

    title_zh = forms.CharField(
        label=_("Question"), max_length=TITLE,
        help_text=_("As people ask it, in one line"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "lang": "zh-Hans"}),
    )  # fmt: skip
    text_zh = forms.CharField(
        label=_("Answer"), max_length=TEXT,
        help_text=_("What can be read out: first what to do, then why; no slogans"),
        widget=forms.Textarea(attrs={"rows": 8, "autocomplete": "off", "lang": "zh-Hans"}),
    )  # fmt: skip
    asked_as = forms.CharField(
        label=_("Other words for it"), required=False, max_length=SHORT,
        help_text=_("As people say it, with spaces between"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "lang": "zh-Hans"}),
    )  # fmt: skip
    categories = ManyIds(label=_("Kinds of matter"), required=False)
    places = ManyIds(
        label=_("Where it holds"), required=False, help_text=_("Empty: in the whole city")
    )
    source = forms.CharField(
        label=_("Source"), required=False, max_length=SHORT,
        help_text=_("Law and article, or document with its number"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "lang": "zh-Hans"}),
    )  # fmt: skip
    valid_from = _day(_("Holds from"))
    valid_to = _day(_("Holds until"), help_text=_("The first day on which it is over"))
    review_on = _day(_("To be looked at again on"), required=True)
    title_en = forms.CharField(
        label=_("Question in English"), required=False, max_length=2 * TITLE,
        widget=forms.TextInput(attrs={"autocomplete": "off", "lang": "en"}),
    )  # fmt: skip
    text_en = forms.CharField(
        label=_("Answer in English"), required=False, max_length=EN_TEXT,
        widget=forms.Textarea(attrs={"rows": 5, "autocomplete": "off", "lang": "en"}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, kind in (("categories", FieldType.CATEGORY), ("places", FieldType.PLACE)):
            self.fields[name].widget = Lookup(
                url=reverse(ADDRESSES[kind]), named=NAMED[kind], many=True
            )

    def clean(self) -> dict[str, Any]:
        """Look up what was typed and not chosen; see that it ends after it begins."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        for name, find in (("categories", find_categories), ("places", find_places)):
            self._look_up(name, find)
        since, until = said.get("valid_from"), said.get("valid_to")
        if since and until and since >= until:
            self.add_error("valid_to", _("It ends on a day after it begins."))
        return said

    def _look_up(self, name: str, find: Any) -> None:
        typed = str(self.data.get(typed_name(name), "")).strip()
        if not typed:
            return
        found: Sequence[Choice] = find(typed)
        exact = [one for one in found if one.label == typed]
        sure = exact if len(exact) == 1 else found if len(found) == 1 else []
        if sure:
            self.cleaned_data[name] = [*self.cleaned_data.get(name, []), sure[0].id]
            return
        widget = self.fields[name].widget
        if isinstance(widget, Lookup):
            widget.found = found
        self.add_error(
            name,
            _("Several are called that. Choose from the list.")
            if found
            else _("Nothing is called that. Write it another way."),
        )

    def words(self) -> Words:
        """Return what was written; the form is valid."""
        said = self.cleaned_data
        codes = {str(node.category.pk): code for code, node in tree().by_code.items()}
        texts = ("title_zh", "text_zh", "title_en", "text_en", "asked_as", "source")
        return Words(
            **{name: said[name] for name in texts},
            categories=tuple(codes[one] for one in said["categories"] if one in codes),
            places=tuple(UUID(one) for one in said["places"] if _is_uuid(one)),
            valid_from=said["valid_from"], valid_to=said["valid_to"],
            review_on=said["review_on"],
        )  # fmt: skip


class NewForm(EntryForm):
    """A new entry: also what it is for."""

    kind = forms.ChoiceField(
        label=_("What it is for"),
        choices=[
            (Kind.GUIDE, _("Knowledge: residents and staff read it")),
            (Kind.SCRIPT, _("Call script: what to ask and say, for staff alone")),
        ],
        widget=forms.RadioSelect,
        initial=Kind.GUIDE,
    )
    field_order = ("kind",)


class ChangeForm(EntryForm):
    """A new version: also why."""

    note = forms.CharField(
        label=_("Why it is changed"), required=False, max_length=SHORT,
        widget=forms.TextInput(attrs={"autocomplete": "off", "lang": "zh-Hans"}),
    )  # fmt: skip


class ReasonForm(Form):
    """Why something is sent back or withdrawn."""

    use_required_attribute = False

    reason = forms.CharField(
        label=_("Why"), max_length=REASON,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
    )  # fmt: skip


class ReviewForm(Form):
    """When to look again."""

    use_required_attribute = False

    again_on = _day(_("To be looked at again on"), required=True)


def values_of(version: Version) -> dict[str, Any]:
    """Return what a version says as the form takes it."""
    by_code = tree().by_code
    plain = (
        *("title_zh", "text_zh", "title_en", "text_en", "asked_as", "source"),
        *("valid_from", "valid_to", "review_on"),
    )
    return {
        **{name: getattr(version, name) for name in plain},
        "categories": [
            str(by_code[code].category.pk) for code in version.categories if code in by_code
        ],
        "places": [str(one) for one in version.places],
    }


def fresh_values(*, review_on: date, **more: Any) -> dict[str, Any]:
    """Return what a new entry begins with."""
    return {"review_on": review_on, **{name: value for name, value in more.items() if value}}


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
