"""The form of an action as a page shows it: made from the procedure file, judged by the engine.

    form = ActForm(act.form, people=contacts)                       # to be filled in
    form = ActForm(act.form, request.POST, request.FILES, people=contacts)
    form.take_in(by=actor, at=now)                                  # files first: none is lost
    try:
        act(run_id, "answer", by=actor, at=now, form=form.values())
    except ActRefused as refusal:
        form.refuse(refusal)                                        # sentences beside their fields

The form itself checks nothing: what a field takes is said once, in `procedures.forms`.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, BinaryIO, Final, cast
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.forms.utils import ErrorDict
from django.urls import reverse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiyin.categories.search import suggest
from huiyin.categories.tree import tree
from huiyin.matters.access import ContactSeen
from huiyin.matters.attachments import attach
from huiyin.matters.models import Attachment
from huiyin.matters.refusals import ActRefused
from huiyin.matters.wording import language, said
from huiyin.people.actors import Actor
from huiyin.people.colleagues import search_staff, staff_of
from huiyin.people.models import Account, AccountKind
from huiyin.places.models import Place
from huiyin.places.search import search as search_places
from huiyin.procedures.forms import clean
from huiyin.procedures.language import Field, FieldType
from huiyin.procedures.refusals import field_sentence
from huiyin.procedures.runs import Values
from huiyin.ui.forms import Form
from huiyin.ui.refusals import Refusal
from huiyin.ui.widgets import Choice, Lookup, ManyFiles, Stars, typed_name
from huiyin.units.models import Unit
from huiyin.units.queries import search_units

OFFERED: Final = 8
SHORT: Final = 120  # characters; a longer text gets more lines than one
MANY: Final = (FieldType.CHOICES, FieldType.UNITS, FieldType.PARTIES, FieldType.FILES)
LOOKED_UP: Final = (
    FieldType.UNIT, FieldType.UNITS, FieldType.PLACE, FieldType.CATEGORY, FieldType.COLLEAGUE,
)  # fmt: skip
ACCEPTED: Final = {
    "image": "image/*",
    "document": ".pdf,.docx,.xlsx,.zip",
    "audio": "audio/*",
    "video": "video/*",
}
STARS: Final = (
    ("5", gettext_lazy("Very satisfied")),
    ("4", gettext_lazy("Satisfied")),
    ("3", gettext_lazy("All right")),
    ("2", gettext_lazy("Not satisfied")),
    ("1", gettext_lazy("Very dissatisfied")),
)


class ActForm(Form):
    """The fields of an action.

    `people`: the sides of the matter, for fields that name one. `by`: whoever fills it in, for
    fields that name a colleague. `initial`: values by field.
    """

    use_required_attribute = False  # the browser's own bubbles vanish; our sentences stay

    def __init__(
        self,
        fields: Sequence[Field],
        data: Mapping[str, Any] | None = None,
        files: "MultiValueDict[str, UploadedFile[Any]] | None" = None,
        *,
        people: Sequence[ContactSeen] = (),
        by: Actor | None = None,
        initial: Values | None = None,
        auto_id: str = "id_%s",
    ) -> None:
        super().__init__(data, files, initial=dict(initial or {}), auto_id=auto_id)
        self.rules = {rule.name: rule for rule in fields}
        for rule in fields:
            self.fields[rule.name] = _field(rule, people, by)
        self._kept: dict[str, list[Attachment]] = {}
        self._wrong: dict[str, str] = {}

    def full_clean(self) -> None:
        """Check nothing; errors come from the engine (`refuse`) or from files (`take_in`)."""
        self._errors = ErrorDict()
        self.cleaned_data = {}

    def take_in(self, *, by: Actor, at: datetime, address: str | None = None) -> bool:
        """Keep the files that came along, and look up what was typed and not chosen.

        Returns False when a file is refused or a name is not clear; the form says which and why.
        """
        for name, rule in self.rules.items():
            if rule.type is FieldType.FILES:
                self._keep_files(name, by=by, at=at, address=address)
            elif isinstance(self.fields[name].widget, Lookup):
                self._look_up(name, rule)
        return not self._wrong

    def values(self) -> dict[str, Any]:
        """Return what was sent, by field, as `act` takes it."""
        sent = {name: self._value(name, rule) for name, rule in self.rules.items()}
        return {name: value for name, value in sent.items() if value not in ("", [], None)}

    @property
    def kept(self) -> Mapping[str, Sequence[Attachment]]:
        """The files that have arrived, by field; known after `take_in`."""
        return self._kept

    def named(self, name: str) -> list[str]:
        """Return the files a field names among those that have arrived, there or not."""
        return [one for one in _all(self.data, name) if one]

    def refuse(self, refusal: Refusal) -> None:
        """Write what is wrong beside its fields, and what belongs to none on top."""
        errors: Mapping[str, str] = refusal.errors if isinstance(refusal, ActRefused) else {}
        mine = {name: words for name, words in errors.items() if name in self.fields}
        for name, words in mine.items():
            self.add_error(name, words)
        if not mine:
            self.add_error(None, str(refusal))

    def look_through(self, *, at: datetime) -> None:
        """Write beside the fields what is wrong with them, where the act is not tried yet."""
        found = clean(list(self.rules.values()), self.values(), now=at).errors
        for name, error in found.items():
            if name not in self.errors:
                self.add_error(name, field_sentence(error, language=language()))

    # --- what was sent --------------------------------------------------------------------------

    def _value(self, name: str, rule: Field) -> Any:
        if rule.type is FieldType.FILES:
            return [str(one.pk) for one in self._kept.get(name, [])]
        if rule.type is FieldType.FLAG:
            return bool(self.data.get(name))
        if rule.type in MANY:
            return _all(self.data, name)
        return str(self.data.get(name, "")).strip()

    def _keep_files(self, name: str, *, by: Actor, at: datetime, address: str | None) -> None:
        ids = [one for one in map(_uuid, _all(self.data, name)) if one]
        kept = list(Attachment.objects.filter(pk__in=ids, owner_id=by.account_id, uses=None))
        sent = self.files.getlist(f"{name}__new") if self.files else []
        for each in sent:
            try:
                content = cast("BinaryIO", each)
                kept.append(attach(content, name=each.name or "", by=by, at=at, address=address))
            except Refusal as refusal:
                told = {"name": each.name, "why": str(refusal)}
                self._fault(name, _("%(name)s: %(why)s") % told)
        self._kept[name] = kept
        widget = self.fields[name].widget
        if isinstance(widget, ManyFiles):
            widget.kept = [Choice(str(one.pk), one.name) for one in kept]

    def _look_up(self, name: str, rule: Field) -> None:
        typed = str(self.data.get(typed_name(name), "")).strip()
        chosen = [one for one in _all(self.data, name) if one]
        if not typed or (chosen and rule.type is not FieldType.UNITS):
            return
        found = list(FIND[rule.type](typed))
        exact = [one for one in found if one.label == typed]
        sure = exact if len(exact) == 1 else found if len(found) == 1 else []
        if sure:
            self.data = _with(self.data, name, [*chosen, sure[0].id])
            return
        widget = self.fields[name].widget
        if isinstance(widget, Lookup):
            widget.found, widget.typed = found, typed
        self._fault(
            name,
            _("Several are called that. Choose one of them.")
            if found
            else _("Nothing is called that. Write it another way."),
        )

    def _fault(self, name: str, words: str) -> None:
        self._wrong[name] = words
        self.add_error(name, words)


# --- fields ---------------------------------------------------------------------------------------


def _field(rule: Field, people: Sequence[ContactSeen], by: Actor | None) -> forms.Field:
    given: dict[str, Any] = {
        "label": said(rule.label),
        "help_text": said(rule.hint),
        "required": rule.required and rule.type is not FieldType.FLAG,
    }
    made = _made(rule, people, by, given)
    if rule.when:
        made.when = json.dumps(  # type: ignore[attr-defined]  # read by the template of fields
            {name: [_said_value(one) for one in wanted] for name, wanted in rule.when.items()}
        )
    return made


def _said_value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _made(
    rule: Field, people: Sequence[ContactSeen], by: Actor | None, given: dict[str, Any]
) -> forms.Field:
    kind = rule.type
    if kind is FieldType.TEXT:
        return forms.CharField(widget=_text_widget(rule), **given)
    if kind in (FieldType.NUMBER, FieldType.MONEY):
        mode = "decimal" if kind is FieldType.MONEY or rule.decimals else "numeric"
        attrs = {"inputmode": mode, "autocomplete": "off"}
        return forms.CharField(widget=forms.TextInput(attrs=attrs), **given)
    if kind is FieldType.FLAG:
        return forms.BooleanField(**given)
    if kind is FieldType.STARS:
        return forms.ChoiceField(choices=STARS, widget=Stars, **given)
    if kind in (FieldType.CHOICE, FieldType.CHOICES):
        choices = [(name, said(words)) for name, words in rule.options.items()]
        return _choice(choices, given, many=kind is FieldType.CHOICES)
    if kind is FieldType.DATE:
        return forms.CharField(widget=forms.DateInput(attrs={"type": "date"}), **given)
    if kind is FieldType.INSTANT:
        local = forms.DateTimeInput(attrs={"type": "datetime-local"})
        return forms.CharField(widget=local, **given)
    if kind is FieldType.FILES:
        accept = ",".join(ACCEPTED[one] for one in rule.accept if one in ACCEPTED)
        many = rule.at_most is None or rule.at_most > 1
        return forms.Field(widget=ManyFiles(accept=accept, many=many), **given)
    if kind is FieldType.COLLEAGUE and not rule.of and by is not None:
        return _choice(_colleagues(by), given, many=False)
    if kind in LOOKED_UP:
        widget = Lookup(
            url=reverse(ADDRESSES[kind]), named=NAMED[kind], many=kind is FieldType.UNITS
        )
        return forms.Field(widget=widget, **given)
    choices = [
        (str(one.id), _person(one)) for one in people if kind is FieldType.PERSON or one.side
    ]
    return _choice(choices, given, many=kind is FieldType.PARTIES)


def _colleagues(by: Actor) -> list[tuple[str, str]]:
    """Return everybody in the unit of whoever acts, themselves first."""
    if by.unit_id is None:
        return []
    staff = staff_of(by.unit_id, at=timezone.now()).values_list("pk", "name")
    named = sorted(staff, key=lambda one: one[0] != by.account_id)
    return [(str(pk), name) for pk, name in named]


def _choice(choices: list[tuple[str, str]], given: dict[str, Any], *, many: bool) -> forms.Field:
    """Return choices as rows; a long list of which one is taken opens only when asked for."""
    if many:
        return forms.MultipleChoiceField(
            choices=choices, widget=forms.CheckboxSelectMultiple, **given
        )
    if len(choices) > OFFERED:
        return forms.ChoiceField(choices=[("", _("Please choose")), *choices], **given)
    return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **given)


def _text_widget(rule: Field) -> forms.Widget:
    attrs: dict[str, Any] = {"autocomplete": "off"}
    if rule.at_most is not None:
        attrs["maxlength"] = int(rule.at_most)
    if rule.line:
        return forms.TextInput(attrs=attrs)
    rows = 2 if rule.at_most is not None and rule.at_most <= SHORT else 4
    return forms.Textarea(attrs={**attrs, "rows": rows})


def _person(one: ContactSeen) -> str:
    return " ".join(part for part in (one.name, one.phone) if part) or one.side


# --- looking things up ----------------------------------------------------------------------------


def find_units(words: str) -> list[Choice]:
    """Return the units of today that fit some words."""
    return [_unit(one) for one in search_units(words, on=timezone.localdate(), limit=OFFERED)]


def find_places(words: str) -> list[Choice]:
    """Return the places of today that fit some words."""
    return [_place(one.place) for one in search_places(words, limit=OFFERED)]


def find_categories(words: str) -> list[Choice]:
    """Return the classes of matters that fit some words, the likeliest first."""
    return [_category(hit.node) for hit in suggest(words, OFFERED)]


def find_colleagues(words: str) -> list[Choice]:
    """Return staff in post whose name fits, with the units they work in."""
    return [_account(one) for one in search_staff(words, at=timezone.now(), limit=OFFERED)]


def _account(account: Account) -> Choice:
    posts: Sequence[Any] = getattr(account, "posts_now", ())
    units = dict.fromkeys(post.unit.name for post in posts)
    return Choice(str(account.pk), account.name, "、".join(units))


def _unit(unit: Unit) -> Choice:
    return Choice(str(unit.pk), unit.name, str(unit.place.full_name))


def _place(place: Place) -> Choice:
    return Choice(str(place.pk), place.full_name, place.code)


def _category(node: Any) -> Choice:
    names = [_name(each.category) for each in node.path]
    return Choice(str(node.category.pk), names[-1], " › ".join(names[:-1]))


def _name(category: Any) -> str:
    name: str = category.name_zh if language().startswith("zh") else category.name_en
    return name


def _units(ids: Sequence[str]) -> list[Choice]:
    known = [one for one in map(_uuid, ids) if one]
    return [_unit(one) for one in Unit.objects.filter(pk__in=known).select_related("place")]


def _places(ids: Sequence[str]) -> list[Choice]:
    known = [one for one in map(_uuid, ids) if one]
    return [_place(one) for one in Place.objects.filter(pk__in=known)]


def _categories(ids: Sequence[str]) -> list[Choice]:
    nodes = {str(node.category.pk): node for node in tree().by_code.values()}
    return [_category(nodes[one]) for one in ids if one in nodes]


def _accounts(ids: Sequence[str]) -> list[Choice]:
    known = [one for one in map(_uuid, ids) if one]
    staff = Account.objects.filter(pk__in=known, kind=AccountKind.STAFF)
    return [_account(one) for one in staff]


FIND: Final = {
    FieldType.UNIT: find_units,
    FieldType.UNITS: find_units,
    FieldType.PLACE: find_places,
    FieldType.CATEGORY: find_categories,
    FieldType.COLLEAGUE: find_colleagues,
}
NAMED: Final = {
    FieldType.UNIT: _units,
    FieldType.UNITS: _units,
    FieldType.PLACE: _places,
    FieldType.CATEGORY: _categories,
    FieldType.COLLEAGUE: _accounts,
}
ADDRESSES: Final = {
    FieldType.UNIT: "matters:find_units",
    FieldType.UNITS: "matters:find_units",
    FieldType.PLACE: "matters:find_places",
    FieldType.CATEGORY: "matters:find_categories",
    FieldType.COLLEAGUE: "matters:find_colleagues",
}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None


def _all(data: Mapping[str, Any], name: str) -> list[str]:
    if isinstance(data, MultiValueDict):
        return [str(one) for one in data.getlist(name)]
    value = data.get(name, [])
    return [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)]


def _with(data: Mapping[str, Any], name: str, values: list[str]) -> MultiValueDict[str, Any]:
    """Return what was sent with one field put right."""
    copied: MultiValueDict[str, Any] = MultiValueDict(
        dict(data.lists())
        if isinstance(data, MultiValueDict)
        else {k: [v] for k, v in data.items()}
    )
    copied.setlist(name, values)
    return copied
