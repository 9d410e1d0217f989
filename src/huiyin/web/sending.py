"""Answers to a phone that sends what waited in it: received, or why somebody has to look.

    {"state": "received", "number": "3714…", "title": "井盖缺失"}
    {"state": "look", "kind": "conflict", "why": "…", "note": "/field/…/note"}

`kind`: "conflict" (409, somebody was faster, not from here), "refused" (422, something is missing)
or "photos" (409, photos have to be sent again).
"""

from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from huiyin.grid.refusals import VisitFollowed
from huiyin.matters.act_forms import ActForm
from huiyin.matters.refusals import ActRefused, KeyUsedOtherwise, SomebodyWasFaster
from huiyin.procedures.language import FieldType
from huiyin.ui.refusals import Refusal

KEEP: Final = "Huiyin-Keep"
JSON: Final = "application/json"


def is_from_phone(request: HttpRequest) -> bool:
    """Tell whether the phone's queue asks, and not a person with a form."""
    return request.headers.get("Accept", "") == JSON


def kept(response: HttpResponse) -> HttpResponse:
    """Let the phone keep this page for when there is no network; nothing personal stands on it."""
    response[KEEP] = "page"
    return response


def received(*, number: str = "", title: str = "") -> HttpResponse:
    """Say that it has arrived."""
    return JsonResponse({"state": "received", "number": number, "title": title})


def looked_at(
    *forms: ActForm, refusal: Refusal | None = None, why: str = "", note: str = "",
    is_conflict: bool = False,
) -> HttpResponse:  # fmt: skip
    """Say why it was not taken, in the words the form would show, and what can be done instead."""
    if missing_photos(*forms):
        told = {"state": "look", "kind": "photos", "why": _("The photos have to be sent again.")}
        return JsonResponse(told, status=409)
    is_conflict = is_conflict or _is_conflict(refusal)
    said = why or " ".join(_sentences(forms)) or (str(refusal) if refusal else "")
    kind = "conflict" if is_conflict else "refused"
    answer = {"state": "look", "kind": kind, "why": said, "note": note}
    return JsonResponse(answer, status=409 if is_conflict else 422)


def _is_conflict(refusal: Refusal | None) -> bool:
    if isinstance(refusal, SomebodyWasFaster | KeyUsedOtherwise | VisitFollowed):
        return True
    return isinstance(refusal, ActRefused) and refusal.reason != "run.form"


def _sentences(forms: tuple[ActForm, ...]) -> list[str]:
    return [
        f"{one.label}: {one.sentence}" if one.label else one.sentence
        for form in forms
        if form.is_bound
        for one in form.summary
    ]


def missing_photos(*forms: ActForm) -> bool:
    """Tell whether a form names files that are not there any more."""
    return any(
        len(form.named(name)) > len(form.values().get(name, ()))
        for form in forms
        if form.is_bound
        for name, rule in form.rules.items()
        if rule.type is FieldType.FILES
    )


def remap(
    files: "MultiValueDict[str, Any]", names: Mapping[str, str]
) -> "MultiValueDict[str, Any]":
    """Return files sent under the names of the cameras under those of the fields of the form."""
    found: MultiValueDict[str, Any] = MultiValueDict(dict(files.lists()))
    for camera, field in names.items():
        if field and camera in found:
            found.setlist(f"{field}__new", found.pop(camera))
    return found
