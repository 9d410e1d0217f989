"""The knowledge base at the desk: the list by tray, an entry with its versions, its check."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huiyin.categories.tree import tree
from huiyin.knowledge import access, queries, verbs
from huiyin.knowledge.differences import differences
from huiyin.knowledge.models import PUBLIC_KINDS, Entry, Kind, State, Version
from huiyin.knowledge.personal import marked
from huiyin.knowledge.refusals import NotFound, NotPermitted
from huiyin.knowledge.search import find
from huiyin.matters import access as matters_access
from huiyin.people.guards import NotPermittedHere, staff
from huiyin.people.http import PeopleRequest
from huiyin.places.models import Place
from huiyin.ui.http import see_other
from huiyin.ui.refusals import Refusal
from huiyin.web.counting import capped, counted
from huiyin.web.knowledge_forms import (
    ChangeForm,
    EntryForm,
    NewForm,
    ReasonForm,
    ReviewForm,
    fresh_values,
    values_of,
)
from huiyin.web.making_public import Proposal, proposal
from huiyin.web.paging import page
from huiyin.web.views.start import question

PAGE = 30
FOUND = 30


# --- the list -----------------------------------------------------------------------------------


@staff()
@never_cache
@require_safe
def index(request: PeopleRequest) -> HttpResponse:
    """The entries of a tray, the newest first; or those that fit what was typed, best first."""
    today, by = timezone.localdate(), request.actor
    wanted = {name: question(request, name) for name in ("tray", "kind", "category", "q")}
    tray = wanted["tray"] if wanted["tray"] in queries.TRAYS else "all"
    trays = queries.trays(by=by, on=today)
    counts = dict(zip(trays, counted(trays.values()), strict=True))
    node = tree().by_code.get(wanted["category"])
    context: dict[str, Any] = {
        "q": wanted["q"],
        "tray": tray,
        "kind": wanted["kind"],
        "category": node.category if node else None,
        "tabs": [(name, _tray_words(name), capped(counts[name])) for name in queries.TRAYS],
        "kinds": Kind.choices,
        "branches": [one.category for one in tree().branches],
        "may_write": by.may(access.WRITE) or by.may(access.PUBLISH),
    }
    if wanted["q"]:
        kinds = [Kind(wanted["kind"])] if wanted["kind"] in Kind.values else list(Kind)
        hits = find(
            wanted["q"], on=today, kinds=kinds, category=wanted["category"], is_public=False,
            limit=FOUND,
        )  # fmt: skip
        context["rows"] = [_row(hit.entry, hit.entry.shown, today) for hit in hits]
    else:
        rows = queries.entries(
            tray=tray, by=by, on=today, kind=wanted["kind"], category=wanted["category"]
        )
        shown = page(request, rows, key="id", descending=True, size=PAGE)
        context["page"] = shown
        context["rows"] = [_row(entry, entry.latest, today) for entry in shown.items]
    return render(request, "web/knowledge/index.html", context)


def _tray_words(name: str) -> str:
    return {
        "all": _("All"),
        "mine": _("Of my unit"),
        "to_check": _("To be checked"),
        "due": _("Due for review"),
        "drafts": _("Drafts"),
        "withdrawn": _("Withdrawn"),
    }[name]


def _row(entry: Entry, version: Version | None, on: Any) -> dict[str, Any]:
    return {
        "entry": entry,
        "version": version,
        "kinds": _categories(version),
        "waits": entry.waits_for_review(on),
        "is_stale": entry.is_stale(on),
    }


def _categories(version: Version | None) -> list[Any]:
    by_code = tree().by_code
    codes = version.categories if version else []
    return [by_code[code].category for code in codes if code in by_code]


# --- one entry ----------------------------------------------------------------------------------


@staff()
@never_cache
@require_safe
def entry(request: PeopleRequest, pk: UUID) -> HttpResponse:
    """One entry: what it says, what changed, who may do what now."""
    found = _entry(request, pk)
    return _entry_page(request, found)


def _entry(request: PeopleRequest, pk: UUID) -> Entry:
    try:
        return access.entry(pk, by=request.actor)
    except NotFound:
        raise Http404 from None


def _entry_page(
    request: PeopleRequest, found: Entry, *, status: int = 200, **more: Any
) -> HttpResponse:
    today, by = timezone.localdate(), request.actor
    versions = queries.versions_of(found)
    latest = versions[0]
    older = _compared(request, versions)
    is_public = found.kind in PUBLIC_KINDS
    is_checker = access.may_publish(found, by=by)
    waits = found.state == State.TO_CHECK
    number = _("version %(number)s") % {"number": latest.number}
    context = {
        "trail": [
            {"label": _("Knowledge base"), "url": reverse("web:knowledge")},
            {"label": found.code, "url": ""},
            {"label": number, "url": ""},
        ],
        "entry": found,
        "latest": latest,
        "versions": versions,
        "older": older,
        "changes": _changes(older, latest) if older else [],
        "runs": marked(latest.text_zh) if is_public else [(latest.text_zh, None)],
        "title_runs": marked(latest.title_zh) if is_public else [(latest.title_zh, None)],
        "findings": verbs.found_in(found),
        "categories": _categories(latest),
        "places": list(Place.objects.filter(pk__in=latest.places)) if latest.places else [],
        "waits": found.waits_for_review(today),
        "is_stale": found.is_stale(today),
        "history": queries.history(found),
        "back": queries.sent_back(found) if found.state == State.DRAFT else None,
        "matter": _matter(found, request),
        "may_change": access.may_write(found, by=by),
        "may_check": is_checker and waits and found.author != by.account_id,
        "own_words": is_checker and waits and found.author == by.account_id,
        "may_withdraw": is_checker and found.shown_id is not None,
        "is_shown": found.shown_id is not None,
        "send_back": ReasonForm(auto_id="back_%s"),
        "withdrawal": ReasonForm(auto_id="withdraw_%s"),
        "review": ReviewForm(
            initial={"again_on": verbs.next_review(timezone.now())}, auto_id="review_%s"
        ),
        **more,
    }
    return render(request, "web/knowledge/entry.html", context, status=status)


def _compared(request: PeopleRequest, versions: Any) -> Version | None:
    """Return the version the latest is compared with: the one asked for, else the one before."""
    wanted = request.GET.get("against", "")
    by_number = {str(one.number): one for one in versions[1:]}
    return by_number.get(wanted) or (versions[1] if len(versions) > 1 else None)


def _changes(old: Version, new: Version) -> list[dict[str, Any]]:
    """Return every part in which two versions differ, with the differences drawn."""
    parts = (
        (_("Question"), old.title_zh, new.title_zh),
        (_("Answer"), old.text_zh, new.text_zh),
        (_("Question in English"), old.title_en, new.title_en),
        (_("Answer in English"), old.text_en, new.text_en),
        (_("Source"), old.source, new.source),
        (_("Other words for it"), old.asked_as, new.asked_as),
        (_("Kinds of matter"), _names(old), _names(new)),
        (_("Holds from"), str(old.valid_from or ""), str(new.valid_from or "")),
        (_("Holds until"), str(old.valid_to or ""), str(new.valid_to or "")),
        (_("To be looked at again on"), str(old.review_on), str(new.review_on)),
    )
    return [
        {"label": label, "runs": differences(before, after)}
        for label, before, after in parts
        if before != after
    ]


def _names(version: Version) -> str:
    return "、".join(category.name_zh for category in _categories(version))


def _matter(found: Entry, request: PeopleRequest) -> Any:
    """Return the matter whose answer it is, to whoever sees that matter."""
    if found.matter_id is None:
        return None
    return matters_access.matters_seen_by(request.actor).filter(pk=found.matter_id).first()


# --- writing ------------------------------------------------------------------------------------


@staff()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: PeopleRequest) -> HttpResponse:
    """Write a new entry, or propose the answer of a matter for publication."""
    by, at = request.actor, timezone.now()
    if not (by.may(access.WRITE) or by.may(access.PUBLISH)):
        raise NotPermittedHere(access.WRITE)
    number = request.POST.get("matter") or request.GET.get("matter", "")
    begun: Proposal | None = None
    if number:
        try:
            begun = proposal(number, by=by, at=at)
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return see_other(request, reverse("web:knowledge"))
    data = request.POST if request.method == "POST" else None
    made = EntryForm if begun else NewForm
    form = made(data, initial=_begun_with(begun, request, at=at))
    if data is not None and form.is_valid() and "preview" not in data:
        kind = Kind.ANSWER if begun else Kind(form.cleaned_data["kind"])
        matter = begun.matter if begun else None
        try:
            found = verbs.begin(form.words(), kind=kind, by=by, at=at, matter=matter)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return _after_writing(request, found)
    return _form_page(request, form, begun=begun)


def _begun_with(begun: Proposal | None, request: PeopleRequest, *, at: Any) -> dict[str, Any]:
    review_on = verbs.next_review(at)
    if begun is None:
        return fresh_values(review_on=review_on, title_zh=question(request, "q"))
    category = begun.matter.category
    return fresh_values(
        review_on=review_on, title_zh=begun.question, text_zh=begun.answer,
        categories=[str(category.pk)] if category else [],
    )  # fmt: skip


@staff()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: PeopleRequest, pk: UUID) -> HttpResponse:
    """Write a new version of an entry."""
    by = request.actor
    found = _entry(request, pk)
    if not access.may_write(found, by=by):
        raise NotPermittedHere(access.WRITE)
    assert found.latest is not None  # noqa: S101 every entry has one
    data = request.POST if request.method == "POST" else None
    form = ChangeForm(data, initial=values_of(found.latest))
    if data is not None and form.is_valid() and "preview" not in data:
        seen = str(data.get("seen", ""))
        try:
            verbs.change(
                pk, form.words(), by=by, at=timezone.now(), note=form.cleaned_data["note"],
                expected=int(seen) if seen.isdecimal() and len(seen) < 6 else None,
            )  # fmt: skip
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return _after_writing(request, found)
    return _form_page(request, form, entry=found)


def _form_page(request: PeopleRequest, form: EntryForm, **more: Any) -> HttpResponse:
    wants_preview = form.is_bound and "preview" in form.data and form.is_valid()
    preview = None
    if wants_preview:
        words = form.words()
        preview = {"title": marked(words.title_zh), "text": marked(words.text_zh), "words": words}
    status = 422 if form.is_bound and form.errors else 200
    return render(
        request, "web/knowledge/form.html", {"form": form, "preview": preview, **more},
        status=status,
    )  # fmt: skip


def _after_writing(request: PeopleRequest, found: Entry) -> HttpResponse:
    """Lead to the entry; where it was asked for, send it to be checked at once."""
    if "ask" in request.POST:
        try:
            verbs.ask(found.pk, by=request.actor, at=timezone.now())
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Written, and sent to be checked by somebody else."))
    else:
        messages.success(request, _("Written as a draft. Nobody but staff sees it."))
    return see_other(request, reverse("web:knowledge_entry", args=[found.pk]))


# --- what is done with it -----------------------------------------------------------------------


@staff()
@require_POST
def act(request: PeopleRequest, pk: UUID, act: str) -> HttpResponse:
    """Ask for the check, publish, send back, review or withdraw."""
    found = _entry(request, pk)
    sent, by, at = request.POST, request.actor, timezone.now()
    seen = str(sent.get("seen", ""))
    expected = int(seen) if seen.isdecimal() and len(seen) < 6 else None
    review = ReviewForm(sent, auto_id="review_%s")
    reason = str(sent.get("reason", ""))
    try:
        if act == "ask":
            verbs.ask(pk, by=by, at=at)
            told = _("Sent to be checked by somebody else.")
        elif act == "publish":
            verbs.publish(
                pk, by=by, at=at, has_looked=bool(sent.get("has_looked")), expected=expected
            )
            told = _("Published.")
        elif act == "send-back":
            verbs.send_back(pk, reason=reason, by=by, at=at, expected=expected)
            told = _("Sent back to its writer, with your words.")
        elif act == "withdraw":
            verbs.withdraw(pk, reason=reason, by=by, at=at)
            told = _("Withdrawn. Nobody is shown it any more.")
        elif act == "review" and review.is_valid():
            verbs.review(pk, again_on=review.cleaned_data["again_on"], by=by, at=at)
            told = _("Looked at, and still right.")
        elif act == "review":
            return _entry_page(request, found, status=422, review=review)
        else:
            raise Http404
    except NotPermitted:
        needs = access.WRITE if act in ("ask", "review") else access.PUBLISH
        raise NotPermittedHere(needs) from None
    except Refusal as refusal:
        return _entry_page(request, found, status=422, trouble=str(refusal), opened=act)
    messages.success(request, told)
    return see_other(request, reverse("web:knowledge_entry", args=[pk]))
