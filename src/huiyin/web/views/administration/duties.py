"""Lists of duties: what holds on a day, one item more or less, a whole list, and the tester."""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huiyin.categories.models import Category
from huiyin.dispatch.answers import Candidate, Found
from huiyin.dispatch.responsibility import responsible
from huiyin.dispatch.wording import reason_words, why_words
from huiyin.people.guards import staff
from huiyin.people.http import PeopleRequest
from huiyin.places.models import Place
from huiyin.ui.forms import Form
from huiyin.ui.http import SeeOther, part
from huiyin.ui.refusals import Refusal, sentence_of
from huiyin.units import duty_list, verbs
from huiyin.units.models import Duty, Unit
from huiyin.units.queries import held_on
from huiyin.web.administration.lookup_fields import CategoryFound, PlaceFound, UnitFound
from huiyin.web.administration.unit_forms import BASIS, day_field, line
from huiyin.web.paging import page

NEEDS = "units.administer"
PROBLEMS_SHOWN = 100
ROWS_SHOWN = 12
LARGEST_LIST = 2_000_000  # bytes
SAMPLE_ROWS = 5_000


class Filter(Form):
    """What to look for in the lists, and on which day."""

    unit = UnitFound(label=gettext_lazy("Unit"), required=False)
    category = CategoryFound(label=gettext_lazy("Kind of matter"), required=False)
    place = PlaceFound(label=gettext_lazy("Place"), required=False)
    on = day_field(gettext_lazy("As on"), required=False)


class DutyForm(Form):
    """One item more."""

    unit = UnitFound(label=gettext_lazy("Unit"))
    category = CategoryFound(label=gettext_lazy("Kind of matter"))
    place = PlaceFound(
        label=gettext_lazy("Place"), help_text=gettext_lazy("With everything below it")
    )
    basis = line(gettext_lazy("Basis"), 240, help_text=BASIS)
    item_no = line(gettext_lazy("Number in the list"), 40, required=False)
    first_day = day_field(gettext_lazy("First day"))


class EndForm(Form):
    """The end of an item."""

    on = day_field(gettext_lazy("First day without it"))
    basis = line(gettext_lazy("By which decision"), 240)


@staff(needs=NEEDS)
@require_safe
def index(request: PeopleRequest) -> HttpResponse:
    """What units answer for on a day, by unit, kind and place."""
    return _list(request)


