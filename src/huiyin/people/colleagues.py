"""Finding a colleague by the name they sign in with, to let them act for somebody."""

from uuid import UUID

from django.utils.translation import gettext as _

from huiyin.people.accounts import login_name
from huiyin.people.models import Account, AccountKind
from huiyin.people.refusals import NotFound


def colleague_called(text: str) -> UUID:
    """Return the active staff account of a user name or mobile number. Raises NotFound."""
    found = Account.objects.filter(
        username=login_name(text), kind=AccountKind.STAFF, is_active=True
    ).values_list("pk", flat=True)
    pk = found.first()
    if pk is None:
        raise NotFound()
    return pk


def not_called_so() -> str:
    """Return what a form says where a colleague was not found."""
    return _("No colleague signs in with this. Ask them for their user name.")
