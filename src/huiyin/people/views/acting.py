"""Letting a colleague act for the holder of a post, from either page that offers it."""

from uuid import UUID

from django.utils import timezone

from huiyin.people import colleagues, posts
from huiyin.people.actors import Actor
from huiyin.people.forms import ActingForm
from huiyin.people.models import Acting
from huiyin.people.refusals import NotFound
from huiyin.ui.refusals import Refusal, sentence_of


def begun(form: ActingForm, *, post_id: UUID, by: Actor) -> Acting | None:
    """Begin what a form says, or return nothing: then the form tells what is wrong."""
    if not form.is_valid():
        return None
    try:
        return posts.begin_acting(
            post_id=post_id,
            account_id=colleagues.colleague_called(form.cleaned_data["colleague"]),
            reason=form.cleaned_data["reason"],
            valid_from=form.cleaned_data["first_day"],
            valid_to=form.ends_on,
            by=by,
            at=timezone.now(),
        )
    except NotFound:
        form.add_error("colleague", colleagues.not_called_so())
    except Refusal as refused:
        form.add_error(None, sentence_of(refused))
    return None
