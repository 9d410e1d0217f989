"""The limits: what the law fixes, and what the city sets where the law leaves it open."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from huiyin.categories.models import Category, Term, TermUnit, TermValue
from huiyin.categories.terms import set_term_value
from huiyin.categories.tree import tree
from huiyin.people.guards import NotPermittedHere, staff
from huiyin.people.http import PeopleRequest
from huiyin.places.models import Place, PlaceLevel
from huiyin.places.search import search
from huiyin.ui.forms import Form
from huiyin.ui.http import SeeOther
from huiyin.ui.refusals import Refusal, sentence_of
from huiyin.web.changing_terms import Foreseen, bound_of, changes_of, foreseen
from huiyin.web.finding import by_code
from huiyin.web.terms import all_limits, grouped, law_words, length_words, matching, source_words
from huiyin.web.views.start import question

EDIT = "terms.edit"


@staff()
@require_safe
def index(request: PeopleRequest) -> HttpResponse:
    """Every limit with its law, in groups."""
    q = question(request, "q")
    limits = all_limits(on=timezone.localdate())
    found = matching(limits, q) if q else limits
    context = {"q": q, "groups": grouped(found), "count": len(found), "all": len(limits)}
    return render(request, "web/terms.html", context)


class ValueForm(Form):
    """A new value of a limit that the law leaves open."""

    amount = forms.IntegerField(
        label=gettext_lazy("How long"),
        min_value=1,
        error_messages={"required": gettext_lazy("Write a whole number.")},
    )
    unit = forms.ChoiceField(label=gettext_lazy("Counted in"), choices=TermUnit.choices)
    starts_on = forms.DateField(
        label=gettext_lazy("Holds from"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={
            "required": gettext_lazy("Choose the first day on which it holds."),
            "invalid": gettext_lazy("Write the day as 2026-01-31."),
        },
    )
    category = forms.CharField(
        label=gettext_lazy("Only for this kind of matter"),
        required=False,
        max_length=16,
        help_text=gettext_lazy("Its name, or its code such as 0302. Empty: for every kind."),
    )
    level = forms.TypedChoiceField(
        label=gettext_lazy("Only at this level"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=(("", gettext_lazy("Every level")), *PlaceLevel.choices[:4]),
    )
    place = forms.CharField(
        label=gettext_lazy("Only in this place"),
        required=False,
        max_length=32,
        help_text=gettext_lazy("Its name, or its code such as 371427000000. Empty: everywhere."),
    )
    source = forms.CharField(
        label=gettext_lazy("By which decision"),
        max_length=120,
        error_messages={
            "required": gettext_lazy("Say which decision or document this comes from.")
        },
        help_text=gettext_lazy("The document that says so, with its number"),
    )
    # What was shown before saving: another value is shown first again.
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_category(self) -> Category | None:
        text = self.cleaned_data["category"].strip()
        if not text:
            return None
        known = tree().by_code
        if text in known:
            return known[text].category
        named = [
            node.category
            for node in known.values()
            if text in (node.category.name_zh, node.category.name_en)
        ]
        if len(named) != 1:
            raise forms.ValidationError(
                _("No one kind of matter has this name or code. Look it up in the list.")
            )
        return named[0]

    def clean_place(self) -> str:
        text: str = self.cleaned_data["place"].strip()
        found = by_code(text) if text else None
        if not text or (found is not None and found.code == text):
            return text
        named = [
            one.place.code for one in search(text) if text in (one.place.name, one.place.full_name)
        ]
        if len(named) != 1:
            raise forms.ValidationError(
                _("No one place has this name or code today. Look it up in the directory.")
            )
        return named[0]

    @property
    def shown(self) -> str:
        """What names the value that was sent, for `seen`."""
        sent = self.cleaned_data
        code = sent["category"].code if sent["category"] else ""
        parts = (sent["amount"], sent["unit"], sent["starts_on"], code, sent["level"] or "",
                 sent["place"], sent["source"])  # fmt: skip
        return "|".join(map(str, parts))

    @property
    def is_seen(self) -> bool:
        """Whether just this value was shown before it was sent."""
        return bool(self.cleaned_data["seen"]) and self.cleaned_data["seen"] == self.shown


@staff()
@require_http_methods(["GET", "HEAD", "POST"])
def term(request: PeopleRequest, key: str) -> HttpResponse:
    """One limit: its law, its values; a form to set another one where the law leaves it open.

    What a new value changes and what it leaves as it is is said before it is saved.
    """
    found = Term.objects.filter(pk=key).first()
    if found is None:
        raise Http404
    if request.method == "POST":
        return _set(request, found)
    return _page(request, found)


def _set(request: PeopleRequest, found: Term) -> HttpResponse:
    if not request.actor.may(EDIT):
        raise NotPermittedHere(EDIT)
    form = ValueForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    sent = form.cleaned_data
    try:
        value = _try(request, found, form)
    except Refusal as refused:
        form.add_error(None, sentence_of(refused))
        return _page(request, found, form, status=422)
    if value is None:
        form.shown_again(seen=form.shown)
        return _page(request, found, form, foreseen=foreseen(found, sent))
    words = _("Set: %(length)s. Clocks that already run keep the limit they started with.")
    messages.success(request, words % {"length": length_words(value.amount, value.unit)})
    return SeeOther(reverse("web:term", args=[found.key]))


def _try(request: PeopleRequest, found: Term, form: ValueForm) -> TermValue | None:
    """Set the value; only try whether it can be set, and return None, while it was not shown."""
    sent = form.cleaned_data
    with transaction.atomic():
        value = set_term_value(
            key=found.key,
            amount=sent["amount"],
            unit=TermUnit(sent["unit"]),
            starts_on=sent["starts_on"],
            by=request.actor,
            at=timezone.now(),
            category=sent["category"],
            level=sent["level"],
            place_code=sent["place"],
            source=sent["source"],
        )
        if not form.is_seen:
            transaction.set_rollback(True)
            return None
    return value


def _page(
    request: PeopleRequest,
    found: Term,
    form: ValueForm | None = None,
    *,
    foreseen: Foreseen | None = None,
    status: int = 200,
) -> HttpResponse:
    today = timezone.localdate()
    rows = found.values.select_related("category").order_by("-valid_from", "place_code", "level")
    values = [_row(value, today=today) for value in rows]
    names = dict(
        Place.objects.filter(
            code__in=[row["place_code"] for row in values if row["place_code"]], valid_to=None
        ).values_list("code", "full_name")
    )
    for row in values:
        row["place"] = names.get(row["place_code"], row["place_code"])
    general = next((row for row in values if row["general"] and row["state"] == "now"), None)
    context = {
        "term": found,
        "now": general,
        "values": [row for row in values if row["state"] != "past"],
        "past": [row for row in values if row["state"] == "past"],
        "form": form or ValueForm(initial=_initial(general, today=today)),
        "foreseen": foreseen,
        "bound": None if found.locked else bound_of(found),
        "changes": changes_of(found),
        "may_edit": not found.locked and request.actor.may(EDIT),
    }
    return render(request, "web/term.html", context, status=status)


def _initial(general: dict[str, Any] | None, *, today: date) -> dict[str, Any]:
    """Return what the form begins with: the value that holds today, from today on."""
    value = general["value"] if general else None
    return {
        "starts_on": today,
        "amount": value.amount if value else None,
        "unit": value.unit if value else TermUnit.WORKING_DAY,
    }


def _row(value: TermValue, *, today: date) -> dict[str, Any]:
    past = value.valid_to is not None and value.valid_to <= today
    later = value.valid_from is not None and value.valid_from > today
    return {
        "value": value,
        "length": length_words(value.amount, value.unit),
        "law": law_words(value),
        "source": source_words(value),
        "category": value.category,
        "level": PlaceLevel(value.level).label if value.level else "",
        "place_code": value.place_code,
        "general": value.category_id is None and value.level is None and not value.place_code,
        "state": "past" if past else "later" if later else "now",
    }
