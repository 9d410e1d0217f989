"""What the theme says in English alone, to be translated with our own words."""

from typing import Final

from django.utils.translation import gettext_noop

SAID_BY_THE_THEME: Final = (
    gettext_noop("Type to search"),
    gettext_noop("Filters"),
    gettext_noop("Select value"),
    gettext_noop("Go back"),
    gettext_noop("Apply Filters"),
    gettext_noop("No results found"),
    gettext_noop("This page yielded into no results. Create a new item or reset your filters."),
    gettext_noop("Toggle sorting"),
    gettext_noop("Remove from sorting"),
    gettext_noop("Reset filters"),
    gettext_noop("Clear all filters"),
    gettext_noop("Show all"),
    gettext_noop("Yes, I’m sure"),
    gettext_noop("No, take me back"),
    gettext_noop("True"),
    gettext_noop("False"),
)
