"""The forms of a duty roster: a shift, whose it is, a swap, the times of shifts, a file."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiyin.ui.dates import day_words
from huiyin.ui.forms import Form
from huiyin.units.duty_times import Times
from huiyin.units.models import DutyDays, RosterEntry, ShiftKind
from huiyin.web.rosters import Colleague

PEOPLE: Final = "colleagues"  # the list of names a field offers
CLOCK: Final = "%H:%M"
MOST_BYTES: Final = 1_000_000


def _clock() -> forms.TimeInput:
    return forms.TimeInput(format=CLOCK, attrs={"type": "time"})


class WhoForm(Form):
    """Who is on duty, and on which number."""

    name = forms.CharField(
        label=gettext_lazy("Who"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": PEOPLE}),
        help_text=gettext_lazy("A colleague who signs in can ask for a swap later."),
    )
    phone = forms.CharField(
        label=gettext_lazy("Number while on duty"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
        help_text=gettext_lazy("The duty line, or a mobile number that urgent news goes to."),
    )

    def __init__(self, people: Sequence[Colleague], *args: Any, **kwargs: Any) -> None:
        self.people = people
        super().__init__(*args, **kwargs)


class ShiftForm(WhoForm):
    """A shift of a day; times of its own where they are not the usual ones."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Shift"), choices=ShiftKind.choices, widget=forms.RadioSelect
    )
    starts = forms.TimeField(
        label=gettext_lazy("From"), required=False, widget=_clock(),
        help_text=gettext_lazy("Empty: the usual time of this shift."),
    )  # fmt: skip
    ends = forms.TimeField(
        label=gettext_lazy("Until"), required=False, widget=_clock(),
        help_text=gettext_lazy("Not after the beginning: it ends on the next day."),
    )  # fmt: skip
    together = forms.BooleanField(
        label=gettext_lazy("Together with somebody who is planned already"), required=False
    )
    field_order = ("kind", "name", "phone", "starts", "ends", "together")

    def __init__(
        self, on: date, times: Sequence[Times], people: Sequence[Colleague], *args: Any,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(people, *args, **kwargs)
        self.on = on
        self.times = {one.kind: one for one in times}

    def clean(self) -> dict[str, Any]:
        """Ask for times where the shift has no usual ones."""
        sent = super().clean() or {}
        usual = self.times.get(sent.get("kind", ""))
        for name in ("starts", "ends"):
            if sent.get(name) is None and usual is None and "kind" in sent:
                self.add_error(name, _("This shift has no usual time here. Write one."))
        return sent

    def span(self) -> tuple[datetime, datetime]:
        """Return from when to when the shift goes; asked of a form that is valid."""
        sent = self.cleaned_data
        kind = ShiftKind(sent["kind"])
        usual = self.times.get(kind, Times(kind, time(0), time(0)))
        starts, ends = sent["starts"], sent["ends"]
        return Times(
            kind,
            usual.starts if starts is None else starts,
            usual.ends if ends is None else ends,
        ).span(self.on)


class SwapForm(Form):
    """Whom to ask, what to take in return, a word to go with it."""

    of = forms.ChoiceField(label=gettext_lazy("Who shall take it?"))
    instead = forms.ChoiceField(label=gettext_lazy("What do you take in return?"), required=False)
    note = forms.CharField(
        label=gettext_lazy("A word to your colleague"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(
        self, people: Sequence[Colleague], theirs: Sequence[RosterEntry], *args: Any,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.owners = {str(one.pk): str(one.account_id) for one in theirs}
        of, instead = self.fields["of"], self.fields["instead"]
        assert isinstance(of, forms.ChoiceField)  # noqa: S101 as declared
        assert isinstance(instead, forms.ChoiceField)  # noqa: S101 as declared
        of.choices = [(str(one.account_id), one.name) for one in people]
        instead.choices = [
            ("", _("Nothing, this once")),
            *((str(one.pk), shift_words(one)) for one in theirs),
        ]

    def clean(self) -> dict[str, Any]:
        """Take nothing in return that belongs to somebody else."""
        sent = super().clean() or {}
        owner = self.owners.get(sent.get("instead", ""))
        if owner and sent.get("of") and owner != sent["of"]:
            self.add_error("instead", _("This shift is not of the colleague you ask."))
        return sent


class FileForm(Form):
    """A roster as a file."""

    file = forms.FileField(
        label=gettext_lazy("File (CSV)"),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )

    def clean_file(self) -> Any:
        """Take no file that no roster can be."""
        sent = self.cleaned_data["file"]
        if sent.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is too large for a roster."))
        return sent


class TimesForm(Form):
    """For each kind of shift: whether it is filled, on which days, from when to when."""

    def __init__(self, times: Sequence[Times], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = {one.kind: one for one in times}
        days = [("", _("Not filled here")), *DutyDays.choices]
        for kind in ShiftKind:
            one = known.get(kind)
            self.fields[f"{kind}_days"] = forms.ChoiceField(
                label=kind.label, choices=days, required=False, initial=one.days if one else ""
            )
            for name, label in (("starts", _("From")), ("ends", _("Until"))):
                self.fields[f"{kind}_{name}"] = forms.TimeField(
                    label=f"{kind.label} {label}",
                    required=False,
                    widget=_clock(),
                    initial=getattr(one, name) if one else None,
                )

    def clean(self) -> dict[str, Any]:
        """Ask for both times of every shift that is filled."""
        sent = super().clean() or {}
        for kind in ShiftKind:
            if not sent.get(f"{kind}_days"):
                continue
            for name in ("starts", "ends"):
                if sent.get(f"{kind}_{name}") is None and f"{kind}_{name}" not in self.errors:
                    self.add_error(f"{kind}_{name}", _("Write when it begins and ends."))
        return sent

    def times(self) -> list[Times]:
        """Return the shifts that are filled; asked of a form that is valid."""
        sent = self.cleaned_data
        return [
            Times(
                kind, sent[f"{kind}_starts"], sent[f"{kind}_ends"], DutyDays(sent[f"{kind}_days"])
            )
            for kind in ShiftKind
            if sent[f"{kind}_days"]
        ]

    @property
    def rows(self) -> list[tuple[str, Any, Any, Any]]:
        """The fields by kind of shift, as the table draws them."""
        return [
            (
                str(kind.label),
                self[f"{kind}_days"],
                self[f"{kind}_starts"],
                self[f"{kind}_ends"],
            )
            for kind in ShiftKind
        ]


def shift_words(entry: RosterEntry) -> str:
    """Return a shift in words: "李明：11 月 28 日（周六） 夜班"."""
    words = {
        "name": entry.name,
        "day": day_words(timezone.localdate(entry.starts_at)),
        "kind": ShiftKind(entry.kind).label,
    }
    return _("%(name)s: %(day)s, %(kind)s") % words
