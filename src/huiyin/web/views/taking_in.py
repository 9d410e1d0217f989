"""Intake for a caller or a visitor, on one screen and by keyboard alone."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huiyin.categories.search import suggest
from huiyin.categories.tree import tree
from huiyin.dispatch.responsibility import responsible
from huiyin.dispatch.urgency import urgency_of
from huiyin.dispatch.wording import reason_words
from huiyin.knowledge.models import Kind
from huiyin.knowledge.search import find, of_class
from huiyin.matters import numbers, search
from huiyin.matters.intake import Person, Said
from huiyin.matters.models import Run
from huiyin.matters.opening_once import open_once
from huiyin.matters.refusals import ActRefused, NotFound
from huiyin.matters.similar import similar
from huiyin.people.addresses import client_address
from huiyin.people.guards import staff
from huiyin.people.http import PeopleRequest
from huiyin.places.models import Place
from huiyin.procedures.language import FieldType
from huiyin.ui.http import part, see_other
from huiyin.ui.refusals import Refusal
from huiyin.web.inbox_rows import rows_of
from huiyin.web.matter_page import with_pages
from huiyin.web.settling import ANSWER, SOURCE, SettlingForm, settle, settling_of
from huiyin.web.taking_in import (
    CallerForm,
    Opening,
    SaidForm,
    channel_of,
    form_of,
    openings_of,
    title_of,
    values_of,
)
from huiyin.web.views.inbox import uuid_of

KINDS = 3
ANSWERS = 2  # of the knowledge base, beside what is being said
SURE = 0.25  # below this share of what was said an answer would only be in the way


@staff()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def take_in(request: PeopleRequest, name: str = "") -> HttpResponse:
    """Take a matter in by one of the ways this post may."""
    found = openings_of(request.actor)
    opening = next((one for one in found if one.name == name), found[0] if found else None)
    if opening is None or (name and opening.name != name):
        return render(request, "web/intake/none.html", status=200 if not name else 404)
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    caller, words, more = CallerForm(data), SaidForm(data), form_of(opening, data, files)
    settling = settling_of(opening)
    settled = SettlingForm(settling, data) if settling else None
    status = 200
    if data is not None:
        number = _taken(request, opening, caller, words, more, settled)
        if number:
            return see_other(request, reverse("web:matter", args=[number]))
        status = 422
    context = {
        "openings": found,
        "opening": opening,
        "caller": caller,
        "words": words,
        "more": more,
        "settling": settling,
        "settled": settled,
        "key": request.POST.get("key") or uuid4().hex,
    }
    return render(request, "web/intake/index.html", context, status=status)


def _taken(
    request: PeopleRequest, opening: Opening, caller: CallerForm, words: SaidForm, more: Any,
    settled: SettlingForm | None,
) -> str:  # fmt: skip
    """Open the matter, settle it when it was answered at once, and return its number.

    Nothing when a form says what is wrong; then neither is done.
    """
    at = timezone.now()
    is_clear = caller.is_valid() & words.is_valid() & (settled is None or settled.is_valid())
    place, category = words.resolve()
    is_clear &= more.take_in(by=request.actor, at=at, address=client_address(request))
    if not is_clear or place is None:
        more.look_through(at=at)  # so that all that is missing is said at once
        return ""
    said = words.cleaned_data
    who = caller.cleaned_data
    is_nobody = who["is_anonymous"] and not who["phone"]
    key = request.POST.get("key", "")[:64]
    settling = settling_of(opening) if "settle" in request.POST else None
    try:
        with transaction.atomic():
            done = open_once(
                key=key,
                by=request.actor,
                at=at,
                procedure=opening.procedure.name,
                action=opening.action.name,
                said=Said(title_of(said["words"]), said["words"], said["address"]),
                place=place,
                channel=channel_of(request.actor),
                form=values_of(
                    opening, more, words=said["words"], place=place, category=category
                ),
                category=category,
                reporter=None
                if is_nobody
                else Person(
                    who["name"], who["phone"], is_anonymous=who["is_anonymous"],
                    wants_secrecy=who["wants_secrecy"],
                ),
            )  # fmt: skip
            if settling is not None and settled is not None:
                settle(done.run, settling, settled, key=key, by=request.actor, at=at)
    except ActRefused as refusal:
        _refuse(opening, words, more, settled, refusal)
        return ""
    except Refusal as refusal:
        more.refuse(refusal)
        return ""
    number = done.run.matter.number
    told = (
        _("Answered and settled. Read it out: the number is {}.")
        if settling is not None
        else _("Read it out: the number is {}.")
    )
    # Whoever takes calls goes on with Enter: the way to the next one has the focus.
    next_one = format_html(
        ' <a href="{}" autofocus>{}</a>',
        reverse("web:take_in_by", args=[opening.name]), _("Take in the next one"),
    )  # fmt: skip
    messages.success(request, format_html(told, numbers.spoken(number)) + next_one)
    return number


def _refuse(
    opening: Opening, words: SaidForm, more: Any, settled: SettlingForm | None, refusal: Refusal
) -> None:
    """Write each fault where it was typed."""
    ours = {
        field.name: name
        for field, name in (
            (opening.words, "words"),
            (opening.field_of(FieldType.PLACE), "place"),
            (opening.field_of(FieldType.CATEGORY), "category"),
        )
        if field
    }
    left = {}
    for name, told in refusal.errors.items():
        if name in ours:
            words.add_error(ours[name], told)
        elif settled is not None and name in (ANSWER, SOURCE):
            settled.add_error(name, told)
        else:
            left[name] = told
    if left or not refusal.errors:
        more.refuse(ActRefused(reason=refusal.reason, sentence=refusal.sentence, errors=left))


@staff()
@never_cache
@require_safe
def hints(request: PeopleRequest) -> HttpResponse:
    """What helps while somebody is speaking: danger, likely kinds, the same thing, who gets it."""
    at = timezone.now()
    text = request.GET.get("words", "")[:2000].replace("\x00", "")
    by_id = {str(node.category.pk): node for node in tree().by_code.values()}
    node = by_id.get(request.GET.get("category", ""))
    pk = uuid_of(request.GET.get("place", ""))
    place = Place.objects.filter(pk=pk).first() if pk else None
    hits = suggest(text, KINDS) if text.strip() else []
    chosen = node.category if node else hits[0].category if hits else None
    answer = responsible(place.pk, chosen.pk, at=at) if place and chosen else None
    code = chosen.code if chosen else ""
    heard = urgency_of(text, chosen) if text.strip() else None
    is_danger = heard is not None and bool(heard.number)  # then an answer is only in the way
    context = {
        **_known("" if is_danger else text, code, place, at=at),
        "place": place,
        "heard": heard,
        "hits": [] if node else hits,
        "node": node,
        "alike": with_pages(
            similar(place=place, text=text, at=at, category=chosen), by=request.actor
        )
        if place and text.strip()
        else [],
        "responsible": answer,
        "reason": reason_words(answer) if answer else "",
    }
    return part(request, "web/intake/_hints.html", context)


def _known(text: str, code: str, place: Place | None, *, at: datetime) -> dict[str, Any]:
    """Return what the knowledge base has on what is being said: a script, and likely answers."""
    on = timezone.localdate(at)
    if not text.strip():
        return {"answers": [], "scripts": []}
    answers = find(
        text, on=on, category=code, place=place, is_public=False, limit=ANSWERS, weakest=SURE
    )
    scripts = of_class(code, kind=Kind.SCRIPT, on=on, place=place, limit=1) if code else []
    if not scripts:
        hits = find(text, on=on, kinds=[Kind.SCRIPT], is_public=False, limit=1, weakest=SURE)
        scripts = [hit.entry for hit in hits]
    return {
        "answers": [(hit.entry, hit.entry.waits_for_review(on)) for hit in answers],
        "scripts": scripts,
    }


@staff()
@never_cache
@require_POST
def others(request: PeopleRequest) -> HttpResponse:
    """The other matters of this caller; who looked, and that it was for a call, is written down."""
    at = timezone.now()
    context: dict[str, Any] = {"rows": [], "is_asked": True}
    try:
        found = search.by_phone(
            request.POST.get("phone", ""), by=request.actor, at=at, limit=6,
            purpose=_("Taking a call: is it about something known?"),
            address=client_address(request),
        )  # fmt: skip
    except NotFound:
        raise
    except Refusal as refusal:
        context["trouble"] = str(refusal)
    else:
        ids = [matter.pk for matter in found.matters]
        runs = Run.objects.filter(matter__in=ids, parent=None).select_related(
            "matter__words", "matter__place"
        )
        context["rows"] = rows_of(runs.order_by("-opened_at"), by=request.actor, at=at)
    return part(request, "web/intake/_others.html", context)
