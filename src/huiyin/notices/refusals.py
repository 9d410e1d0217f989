"""Why something about a notice is not possible, and what to do instead."""

from django.utils.translation import gettext_lazy as _

from huiyin.ui.refusals import refusal, sentences

NotPermitted = refusal("notices.not_permitted")
NotFound = refusal("notices.not_found")
NotTroubled = refusal("notices.not_troubled")
NotAway = refusal("notices.not_away")
BodyGone = refusal("notices.body_gone")
AddressMalformed = refusal("notices.address_malformed")
TextFaulty = refusal("notices.text_faulty", faults=str)

sentences(
    {
        "notices.not_permitted": _(
            "Your post does not allow this. Ask the administrator of the city."
        ),
        "notices.not_found": _("There is no such notice among yours."),
        "notices.not_troubled": _(
            "This notice is on its way or has arrived; somebody may have been faster. Look at the "
            "list again."
        ),
        "notices.not_away": _(
            "It takes messages again: what waited is sent by itself, nothing has to be tried."
        ),
        "notices.body_gone": _(
            "The words of this notice were deleted after the time they are kept. Tell the person "
            "by telephone."
        ),
        "notices.address_malformed": _("This is not an e-mail address. Write it as name@domain."),
        "notices.text_faulty": _("The text cannot be used. %(faults)s"),
    }
)
