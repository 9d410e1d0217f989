"""What the address of the inbox says: which tray, narrowed by what, in which order.

The form of the filters reads the address, so a list can be kept, sent to a colleague and gone back
to; what cannot be read narrows nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from huiyin.categories.models import Category
from huiyin.dispatch.models import Level
from huiyin.matters.act_forms import ADDRESSES, FIND, NAMED
from huiyin.matters.inbox import Tray
from huiyin.matters.inbox_filters import Filters, Sort, Standing
from huiyin.matters.models import Channel
from huiyin.matters.wording import language, said
from huiyin.places.models import Place
from huiyin.procedures import library
from huiyin.procedures.language import FieldType
from huiyin.ui.dates import day_words
from huiyin.ui.forms import Form
from huiyin.ui.widgets import Lookup, typed_name
from huiyin.units.models import Unit
from huiyin.web.inbox_rows import within_city

LONGEST: Final = 60  # characters of words
ANY: Final[tuple[str, str | Promise]] = ("", gettext_lazy("Any"))
STANDINGS: Final = (
    (Standing.OVERDUE.value, gettext_lazy("Overdue")),
    (Standing.SOON.value, gettext_lazy("Due soon")),
    (Standing.IN_TIME.value, pgettext_lazy("how a limit stands", "In time")),
    (Standing.NONE.value, gettext_lazy("Without a limit")),
)
SORTS: Final = (
    (Sort.LIMIT, gettext_lazy("By limit")),
    (Sort.RECEIVED, gettext_lazy("Latest first")),
    (Sort.URGENCY, gettext_lazy("By urgency")),
)
BY_WHEN_DONE: Final = gettext_lazy("By when it was done")  # what a tray of that has for its limit
LOOKED_UP: Final = {
    "place": FieldType.PLACE, "category": FieldType.CATEGORY, "unit": FieldType.UNIT,
}  # fmt: skip
NARROWING: Final = (
    "words", "procedure", "place", "category", "urgency", "standing", "channel", "unit", "since",
    "until", "sent_back",
)  # fmt: skip
FIELD_ORDER: Final = (
    "words", "place", "category", "unit", "standing", "urgency", "channel", "since", "until",
    "sent_back",
)  # fmt: skip
KEPT: Final = ("tray", *NARROWING, "sort")  # what a saved view remembers


_TYPED: Final = tuple(typed_name(name) for name in LOOKED_UP)


class FilterForm(Form):
    """The filters of the inbox; bound to the address."""

    use_required_attribute = False

    words = forms.CharField(label=gettext_lazy("Words or number"), required=False)
    urgency = forms.ChoiceField(
        label=gettext_lazy("Urgency"), choices=(ANY, *Level.choices), required=False
    )
    standing = forms.ChoiceField(
        label=gettext_lazy("Limit"), choices=(ANY, *STANDINGS), required=False
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("How it came in"), choices=(ANY, *Channel.choices), required=False
    )
    since = forms.DateField(
        label=gettext_lazy("Came in from"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )  # fmt: skip
    until = forms.DateField(
        label=gettext_lazy("Came in until"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )  # fmt: skip
    sent_back = forms.BooleanField(
        label=gettext_lazy("Only what a unit has sent back"), required=False
    )

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data.copy(), auto_id="filter-%s")
        self.fields["words"].widget.attrs.update(maxlength=LONGEST, autocomplete="off")
        labels = {"place": _("Place"), "category": _("Kind"), "unit": _("Unit that has it")}
        for name, kind in LOOKED_UP.items():
            widget = Lookup(url=reverse(ADDRESSES[kind]), named=NAMED[kind])
            self.fields[name] = forms.Field(label=labels[name], required=False, widget=widget)
        self.order_fields(FIELD_ORDER)
        self._look_up()

    @property
    def sameness(self) -> str | None:
        """What decides how its fields are drawn: nothing, where nothing is filled in."""
        is_empty = not any(self.data.get(name) for name in (*self.fields, *_TYPED))
        return "empty" if is_empty else None

    def _look_up(self) -> None:
        """Find what was typed and not chosen; what is not clear comes back to be chosen from."""
        self.unclear: dict[str, str] = {}
        for name, kind in LOOKED_UP.items():
            typed = str(self.data.get(typed_name(name), "")).replace("\x00", "").strip()
            if not typed or self.data.get(name):
                continue
            found = list(FIND[kind](typed))
            exact = [one for one in found if one.label == typed]
            sure = exact if len(exact) == 1 else found if len(found) == 1 else []
            if sure:
                self.data[name] = sure[0].id  # type: ignore[index]  # a copy of the address
                continue
            widget = self.fields[name].widget
            if isinstance(widget, Lookup):
                widget.found, widget.typed = found, typed
            self.unclear[name] = (
                _("Several are called that. Choose one of them.")
                if found
                else _("Nothing is called that. Write it another way.")
            )

    def clean(self) -> dict[str, Any]:
        """Say of each look-up that is not clear what to do."""
        cleaned: dict[str, Any] = super().clean() or {}
        for name, words in self.unclear.items():
            self.add_error(name, words)
        return cleaned


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that holds: what it says, and the address without it."""

    words: str
    url: str


