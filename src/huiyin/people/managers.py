"""The manager Django's authentication asks for."""

from typing import TYPE_CHECKING

from django.contrib.auth.base_user import BaseUserManager

if TYPE_CHECKING:
    from huiyin.people.models import Account


class AccountManager(BaseUserManager["Account"]):
    """Accounts by natural key; accounts are made by the verbs in `huiyin.people.accounts`."""

    def get_by_natural_key(self, username: str | None) -> "Account":
        return self.get(username=username, is_active=True)
