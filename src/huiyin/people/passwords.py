"""Passwords: Argon2id at the OWASP minimum, and what is wrong with a chosen one, in words."""

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from huiyin.people.models import Account

LEAST_CHARACTERS = 10
MOST_CHARACTERS = 128
# Passes and KiB by mode. Source: OWASP Password Storage Cheat Sheet, the least it asks for
# (m = 19 MiB, t = 2, p = 1); tests hash cheaper.
COST = {"production": (2, 19_456), "demo": (2, 19_456), "test": (1, 8)}


class Argon2(Argon2PasswordHasher):
    """Argon2id in one lane, at the cost of the installation's mode."""

    time_cost, memory_cost = COST[settings.HUIYIN.mode]
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
