"""Why something about a matter is not possible, and what to do instead."""

from django.utils.translation import gettext_lazy as _

from huiyin.ui.refusals import refusal, sentences

NotFound = refusal("matters.not_found")
ActRefused = refusal("matters.act_refused", reason=str, sentence=str, errors=dict)
SomebodyWasFaster = refusal("matters.somebody_was_faster", state=str)
KeyUsedOtherwise = refusal("matters.key_used_otherwise", key=str)
ProcedureUnknown = refusal("matters.procedure_unknown", procedure=str)

sentences(
    {
        "matters.not_found": _("There is no such matter, or it is not open to you."),
        "matters.act_refused": "%(sentence)s",
        "matters.somebody_was_faster": _(
            "Somebody was faster: it is now “%(state)s”. Look at it again before you go on."
        ),
        "matters.key_used_otherwise": _(
            "The key %(key)s was used for something else before. Use a new key for a new request."
        ),
        "matters.procedure_unknown": _(
            "There is no procedure called %(procedure)s. Choose one of those listed."
        ),
    }
)
