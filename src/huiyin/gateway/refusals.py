"""Why the API or a webhook says no, and what to do instead."""

from django.utils.translation import gettext_lazy as _

from huiyin.ui.refusals import refusal, sentences

Malformed = refusal("api.malformed", detail=str)
Invalid = refusal("api.invalid", errors=dict)
SignInFirst = refusal("api.sign_in_first")
TokenNotGood = refusal("api.token_not_good")
RightMissing = refusal("api.right_missing", right=str)
PostNotYours = refusal("api.post_not_yours")
StaffOnly = refusal("api.staff_only")
FormTooOld = refusal("api.csrf")
Forbidden = refusal("api.forbidden")
NothingHere = refusal("api.nothing_here")
WrongMethod = refusal("api.wrong_method", allowed=str)
TooLarge = refusal("api.too_large", limit_kb=int)
TooMany = refusal("api.too_many", seconds=int)
OurFault = refusal("api.our_fault", report=str)
NotReady = refusal("api.not_ready")
Busy = refusal("api.busy", seconds=int)
NoPartOfIt = refusal("api.no_part_of_it", size_bytes=int)
PeopleOnly = refusal("api.people_only")
NotInYourPlace = refusal("api.not_in_your_place")
NoToken = refusal("gateway.no_token")
ExpiryTooFar = refusal("gateway.expiry_too_far", days=int)
RightUnknown = refusal("gateway.right_unknown", right=str)
PostNotHeld = refusal("gateway.post_not_held")
NotYourToken = refusal("gateway.not_your_token")
TooManyTokens = refusal("gateway.too_many_tokens", most=int)
NoSubscription = refusal("gateway.no_subscription")
AddressNotAllowed = refusal("gateway.address_not_allowed", reason=str)
ProcedureNotOffered = refusal("gateway.procedure_not_offered", procedure=str)
TooManySubscriptions = refusal("gateway.too_many_subscriptions", most=int)

sentences(
    {
        "api.malformed": _("The request cannot be read: %(detail)s"),
        "api.invalid": _("Some values are missing or not possible. See data.errors for each."),
        "api.sign_in_first": _("Sign in, or send a token: Authorization: Bearer …"),
        "api.token_not_good": _(
            "This token is not known, has expired or was revoked. Ask the operator for a new one."
        ),
        "api.right_missing": _(
            "This token lacks the right “%(right)s”. Ask the operator for one that has it."
        ),
        "api.post_not_yours": _(
            "You do not work in the post named in the header Huiyin-Post. GET /me lists yours."
        ),
        "api.staff_only": _("This is for staff in a post."),
        "api.csrf": _(
            "Send the header X-CSRFToken with the value that forms of a page carry, or a token."
        ),
        "api.forbidden": _("This is not open to you."),
        "api.nothing_here": _("There is nothing at this address. See /api/v1/openapi.json."),
        "api.wrong_method": _("This address takes: %(allowed)s."),
        "api.too_large": _("The request is larger than %(limit_kb)s KB. Send less at once."),
        "api.too_many": _("Too many requests. Try again in %(seconds)s seconds."),
        "api.our_fault": _(
            "Something went wrong on our side. Tell us the code %(report)s and try again later."
        ),
        "api.not_ready": _("The system is not ready just now. Try again in a minute."),
        "api.busy": _(
            "Too many requests have come at once, and this one was not begun. "
            "Send it again in %(seconds)s seconds."
        ),
        "api.no_part_of_it": _("The file has %(size_bytes)s bytes. Ask for a part that there is."),
        "api.people_only": _(
            "This is for people about their own data. Staff ask for theirs without a post."
        ),
        "api.not_in_your_place": _(
            "Figures are shown of the place your unit works for, and of places in it."
        ),
        "gateway.no_token": _("There is no such token. huiyin token list shows them all."),
        "gateway.not_your_token": _("There is no such key among yours. Look at the list again."),
        "gateway.too_many_tokens": _(
            "You have %(most)s valid keys already. Revoke one before you make another."
        ),
        "gateway.expiry_too_far": _("A token is valid for 1 to %(days)s days."),
        "gateway.right_unknown": _("There is no right “%(right)s”: take read, act or webhooks."),
        "gateway.post_not_held": _(
            "The account is closed or does not hold this post now. Choose a post it holds."
        ),
        "gateway.no_subscription": _(
            "There is no such webhook of yours. GET /webhooks lists them."
        ),
        "gateway.address_not_allowed": _(
            "Nothing can be sent to this address: %(reason)s Give a public https address."
        ),
        "gateway.procedure_not_offered": _(
            "“%(procedure)s” is no procedure that webhooks tell of: there is none of this name, or "
            "it is confidential."
        ),
        "gateway.too_many_subscriptions": _(
            "There are %(most)s webhooks already. End one before you add another."
        ),
    }
)
