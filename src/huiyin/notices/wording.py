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
    "gateway_key": gettext_lazy("The gateway does not accept our key"),
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
# What programs say when they do not get through, in words.
SAID: Mapping[str, str | Promise] = {
    "not set": gettext_lazy("no address is set"),
    "ConnectionRefusedError": gettext_lazy("nothing listens at the address"),
    "TimeoutError": gettext_lazy("no answer in time"),
    "gaierror": gettext_lazy("the name of the machine is not known"),
    "OSError": gettext_lazy("the network does not lead there"),
    "ConnectionResetError": gettext_lazy("it hung up"),
    "BrokenPipeError": gettext_lazy("it hung up"),
    "SMTPServerDisconnected": gettext_lazy("it hung up"),
    "SMTPConnectError": gettext_lazy("it takes no connections now"),
    "SMTPAuthenticationError": gettext_lazy("user name or password are not accepted"),
    "SMTPNotSupportedError": gettext_lazy("it does not offer what is set for encryption"),
    "SSLError": gettext_lazy("no encrypted connection comes about"),
    "SSLCertVerificationError": gettext_lazy("its certificate is not trusted"),
}
# A gateway or server that takes nothing, by channel.
AWAY: Mapping[str, str | Promise] = {
    "sms": gettext_lazy("The SMS gateway takes no messages"),
    "email": gettext_lazy("The mail server takes no messages"),
}
# What to do about it, by reason.
ADVICE: Mapping[str, str | Promise] = {
    "gateway_unreachable": gettext_lazy(
        "Look whether HUIYIN_SMS_URL is right and this machine gets there; if both are so, ask "
        "the provider of the gateway."
    ),
    "gateway_unreachable:not set": gettext_lazy(
        "Set HUIYIN_SMS_URL and HUIYIN_SMS_SECRET, then start Huiyin again."
    ),
    "gateway_key": gettext_lazy(
        "Look whether HUIYIN_SMS_SECRET is the key the provider has, and the clock of this "
        "machine right."
    ),
    "mail_unreachable": gettext_lazy(
        "Look whether HUIYIN_SMTP_HOST and HUIYIN_SMTP_PORT are right and this machine gets "
        "there; if so, ask whoever runs the mail server."
    ),
    "mail_unreachable:SMTPAuthenticationError": gettext_lazy(
        "Look whether HUIYIN_SMTP_USER and HUIYIN_SMTP_PASSWORD are right."
    ),
    "no_mail_server": gettext_lazy("Set HUIYIN_SMTP_HOST, then start Huiyin again."),
}


def reason_words(reason: str) -> str:
    """Say a reason, with what the other side answered: "mail_answered:550"."""
    code, _colon, detail = reason.partition(":")
    words = str(REASONS.get(code, code))
    if not detail:
        return words
    return _("%(reason)s (%(detail)s)") % {"reason": words, "detail": SAID.get(detail, detail)}


def advice(reason: str) -> str:
    """Say what to do about a gateway or server that takes nothing, by what it met last."""
    return str(ADVICE.get(reason) or ADVICE.get(reason.partition(":")[0], ""))


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
