"""The access log, for those who look after whoever looked."""

import csv
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from huiyin.people import access_log
from huiyin.people.addresses import client_address
from huiyin.people.guards import staff
from huiyin.people.http import PeopleRequest
from huiyin.people.log_list import Wanted, entries
from huiyin.people.models import AccessLog, Account
from huiyin.ui.forms import Form
from huiyin.ui.refusals import Refusal, sentence_of
from huiyin.web.looks import ACTIONS, lines
from huiyin.web.paging import PAGE_SIZE, page_asked

READ = "log.read"
MOST_EXPORTED = 20_000
MOST_NAMESAKES = 200


class LogFilter(Form):
    """What to look for in the log; everything may stay empty."""

    action = forms.ChoiceField(
        label=gettext_lazy("What was done"),
        required=False,
        choices=(("", gettext_lazy("Everything")), *ACTIONS.items()),
    )
    who = forms.CharField(label=gettext_lazy("Name or user name"), required=False, max_length=60)
    about = forms.CharField(
        label=gettext_lazy("Whose data, or which matter"), required=False, max_length=60
    )
    since = forms.DateField(
        label=gettext_lazy("First day"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": gettext_lazy("Write the day as 2026-01-31.")},
    )
    until = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": gettext_lazy("Write the day as 2026-01-31.")},
    )


class ExportForm(Form):
    """Why the entries leave the system."""

    purpose = forms.CharField(
        label=gettext_lazy("Why do you take them out?"),
        max_length=200,
        help_text=gettext_lazy("It is kept in this log, with your name."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )


@staff(needs=READ)
@require_safe
def index(request: PeopleRequest) -> HttpResponse:
    """The entries of the units I look after, the latest first."""
    return _shown(request, ExportForm(auto_id="id_export_%s"))


def _shown(request: PeopleRequest, export_form: ExportForm, *, status: int = 200) -> HttpResponse:
    form = LogFilter(request.GET or None)
    wanted = form.cleaned_data if form.is_bound and form.is_valid() else {}
    asked = _wanted(wanted)

    def ask(after: str, before: str) -> Sequence[AccessLog]:
        return entries(
            asked, by=request.actor, most=PAGE_SIZE + 1,
            after=int(after) if after else None, before=int(before) if before else None,
        )  # fmt: skip

    shown = page_asked(request, ask, key="id", sort="BigAutoField")
    context = {
        "form": form,
        "page": shown,
        "lines": lines(shown.items),
        "filtered": any(wanted.values()),
        "export_form": export_form,
        "query": request.GET.urlencode(),
        "most": f"{MOST_EXPORTED:,}",
    }
    return render(request, "web/access_log.html", context, status=status)


@staff(needs=READ)
@never_cache
@require_POST
def export(request: PeopleRequest) -> HttpResponse:
    """The entries that are shown as CSV, with a reason; that they left stands in the log too."""
    form = LogFilter(request.GET or None)
    asked = ExportForm(request.POST, auto_id="id_export_%s")
    wanted = form.cleaned_data if form.is_bound and form.is_valid() else {}
    if not asked.is_valid():
        return _shown(request, asked, status=422)
    try:
        purpose = access_log.stated_purpose(asked.cleaned_data["purpose"])
    except Refusal as refused:
        asked.add_error("purpose", sentence_of(refused))
        return _shown(request, asked, status=422)
    found = entries(_wanted(wanted), by=request.actor, most=MOST_EXPORTED)
    access_log.record(
        by=request.actor,
        at=timezone.now(),
        action="export",
        subject_type="access_log",
        fields=("access_log",),
        purpose=purpose,
        address=client_address(request),
    )
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="access-log.csv"'
    writer = csv.writer(response, lineterminator="\r\n")
    writer.writerow(
        [_("When"), _("Who"), _("Unit"), _("Permission set"), _("What was done"), _("Whose data"),
         _("Fields"), _("Why"), _("Matter"), _("From where")]
    )  # fmt: skip
    for line in lines(found):
        row = (
            timezone.localtime(line.at).isoformat(timespec="seconds"), line.who, line.unit,
            line.role, line.words, line.subject, line.fields, line.purpose, line.case_no,
            line.address,
        )  # fmt: skip
        writer.writerow([_harmless(cell) for cell in row])
    return response


def _harmless(cell: str) -> str:
    """Keep a spreadsheet from reading what somebody typed as a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def _wanted(sent: dict[str, Any]) -> Wanted:
    """Return what was sent as what is looked for."""
    about = (sent.get("about") or "").strip()
    return Wanted(
        action=sent.get("action") or "",
        who=_called(sent["who"]) if sent.get("who") else None,
        about=_called(about) if about else None,
        case_no="".join(sign for sign in about if sign.isdigit()),
        since=_midnight(sent["since"]) if sent.get("since") else None,
        until=_midnight(sent["until"] + timedelta(days=1)) if sent.get("until") else None,
    )


def _called(name: str) -> list[UUID]:
    """Return the accounts of a whole name or user name."""
    text = name.strip()
    accounts = Account.objects.filter(Q(name=text) | Q(username=text))
    return list(accounts.values_list("pk", flat=True)[:MOST_NAMESAKES])


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
