"""The third screen of a report: whom to answer, who may know it, and the other side."""

import json
from typing import Any, Final

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiyin.people.phones import normal
from huiyin.people.refusals import PhoneNotMobile
from huiyin.ui.forms import Form
from huiyin.ui.refusals import sentence_of
from huiyin.web.doors import Door

PHONE, ANONYMOUS = "phone", "anonymous"
LONGEST_NAME: Final = 40
LONGEST_PHONE: Final = 30


def _line(**attrs: str) -> forms.TextInput:
    return forms.TextInput(attrs={"autocomplete": "off", **attrs})


class WhoForm(Form):
    """How to answer: by phone, or not at all; who sees the number; how to address the person.

    `is_known`: the phone was confirmed already, by signing in. `joins`: the person joins a matter,
    of which there is news only for those who can be told.
    """

    how = forms.ChoiceField(label=gettext_lazy("Shall we tell you how it goes?"))
    phone = forms.CharField(
        label=gettext_lazy("Mobile number"),
        max_length=LONGEST_PHONE,
        required=False,
        help_text=gettext_lazy("We send it a code now, the news later."),
        widget=_line(autocomplete="tel", inputmode="tel", type="tel"),
    )
    name = forms.CharField(
        label=gettext_lazy("How may we call you?"),
        max_length=LONGEST_NAME,
        required=False,
        widget=_line(autocomplete="name"),
    )
    keep_secret = forms.ChoiceField(
        label=gettext_lazy("Who may see your number?"), required=False, widget=forms.RadioSelect
    )
    side_name = forms.CharField(
        label=gettext_lazy("Who is on the other side?"),
        max_length=LONGEST_NAME,
        help_text=gettext_lazy("A person, a shop, a firm"),
        widget=_line(),
    )
    side_phone = forms.CharField(
        label=gettext_lazy("How to reach them"),
        max_length=LONGEST_PHONE,
        required=False,
        help_text=gettext_lazy("Their phone, if you know it. We ask them whether they agree."),
        widget=_line(inputmode="tel", type="tel"),
    )

    def __init__(
        self, door: Door, *args: Any, is_known: bool = False, joins: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, use_required_attribute=False, **kwargs)
        self.is_known = is_known
        how, name, secret = self.fields["how"], self.fields["name"], self.fields["keep_secret"]
        assert isinstance(how, forms.ChoiceField)  # noqa: S101 as declared
        assert isinstance(secret, forms.ChoiceField)  # noqa: S101 as declared
        how.widget = forms.RadioSelect()
        how.choices = [
            (PHONE, _two(_("Yes, by phone"), _("Every step, and the answer"))),
            (ANONYMOUS, _two(_("No, stay unknown"), _("Nobody can tell you the answer"))),
        ]
        secret.choices = [
            ("no", _two(_("Whoever handles it"), _("So that they can ask you on the way"))),
            ("yes", _two(_("Only the office that takes it in"), _("It passes on what is said"))),
        ]
        phone = self.fields["phone"]
        phone.required = secret.required = True  # of whoever wants to be told; see `clean`
        phone.error_messages["required"] = _("Please enter your mobile number.")
        if not door.may_be_anonymous or joins:
            del self.fields["how"]
        else:
            for told in (phone, name, secret):
                told.when = json.dumps({"how": [PHONE]})  # type: ignore[attr-defined]  # of the tag
        if is_known:
            del self.fields["phone"]
        if door.asks("keep_secret") is None and not joins:
            del self.fields["keep_secret"]
        if not door.asks_side:
            del self.fields["side_name"], self.fields["side_phone"]
        if door.needs_name and not joins:
            name.required = True
            name.label = _("Your name")
            name.error_messages["required"] = _("Please write your name; it stands on the papers.")

    @property
    def is_anonymous(self) -> bool:
        """Whether the person wants to stay unknown; asked of a form that is valid."""
        return bool(self.cleaned_data.get("how") == ANONYMOUS)

    def clean(self) -> dict[str, Any]:
        """Ask for the phone only of those who want to be told."""
        sent = super().clean() or {}
        if sent.get("how") == ANONYMOUS:
            for name in ("phone", "keep_secret"):
                self.errors.pop(name, None)
        elif sent.get("phone"):
            try:
                sent["phone"] = normal(sent["phone"])
            except PhoneNotMobile as refused:
                self.add_error("phone", sentence_of(refused))
        return sent


def _two(first: str, second: str) -> str:
    return format_html('{}<span class="sub">{}</span>', first, second)
