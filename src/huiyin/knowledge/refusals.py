"""Why something about the knowledge base is not possible, and what to do instead."""

from django.utils.translation import gettext_lazy as _

from huiyin.ui.refusals import refusal, sentences

NotPermitted = refusal("knowledge.not_permitted")
NotFound = refusal("knowledge.not_found")
Incomplete = refusal("knowledge.incomplete")
NothingToChange = refusal("knowledge.nothing_to_change")
NotADraft = refusal("knowledge.not_a_draft")
NotToCheck = refusal("knowledge.not_to_check")
OwnWords = refusal("knowledge.own_words")
PersonalData = refusal("knowledge.personal_data", words=str)
LookFirst = refusal("knowledge.look_first", words=str)
ReasonMissing = refusal("knowledge.reason_missing")
NotShown = refusal("knowledge.not_shown")
ReviewTooEarly = refusal("knowledge.review_too_early")
SomebodyWasFaster = refusal("knowledge.somebody_was_faster")
MatterNotOpen = refusal("knowledge.matter_not_open")

sentences(
    {
        "knowledge.not_permitted": _(
            "Your post may not do this. Entries are written by the unit that owns them, and "
            "checked by whoever may publish for its place."
        ),
        "knowledge.not_found": _("There is no such entry."),
        "knowledge.incomplete": _(
            "Give a question of at most 80 characters, an answer of at most 2,000, and a day for "
            "the next review; it begins before it ends."
        ),
        "knowledge.nothing_to_change": _("Nothing would change. Say what is to be different."),
        "knowledge.not_a_draft": _(
            "Only a draft is sent to be checked. Change the entry first, or wait for the check."
        ),
        "knowledge.not_to_check": _(
            "This entry does not wait to be checked. Somebody may have decided already."
        ),
        "knowledge.own_words": _("You wrote this version. Somebody else checks and publishes it."),
        "knowledge.personal_data": _(
            "This may name a person: %(words)s. Take it out before it is published."
        ),
        "knowledge.look_first": _(
            "Look at these words first: %(words)s. If they name nobody, say so and publish."
        ),
        "knowledge.reason_missing": _("Say why, in a few words."),
        "knowledge.not_shown": _("This entry is not shown to anybody now."),
        "knowledge.review_too_early": _("The next review is on a day to come."),
        "knowledge.somebody_was_faster": _(
            "Somebody has changed this entry since you opened it. Look at it again."
        ),
        "knowledge.matter_not_open": _(
            "The answer of this matter is not made public: it is confidential, not answered yet, "
            "or not open to your unit."
        ),
    }
)
