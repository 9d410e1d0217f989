"""My matters, and my data: a copy, a correction, deletion (PIPL arts. 44-47)."""

from uuid import uuid4

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huiyin.matters import access, own_copy
from huiyin.matters.act_forms import ActForm
from huiyin.matters.intake import Person, Said
from huiyin.matters.limits import procedure_of
from huiyin.matters.models import Channel
from huiyin.matters.opening_once import open_once
from huiyin.people import access_log
from huiyin.people.addresses import client_address
from huiyin.people.guards import for_residents
from huiyin.people.models import Account
from huiyin.places.models import Place, PlaceLevel
from huiyin.ui.http import SeeOther
from huiyin.ui.refusals import Refusal
from huiyin.web import shown
from huiyin.web.asking_pages import resident_of
from huiyin.web.following import rows
from huiyin.web.paging import page

A_PAGE = 20
PROCEDURE, ASK = "data_request", "ask"


@for_residents
@never_cache
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Everything one has told, the latest first, page by page."""
    by = resident_of(request)
    if by is None:
        return render(request, "web/report/at_desk.html")
    seen = access.matters_seen_by(by).select_related("place", "category")
    found = page(request, seen, key="id", descending=True, size=A_PAGE)
    context = {"rows": rows(found.items, by=by, at=timezone.now()), "page": found}
    return render(request, "web/mine/list.html", context)


@for_residents
@never_cache
@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """What one can ask about one's data, in one place."""
    if resident_of(request) is None:
        return render(request, "web/report/at_desk.html")
    return render(request, "web/mine/data.html")


@for_residents
@never_cache
@require_POST
def copy(request: HttpRequest) -> HttpResponse:
    """Hand over everything that is kept about oneself, as a ZIP; noted in the access log."""
    by = resident_of(request)
    if by is None or by.account_id is None:
        return SeeOther(reverse("web:my_data"))
    now = timezone.now()
    packed = own_copy.as_zip(account_id=by.account_id, at=now)
    access_log.record(
        by=by, at=now, action="export", subject_type=access_log.SUBJECT_ACCOUNT,
        subject_id=by.account_id, address=client_address(request),
    )  # fmt: skip
    answer = HttpResponse(packed, content_type="application/zip")
    answer["Content-Disposition"] = 'attachment; filename="huiyin.zip"'
    return answer


@for_residents
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def data_request(request: HttpRequest) -> HttpResponse:
    """Ask for a correction, for deletion, or for a copy on paper."""
    by = resident_of(request)
    if by is None:
        return render(request, "web/report/at_desk.html")
    rule = procedure_of(PROCEDURE).actions[ASK]
    now = timezone.now()
    notice = shown.in_force("data", on=timezone.localdate(now))
    context = {"act": rule, "notice": notice, "key": request.POST.get("key") or uuid4()}
    if request.method != "POST":
        form = ActForm(rule.form, initial={"wish": request.GET.get("wish", "")})
        return render(request, "web/mine/request.html", {**context, "form": form})
    form = ActForm(rule.form, request.POST, request.FILES)
    city = Place.objects.filter(level=PlaceLevel.CITY, valid_to=None).order_by("code").first()
    account: Account = request.account  # type: ignore[attr-defined]  # PeopleRequest
    if city is not None and form.take_in(by=by, at=now, address=client_address(request)):
        try:
            with transaction.atomic():
                done = open_once(
                    key=request.POST.get("key", "")[:80], procedure=PROCEDURE, action=ASK,
                    said=Said(_("Request about my data")),
                    place=city, channel=Channel.ONLINE, by=by, at=now, form=form.values(),
                    reporter=Person(by.name, account.phone, by.account_id),
                )  # fmt: skip
                if not done.is_repeat:
                    shown.note(done.run, notice, by=by, at=now)
        except Refusal as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("We have your request."))
            return SeeOther(reverse("web:follow", args=[done.run.matter.number]))
    return render(request, "web/mine/request.html", {**context, "form": form}, status=422)
