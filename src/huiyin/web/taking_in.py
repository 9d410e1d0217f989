"""Taking in what somebody says on the phone or at the counter: which procedures, with which form.

Words, place and class are asked for once on every page of intake; the fields of the opening that
mean the same are filled from them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from huiyin.categories.models import Category
from huiyin.categories.tree import tree
from huiyin.matters import access
from huiyin.matters.act_forms import ADDRESSES, NAMED, ActForm, find_categories, find_places
from huiyin.matters.models import Channel
from huiyin.matters.wording import said
from huiyin.people.actors import Actor
from huiyin.people.phones import dialled
from huiyin.people.refusals import PhoneNotDialled
from huiyin.places.models import Place
from huiyin.procedures import library
from huiyin.procedures.language import Action, ActorKind, Field, FieldType, Procedure
from huiyin.ui.forms import Form
from huiyin.ui.widgets import Lookup
from huiyin.units.models import UnitKind
from huiyin.web.templatetags.city import dot

TITLE: Final = 40
_STOPS: Final = "。！？!?\n；;"


@dataclass(frozen=True, slots=True)
class Opening:
    """A way a post may take something in."""

    procedure: Procedure
    action: Action

    @property
    def name(self) -> str:
        """What it is called in an address."""
        return f"{self.procedure.name}.{self.action.name}"

    @property
    def label(self) -> str:
        """What it is called on the screen."""
        return f"{said(self.procedure.title)}{dot()}{said(self.action.label)}"

    @property
    def hint(self) -> str:
        """What the file says whoever takes it in should know."""
        return said(self.action.hint)

    @property
    def action_label(self) -> str:
        """What the button says."""
        return said(self.action.label)

    @property
    def words(self) -> Field | None:
        """The field for what was said, in the person's own words."""
        texts = [one for one in self.action.form if one.type is FieldType.TEXT]
        own = [one for one in texts if one.personal and not one.line and one.required]
        return max(own, key=lambda one: one.at_most or 0, default=None)

    def field_of(self, kind: FieldType) -> Field | None:
        """The field that asks for the place, or for the class."""
        return next((one for one in self.action.form if one.type is kind), None)

    @property
    def rest(self) -> list[Field]:
        """What else the opening asks for: what is required first; not the sides, of whom nobody
        is known yet.
        """
        asked = [self.words, self.field_of(FieldType.PLACE), self.field_of(FieldType.CATEGORY)]
        left = [
            one
            for one in self.action.form
            if one not in asked and one.type not in (FieldType.PARTY, FieldType.PARTIES)
        ]
        return sorted(left, key=lambda one: not one.required)

    @property
    def has_sides(self) -> bool:
        """Whether it asks for the sides of a dispute, which this page does not."""
        return any(one.type is FieldType.PARTIES and one.required for one in self.action.form)


def openings_of(by: Actor) -> list[Opening]:
    """Return how a post may take things in, its own work first: what fewer kinds of offices take
    in, then what people may bring themselves. Whether the place is its own shows when it does.
    """
    found = []
    for rules in library.procedures().values():
        for action in rules.openings:
            opening = Opening(rules, action)
            mine = [rules.actors[name] for name in action.by if _may(rules, name, by)]
            if mine and not opening.has_sides:
                kinds = min(len(rule.unit_kinds) for rule in mine)
                found.append((kinds, not _is_for_people(rules), opening.name, opening))
    return [opening for *_order, opening in sorted(found, key=lambda one: one[:3])]


def _is_for_people(rules: Procedure) -> bool:
    openers = {rules.actors[name].kind for action in rules.openings for name in action.by}
    return ActorKind.REPORTER in openers


def _may(rules: Procedure, name: str, by: Actor) -> bool:
    rule = rules.actors[name]
    return (
        rule.kind is ActorKind.UNIT
        and bool(rule.unit_kinds)
        and not rules.is_child
        and access.is_office(rule, by)
    )


