"""Why something about an account, a post or a sign-in is not possible, and what to do instead."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from huiyin.ui.refusals import refusal, sentences

NotPermitted = refusal("people.not_permitted")
NotFound = refusal("people.not_found")

UsernameMalformed = refusal("people.username_malformed", username=str)
UsernameInUse = refusal("people.username_in_use", username=str)
PhoneInUse = refusal("people.phone_in_use")
PhoneNotMobile = refusal("people.phone_not_mobile")
PhoneNotDialled = refusal("people.phone_not_dialled")
NameMissing = refusal("people.name_missing")
AccountClosed = refusal("people.account_closed", name=str)
OwnAccount = refusal("people.own_account")
NoUnitForAdmin = refusal("people.no_unit_for_admin", city=str)

LinkUsedUp = refusal("people.link_used_up")
PasswordTooWeak = refusal("people.password_too_weak", reason=str)
PasswordWrong = refusal("people.password_wrong")
PasswordUnchanged = refusal("people.password_unchanged")

UnitClosed = refusal("people.unit_closed", unit=str)
UnknownPermissionSet = refusal("people.unknown_permission_set", code=str)
SetNotYours = refusal("people.set_not_yours", name=str)
PostAlreadyHeld = refusal("people.post_already_held", unit=str)
PostsElsewhere = refusal("people.posts_elsewhere", unit=str)
PostEnded = refusal("people.post_ended", on=date)
EndsBeforeItStarts = refusal("people.ends_before_it_starts", start=date)
EndIsPast = refusal("people.end_is_past", today=date)
ActingForOneself = refusal("people.acting_for_oneself")
ActingTwice = refusal("people.acting_twice", name=str, until=date)
ActingTooLong = refusal("people.acting_too_long", days=int)
ReasonMissing = refusal("people.reason_missing")

CodeTooSoon = refusal("people.code_too_soon", seconds=int)
CodesOfPhoneUsedUp = refusal("people.codes_of_phone_used_up", minutes=int)
CodesOfAddressUsedUp = refusal("people.codes_of_address_used_up", minutes=int)
CodesOfDayUsedUp = refusal("people.codes_of_day_used_up")
CodeNotSent = refusal("people.code_not_sent")
CodeWrong = refusal("people.code_wrong", left=int)
CodeExpired = refusal("people.code_expired")

FileTooLarge = refusal("people.file_too_large", limit_mb=int)
UploadsOfDayUsedUp = refusal("people.uploads_of_day_used_up", limit_mb=int)

sentences(
    {
        "people.not_permitted": _(
            "Your post does not allow this. Ask the administrator of your unit or of the city."
        ),
        "people.not_found": _(
            "There is no such account among those you look after. Search for it by name."
        ),
        "people.username_malformed": _(
            "“%(username)s” cannot be a user name. Take 2 to 40 letters, digits, dots, hyphens or "
            "underscores, beginning with a letter or digit; a phone number is not one."
        ),
        "people.username_in_use": _(
            "Somebody already uses the user name %(username)s. Add a number or take another one."
        ),
        "people.phone_in_use": _(
            "Another account already signs in with this phone number. Give that account the post "
            "instead, or enter another number."
        ),
        "people.phone_not_dialled": _(
            "Nobody can be called back under this number. Ask for all of its digits: eleven of a "
            "mobile, a landline with its area code, or + and the country for abroad; without a "
            "number, leave it empty."
        ),
        "people.phone_not_mobile": _(
            "This is not a mobile number of mainland China. Enter its 11 digits."
        ),
        "people.name_missing": _("The name is missing. Enter it as on the identity card."),
        "people.account_closed": _(
            "The account of %(name)s is closed. Make a new one if they come back."
        ),
        "people.own_account": _(
            "You cannot do this to your own account. Another administrator can."
        ),
        "people.no_unit_for_admin": _(
            "%(city)s has no unit yet in which an administrator could have a post. Load places "
            "and units first: huiyin load FOLDER"
        ),
        "people.link_used_up": _(
            "This link has been used or is too old. Ask the administrator of your unit for a new "
            "one."
        ),
        "people.password_too_weak": _("Please choose another password. %(reason)s"),
        "people.password_wrong": _("This is not your present password. Try once more."),
        "people.password_unchanged": _("This is your present password. Choose another one."),
        "people.unit_closed": _(
            "%(unit)s no longer exists. Choose the unit that took over its work."
        ),
        "people.unknown_permission_set": _(
            "There is no permission set “%(code)s”. Choose one of the list."
        ),
        "people.set_not_yours": _(
            "“%(name)s” reaches beyond your unit. Only an administrator of the city can give it."
        ),
        "people.post_already_held": _(
            "This person already has that post in %(unit)s. End it first or change its dates."
        ),
        "people.posts_elsewhere": _(
            "This person also has a post in %(unit)s, which you do not look after. Ask the "
            "administrator of the city."
        ),
        "people.post_ended": _("This post has ended on %(on)s. Give a new one instead."),
        "people.ends_before_it_starts": _(
            "The end must come after the start (%(start)s). Choose a later day."
        ),
        "people.end_is_past": _("That day is over. Choose today (%(today)s) or a later day."),
        "people.acting_for_oneself": _("Nobody can act for themselves. Choose a colleague."),
        "people.acting_twice": _(
            "%(name)s already acts for this post until %(until)s. End that first or choose other "
            "days."
        ),
        "people.acting_too_long": _(
            "Acting lasts at most %(days)d days. For longer, give this person the post."
        ),
        "people.reason_missing": _(
            "Say why, in a few words: it stays in the log and the person can read it."
        ),
        "people.code_too_soon": _(
            "A code is on its way. You can ask for another one in %(seconds)d s."
        ),
        "people.codes_of_phone_used_up": _(
            "This number has been sent several codes already. Try again in %(minutes)d min, or "
            "call 12345 and we do it for you."
        ),
        "people.codes_of_address_used_up": _(
            "Many codes were asked for from your network. Try again in %(minutes)d min, or call "
            "12345 and we do it for you."
        ),
        "people.codes_of_day_used_up": _(
            "We cannot send more codes today. It is not your fault: please call 12345 and we do "
            "it for you."
        ),
        "people.code_not_sent": _(
            "The message could not be sent just now. It is not your fault: try again in a minute, "
            "or call 12345 and we do it for you."
        ),
        "people.code_wrong": _(
            "This is not the code we sent. Compare it with the newest message. Tries left: "
            "%(left)d."
        ),
        "people.code_expired": _(
            "This code is no longer valid. Ask for a new one; it comes at once."
        ),
        "people.file_too_large": _(
            "The file is larger than %(limit_mb)d MB. Make it smaller or send it in parts."
        ),
        "people.uploads_of_day_used_up": _(
            "More than %(limit_mb)d MB a day cannot be sent. Go on tomorrow, or bring the files to "
            "the counter."
        ),
    }
)
