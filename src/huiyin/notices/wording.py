"""What the administrator reads about a message: why it did not arrive, and what it was about."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from huiyin.notices.facts import words_in
from huiyin.notices.models import Notice
from huiyin.procedures.library import procedures

REASONS: Mapping[str, str | Promise] = {
    "gateway_refused": gettext_lazy("The gateway did not take it"),
    "gateway_unreachable": gettext_lazy("The gateway cannot be reached"),
    "gateway_unclear": gettext_lazy("No clear answer from the gateway"),
    "phone_unreachable": gettext_lazy("The phone could not be reached"),
    "no_mail_server": gettext_lazy("No mail server is set"),
    "mail_unreachable": gettext_lazy("The mail server does not answer"),
    "mail_answered": gettext_lazy("The mail server did not take it"),
    "mail_unclear": gettext_lazy("No clear answer from the mail server"),
    "cut_off": gettext_lazy("The worker ended while sending"),
    "redacted": gettext_lazy("Its words were deleted under an order"),
    "own_fault": gettext_lazy("A fault of Huiyin; its log says more"),
}


def reason_words(reason: str) -> str:
    """Say a reason, with what the other side answered: "mail_answered:550"."""
    code, _colon, detail = reason.partition(":")
    words = str(REASONS.get(code, code))
    return f"{words} ({detail})" if detail else words


def about(notice: Notice) -> str:
    """Say what a message tells: procedure and act; of a confidential matter only that it is one."""
    if notice.confidential:
        return _("A confidential matter")
    name, _dot, rest = notice.name.partition(".")
    procedure = procedures().get(name)
    action = procedure.actions.get(rest.partition(".")[0]) if procedure else None
    if procedure is None or action is None:
        return notice.name
    language = get_language() or ""
    words = _("%(procedure)s: %(act)s")
    return words % {
        "procedure": words_in(procedure.title, language),
        "act": words_in(action.label, language),
    }
