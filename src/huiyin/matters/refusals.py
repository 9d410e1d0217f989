"""Why something about a matter is not possible, and what to do instead."""

from django.utils.translation import gettext_lazy as _

from huiyin.ui.refusals import refusal, sentences

NotFound = refusal("matters.not_found")
ActRefused = refusal("matters.act_refused", reason=str, sentence=str, errors=dict)
SomebodyWasFaster = refusal("matters.somebody_was_faster", state=str)
KeyUsedOtherwise = refusal("matters.key_used_otherwise", key=str)
ProcedureUnknown = refusal("matters.procedure_unknown", procedure=str)
ContactNotOpen = refusal("matters.contact_not_open")
NobodyTakesItOver = refusal("matters.nobody_takes_it_over", procedure=str)
MergeUnknown = refusal("matters.merge_unknown", number=str)
MergeIntoItself = refusal("matters.merge_into_itself")
MergeConfidential = refusal("matters.merge_confidential")
MergedOnAlready = refusal("matters.merged_on_already", number=str)
MergeIntoDone = refusal("matters.merge_into_done", number=str)
MergeAccusesOthers = refusal("matters.merge_accuses_others")
CannotJoin = refusal("matters.cannot_join")
NotReclassified = refusal("matters.not_reclassified")
ReasonMissing = refusal("matters.reason_missing")
NotPermitted = refusal("matters.not_permitted")
NotYetHappened = refusal("matters.not_yet_happened")
NotRated = refusal("matters.not_rated")
ImportRefused = refusal("matters.import_refused", row=int, why=str)
ImportOpensMore = refusal("matters.import_opens_more")

