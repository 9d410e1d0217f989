"""Why a screen cannot be set up, and what to do instead."""

from django.utils.translation import gettext_lazy as _

from huiyin.ui.refusals import refusal, sentences

TooManyScreens = refusal("insight.too_many_screens", most=int)
NotYourPlace = refusal("insight.not_your_place", place=str)

sentences(
    {
        "insight.too_many_screens": _(
            "Your unit has %(most)d screens already. End one that is no longer used."
        ),
        "insight.not_your_place": _(
            "%(place)s does not lie in the place your unit works for. Choose one that does."
        ),
    }
)
