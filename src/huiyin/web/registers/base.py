"""What every register has in common: saved by verbs, never deleted by the admin itself."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.functional import cached_property
from unfold.admin import ModelAdmin

from huiyin.people.actors import Actor
from huiyin.ui.refusals import Refusal, sentence_of

Tried = Callable[[], Any]
MOST_LISTED: Final = 1_000  # rows of a register that pages lead to; the search finds the others


class FirstPages(Paginator):  # type: ignore[type-arg]  # of whatever register
    """The pages of a list, as far as it is counted: a register may have rows of many years."""

    template_name = "registers/pages.html"  # read by the theme

    @cached_property
    def count(self) -> int:
        """How many rows there are, at most MOST_LISTED."""
        return min(self._found, MOST_LISTED)

    @property
    def has_more(self) -> bool:
        """Whether there are more rows than the pages lead to."""
        return self._found > MOST_LISTED

    @cached_property
    def _found(self) -> int:
        rows: Any = self.object_list
        return len(rows.order_by().values_list("pk")[: MOST_LISTED + 1])


class ByVerb(ModelForm):  # type: ignore[type-arg]  # of whatever register
    """A form that tries the verb while it is checked, so that a refusal stands in the form.

    The verb runs in a savepoint that is rolled back: `save_model` runs it for good.
    """

    actor: Actor

    def verb(self) -> Any:
        """Run the verb with what was sent; each register says how."""
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        """Try the verb. Raises ValidationError with the sentence of its refusal."""
        sent: dict[str, Any] = super().clean() or {}
        if self.errors:
            return sent
        try:
            with transaction.atomic():
                self.verb()
                transaction.set_rollback(True)
        except Refusal as refused:
            raise ValidationError(sentence_of(refused)) from refused
        return sent

    def validate_constraints(self) -> None:
        """Leave uniqueness to the verb, which says it in a sentence."""

    def validate_unique(self) -> None:
        """As above."""


class Register(ModelAdmin):  # type: ignore[misc]  # the theme has no types
    """A model whose rows are changed by verbs alone."""

    form: type[Any] = ByVerb
    list_per_page = 50
    paginator = FirstPages
    show_full_result_count = False
    actions = None
    actions_on_top = False
    warn_unsaved_form = True

    def get_urls(self) -> list[Any]:
        """Return list, adding, changing and taking away; the history is on our own pages."""
        wanted = ("_changelist", "_add", "_delete", "_change")
        return [one for one in super().get_urls() if (one.name or "").endswith(wanted)]

    def get_form(self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Return the form with whoever acts in it."""
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (form,), {"actor": request.actor})

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Run the verb; the row it made or changed is what is shown from then on."""
        del request, change
        made = form.verb()
        obj.pk = made.pk
        obj._state.adding = False
        obj.refresh_from_db()

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Run the verb that takes a row away; a refusal is said and nothing happens."""
        try:
            self.take_away(request, obj)
        except Refusal as refused:
            messages.error(request, sentence_of(refused))

    def take_away(self, request: HttpRequest, obj: Any) -> None:
        """Run the verb that takes a row away; only registers that allow it have one."""
        raise NotImplementedError

    # Who may open the site may do in it what a register offers; the guard of the site has asked.
    def has_module_permission(self, request: HttpRequest) -> bool:
        return True

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    # The history is written by the database (ADR 3); Django's own log would say less.
    def log_addition(self, request: Any, obj: Any, message: Any) -> None:
        return None

    def log_change(self, request: Any, obj: Any, message: Any) -> None:
        return None

    def log_deletions(self, request: Any, queryset: Any) -> None:
        return None