def channel_of(by: Actor) -> Channel:
    """Return how things come in to a post; what the opening asks besides says it more exactly."""
    return {
        UnitKind.HOTLINE_CENTRE: Channel.CALL,
        UnitKind.VILLAGE_COMMITTEE: Channel.GRID,
    }.get(UnitKind(by.unit_kind), Channel.VISIT)


def title_of(words: str) -> str:
    """Return what a matter is called in lists: the first sentence of what was said."""
    first = words.strip()
    for sign in _STOPS:
        first = first.split(sign, 1)[0]
    return first[:TITLE] or words.strip()[:TITLE]


class CallerForm(Form):
    """Who is on the phone or at the counter."""

    phone = forms.CharField(
        label=_("Phone"), required=False, max_length=30,
        widget=forms.TextInput(
            attrs={"inputmode": "tel", "autocomplete": "off", "autofocus": True}
        ),
    )  # fmt: skip
    name = forms.CharField(label=_("How to address them"), required=False, max_length=40)
    is_anonymous = forms.BooleanField(label=_("Does not want to say who it is"), required=False)
    wants_secrecy = forms.BooleanField(label=_("The unit must not learn who it is"), required=False)

    def clean_phone(self) -> str:
        """Return the number as it is dialled; refuse what nobody can be called back under."""
        typed: str = self.cleaned_data["phone"]
        if not typed:
            return ""
        try:
            return dialled(typed)
        except PhoneNotDialled as refusal:
            raise forms.ValidationError(str(refusal)) from None


class ResolvedField(forms.CharField):
    """A field that is asked for; `resolve` says what is wrong, also of words without a choice."""

    def validate(self, value: Any) -> None:
        """Refuse nothing yet."""


class SaidForm(Form):
    """What was said, of what kind, where."""

    use_required_attribute = False

    words = forms.CharField(
        label=_("What they say"), max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5, "autocomplete": "off"}),
    )  # fmt: skip
    category = forms.CharField(label=_("What kind"), required=False)
    place = ResolvedField(label=_("Where"), help_text=_("Name, pinyin or first letters"))
    address = forms.CharField(
        label=_("House, door, landmark"), required=False, max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, kind in (("category", FieldType.CATEGORY), ("place", FieldType.PLACE)):
            self.fields[name].widget = Lookup(url=reverse(ADDRESSES[kind]), named=NAMED[kind])

    def resolve(self) -> tuple[Place | None, Category | None]:
        """Return place and class, also where only one thing is called what was typed."""
        place = self._one("place", find_places)
        category = self._one("category", find_categories)
        found = Place.objects.filter(pk=place).first() if place else None
        known = {str(node.category.pk): node.category for node in tree().by_code.values()}
        if found is None and "place" not in self.errors:
            self.add_error("place", _("Say where it is: choose a place from the list."))
        return found, known.get(category)

    def _one(self, name: str, find: Any) -> str:
        chosen = str(self.data.get(name, ""))
        typed = str(self.data.get(f"{name}__typed", "")).strip()
        if chosen or not typed:
            return chosen
        found: Sequence[Any] = find(typed)
        exact = [one for one in found if one.label == typed]
        sure = exact if len(exact) == 1 else found if len(found) == 1 else []
        if sure:
            return str(sure[0].id)
        widget = self.fields[name].widget
        if isinstance(widget, Lookup):
            widget.found, widget.typed = found, typed
        return ""


def form_of(opening: Opening, data: Any = None, files: Any = None) -> ActForm:
    """Return the form for what else an opening asks for."""
    return ActForm(opening.rest, data, files, auto_id="more_%s")


def values_of(
    opening: Opening, more: ActForm, *, words: str, place: Place, category: Category | None
) -> dict[str, Any]:
    """Return the whole form of an opening."""
    own = (
        (opening.words, words),
        (opening.field_of(FieldType.PLACE), str(place.pk)),
        (opening.field_of(FieldType.CATEGORY), str(category.pk) if category else ""),
    )
    filled = {field.name: value for field, value in own if field and value}
    return {**more.values(), **filled}
