"""Signing in with a password: staff only, by user name."""

from uuid import UUID

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from huiyin.people.models import Account, AccountKind


class StaffPassword(BaseBackend):
    """Checks the password of a staff account.

    Every refusal costs one hash, so that the time tells nobody which user names exist.
    """

    def authenticate(  # type: ignore[override]  # Django offers a backend what its names fit
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None
    ) -> Account | None:
        """Return the account, or None. The view has turned a phone number into the user name."""
        if username is None or password is None:
            return None
        account = Account.objects.filter(
            username=username, kind=AccountKind.STAFF, is_active=True
        ).first()
        if account is None:
            make_password(password)
            return None
        # Django hashes once here also when the account has no usable password.
        return account if account.check_password(password) else None

    def get_user(self, user_id: UUID) -> Account | None:
        """Return the active account of a session, or None."""
        return Account.objects.filter(pk=user_id, is_active=True).first()
