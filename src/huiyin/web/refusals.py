"""What the pages' own verbs refuse, and what the person reads."""

from django.utils.translation import gettext_lazy as _

from huiyin.ui.refusals import refusal, sentences

ViewNameTaken = refusal("web.view_name_taken", name=str)
ViewNameMissing = refusal("web.view_name_missing")
TooManyViews = refusal("web.too_many_views", most=int)
ViewNotYours = refusal("web.view_not_yours")

sentences(
    {
        "web.view_name_taken": _(
            "You have a view called “%(name)s” already. Give this one another name."
        ),
        "web.view_name_missing": _("Give the view a name, by which you find it again."),
        "web.too_many_views": _(
            "More than %(most)s views help nobody. Delete one that you do not need any more."
        ),
        "web.view_not_yours": _(
            "This view is not there any more, or a colleague's: only they can change it."
        ),
    }
)
