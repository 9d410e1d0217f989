"""The access log, for those who look after whoever looked."""

from datetime import date, datetime, time, timedelta

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from huiyin.people.access_log import log_seen_by
from huiyin.people.guards import staff
from huiyin.people.http import PeopleRequest
from huiyin.people.models import Account
from huiyin.ui.forms import Form
from huiyin.web.looks import ACTIONS, lines
from huiyin.web.paging import page

READ = "log.read"


class LogFilter(Form):
    """What to look for in the log; everything may stay empty."""

    action = forms.ChoiceField(
        label=gettext_lazy("What was done"),
        required=False,
        choices=(("", gettext_lazy("Everything")), *ACTIONS.items()),
    )
    who = forms.CharField(label=gettext_lazy("Name or user name"), required=False, max_length=60)
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


@staff(needs=READ)
@require_safe
def index(request: PeopleRequest) -> HttpResponse:
    """The entries of the units I look after, the latest first."""
    form = LogFilter(request.GET or None)
    rows = log_seen_by(request.actor)
    wanted = form.cleaned_data if form.is_bound and form.is_valid() else {}
    if wanted.get("action"):
        rows = rows.filter(action=wanted["action"])
    if wanted.get("who"):
        text = wanted["who"].strip()
        accounts = Account.objects.filter(name=text) | Account.objects.filter(username=text)
        rows = rows.filter(account_id__in=accounts.values("pk"))
    if wanted.get("since"):
        rows = rows.filter(at__gte=_midnight(wanted["since"]))
    if wanted.get("until"):
        rows = rows.filter(at__lt=_midnight(wanted["until"] + timedelta(days=1)))
    shown = page(request, rows, key="id", descending=True)
    context = {
        "form": form,
        "page": shown,
        "lines": lines(shown.items),
        "filtered": any(wanted.values()),
    }
    return render(request, "web/access_log.html", context)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
