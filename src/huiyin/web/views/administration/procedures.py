"""Procedures: the list, each in words and as a picture, and the check of a draft."""

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from huiyin.categories.terms import term_values
from huiyin.matters.wording import said
from huiyin.people.guards import staff
from huiyin.people.http import PeopleRequest
from huiyin.procedures import library, terms_of
from huiyin.procedures.language import Procedure
from huiyin.ui.forms import Form
from huiyin.web.administration import checking
from huiyin.web.administration import procedures as read
from huiyin.worktime import Limit, LimitUnit

CHECK = "registers.edit"


@staff()
@require_safe
def index(request: PeopleRequest) -> HttpResponse:
    """Every procedure with its version in force and the open runs under each version."""
    groups = read.by_capability()
    context = {
        "groups": groups,
        "count": sum(len(rows) for _name, rows in groups),
        "older": sum(row.older for _name, rows in groups for row in rows),
        "may_check": request.actor.may(CHECK),
    }
    return render(request, "web/admin/procedures.html", context)


def _procedure(name: str) -> Procedure:
    found = library.procedures().get(name)
    if found is None:
        raise Http404
    return found


@staff()
@require_safe
def procedure(request: PeopleRequest, name: str) -> HttpResponse:
    """One procedure: its picture, then actors, states, limits and acts in words."""
    found = _procedure(name)
    limits = read.limits_today(found, on=timezone.localdate())
    context = {
        "p": read.in_words(found, limits),
        "drawn": read.picture(found, limits),
        "file": found.file,
        "may_check": request.actor.may(CHECK),
    }
    return render(request, "web/admin/procedure.html", context)


class DraftForm(Form):
    """A draft of a procedure, from a file or pasted."""

    file = forms.FileField(
        label=gettext_lazy("The file of the procedure"),
        required=False,
        help_text=gettext_lazy("YAML, as the handbook describes it"),
        widget=forms.FileInput({"accept": ".yaml,.yml"}),
    )
    text = forms.CharField(
        label=gettext_lazy("Or paste it here"),
        required=False,
        max_length=checking.LARGEST,
        strip=False,
        widget=forms.Textarea({"rows": 14, "spellcheck": "false"}),
    )

    def clean(self) -> dict[str, Any]:
        """Read the file into `text`; refuse when there is neither."""
        sent = super().clean() or {}
        file = sent.get("file")
        if file is not None:
            if file.size > checking.LARGEST:
                self.add_error("file", _("The file is too large for a procedure."))
                return sent
            try:
                sent["text"] = file.read().decode("utf-8-sig")
            except UnicodeDecodeError:
                self.add_error("file", _("The file is not UTF-8: save it as UTF-8."))
                return sent
        if not sent.get("text", "").strip() and not self.errors:
            self.add_error("file", _("Choose the file, or paste the text below."))
        return sent


@staff(needs=CHECK)
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: PeopleRequest) -> HttpResponse:
    """Check a draft line by line, compare it with what is in force, and try it once."""
    if request.method != "POST":
        name = request.GET.get("from", "")
        found = library.procedures().get(name)
        initial = {"text": library.texts().get(found.file, "")} if found else {}
        form, verdict = DraftForm(initial=initial), None
    else:
        form, verdict = DraftForm(request.POST, request.FILES), None
        if form.is_valid():
            text = form.cleaned_data["text"].replace("\r\n", "\n")
            verdict = checking.judge(text, limits=_limits(), at=timezone.now())
            form.shown_again(text=text)
    status = 422 if form.errors else 200
    names = [(name, said(one.title)) for name, one in sorted(library.procedures().items())]
    context = {"form": form, "verdict": verdict, "names": names}
    return render(request, "web/admin/check.html", context, status=status)


def _limits() -> dict[str, Limit]:
    """Return the limits of every procedure, for a draft that may name any. One query."""
    keys = {term for one in library.procedures().values() for term in terms_of(one)}
    values = term_values(keys, on=timezone.localdate())
    return {key: Limit(value.amount, LimitUnit(value.unit)) for key, value in values.items()}
