"""My account: posts, who acts for me, password, sessions, language, who looked at my data."""

from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huiyin.people import access_log, accounts, phones, posts, sessions, signing_in
from huiyin.people.forms import ActingForm, ChangePasswordForm
from huiyin.people.guards import signed_in
from huiyin.people.http import PeopleRequest
from huiyin.people.models import Account, AccountKind
from huiyin.people.refusals import NotFound, PasswordTooWeak, PasswordUnchanged, PasswordWrong
from huiyin.people.views.acting import begun
from huiyin.ui import display
from huiyin.ui.http import SeeOther, safe_next
from huiyin.ui.refusals import Refusal, sentence_of

LOOKS_SHOWN, LOOKS_A_PAGE = 5, 30


def layout_of(account: Account) -> str:
    """Return the frame of the pages of an account: the desk for staff, else the resident's."""
    return "ui/desk.html" if account.kind == AccountKind.STAFF else "ui/resident.html"


@signed_in
@never_cache
@require_safe
def account(request: PeopleRequest) -> HttpResponse:
    """Everything about one's own account, on one page."""
    return _page(request)


def _page(
    request: PeopleRequest,
    *,
    acting_form: ActingForm | None = None,
    acting_post: UUID | None = None,
    trouble: str = "",
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    own, today = request.account, timezone.localdate(now)
    held = posts.holdings_of(own.pk, on=today) if own.kind == AccountKind.STAFF else []
    looks = access_log.access_log_of(own.pk, limit=LOOKS_SHOWN + 1)
    context = {
        "layout": layout_of(own),
        "account": own,
        "phone": phones.masked(own.phone),
        "holdings": [_shown(one, request, acting_form, acting_post, today) for one in held],
        "actings": list(
            posts.actings_for([one.post.pk for one in held if not one.acting], on=today)
        ),
        "sessions": sessions.sessions_of(
            own.pk, kind=own.kind, current_key=request.session.session_key, at=now
        ),
        "looks": looks[:LOOKS_SHOWN],
        "more_looks": len(looks) > LOOKS_SHOWN,
        "trouble": trouble,
    }
    return render(request, "people/account.html", context, status=status)


def _shown(
    held: posts.Holding,
    request: PeopleRequest,
    form: ActingForm | None,
    form_post: UUID | None,
    today: date,
) -> dict[str, Any]:
    """Return a holding as the page lists it; a form that was sent keeps what was typed."""
    acting_id = held.acting.pk if held.acting else None
    is_here = form is not None and held.acting is None and form_post == held.post.pk
    return {
        "holding": held,
        "is_current": (request.actor.post_id, request.actor.acting_id) == (held.post.pk, acting_id),
        "form": form
        if is_here
        else ActingForm(initial={"first_day": today}, auto_id=f"id_%s_{held.post.pk}"),
        "is_open": is_here,
    }


@signed_in
@require_POST
def switch_post(request: PeopleRequest) -> HttpResponse:
    """Go on in another of one's posts."""
    actor = signing_in.switch(
        request, request.POST.get("holding", ""), account=request.account, at=timezone.now()
    )
    if actor is None:
        return _page(request, trouble=_("This post has ended meanwhile."), status=409)
    return SeeOther(safe_next(request, reverse("people:account")))


@signed_in
@require_POST
def default_post(request: PeopleRequest) -> HttpResponse:
    """Begin in this post from the next sign-in on."""
    try:
        post = posts.make_default(
            post_id=_uuid(request.POST.get("post", "")), by=request.actor, at=timezone.now()
        )
    except Refusal as refused:
        return _page(request, trouble=sentence_of(refused), status=409)
    messages.success(request, _("You now begin in %(unit)s.") % {"unit": post.unit.name})
    return SeeOther(reverse("people:account"))


@signed_in
@require_POST
def let_act(request: PeopleRequest, post_pk: UUID) -> HttpResponse:
    """Let a colleague act for one of one's own posts."""
    form = ActingForm(request.POST, auto_id=f"id_%s_{post_pk}")
    acting = begun(form, post_id=post_pk, by=request.actor)
    if acting is not None:
        messages.success(
            request, _("%(name)s acts for you in that time.") % {"name": acting.account.name}
        )
        return SeeOther(reverse("people:account"))
    return _page(request, acting_form=form, acting_post=post_pk, status=422)


@signed_in
@require_POST
def end_acting(request: PeopleRequest, pk: UUID) -> HttpResponse:
    """End an acting for oneself, or one's own acting for somebody."""
    try:
        posts.end_acting(acting_id=pk, by=request.actor, at=timezone.now())
    except Refusal as refused:
        return _page(request, trouble=sentence_of(refused), status=409)
    messages.success(request, _("The acting has ended."))
    return SeeOther(reverse("people:account"))


@signed_in
@never_cache
@sensitive_post_parameters("old", "new", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def new_password(request: PeopleRequest) -> HttpResponse:
    """Choose a new password; also the one page that opens with an initial password."""
    if request.account.kind != AccountKind.STAFF:
        raise Http404
    form = ChangePasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            own = accounts.change_password(
                account_id=request.account.pk,
                old=form.cleaned_data["old"],
                new=form.cleaned_data["new"],
                by=request.actor,
                at=timezone.now(),
                session_key=request.session.session_key,
            )
        except PasswordWrong as refused:
            form.add_error("old", sentence_of(refused))
        except (PasswordTooWeak, PasswordUnchanged) as refused:
            form.add_error("new", sentence_of(refused))
        else:
            update_session_auth_hash(request, own)
            messages.success(request, _("Your new password holds. Other sessions have ended."))
            return SeeOther(reverse("people:account"))
    context = {
        "form": form,
        "layout": layout_of(request.account),
        "must": request.account.must_change_password,
    }
    status = 422 if form.errors else 200
    return render(request, "people/new_password.html", context, status=status)


@signed_in
@require_POST
def end_sessions(request: PeopleRequest) -> HttpResponse:
    """End one of one's sessions, or all but this one."""
    own, ref = request.account.pk, request.POST.get("ref", "")
    if ref == "others":
        ended = sessions.end_sessions(account_id=own, except_key=request.session.session_key)
    elif ref == sessions.digest_of(request.session.session_key or ""):
        signing_in.sign_out(request)
        return SeeOther("/")
    else:
        ended = int(sessions.end_session(account_id=own, ref=ref[:40]))
    words = ngettext("%(number)d session has ended.", "%(number)d sessions have ended.", ended)
    messages.success(request, words % {"number": ended})
    return SeeOther(reverse("people:account"))


@signed_in
@require_POST
def language(request: PeopleRequest) -> HttpResponse:
    """Choose the language of pages and messages, kept with the account."""
    chosen = request.POST.get("language", "")
    response = SeeOther(safe_next(request, reverse("people:account")))
    if chosen in dict(settings.LANGUAGES):
        accounts.keep_language(account_id=request.account.pk, language=chosen)
        display.keep_language(response, chosen)
    return response


@signed_in
@never_cache
@require_safe
def looks(request: PeopleRequest) -> HttpResponse:
    """Every look at one's own data, page after page."""
    before = request.GET.get("before", "")
    found = access_log.access_log_of(
        request.account.pk,
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None,
        limit=LOOKS_A_PAGE + 1,
    )
    context = {
        "layout": layout_of(request.account),
        "looks": found[:LOOKS_A_PAGE],
        "older": f"?before={found[LOOKS_A_PAGE - 1].id}" if len(found) > LOOKS_A_PAGE else "",
        "is_first": not before,
    }
    return render(request, "people/looks.html", context)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound() from None
