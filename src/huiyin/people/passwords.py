"""Passwords: Argon2id at the OWASP minimum, and what is wrong with a chosen one, in words."""

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from huiyin.people.models import Account

LEAST_CHARACTERS = 10
MOST_CHARACTERS = 128
_IN_TEST = settings.HUIYIN.mode == "test"


class Argon2(Argon2PasswordHasher):
    """Argon2id. Units: passes, KiB, lanes.

    Source: OWASP Password Storage Cheat Sheet (m = 19 MiB, t = 2, p = 1). Tests hash cheaper.
    """

    time_cost = 1 if _IN_TEST else 2
    memory_cost = 8 if _IN_TEST else 19_456
    parallelism = 1


def problems_of(password: str, account: Account) -> list[str]:
    """Return what has to change about a chosen password, a sentence each; none when it is good."""
    sentences = {
        "password_too_short": _("Take at least %(number)d characters.")
        % {"number": LEAST_CHARACTERS},
        "password_too_common": _("Many people use this password; take one that is only yours."),
        "password_too_similar": _("It is too close to your name or user name; take another one."),
    }
    try:
        validate_password(password, account)
    except ValidationError as error:
        return [sentences[str(found.code)] for found in error.error_list]
    return []