@dataclass(frozen=True, slots=True)
class InboxQuery:
    """What was asked for. `tray`: None where the address names none."""

    tray: Tray | None
    filters: Filters
    sort: Sort
    form: FilterForm
    given: Mapping[str, str] = field(default_factory=dict)  # what of it stands, by name

    @property
    def is_narrowed(self) -> bool:
        return any(name in self.given for name in NARROWING)

    def encoded(self, **other: str) -> str:
        """Return the address of the list, with some of it otherwise ("": without it)."""
        merged = {**self.given, **other}
        return urlencode({name: merged[name] for name in KEPT if merged.get(name)})

    def chips(self) -> list[Chip]:
        """Return the filters that hold, each to be taken away."""
        said_by = {
            "words": f"“{self.filters.words}”",
            "procedure": _procedure(self.filters.procedure),
            "place": within_city(self.filters.place) if self.filters.place else "",
            "category": _category(self.filters.category) if self.filters.category else "",
            "urgency": str(dict(Level.choices).get(self.filters.urgency, "")),
            "standing": str(dict(STANDINGS).get(self.given.get("standing", ""), "")),
            "channel": str(dict(Channel.choices).get(self.filters.channel, "")),
            "unit": self.given.get("unit_name", ""),
            "since": _("from %(day)s") % {"day": _day(self.filters.since)},
            "until": _("until %(day)s") % {"day": _day(self.filters.until)},
            "sent_back": _("sent back"),
        }
        return [
            Chip(said_by[name], f"?{self.encoded(**{name: ''})}")
            for name in NARROWING
            if name in self.given
        ]


def _read_form(sent: QueryDict) -> FilterForm:
    form = FilterForm(sent)
    form.is_valid()
    return form


@cache
def _empty_form(_language: str) -> FilterForm:
    """Return the form in which nothing is filled in, in the language of the request."""
    return _read_form(QueryDict())


Known = Mapping[UUID, Place | Category | Unit]


def read(sent: QueryDict, known: Known | None = None) -> InboxQuery:
    """Read an address: what is not understood is left out.

    `known`: what it may name, where that was loaded already; else a query for each look-up.
    """
    narrows = any(sent.get(name) for name in (*NARROWING, *_TYPED))
    form = _read_form(sent) if narrows else _empty_form(language())
    cleaned = form.cleaned_data
    procedure = sent.get("procedure", "")
    place = _named(Place, cleaned.get("place"), known)
    category = _named(Category, cleaned.get("category"), known)
    unit = _named(Unit, cleaned.get("unit"), known)
    words = " ".join(str(cleaned.get("words", "")).replace("\x00", "").split())[:LONGEST]
    filters = Filters(
        procedure=procedure if procedure in library.procedures() else "",
        place=place,
        category=category,
        urgency=cleaned.get("urgency", ""),
        standing=Standing(cleaned["standing"]) if cleaned.get("standing") else None,
        channel=cleaned.get("channel", ""),
        unit_id=unit.pk if unit else None,
        since=cleaned.get("since"),
        until=cleaned.get("until"),
        is_returned=bool(cleaned.get("sent_back")),
        words=words,
    )
    tray = sent.get("tray", "")
    sort = sent.get("sort", "")
    given = {
        "tray": tray if tray in set(Tray) else "",
        "words": words,
        "procedure": filters.procedure,
        "place": str(place.pk) if place else "",
        "category": str(category.pk) if category else "",
        "urgency": filters.urgency,
        "standing": filters.standing.value if filters.standing else "",
        "channel": filters.channel,
        "unit": str(unit.pk) if unit else "",
        "unit_name": unit.name if unit else "",
        "since": filters.since.isoformat() if filters.since else "",
        "until": filters.until.isoformat() if filters.until else "",
        "sent_back": "on" if filters.is_returned else "",
        "sort": sort if sort in set(Sort) and sort != Sort.LIMIT.value else "",
    }
    return InboxQuery(
        tray=Tray(tray) if tray in set(Tray) else None,
        filters=filters,
        sort=Sort(sort) if sort in set(Sort) else Sort.LIMIT,
        form=form,
        given={name: value for name, value in given.items() if value},
    )


def read_all(queries: Sequence[str]) -> list[InboxQuery]:
    """Read addresses that were kept. Three queries at most."""
    sent = [QueryDict(query) for query in queries]
    known: dict[UUID, Place | Category | Unit] = {}
    for name, model in (("place", Place), ("category", Category), ("unit", Unit)):
        ids = {pk for each in sent if (pk := _uuid(each.get(name)))}
        if ids:
            known |= {row.pk: row for row in model._default_manager.filter(pk__in=ids)}
    return [read(each, known) for each in sent]


def _named(model: Any, pk: object, known: Known | None) -> Any:
    wanted = _uuid(pk)
    if wanted is None:
        return None
    if known is None:
        return model.objects.filter(pk=wanted).first()
    found = known.get(wanted)
    return found if isinstance(found, model) else None


def _uuid(text: object) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None


def _procedure(name: str) -> str:
    rules = library.procedures().get(name)
    return said(rules.title) if rules else ""


def _category(category: Category) -> str:
    return category.name_zh if language().startswith("zh") else category.name_en


def _day(day: date | None) -> str:
    return day_words(day, weekday=False) if day else ""
