"""The four registers: kinds of matter, texts of messages, the calendar, rosters."""

from collections.abc import Mapping
from typing import Any, Final

import yaml
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from unfold.decorators import display
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from huiyin.categories import city_days
from huiyin.categories import verbs as categories
from huiyin.categories.models import CalendarDay, Category, DayKindChoice
from huiyin.notices import library
from huiyin.notices import verbs as notices
from huiyin.notices.models import TextVersion
from huiyin.ui.among import AnyOf
from huiyin.units import roster
from huiyin.units.models import RosterEntry, Unit
from huiyin.units.queries import search_units
from huiyin.web.functions import owner_words
from huiyin.web.registers.base import ByVerb, Register
from huiyin.web.registers.site import registers as registers  # with its models
from huiyin.web.templatetags.city import said

UNITS_FOUND: Final = 10
WORDS_OF_THE_THEME = (gettext_noop("Date"),)  # which the theme has in English alone


def column(name: str, label: Any, *, boolean: bool | None = None, is_sorted: bool = True) -> Any:
    """Return a column of a list: a field of the row under a name of ours."""

    @display(description=label, ordering=name if is_sorted else None, boolean=boolean)  # type: ignore[untyped-decorator]  # the theme has no types
    def shown(register: Register, row: Any) -> Any:
        said = getattr(row, f"get_{name}_display", None)
        return said() if said else getattr(row, name)

    return shown


# --- kinds of matter ----------------------------------------------------------------------------


def _in_words(category: Category) -> str:
    """Return a kind with its code, in the language of the page."""
    return f"{category.code} {said(category)}"


