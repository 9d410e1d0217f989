"""The site of the registers: who may open it, under which policy, with which models."""

from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite

from huiyin.people.actors import Actor
from huiyin.people.guards import staff
from huiyin.people.models import AccountKind
from huiyin.ui.http import SeeOther

NEEDS = "registers.edit"
View = Callable[..., HttpResponseBase]
# Addresses of Django's admin that are not ours: people sign in, and change passwords, elsewhere.
_NOT_OURS = frozenset(
    ("login", "logout", "password_change", "password_change_done", "autocomplete", "view_on_site",
     "search", "app_list")
)  # fmt: skip


def policy() -> str:
    """Return the content security policy of the registers (ADR 14).

    The theme's script evaluates the expressions in its attributes, and it writes styles inline; so
    both are allowed here, on pages that show no text of a resident, and nowhere else.
    """
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self' 'unsafe-eval'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "font-src 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        )
    )


class Registers(UnfoldAdminSite):  # type: ignore[misc]  # the theme has no types
    """Django's admin behind our own sign-in and our own permission."""

    site_title = _("Registers")
    site_header = _("Registers")
    index_title = _("Registers")
    index_template = "registers/index.html"
    enable_nav_sidebar = True
    final_catch_all_view = False  # what is not there is answered by our own page

    def has_permission(self, request: HttpRequest) -> bool:
        """Tell whether whoever asks maintains the registers of the city."""
        actor: Actor | None = getattr(request, "actor", None)
        return actor is not None and actor.kind == AccountKind.STAFF and actor.may(NEEDS)

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """Put our guard around a page, and the policy of the theme on its answer."""
        inner = super().admin_view(view, cacheable)

        def with_policy(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            response: HttpResponseBase = inner(request, *args, **kwargs)
            response.headers["Content-Security-Policy"] = policy()
            return response

        return staff(needs=NEEDS)(with_policy)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Return the addresses of the registers without those that are not ours."""
        found: list[URLPattern | URLResolver] = super().get_urls()
        kept = [one for one in found if getattr(one, "name", None) not in _NOT_OURS]
        listed = self.admin_view(self.app_index)
        whole = [*kept, path("<slug:app_label>/", listed, name="app_list")]
        _mark(whole)
        return whole

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        """Return the registers as one list, whichever part of the program keeps them."""
        apps: list[dict[str, Any]] = super().get_app_list(request, app_label)
        models = [model for app in apps for model in app["models"]]
        if not models:
            return []
        return [{**apps[0], "name": self.site_header, "app_url": "", "models": models}]

    def login(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Lead to our own sign-in."""
        del request, extra_context
        return SeeOther(reverse("people:sign_in"))

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Add who is here: the theme asks for a user as Django's own are."""
        context: dict[str, Any] = super().each_context(request)
        return {**context, "user": request.user, "site_url": reverse("web:admin")}


def _mark(patterns: Iterable[URLPattern | URLResolver]) -> None:
    """Write on every page who may open it: Django's admin wraps our guard once more."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            _mark(pattern.url_patterns)
        else:
            pattern.callback.access = NEEDS  # type: ignore[attr-defined]  # the mark


registers = Registers(name="admin")
