"""Posts (岗位): who works where with which permissions, and giving one with its effect shown."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from huiyin.people import posts as verbs
from huiyin.people.forms import PostForm
from huiyin.people.guards import staff
from huiyin.people.http import PeopleRequest
from huiyin.people.models import Account, PermissionSet
from huiyin.people.permission_sets import name_of
from huiyin.people.units_known import unit_called, units_of, units_offered
from huiyin.ui.http import SeeOther
from huiyin.ui.refusals import Refusal, sentence_of
from huiyin.units.models import Unit
from huiyin.web.administration import posts as listed
from huiyin.web.paging import page
from huiyin.web.views.start import question

SEE, ADMINISTER = "people.see", "people.administer"


@staff(needs=SEE)
@require_safe
def index(request: PeopleRequest) -> HttpResponse:
    """The posts of the units I look after: held, ending, to come, vacant, ended."""
    on = timezone.localdate()
    q, state, held = (question(request, name) for name in ("q", "state", "set"))
    unit_text = question(request, "unit")
    state = state if state in listed.STATES else ""
    found = listed.in_state(listed.posts_seen_by(request.actor), state, on=on)
    trouble = ""
    if q:
        found = found.filter(listed.called(q))
    if held:
        found = found.filter(permission_set=held)
    if unit_text:
        try:
            found = found.filter(unit=unit_called(unit_text, by=request.actor))
        except ValidationError as error:
            trouble = error.messages[0]
    shown = page(request, found, key="ref")
    context = {
        "q": q,
        "unit_text": unit_text,
        "trouble": trouble,
        "held": held,
        "sets": [(one.pk, name_of(one)) for one in PermissionSet.objects.all()],
        "state": state,
        "states": listed.STATES.items(),
        "page": shown,
        "rows": listed.rows(shown.items),
        "units": units_offered(request.actor),
        "may_administer": request.actor.may(ADMINISTER),
    }
    return render(request, "web/admin/posts.html", context)


class GrantForm(PostForm):
    """A post for somebody who has an account."""

    who = forms.CharField(
        label=gettext_lazy("Who"),
        max_length=60,
        help_text=gettext_lazy("Their user name, or a name that only one person has"),
        widget=forms.TextInput(
            {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    # What was shown before giving: another post is shown first again.
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    field_order = ("who", "unit", "permission_set", "title", "first_day", "last_day")

    def clean_who(self) -> Account:
        """Return the account. Raises ValidationError when nobody or several are meant."""
        found = listed.holder_called(self.cleaned_data["who"])
        if found is None:
            raise ValidationError(
                _("Nobody with an account is called so, or several are. Enter the user name.")
            )
        return found

    @property
    def shown(self) -> str:
        """What names the post that was sent, for `seen`."""
        sent = self.cleaned_data
        parts = (sent["who"].pk, sent["unit"].pk, sent["permission_set"], sent["first_day"],
                 sent["last_day"])  # fmt: skip
        return "|".join(map(str, parts))


@staff(needs=ADMINISTER)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_post(request: PeopleRequest) -> HttpResponse:
    """Give somebody a post; what they will see and may do is shown before."""
    if request.method != "POST":
        return _page(request, _form(request))
    form = _form(request, request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    sent: dict[str, Any] = form.cleaned_data
    if sent["seen"] != form.shown:
        form.shown_again(seen=form.shown)
        held = PermissionSet.objects.get(pk=sent["permission_set"])
        opened = listed.opens(account=sent["who"], unit=sent["unit"], permission_set=held)
        return _page(request, form, opened=opened)
    try:
        post = verbs.give_post(
            account_id=sent["who"].pk, unit_id=sent["unit"].pk,
            permission_set=sent["permission_set"], title=sent["title"],
            valid_from=sent["first_day"], valid_to=form.ends_on,
            by=request.actor, at=timezone.now(),
        )  # fmt: skip
    except Refusal as refused:
        form.add_error(None, sentence_of(refused))
        return _page(request, form, status=422)
    words = _("%(name)s now has a post in %(unit)s.")
    messages.success(request, words % {"name": sent["who"].name, "unit": post.unit.name})
    return SeeOther(reverse("web:admin_posts"))


def _form(request: PeopleRequest, data: Any = None) -> GrantForm:
    unit = _asked_unit(request)
    return GrantForm(
        data,
        actor=request.actor,
        today=timezone.localdate(),
        initial={"unit": unit.code if unit else "", "who": question(request, "who")},
    )


def _asked_unit(request: PeopleRequest) -> Unit | None:
    try:
        return units_of(request.actor).filter(pk=UUID(request.GET.get("unit", ""))).first()
    except ValueError:
        return None


def _page(
    request: PeopleRequest,
    form: GrantForm,
    *,
    opened: listed.Opens | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "opened": opened,
        "who": form.cleaned_data["who"] if opened else None,
        "units": units_offered(request.actor),
    }
    return render(request, "web/admin/new_post.html", context, status=status)
