"""The forms of sign-in, of my account, and of those who look after accounts."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from huiyin.people import phone_codes
from huiyin.people.actors import Actor
from huiyin.people.passwords import LEAST_CHARACTERS, MOST_CHARACTERS
from huiyin.people.permission_sets import name_of
from huiyin.people.posts import sets_given_by
from huiyin.people.units_known import unit_called
from huiyin.ui.forms import Form
from huiyin.units.models import Unit

ONE_DAY = timedelta(days=1)


def _plain(autocomplete: str, **more: str) -> dict[str, Any]:
    """Return the attributes of a field that is typed exactly: no help from the keyboard."""
    return {
        "autocomplete": autocomplete,
        "autocapitalize": "none",
        "autocorrect": "off",
        "spellcheck": "false",
        **more,
    }


class SignInForm(Form):
    """User name or phone, and password."""

    login = forms.CharField(
        label=gettext_lazy("User name or mobile number"),
        max_length=80,
        widget=forms.TextInput(attrs=_plain("username")),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=MOST_CHARACTERS,
        strip=False,
        widget=forms.PasswordInput(attrs=_plain("current-password")),
    )


class PhoneForm(Form):
    """The phone a code is sent to."""

    phone = forms.CharField(
        label=gettext_lazy("Mobile number"),
        max_length=30,
        help_text=gettext_lazy("We send a code to it. No password is needed."),
        widget=forms.TextInput(attrs=_plain("tel", inputmode="tel", type="tel")),
        error_messages={"required": gettext_lazy("Please enter your mobile number.")},
    )


class CodeForm(Form):
    """The code that came by message."""

    code = forms.CharField(
        label=gettext_lazy("Code from the message"),
        max_length=12,
        widget=forms.TextInput(
            attrs=_plain("one-time-code", inputmode="numeric", pattern="[0-9]*")
        ),
        error_messages={"required": gettext_lazy("Please enter the 6 digits of the code.")},
    )

    def clean_code(self) -> str:
        """Return six digits, however they were grouped."""
        digits = "".join(sign for sign in self.cleaned_data["code"] if not sign.isspace())
        if len(digits) != phone_codes.DIGITS or not (digits.isascii() and digits.isdigit()):
            raise forms.ValidationError(_("The code has 6 digits. Compare it with the message."))
        return digits


class OwnPasswordForm(Form):
    """A password chosen by its owner, typed twice."""

    new = forms.CharField(
        label=gettext_lazy("New password"),
        max_length=MOST_CHARACTERS,
        strip=False,
        widget=forms.PasswordInput(attrs=_plain("new-password")),
    )
    again = forms.CharField(
        label=gettext_lazy("New password once more"),
        max_length=MOST_CHARACTERS,
        strip=False,
        widget=forms.PasswordInput(attrs=_plain("new-password")),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new"].help_text = _(
            "At least %(number)d characters; a short sentence is easy to remember."
        ) % {"number": LEAST_CHARACTERS}

    def clean(self) -> dict[str, Any]:
        """Refuse two different passwords."""
        sent = super().clean() or {}
        if sent.get("new") and sent.get("again") and sent["new"] != sent["again"]:
            self.add_error("again", _("The two are not the same. Type it once more."))
        return sent


class ChangePasswordForm(OwnPasswordForm):
    """A new password in place of the present one."""

    old = forms.CharField(
        label=gettext_lazy("Present password"),
        max_length=MOST_CHARACTERS,
        strip=False,
        widget=forms.PasswordInput(attrs=_plain("current-password")),
    )
    field_order = ("old", "new", "again")


class RevealForm(Form):
    """Why somebody wants to see a number."""

    purpose = forms.CharField(
        label=gettext_lazy("Why do you need the number?"),
        max_length=200,
        help_text=gettext_lazy("It is kept in the access log, and the person can read it."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class UnitField(forms.CharField):
    """A unit by name or code, of those the actor looks after; the page offers their names."""

    actor: Actor

    def clean(self, value: Any) -> Unit | None:
        """Return the unit. Raises ValidationError when none or several have this name."""
        text = super().clean(value)
        return unit_called(text, by=self.actor) if text else None


class PostForm(Form):
    """A post: in which unit, with which permissions, from when to when."""

    unit = UnitField(
        label=gettext_lazy("Unit"),
        max_length=120,
        help_text=gettext_lazy("Its name or code"),
        widget=forms.TextInput({"autocomplete": "off", "list": "units"}),
    )
    permission_set = forms.ChoiceField(label=gettext_lazy("Permission set"))
    title = forms.CharField(
        label=gettext_lazy("Title of the post"),
        max_length=60,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    first_day = forms.DateField(
        label=gettext_lazy("First day"),
        widget=forms.DateInput({"type": "date", "autocomplete": "off"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("Enter the day as 2026-01-31.")},
    )
    last_day = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        help_text=gettext_lazy("Empty: without end"),
        widget=forms.DateInput({"type": "date", "autocomplete": "off"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("Enter the day as 2026-01-31.")},
    )

    def __init__(self, *args: Any, actor: Actor, today: date, **kwargs: Any) -> None:
        kwargs["initial"] = {"first_day": today, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        unit, held = self.fields["unit"], self.fields["permission_set"]
        assert isinstance(unit, UnitField) and isinstance(held, forms.ChoiceField)  # noqa: S101, PT018 as declared
        unit.actor = actor
        sets = [(found.pk, name_of(found)) for found in sets_given_by(actor)]
        held.choices = [("", _("Choose what this person does")), *sets]

    @property
    def ends_on(self) -> date | None:
        """The first day on which the post is over, from the last day on which it is held."""
        last: date | None = self.cleaned_data["last_day"]
        return last + ONE_DAY if last else None


class NewStaffForm(PostForm):
    """Somebody who gets an account and a first post."""

    name = forms.CharField(
        label=pgettext_lazy("person", "Name"),
        max_length=60,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    username = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=40,
        help_text=gettext_lazy("Small letters and digits, such as wangfang or zj-012."),
        widget=forms.TextInput(attrs=_plain("off")),
    )
    phone = forms.CharField(
        label=gettext_lazy("Mobile number"),
        max_length=30,
        required=False,
        help_text=gettext_lazy("With it one can also sign in."),
        widget=forms.TextInput(attrs=_plain("off", inputmode="tel", type="tel")),
    )
    field_order = ("name", "username", "phone")


class EndPostForm(Form):
    """When a post ends."""

    last_day = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        help_text=gettext_lazy("Empty: it ends at once"),
        widget=forms.DateInput({"type": "date", "autocomplete": "off"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("Enter the day as 2026-01-31.")},
    )

    @property
    def ends_on(self) -> date:
        """The first day on which the post is over."""
        last: date | None = self.cleaned_data["last_day"]
        return last + ONE_DAY if last else timezone.localdate()


class ActingForm(Form):
    """Who acts for somebody on leave, from when to when, and why."""

    colleague = forms.CharField(
        label=gettext_lazy("Colleague who acts"),
        max_length=80,
        help_text=gettext_lazy("Their user name or mobile number"),
        widget=forms.TextInput(attrs=_plain("off")),
    )
    first_day = forms.DateField(
        label=gettext_lazy("First day"),
        widget=forms.DateInput({"type": "date", "autocomplete": "off"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("Enter the day as 2026-01-31.")},
    )
    last_day = forms.DateField(
        label=gettext_lazy("Last day"),
        widget=forms.DateInput({"type": "date", "autocomplete": "off"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("Enter the day as 2026-01-31.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=120,
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    @property
    def ends_on(self) -> date:
        """The first day on which the acting is over."""
        last: date = self.cleaned_data["last_day"]
        return last + ONE_DAY
