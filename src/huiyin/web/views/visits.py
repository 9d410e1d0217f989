"""The log of visits of a grid worker: what was seen where, written down and put right."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from huiyin.grid import visits
from huiyin.grid.models import Visit, VisitKind
from huiyin.people.guards import staff
from huiyin.people.http import PeopleRequest
from huiyin.places.models import Place
from huiyin.ui.forms import Form
from huiyin.ui.http import see_other
from huiyin.ui.refusals import Refusal
from huiyin.web.on_foot import short_place
from huiyin.web.sending import is_from_phone, kept, looked_at, received
from huiyin.web.views.inbox import uuid_of


def _day() -> forms.DateInput:
    """Return a calendar of the browser; it reads ISO dates in every language."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class WordsForm(Form):
    """What of a visit can be put right."""

    words = forms.CharField(
        label=gettext_lazy("What you found"), max_length=visits.LONGEST,
        help_text=gettext_lazy("No names, no phone numbers."),
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
    )  # fmt: skip
    note = forms.CharField(
        label=gettext_lazy("Sealed note"), required=False, max_length=500,
        help_text=gettext_lazy("Only you can read it. It is deleted after a year."),
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
    )  # fmt: skip
    again_on = forms.DateField(
        label=gettext_lazy("Visit again on"), required=False,
        widget=_day(),
    )  # fmt: skip


class VisitForm(WordsForm):
    """A visit that was made."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Why you went"), choices=VisitKind, widget=forms.RadioSelect
    )
    grid = forms.ChoiceField(label=gettext_lazy("In which grid"))
    on = forms.DateField(label=gettext_lazy("On which day"), widget=_day())

    field_order = ("kind", "words", "note", "on", "again_on", "grid")

    def __init__(self, grids: list[Place], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(grid.pk), short_place(grid)) for grid in grids]
        self.fields["grid"] = forms.ChoiceField(
            label=self.fields["grid"].label, choices=choices,
            widget=forms.RadioSelect if len(choices) > 1 else forms.HiddenInput,
            initial=choices[0][0] if choices else None,
        )  # fmt: skip


@staff()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: PeopleRequest) -> HttpResponse:
    """My visits, and the form for another; `after`: the visit it follows."""
    at = timezone.now()
    today = timezone.localdate(at)
    grids = list(visits.grids_of(request.actor, on=today)[:10])
    if not grids:
        return render(request, "web/field/none.html", {"tab": "me"})
    earlier = _earlier(request)
    first = {"on": today, "kind": VisitKind.AGREED if earlier else VisitKind.ROUND}
    form = VisitForm(grids, request.POST or None, initial=first)
    status = 200
    if request.method == "POST":
        refusal = _log(request, form, earlier)
        if refusal is None and form.is_valid():
            if is_from_phone(request):
                return received(title=form.cleaned_data["words"])
            messages.success(request, _("The visit is written down."))
            return see_other(request, reverse("web:field_visits"))
        if is_from_phone(request):
            why = " ".join(f"{one.label}: {one.sentence}" for one in form.summary)
            return looked_at(why=why, refusal=refusal)
        status = 422
    context = {
        "tab": "me",
        "form": form,
        "earlier": earlier,
        "visits": visits.visits_of(request.actor),
        "key": request.POST.get("key") or uuid4().hex,
    }
    response = render(request, "web/field/visits.html", context, status=status)
    return kept(response) if status == 200 and earlier is None else response


def _earlier(request: PeopleRequest) -> Visit | None:
    pk = uuid_of(request.POST.get("after") or request.GET.get("after", ""))
    return visits.visit_of(pk, by=request.actor) if pk else None


def _log(request: PeopleRequest, form: VisitForm, earlier: Visit | None) -> Refusal | None:
    if not form.is_valid():
        return None
    said = form.cleaned_data
    try:
        visits.log_visit(
            grid_id=UUID(said["grid"]), on=said["on"], kind=VisitKind(said["kind"]),
            words=said["words"], note=said["note"], again_on=said["again_on"],
            follows=earlier.pk if earlier else None,
            key=request.POST.get("key", "")[:64] or uuid4().hex,
            by=request.actor, at=timezone.now(),
        )  # fmt: skip
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return refusal
    return None


@staff()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def visit(request: PeopleRequest, pk: UUID) -> HttpResponse:
    """One of my visits: what it says, to be put right within a week."""
    found = visits.visit_of(pk, by=request.actor)
    said = {"words": found.words, "note": found.note, "again_on": found.again_on}
    form = WordsForm(request.POST or None, initial=said)
    status = 200
    if request.method == "POST":
        if form.is_valid() and _correct(request, form, found.pk):
            messages.success(request, _("It is put right."))
            return see_other(request, reverse("web:field_visits"))
        status = 422
    is_open = timezone.localdate() - found.on <= timedelta(days=visits.CORRECTED_FOR_DAYS)
    context = {"tab": "me", "visit": found, "form": form, "is_open": is_open}
    return render(request, "web/field/visit.html", context, status=status)


def _correct(request: PeopleRequest, form: WordsForm, pk: UUID) -> bool:
    said = form.cleaned_data
    again_on: date | None = said["again_on"]
    try:
        visits.correct_visit(
            pk, words=said["words"], note=said["note"], again_on=again_on,
            by=request.actor, at=timezone.now(),
        )  # fmt: skip
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return False
    return True
