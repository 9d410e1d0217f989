"""The staff an administrator looks after: list, detail, and every act on an account."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huiyin.people import access, accounts, lockout, phones, posts
from huiyin.people.addresses import client_address
from huiyin.people.forms import ActingForm, EndPostForm, NewStaffForm, PostForm, RevealForm
from huiyin.people.guards import staff as staff_only
from huiyin.people.http import PeopleRequest
from huiyin.people.models import Account, OneTimeLink
from huiyin.people.refusals import (
    NotFound,
    PhoneInUse,
    PhoneNotMobile,
    UsernameInUse,
    UsernameMalformed,
)
from huiyin.people.staff_list import staff_page
from huiyin.people.units_known import unit_called, units_offered
from huiyin.people.views.acting import begun
from huiyin.ui.http import SeeOther
from huiyin.ui.refusals import Refusal, sentence_of
from huiyin.units.models import Unit

SEE, ADMINISTER, REVEAL = "people.see", "people.administer", "people.reveal"


@staff_only(needs=SEE)
@require_safe
def staff_list(request: PeopleRequest) -> HttpResponse:
    """The staff one looks after: search, filter by unit, page after page."""
    q, unit_text = request.GET.get("q", "")[:60], request.GET.get("unit", "").strip()[:120]
    unit, trouble = None, ""
    if unit_text:
        try:
            unit = unit_called(unit_text, by=request.actor)
        except ValidationError as error:
            trouble = error.messages[0]
    page = staff_page(
        request.actor,
        at=timezone.now(),
        q=q,
        unit=unit,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    context = {
        "q": q,
        "unit_text": unit_text,
        "trouble": trouble,
        "accounts": page.accounts,
        "newer": _page_address(q, unit_text, before=page.before),
        "older": _page_address(q, unit_text, after=page.after),
        "units": units_offered(request.actor),
        "may_administer": request.actor.may(ADMINISTER),
    }
    return render(request, "people/staff_list.html", context)


def _page_address(q: str, unit: str, **key: str) -> str:
    if not any(key.values()):
        return ""
    given = {"q": q, "unit": unit, **key}
    return "?" + urlencode({name: value for name, value in given.items() if value})


@dataclass
class Sent:
    """What a form on the detail page sent, shown again where it was refused."""

    reveal: RevealForm = field(default_factory=RevealForm)
    post: PostForm | None = None
    ending: tuple[UUID, EndPostForm] | None = None
    acting: tuple[UUID, ActingForm] | None = None
    trouble: str = ""
    phone: str = ""
    link: str = ""


@staff_only(needs=SEE)
@never_cache
@require_safe
def staff(request: PeopleRequest, pk: UUID) -> HttpResponse:
    """One account: who, in which posts, with what one may do about it."""
    return _detail(request, _seen(request, pk), Sent())


def _seen(request: PeopleRequest, pk: UUID) -> Account:
    """Return the account, or answer like a missing one."""
    try:
        return access.staff_member(pk, by=request.actor, at=timezone.now())
    except NotFound:
        raise Http404 from None


def _detail(
    request: PeopleRequest, account: Account, sent: Sent, *, status: int = 200
) -> HttpResponse:
    now = timezone.now()
    today = timezone.localdate(now)
    open_posts = list(posts.open_posts(account.pk, on=today))
    actings = list(posts.actings_for([post.pk for post in open_posts], on=today))
    context = {
        "staff": account,
        "state": _state(account, at=now),
        "phone": phones.masked(account.phone),
        "revealed": sent.phone,
        "link": f"{settings.HUIYIN.public_url}{sent.link}" if sent.link else "",
        "posts": [
            {
                "post": post,
                "begins_later": post.valid_from is not None and post.valid_from > today,
                "actings": [acting for acting in actings if acting.post_id == post.pk],
                "end_form": _form_for(post.pk, sent.ending)
                or EndPostForm(auto_id=_ids("end", post.pk)),
                "end_open": _form_for(post.pk, sent.ending) is not None,
                "act_form": _form_for(post.pk, sent.acting)
                or ActingForm(initial={"first_day": today}, auto_id=_ids("act", post.pk)),
                "act_open": _form_for(post.pk, sent.acting) is not None,
            }
            for post in open_posts
        ],
        "former": list(posts.former_posts(account.pk, on=today)[:20]),
        "reveal_form": sent.reveal,
        "post_form": sent.post or _post_form(request),
        "post_open": sent.post is not None,
        "units": units_offered(request.actor),
        "trouble": sent.trouble,
        "may_administer": request.actor.may(ADMINISTER) and account.is_active,
        "may_reveal": request.actor.may(REVEAL) and bool(account.phone),
        "is_self": account.pk == request.actor.account_id,
    }
    return render(request, "people/staff.html", context, status=status)


def _ids(what: str, pk: UUID) -> str:
    """Return the pattern of ids of one form of a post: a page has several, with like fields."""
    return f"id_{what}_%s_{pk}"


def _form_for(pk: UUID, sent: tuple[UUID, Any] | None) -> Any:
    return sent[1] if sent is not None and sent[0] == pk else None


def _state(account: Account, *, at: datetime) -> str:
    """Return how an account stands: closed, resting, waiting (for its owner), or working."""
    if not account.is_active:
        return "closed"
    if lockout.is_resting(account, at=at):
        return "resting"
    waiting = OneTimeLink.objects.filter(account=account, used_at=None, expires_at__gt=at)
    if not account.has_usable_password():
        return "invited" if waiting.exists() else "waiting"
    return "working"


def _post_form(request: PeopleRequest, data: Any = None) -> PostForm:
    return PostForm(
        data,
        actor=request.actor,
        today=timezone.localdate(),
        initial=_own_unit(request),
        auto_id="id_post_%s",
    )


def _staff_form(request: PeopleRequest) -> NewStaffForm:
    return NewStaffForm(
        request.POST or None,
        actor=request.actor,
        today=timezone.localdate(),
        initial=_own_unit(request),
    )


def _own_unit(request: PeopleRequest) -> dict[str, str]:
    unit_id = request.actor.unit_id
    unit = Unit.objects.filter(pk=unit_id).first() if unit_id else None
    return {"unit": unit.name if unit else ""}


@staff_only(needs=ADMINISTER)
@require_http_methods(["GET", "HEAD", "POST"])
def new_staff(request: PeopleRequest) -> HttpResponse:
    """Make an account with its first post; the activation link follows on its page."""
    form = _staff_form(request)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        try:
            account = accounts.enrol_staff(
                username=sent["username"],
                name=sent["name"],
                phone=sent["phone"],
                unit_id=sent["unit"].pk,
                permission_set=sent["permission_set"],
                title=sent["title"],
                valid_from=sent["first_day"],
                valid_to=form.ends_on,
                by=request.actor,
                at=timezone.now(),
            )
        except (UsernameInUse, UsernameMalformed) as refused:
            form.add_error("username", sentence_of(refused))
        except (PhoneInUse, PhoneNotMobile) as refused:
            form.add_error("phone", sentence_of(refused))
        except Refusal as refused:
            form.add_error(None, sentence_of(refused))
        else:
            words = _("%(name)s has an account. Next, make the link to set a password.")
            messages.success(request, words % {"name": account.name})
            return SeeOther(reverse("people:staff", args=[account.pk]))
    status = 422 if form.errors else 200
    context = {"form": form, "units": units_offered(request.actor)}
    return render(request, "people/new_staff.html", context, status=status)


@staff_only(needs=REVEAL)
@never_cache
@require_POST
def reveal_phone(request: PeopleRequest, pk: UUID) -> HttpResponse:
    """Show a clear phone number in this one answer, and write down who saw it and why."""
    account, form = _seen(request, pk), RevealForm(request.POST)
    if form.is_valid():
        try:
            phone = access.reveal(
                account_id=pk,
                by=request.actor,
                purpose=form.cleaned_data["purpose"],
                at=timezone.now(),
                address=client_address(request),
            )
        except Refusal as refused:
            form.add_error("purpose", sentence_of(refused))
        else:
            return _detail(request, account, Sent(phone=phone))
    return _detail(request, account, Sent(reveal=form), status=422)


@staff_only(needs=ADMINISTER)
@never_cache
@require_POST
def new_link(request: PeopleRequest, pk: UUID) -> HttpResponse:
    """Make an activation link and show it in this one answer."""
    account = _seen(request, pk)
    try:
        link = accounts.issue_activation_link(account_id=pk, by=request.actor, at=timezone.now())
    except Refusal as refused:
        return _detail(request, account, Sent(trouble=sentence_of(refused)), status=409)
    return _detail(request, account, Sent(link=link))


@staff_only(needs=ADMINISTER)
@require_POST
def unlock(request: PeopleRequest, pk: UUID) -> HttpResponse:
    """Let somebody sign in again at once after wrong passwords."""
    account = _seen(request, pk)
    accounts.unlock_sign_in(account_id=pk, by=request.actor, at=timezone.now())
    return _done(request, pk, _("%(name)s can try again at once.") % {"name": account.name})


@staff_only(needs=ADMINISTER)
@require_POST
def close(request: PeopleRequest, pk: UUID) -> HttpResponse:
    """Close an account for good."""
    account = _seen(request, pk)
    try:
        accounts.close_account(account_id=pk, by=request.actor, at=timezone.now())
    except Refusal as refused:
        return _detail(request, account, Sent(trouble=sentence_of(refused)), status=409)
    return _done(request, pk, _("The account of %(name)s is closed.") % {"name": account.name})


@staff_only(needs=ADMINISTER)
@require_POST
def give_post(request: PeopleRequest, pk: UUID) -> HttpResponse:
    """Give somebody a further post."""
    account, form = _seen(request, pk), _post_form(request, request.POST)
    if form.is_valid():
        sent = form.cleaned_data
        try:
            post = posts.give_post(
                account_id=pk,
                unit_id=sent["unit"].pk,
                permission_set=sent["permission_set"],
                title=sent["title"],
                valid_from=sent["first_day"],
                valid_to=form.ends_on,
                by=request.actor,
                at=timezone.now(),
            )
        except Refusal as refused:
            form.add_error(None, sentence_of(refused))
        else:
            words = _("%(name)s now has a post in %(unit)s.")
            return _done(request, pk, words % {"name": account.name, "unit": post.unit.name})
    return _detail(request, account, Sent(post=form), status=422)


@staff_only(needs=ADMINISTER)
@require_POST
def end_post(request: PeopleRequest, pk: UUID, post_pk: UUID) -> HttpResponse:
    """End a post at once or on a day."""
    account, form = _seen(request, pk), EndPostForm(request.POST, auto_id=_ids("end", post_pk))
    if form.is_valid():
        try:
            post = posts.end_post(
                post_id=post_pk, on=form.ends_on, by=request.actor, at=timezone.now()
            )
        except Refusal as refused:
            form.add_error(None, sentence_of(refused))
        else:
            words = _("The post in %(unit)s ends.") % {"unit": post.unit.name}
            return _done(request, pk, words)
    return _detail(request, account, Sent(ending=(post_pk, form)), status=422)


@staff_only(needs=ADMINISTER)
@require_POST
def let_act(request: PeopleRequest, pk: UUID, post_pk: UUID) -> HttpResponse:
    """Let a colleague act for the holder of a post."""
    account, form = _seen(request, pk), ActingForm(request.POST, auto_id=_ids("act", post_pk))
    acting = begun(form, post_id=post_pk, by=request.actor)
    if acting is not None:
        words = _("%(name)s acts for %(holder)s in that time.")
        return _done(request, pk, words % {"name": acting.account.name, "holder": account.name})
    return _detail(request, account, Sent(acting=(post_pk, form)), status=422)


@staff_only(needs=ADMINISTER)
@require_POST
def end_acting(request: PeopleRequest, pk: UUID, acting_pk: UUID) -> HttpResponse:
    """End an acting: the holder is back."""
    account = _seen(request, pk)
    try:
        posts.end_acting(acting_id=acting_pk, by=request.actor, at=timezone.now())
    except Refusal as refused:
        return _detail(request, account, Sent(trouble=sentence_of(refused)), status=409)
    return _done(request, pk, _("The acting has ended."))


def _done(request: PeopleRequest, pk: UUID, words: str) -> HttpResponse:
    messages.success(request, words)
    return SeeOther(reverse("people:staff", args=[pk]))