class CategoryForm(ByVerb):
    """A kind of matter: added below a parent, renamed, described, retired."""

    class Meta:
        model = Category
        fields = (
            "code", "parent", "name_zh", "name_en", "owner_kind", "urgency", "redirect",
            "guidance_zh", "guidance_en", "phrase_1", "phrase_2", "active",
        )  # fmt: skip
        labels: Final[Mapping[str, Any]] = {
            "code": _("Code"),
            "parent": _("Belongs to"),
            "name_zh": _("Name in Chinese"),
            "name_en": _("Name in English"),
            "owner_kind": _("Usual owner"),
            "urgency": _("Urgency"),
            "redirect": _("Number to call"),
            "guidance_zh": _("What residents are told, in Chinese"),
            "guidance_en": _("What residents are told, in English"),
            "phrase_1": _("As residents say it"),
            "phrase_2": _("As residents say it, otherwise"),
            "active": _("In use"),
        }
        help_texts: Final[Mapping[str, Any]] = {
            "code": _("The parent's code and two digits; never changed afterwards"),
            "owner_kind": _("A kind of unit, such as department:housing; empty: as its parent"),
            "redirect": _("Such as 110, 119, 12388: called before anything is filed"),
            "active": _("Retired ones keep their matters; nothing new is filed under them."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "parent" in self.fields:  # another one is made on a page of its own
            self.fields["parent"].label_from_instance = _in_words  # type: ignore[attr-defined]
            self.fields["parent"].widget.can_add_related = False
            self.fields["parent"].widget.can_change_related = False
            self.fields["parent"].widget.can_view_related = False

    def verb(self) -> Category:
        """Add it or change what differs: names, description, whether it is in use."""
        sent, by, at = self.cleaned_data, self.actor, timezone.now()
        described = {name: sent[name] for name in categories.DESCRIBED if name in sent}
        held = None if self.instance._state.adding else Category.objects.get(pk=self.instance.pk)
        if held is None:
            held = categories.add_category(
                code=sent["code"], parent=sent["parent"], name_zh=sent["name_zh"],
                name_en=sent["name_en"], by=by, at=at,
            )  # fmt: skip
        if (held.name_zh, held.name_en) != (sent["name_zh"], sent["name_en"]):
            held = categories.rename_category(
                category=held, name_zh=sent["name_zh"], name_en=sent["name_en"], by=by, at=at
            )
        changed = {name: value for name, value in described.items() if getattr(held, name) != value}
        if changed:
            held = categories.describe_category(category=held, fields=changed, by=by, at=at)
        if held.active and not sent["active"]:
            held = categories.retire_category(category=held, by=by, at=at)
        elif sent["active"] and not held.active:
            held = categories.reinstate_category(category=held, by=by, at=at)
        return held


class CategoryRegister(Register):
    """Kinds of matter."""

    form = CategoryForm
    called = column("name_zh", _("Name in Chinese"))
    numbered = column("code", _("Code"))
    in_english = column("name_en", _("Name in English"))
    graded = column("urgency", _("Urgency"))
    used = column("active", _("In use"), boolean=True)
    list_display = ("numbered", "called", "in_english", "owned", "graded", "used")
    list_display_links = ("numbered", "called")
    list_filter = ("active", "urgency")
    search_fields = ("code", "name_zh", "name_en", "phrase_1", "phrase_2")
    ordering = ("code",)
    list_select_related = ("parent",)

    @display(description=_("Usual owner"), ordering="owner_kind")  # type: ignore[untyped-decorator]  # as above
    def owned(self, row: Category) -> str:
        """Say in words which kind of unit it is."""
        return owner_words(row.owner_kind)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Keep code and parent as they are once matters may have been filed."""
        return ("code", "parent") if obj else ()


# --- texts of messages --------------------------------------------------------------------------


class TextForm(ByVerb):
    """A text of the city's own in place of the shipped one, as YAML; empty: the shipped one."""

    written = forms.CharField(
        label=_("The texts"),
        required=False,
        widget=UnfoldAdminTextareaWidget({"rows": 14, "spellcheck": "false"}),
        help_text=_(
            "For each channel (inbox, sms, email) zh and en, with {facts} as in the shipped text."
            " Empty: the shipped text again."
        ),
    )

    class Meta:
        model = TextVersion
        fields = ("name",)
        labels: Final[Mapping[str, Any]] = {"name": _("Which message")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "name" in self.fields:
            names = sorted({*library.templates(), *library.notice_names()})
            self.fields["name"] = forms.ChoiceField(
                label=_("Which message"),
                choices=[(name, name) for name in names],
                widget=UnfoldAdminSelectWidget(),
            )

    def clean_written(self) -> dict[str, Any]:
        """Read the YAML. Raises ValidationError when it is none."""
        try:
            read = yaml.safe_load(self.cleaned_data["written"]) or {}
        except yaml.YAMLError as error:
            raise ValidationError(_("This cannot be read as YAML: look at the indents.")) from error
        if not isinstance(read, dict):
            raise ValidationError(_("Write a line for each channel, such as sms: {zh: …, en: …}"))
        return read

    def verb(self) -> TextVersion:
        """Write the next version of the text."""
        sent = self.cleaned_data
        return notices.change_text(
            name=sent["name"], texts=sent["written"], by=self.actor, at=timezone.now()
        )


class TextRegister(Register):
    """Texts of messages: every version is kept, a new one holds from now on."""

    form = TextForm
    called = column("name", _("Which message"))
    numbered = column("version", _("Version"))
    since = column("at", _("Holds from"))
    list_display = ("called", "numbered", "since")
    list_filter = ("name",)
    search_fields = ("name",)
    ordering = ("-id",)
    fields = ("name", "written")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Show a version that was written; nobody changes what somebody was told by."""
        return False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Show a kept version as it stands."""
        return ("name", "version", "at", "texts") if obj else ("name", "written")


# --- the calendar -------------------------------------------------------------------------------


class DayForm(ByVerb):
    """A day that is something else than announced."""

    class Meta:
        model = CalendarDay
        fields = ("on", "kind", "name_zh", "name_en", "source")

    def verb(self) -> CalendarDay:
        """Set the day."""
        sent = self.cleaned_data
        on = sent.get("on") or self.instance.on
        return city_days.set_day(
            on=on, kind=DayKindChoice(sent["kind"]), name_zh=sent["name_zh"],
            name_en=sent["name_en"], source=sent["source"], by=self.actor, at=timezone.now(),
        )  # fmt: skip


class CalendarRegister(Register):
    """The city's own days; the announced calendar stands below them."""

    form = DayForm
    list_display = ("on", "kind", "name_zh", "source")
    list_filter = ("kind",)
    search_fields = ("name_zh", "name_en", "source")
    ordering = ("-on",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Keep the date of an entry: another date is another entry."""
        return ("on",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let a day to come be again what is announced; what was counted stays counted."""
        return obj is None or obj.on >= timezone.localdate()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Keep a day that is over."""
        return obj is None or obj.on >= timezone.localdate()

    def take_away(self, request: HttpRequest, obj: CalendarDay) -> None:
        """Take the entry back."""
        city_days.take_back(on=obj.on, by=request.actor, at=timezone.now())  # type: ignore[attr-defined]  # our middleware


# --- rosters ------------------------------------------------------------------------------------


class ShiftForm(ByVerb):
    """Somebody on duty, planned ahead."""

    unit_code = forms.CharField(
        label=_("Unit"),
        max_length=40,
        help_text=_("Its code, such as HC-371400; the list of units has it"),
        widget=UnfoldAdminTextInputWidget(),
    )
    together = forms.BooleanField(
        label=_("Beside somebody else who is on duty then"),
        required=False,
        widget=UnfoldBooleanSwitchWidget(),
    )

    class Meta:
        model = RosterEntry
        fields = ("starts_at", "ends_at", "name", "phone")
        labels: Final[Mapping[str, Any]] = {
            "starts_at": _("From"),
            "ends_at": _("Until"),
            "name": _("Who"),
            "phone": _("Duty line"),
        }

    def clean_unit_code(self) -> Unit:
        """Return the unit of the code. Raises ValidationError when there is none."""
        found = Unit.objects.filter(code=self.cleaned_data["unit_code"].strip()).first()
        if found is None:
            raise ValidationError(_("No unit has this code. Look it up in the list of units."))
        return found

    def verb(self) -> RosterEntry:
        """Plan the shift."""
        sent = self.cleaned_data
        return roster.plan_shift(
            unit_id=sent["unit_code"].pk, starts_at=sent["starts_at"], ends_at=sent["ends_at"],
            name=sent["name"], phone=sent["phone"], together=sent["together"],
            by=self.actor, at=timezone.now(),
        )  # fmt: skip


class RosterRegister(Register):
    """Who is on duty where: planned and cancelled, never changed."""

    form = ShiftForm
    # A list of years has one order: other ones would read and sort all of it.
    where = column("unit", _("Unit"), is_sorted=False)
    who = column("name", _("Who"), is_sorted=False)
    begins = column("starts_at", _("From"), is_sorted=False)
    ends = column("ends_at", _("Until"), is_sorted=False)
    line = column("phone", _("Duty line"), is_sorted=False)
    list_display = ("where", "who", "begins", "ends", "line")
    search_fields = ("name",)
    search_help_text = _("A unit by a part of its name or its code, or somebody's whole name")
    ordering = ("-starts_at", "-id")
    list_select_related = ("unit",)
    fields = ("unit_code", "starts_at", "ends_at", "name", "phone", "together")

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        """Find the shifts of units that are called so, and of whoever is."""
        words = search_term.replace("\x00", "").strip()
        if not words:
            return queryset, False
        units = search_units(words, on=timezone.localdate(), limit=UNITS_FOUND)
        theirs = Q(unit__in=[one.pk for one in units]) | Q(name=words)
        # Found first: else the planner may walk through those of all units until it has a page.
        found = RosterEntry.objects.filter(theirs).values("pk")
        return queryset.filter(AnyOf("pk", found)), False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Show a planned shift as it stands."""
        return ("unit", "starts_at", "ends_at", "name", "phone") if obj else self.fields

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Cancel and plan anew: whoever looked at the roster relied on it."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let a shift be cancelled that has not begun."""
        return obj is None or obj.starts_at > timezone.now()

    def take_away(self, request: HttpRequest, obj: RosterEntry) -> None:
        """Cancel the shift."""
        roster.cancel_shift(shift_id=obj.pk, by=request.actor, at=timezone.now())  # type: ignore[attr-defined]  # our middleware


registers.register(Category, CategoryRegister)
registers.register(TextVersion, TextRegister)
registers.register(CalendarDay, CalendarRegister)
registers.register(RosterEntry, RosterRegister)
