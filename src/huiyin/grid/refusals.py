"""Why something about grid work is not possible, and what to do instead."""

from django.utils.translation import gettext_lazy as _

from huiyin.ui.refusals import refusal, sentences

NotYourGrid = refusal("grid.not_your_grid")
VisitNotFound = refusal("grid.visit_not_found")
VisitLater = refusal("grid.visit_later")
VisitTooOld = refusal("grid.visit_too_old", days=int)
VisitWithoutWords = refusal("grid.visit_without_words")
VisitNamesSomebody = refusal("grid.visit_names_somebody")
NextVisitEarlier = refusal("grid.next_visit_earlier")
VisitFollowed = refusal("grid.visit_followed")
VisitKeyUsed = refusal("grid.visit_key_used")
PhotoElsewhere = refusal("grid.photo_elsewhere", received=int)
PhotoTooLarge = refusal("grid.photo_too_large", limit_mb=int)

sentences(
    {
        "grid.not_your_grid": _(
            "You are not entered in this grid today. The clerk of the village or the town centre "
            "can enter you."
        ),
        "grid.visit_not_found": _("There is no such visit among yours."),
        "grid.visit_later": _("A visit is written down when it has been made: choose a past day."),
        "grid.visit_too_old": _(
            "This can be corrected for %(days)s days only. Write down another visit instead."
        ),
        "grid.visit_without_words": _("Say in a few words what you found; at most 200 characters."),
        "grid.visit_names_somebody": _(
            "There is a phone or identity number in these words. Leave it out, or write it into "
            "the sealed note."
        ),
        "grid.next_visit_earlier": _("The next visit comes later than this one."),
        "grid.visit_followed": _("This visit has been followed up already. Look at your log."),
        "grid.visit_key_used": _(
            "Another visit was written down under this key. Open the form anew and send it again."
        ),
        "grid.photo_elsewhere": _(
            "The photo has arrived up to byte %(received)s. Go on from there."
        ),
        "grid.photo_too_large": _("This photo is larger than %(limit_mb)s MB. Make it smaller."),
    }
)
