"""One's own tokens: see them, make one, revoke one."""

from typing import Any, Final, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from huiyin.gateway import tokens
from huiyin.gateway.models import ApiToken, Right
from huiyin.people.guards import signed_in
from huiyin.people.http import PeopleRequest
from huiyin.people.models import AccountKind
from huiyin.people.posts import holdings_of
from huiyin.people.views.account import layout_of
from huiyin.ui.forms import Form
from huiyin.ui.http import SeeOther
from huiyin.ui.refusals import Refusal, sentence_of

READ, ACT, WEBHOOKS = "read", "act", "webhooks"
RIGHTS: Final = {
    READ: (Right.READ,),
    ACT: (Right.READ, Right.ACT),
    WEBHOOKS: (Right.READ, Right.ACT, Right.WEBHOOKS),
}
WORDS: Final = {
    READ: gettext_lazy("Only read"),
    ACT: gettext_lazy("Read and act"),
    WEBHOOKS: gettext_lazy("Read, act and be told of acts (webhooks)"),
}
DAYS: Final = (30, 90, 365)


class TokenForm(Form):
    """A token to be made; staff name the post it works in."""

    label = forms.CharField(
        label=gettext_lazy("What it is for"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    may = forms.ChoiceField(label=gettext_lazy("What it may do"))
    days = forms.TypedChoiceField(label=gettext_lazy("How long it is valid"), coerce=int)
    post = forms.ChoiceField(label=gettext_lazy("In which post"))

    def __init__(self, request: PeopleRequest, data: Any = None) -> None:
        super().__init__(data)
        is_staff = request.account.kind == AccountKind.STAFF
        self._choices("may", [(one, WORDS[one]) for one in (RIGHTS if is_staff else (READ, ACT))])
        self._choices("days", [(one, _("%(days)s days") % {"days": one}) for one in DAYS])
        held = holdings_of(request.account.pk, on=timezone.localdate()) if is_staff else []
        if is_staff:
            own = [one.post for one in held if not one.acting]
            self._choices("post", [(str(one.pk), f"{one.unit.name} {one.title}") for one in own])
        else:
            del self.fields["post"]

    def _choices(self, name: str, choices: Any) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = choices


@signed_in
@never_cache
@require_safe
def own(request: PeopleRequest) -> HttpResponse:
    """One's own tokens, and the form to make one."""
    return _page(request)


@signed_in
@never_cache
@require_POST
def make(request: PeopleRequest) -> HttpResponse:
    """Make a token; its secret is on this answer and nowhere else."""
    form = TokenForm(request, request.POST)
    if not form.is_valid():
        return _page(request, form=form, status=422)
    said = form.cleaned_data
    try:
        made = tokens.create_own_token(
            label=said["label"], rights=RIGHTS[said["may"]], days=said["days"],
            post_id=UUID(said["post"]) if said.get("post") else None, by=request.actor,
            account_id=request.account.pk, at=timezone.now(),
        )  # fmt: skip
    except Refusal as refused:
        return _page(request, form=form, trouble=sentence_of(refused), status=409)
    return _page(request, secret=made.secret)


@signed_in
@require_POST
def revoke(request: PeopleRequest) -> HttpResponse:
    """Revoke one of one's own tokens at once."""
    try:
        token = tokens.revoke_own_token(
            request.POST.get("token", ""), account_id=request.account.pk, by=request.actor,
            at=timezone.now(),
        )  # fmt: skip
    except Refusal as refused:
        return _page(request, trouble=sentence_of(refused), status=409)
    messages.success(request, _("“%(label)s” is revoked.") % {"label": token.label})
    return SeeOther(reverse("tokens:own"))


def _page(
    request: PeopleRequest, *, form: TokenForm | None = None, secret: str = "", trouble: str = "",
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    at = timezone.now()
    context = {
        "layout": layout_of(request.account),
        "tokens": [_shown(one, at) for one in tokens.tokens_of(request.account.pk)],
        "form": form or TokenForm(request),
        "secret": secret,
        "trouble": trouble,
    }
    return render(request, "gateway/tokens.html", context, status=status)


def _shown(token: ApiToken, at: Any) -> dict[str, Any]:
    said = next((one for one in RIGHTS if sorted(RIGHTS[one]) == sorted(token.rights)), "")
    names = ("pk", "label", "hint", "post", "expires_at", "last_used_at")
    return {
        **{name: getattr(token, name) for name in names},
        "said": WORDS.get(said, _(", ").join(token.rights)),
        "is_over": token.revoked_at is not None or token.expires_at <= at,
    }