sentences(
    {
        "matters.contact_not_open": _(
            "Who this is stays covered: your unit does not work on the matter now, or the person "
            "asked to stay unknown. Ask the office that took it in to get in touch for you."
        ),
        "matters.nobody_takes_it_over": _(
            "“%(procedure)s” cannot take this matter over as it is. Choose another procedure, or "
            "complete the hand-over."
        ),
        "matters.merge_unknown": _(
            "There is no matter with the number %(number)s. Look at the number again."
        ),
        "matters.merge_into_itself": _(
            "That is the number of this matter itself. Enter the number of the other one."
        ),
        "matters.merge_confidential": _(
            "A confidential matter is not merged: its reporter would be told what others asked "
            "for. Handle both by themselves."
        ),
        "matters.merged_on_already": _(
            "That matter was merged already, into %(number)s. Merge into that one."
        ),
        "matters.merge_into_done": _(
            "%(number)s has been answered already. Nobody would work on this one any more: handle "
            "it by itself, or take the other one up again first."
        ),
        "matters.merge_accuses_others": _(
            "The two matters complain of different units and may not be seen by the same people. "
            "Handle both by themselves."
        ),
        "matters.cannot_join": _(
            "This matter cannot be joined any more. Report yours; it gets a number of its own."
        ),
        "matters.not_reclassified": _(
            "Nothing would change. Name another category, another place or other units."
        ),
        "matters.reason_missing": _("Say why, in at least five characters."),
        "matters.not_permitted": _(
            "Your post may not do this. Ask the governance centre or the hotline centre to do it."
        ),
        "matters.not_yet_happened": _(
            "What is recorded has happened already: the time named lies in the future. Correct it."
        ),
        "matters.not_rated": _(
            "This can be rated once it has been answered, by whoever reported it."
        ),
        "matters.import_opens_more": _(
            "This opening begins other runs too. Choose an opening that begins one alone."
        ),
        "matters.import_refused": _("Row %(row)s was not taken, and none was: %(why)s"),
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

# --- files --------------------------------------------------------------------------------------

FileEmpty = refusal("matters.file_empty")
FileKindUnknown = refusal("matters.file_kind_unknown")
FileBroken = refusal("matters.file_broken")
FileUnsafe = refusal("matters.file_unsafe")
PictureTooLarge = refusal("matters.picture_too_large", most=int)
StorageFull = refusal("matters.storage_full")
FileNotFound = refusal("matters.file_not_found")
ExportTooLong = refusal("matters.export_too_long", most=int)
ExportEmpty = refusal("matters.export_empty")
ExportsUnderWay = refusal("matters.exports_under_way", most=int)
ExportNotFound = refusal("matters.export_not_found")
ExportNotReady = refusal("matters.export_not_ready", done=int, total=int)
ExportOver = refusal("matters.export_over")

sentences(
    {
        "matters.file_empty": _("This file is empty. Choose another one."),
        "matters.file_kind_unknown": _(
            "Files of this sort are not taken. Send a picture (JPEG, PNG, WebP, HEIC), a PDF, Word "
            "or Excel file, a ZIP, a recording (MP3, M4A, WAV, OGG) or a video (MP4)."
        ),
        "matters.file_broken": _(
            "This file cannot be read; it may be damaged. Open it yourself, save it anew and send "
            "it again."
        ),
        "matters.file_unsafe": _(
            "This file holds programs, macros or locked parts and is not taken. Save it without "
            "them, or as PDF, and send it again."
        ),
        "matters.picture_too_large": _(
            "This picture has too many points. Make it smaller, at most %(most)s million points."
        ),
        "matters.storage_full": _(
            "Files cannot be kept at the moment. Your other entries are not lost; please send the "
            "file again later."
        ),
        "matters.file_not_found": _("There is no such file, or it is not open to you."),
        "matters.export_too_long": _(
            "The list has more than %(most)s rows, which is the most an export takes. Narrow the"
            " list, for example to a month or a place."
        ),
        "matters.export_empty": _("The list is empty: there is nothing to export."),
        "matters.exports_under_way": _(
            "At most %(most)s of your exports can be under way. Wait until one is ready."
        ),
        "matters.export_not_found": _("There is no such export among yours."),
        "matters.export_not_ready": _(
            "The export is still being written: %(done)s of %(total)s rows. Look again in a moment."
        ),
        "matters.export_over": _(
            "The file of this export is not there any more. Export the list again if you need it."
        ),
    }
)

# --- what is kept -------------------------------------------------------------------------------

OrderIncomplete = refusal("matters.order_incomplete")
OnHold = refusal("matters.on_hold", reason=str)
NothingToRedact = refusal("matters.nothing_to_redact")

sentences(
    {
        "matters.order_incomplete": _(
            "Name the order and its legal basis, or the reason of a hold; each in at most 200 "
            "characters."
        ),
        "matters.on_hold": _(
            "This matter must be kept: %(reason)s. Have the hold lifted first, then try again."
        ),
        "matters.nothing_to_redact": _(
            "There is nothing left here that could be deleted. Look at the timeline: it names the "
            "order under which it went."
        ),
    }
)

# --- one-time links -----------------------------------------------------------------------------

LinkUnknown = refusal("matters.link_unknown")
LinkUsed = refusal("matters.link_used", number=str)
LinkExpired = refusal("matters.link_expired", number=str)
LinkOnlyShows = refusal("matters.link_only_shows")
LinkTries = refusal("matters.link_tries", minutes=int)
UnitHasWork = refusal("matters.unit_has_work", name=str, count=int)

sentences(
    {
        "matters.link_unknown": _(
            "This link does not exist, or is not valid any more. Look whether the whole address "
            "was copied; or call 12345 with the number of your matter."
        ),
        "matters.link_used": _(
            "This link has done its work: what you said about %(number)s is recorded. To change "
            "it, sign in with your phone number or call 12345."
        ),
        "matters.link_expired": _(
            "The time of this link is over. Sign in with your phone number, or call 12345 and name "
            "%(number)s: you can still have your say."
        ),
        "matters.link_only_shows": _("This link only shows how far the matter is."),
        "matters.link_tries": _(
            "Too many links from here that do not exist. Try again in %(minutes)s minutes, or call "
            "12345."
        ),
        "matters.unit_has_work": _(
            "%(name)s still has a part in %(count)s open matters: hand them on first, or choose a"
            " later day so that there is time for it."
        ),
    }
)
