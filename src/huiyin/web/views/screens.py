"""Screens in halls: which there are, setting one up, ending one."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from huiyin.insight import screens
from huiyin.people.guards import staff
from huiyin.people.http import PeopleRequest
from huiyin.ui.forms import Form
from huiyin.ui.http import see_other
from huiyin.ui.refusals import Refusal, sentence_of
from huiyin.web.desks.office import my_unit
from huiyin.web.finding import by_code
from huiyin.web.overview import below, own_place, place_url

NEEDS = "insight.screens"
DAYS = (
    (30, gettext_lazy("30 days")),
    (180, gettext_lazy("Half a year")),
    (screens.LONGEST_DAYS, gettext_lazy("A year and a month")),
)


class ScreenForm(Form):
    """What a new screen is called, what it shows, how long it lasts."""

    label = forms.CharField(
        label=gettext_lazy("Where it hangs"),
        max_length=80,
        help_text=gettext_lazy("Such as: hall of the governance centre, second floor"),
    )
    place = forms.ChoiceField(label=gettext_lazy("Which place it shows"))
    days = forms.TypedChoiceField(
        label=gettext_lazy("How long it lasts"), choices=DAYS, coerce=int, initial=180
    )


@staff(needs=NEEDS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: PeopleRequest) -> HttpResponse:
    """The screens of my unit, and the form for another one."""
    if request.method != "POST":
        initial = {"place": own_place(request, request.actor).code}
        return _page(request, _with_places(ScreenForm(initial=initial), request))
    form = _with_places(ScreenForm(request.POST), request)
    if not form.is_valid():
        return _page(request, form, status=422)
    said = form.cleaned_data
    place = by_code(said["place"]) or my_unit(request.actor).place
    try:
        made = screens.make_screen(
            label=said["label"], place=place, days=said["days"], by=request.actor,
            at=timezone.now(),
        )  # fmt: skip
    except Refusal as refused:
        form.add_error(None, sentence_of(refused))
        return _page(request, form, status=422)
    address = request.build_absolute_uri(reverse("web:screen", args=[made.secret]))
    fresh = _with_places(ScreenForm(initial={"place": place.code}), request)
    return _page(request, fresh, made=made.screen, address=address)


@staff(needs=NEEDS)
@require_POST
def end(request: PeopleRequest, pk: UUID) -> HttpResponse:
    """End a screen: it goes dark within half a minute."""
    ended = screens.end_screen(screen_id=pk, by=request.actor, at=timezone.now())
    messages.success(request, _("%(label)s shows nothing any more.") % {"label": ended.label})
    return see_other(request, reverse("web:screens"))


def _with_places(form: ScreenForm, request: PeopleRequest) -> ScreenForm:
    own = my_unit(request.actor).place
    asked = own_place(request, request.actor)
    offered = {one.code: one.name for one in (own, asked, *below(own), *below(asked))}
    field = form.fields["place"]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 declared above
    field.choices = list(offered.items())
    return form


def _page(
    request: PeopleRequest, form: ScreenForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    now = timezone.now()
    rows = [
        {
            "screen": one,
            "is_on": one.ended_at is None and one.expires_at > now,
        }
        for one in screens.screens_of(request.actor)
    ]
    place = own_place(request, request.actor)
    context = {"form": form, "rows": rows, "back": place_url(place), "place": place, **more}
    return render(request, "web/command/screens.html", context, status=status)
