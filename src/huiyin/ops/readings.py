"""What the city administrator's desk shows of the installation: the checks of /ready, in words."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from huiyin.ops import readiness
from huiyin.web.system import Reading

# Name of the check → its name on the screen, what to say when it is in order, and when it is not.
_WORDS: Mapping[str, tuple[str | Promise, str | Promise, str | Promise]] = {
    "database": (
        _("Database"),
        _("It answers."),
        _("It does not answer. Look at its log, then start it again."),
    ),
    "migrations": (
        _("Version of the database"),
        _("It fits this version of Huiyin."),
        _("It is behind this version. Run: huiyin migrate"),
    ),
    "worker": (
        _("Background work"),
        _("A worker is running."),
        _("No worker is running. Start one: huiyin worker"),
    ),
    "limits": (
        _("Limits"),
        _("People are told of them in time."),
        _("The system is behind with them. Look at the worker: huiyin worker"),
    ),
    "disk": (
        _("Room on the disk"),
        _("There is enough."),
        _("Too little is left. Make room or move the data folder."),
    ),
}


def readings() -> list[Reading]:
    """Return the state of each part of the installation."""
    found = []
    for check, answer in readiness.checks().items():
        name, well, ill = _WORDS[check]
        is_well = answer == readiness.OK
        found.append(Reading(name=name, well=is_well, words=well if is_well else ill))
    return found