def _list(
    request: PeopleRequest,
    *,
    adding: DutyForm | None = None,
    ending: tuple[int, EndForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    today = timezone.localdate()
    form = Filter(request.GET or None, auto_id="id_filter_%s")
    wanted: dict[str, Any] = form.cleaned_data if form.is_bound and form.is_valid() else {}
    on: date = wanted.get("on") or today
    shown = page(request, _held(wanted, on=on), key="id")
    context = {
        "form": form,
        "on": on,
        "is_today": on == today,
        "filtered": any(wanted.get(name) for name in ("unit", "category", "place")),
        "unit": wanted.get("unit"),
        "page": shown,
        "query": request.GET.urlencode(),
        "adding": adding
        or DutyForm(
            auto_id="id_add_%s",
            initial={
                "first_day": today, "unit": wanted.get("unit"),
                "category": wanted.get("category"), "place": wanted.get("place"),
            },
        ),
        "adding_open": adding is not None,
        "rows": [
            (
                duty,
                ending[1] if ending and ending[0] == duty.pk
                else EndForm(auto_id=f"id_{duty.pk}_%s", initial={"on": today}),
                bool(ending and ending[0] == duty.pk),
            )
            for duty in shown.items
        ],
    }  # fmt: skip
    return render(request, "web/admin/duties.html", context, status=status)


def _held(wanted: dict[str, Any], *, on: date) -> Any:
    duties = Duty.objects.filter(held_on(on), held_on(on, prefix="unit__"))
    unit: Unit | None = wanted.get("unit")
    category: Category | None = wanted.get("category")
    place: Place | None = wanted.get("place")
    if unit is not None:
        duties = duties.filter(unit=unit)
    if category is not None:
        duties = duties.filter(category__code__startswith=category.code)
    if place is not None:
        duties = duties.filter(
            Q(place=place) | Q(place__town=place) | Q(place__county=place) | Q(place__city=place)
        )
    return duties.select_related("unit", "category", "place")


@staff(needs=NEEDS)
@require_POST
def add(request: PeopleRequest) -> HttpResponse:
    """Let a unit answer for one thing more."""
    form = DutyForm(request.POST, auto_id="id_add_%s")
    if not form.is_valid():
        return _list(request, adding=form, status=422)
    sent = form.cleaned_data
    try:
        duty = verbs.add_duty(
            unit_id=sent["unit"].pk, category_id=sent["category"].pk, place_id=sent["place"].pk,
            basis=sent["basis"], item_no=sent["item_no"], valid_from=sent["first_day"],
            by=request.actor, at=timezone.now(),
        )  # fmt: skip
    except Refusal as refused:
        form.add_error(None, sentence_of(refused))
        return _list(request, adding=form, status=422)
    messages.success(request, _("%(unit)s answers for it now.") % {"unit": sent["unit"].name})
    return SeeOther(f"{reverse('web:admin_duties')}?unit={duty.unit_id}")


@staff(needs=NEEDS)
@require_POST
def withdraw(request: PeopleRequest, duty_id: int) -> HttpResponse:
    """End one item from a day on."""
    form = EndForm(request.POST, auto_id=f"id_{duty_id}_%s")
    if not form.is_valid():
        return _list(request, ending=(duty_id, form), status=422)
    try:
        duty = verbs.withdraw_duty(
            duty_id=duty_id, on=form.cleaned_data["on"], basis=form.cleaned_data["basis"],
            by=request.actor, at=timezone.now(),
        )  # fmt: skip
    except Duty.DoesNotExist:
        messages.info(request, _("This item is no longer there."))
        return SeeOther(reverse("web:admin_duties"))
    except Refusal as refused:
        form.add_error(None, sentence_of(refused))
        return _list(request, ending=(duty_id, form), status=422)
    words = _("%(unit)s no longer answers for it from that day on.")
    messages.success(request, words % {"unit": duty.unit.name})
    return SeeOther(f"{reverse('web:admin_duties')}?unit={duty.unit_id}")


# --- a whole list -------------------------------------------------------------------------------


class ListForm(Form):
    """A list of duties, from a file or pasted, and from when it holds."""

    file = forms.FileField(
        label=gettext_lazy("The list as CSV"),
        required=False,
        widget=forms.FileInput({"accept": ".csv,text/csv"}),
    )
    text = forms.CharField(
        label=gettext_lazy("Or paste it here"),
        required=False,
        widget=forms.Textarea({"rows": 6, "spellcheck": "false"}),
    )
    starts_on = day_field(gettext_lazy("Holds from"))
    whole = forms.BooleanField(
        label=gettext_lazy("This is everything its units answer for: what is missing ends"),
        required=False,
    )
    basis = line(gettext_lazy("By which decision"), 240, help_text=BASIS)

    def clean(self) -> dict[str, Any]:
        """Read the file into `text`; refuse when there is neither."""
        sent = super().clean() or {}
        file = sent.get("file")
        if file is not None:
            if file.size > LARGEST_LIST:
                self.add_error("file", _("The file is too large: two megabytes at most."))
                return sent
            try:
                sent["text"] = file.read().decode("utf-8-sig")
            except UnicodeDecodeError:
                self.add_error("file", _("The file is not UTF-8: save it as “CSV, UTF-8”."))
                return sent
        if not sent.get("text", "").strip():
            self.add_error("file", _("Choose the file, or paste the list below."))
        return sent

    def clean_starts_on(self) -> date:
        """Refuse a day that is over: what was given to whom by then stays right."""
        starts_on: date = self.cleaned_data["starts_on"]
        if starts_on < timezone.localdate():
            raise forms.ValidationError(_("Choose today or a later day."))
        return starts_on


@staff(needs=NEEDS)
@require_http_methods(["GET", "HEAD", "POST"])
def take_over(request: PeopleRequest) -> HttpResponse:
    """Take a list over: first what is wrong in which row, then what it changes, then for good."""
    today = timezone.localdate()
    if request.method != "POST":
        return _import_page(request, ListForm(initial={"starts_on": today}))
    form = ListForm(request.POST, request.FILES)
    if not form.is_valid():
        return _import_page(request, form, status=422)
    sent = form.cleaned_data
    found = duty_list.read(sent["text"], on=sent["starts_on"])
    form.shown_again(text=sent["text"])
    if found.problems:
        return _import_page(request, form, problems=found.problems, status=422)
    planned = duty_list.plan(found.items, whole=sent["whole"])
    if planned.is_empty or "sure" not in request.POST:
        return _import_page(request, form, planned=planned)
    try:
        done = duty_list.take_over(
            sent["text"], starts_on=sent["starts_on"], whole=sent["whole"], basis=sent["basis"],
            by=request.actor, at=timezone.now(),
        )  # fmt: skip
    except Refusal as refused:
        form.add_error(None, sentence_of(refused))
        return _import_page(request, form, status=422)
    count = len(done.new) + len(done.changed) + len(done.over)
    words = ngettext("%(n)d item is taken over.", "%(n)d items are taken over.", count)
    messages.success(request, words % {"n": count})
    return SeeOther(reverse("web:admin_duties"))


def _import_page(
    request: PeopleRequest,
    form: ListForm,
    *,
    problems: list[duty_list.Problem] | None = None,
    planned: duty_list.Plan | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "problems": (problems or [])[:PROBLEMS_SHOWN],
        "problem_count": len(problems or []),
        "planned": planned,
        "parts": [
            (_("New"), [_said(item) for item in planned.new[:ROWS_SHOWN]], len(planned.new)),
            (
                _("With another basis or number"),
                [_said(item) for _duty, item in planned.changed[:ROWS_SHOWN]],
                len(planned.changed),
            ),
            (_("Ending"), [_said(duty) for duty in planned.over[:ROWS_SHOWN]], len(planned.over)),
        ]
        if planned
        else [],
        "columns": duty_list.COLUMNS.items(),
        "optional": duty_list.OPTIONAL,
    }
    return render(request, "web/admin/take_over_duties.html", context, status=status)


def _said(item: duty_list.Item | Duty) -> dict[str, Any]:
    return {
        "unit": item.unit.name,
        "category": item.category,
        "place": item.place.name,
        "basis": item.basis,
    }


@staff(needs=NEEDS)
@require_safe
def as_csv(request: PeopleRequest) -> HttpResponse:
    """The items of a unit, or of all, as the CSV that is read here again."""
    duties = _held({"unit": _unit_of(request)}, on=timezone.localdate())
    text = duty_list.sample(duties.order_by("unit__code", "category__code")[:SAMPLE_ROWS])
    response = HttpResponse("\ufeff" + text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="duties.csv"'
    return response


def _unit_of(request: PeopleRequest) -> Unit | None:
    try:
        return Unit.objects.filter(pk=UUID(request.GET.get("unit", ""))).first()
    except ValueError:
        return None


# --- who would get it ---------------------------------------------------------------------------


class MatterForm(Form):
    """A matter that might come in."""

    category = CategoryFound(label=gettext_lazy("Kind of matter"))
    place = PlaceFound(label=gettext_lazy("Place"))
    on = day_field(gettext_lazy("On which day"), required=False)


@staff(needs=NEEDS)
@require_safe
def tester(request: PeopleRequest) -> HttpResponse:
    """Who would get such a matter there on that day, by which item, and who else might."""
    form = MatterForm(request.GET or None)
    context: dict[str, Any] = {"form": form, "answer": None}
    if form.is_bound and form.is_valid():
        sent = form.cleaned_data
        answer = responsible(
            sent["place"].pk, sent["category"].pk, on=sent["on"] or timezone.localdate()
        )
        context |= {
            "answer": answer,
            "is_named": answer.found is Found.DUTY,
            "reason": reason_words(answer),
            "candidates": [_candidate(one) for one in answer.candidates],
            "line": [place.name for place in answer.line],
            "category": sent["category"],
            "place": sent["place"],
        }
    return part(request, "web/admin/_who.html", context, page="web/admin/tester.html")


def _candidate(one: Candidate) -> dict[str, Any]:
    return {"unit": one.unit, "why": why_words(one), "steps": one.place.steps}
