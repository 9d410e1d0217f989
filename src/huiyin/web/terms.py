"""Limits as pages show them: how long in words, which law, which group of work."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext
from django.utils.translation import gettext as _

from huiyin.categories.models import Term, TermUnit, TermValue
from huiyin.categories.terms import values_on

PROPOSED = "default"  # how the built-in data marks a value that no law gives

# The word before the dot of a limit's key, in the order in which people look for them.
GROUPS: dict[str, str | Promise] = {
    "grid": gettext_lazy("Grid matters"),
    "hot": gettext_lazy("Hotline 12345"),
    "order": gettext_lazy("Service orders"),
    "pet": gettext_lazy("Petitions"),
    "mediation": gettext_lazy("People's mediation"),
    "referral": gettext_lazy("Referral to mediation"),
    "court": gettext_lazy("Courts and mediation"),
    "police": gettext_lazy("Police mediation"),
    "traffic": gettext_lazy("Traffic accidents"),
    "meddisp": gettext_lazy("Medical disputes"),
    "insurance": gettext_lazy("Liability insurance"),
    "labour": gettext_lazy("Labour disputes"),
    "school": gettext_lazy("Schools"),
    "parcel": gettext_lazy("Parcels"),
    "campaign": gettext_lazy("Inspections"),
    "subsidy": gettext_lazy("Care allowance"),
    "video": gettext_lazy("Public video"),
    "footage": gettext_lazy("Viewing of footage"),
    "supervision": gettext_lazy("Supervision"),
    "assist": gettext_lazy("Help between units"),
    "backlog": gettext_lazy("Petitions of long standing"),
    "data": gettext_lazy("Requests about one's own data"),
}


@dataclass(frozen=True)
class Limit:
    """A limit with the value that holds today for everybody, and how many special values it has."""

    term: Term
    value: TermValue | None
    special: int = 0

    @property
    def key(self) -> str:
        return self.term.key

    @property
    def length(self) -> str:
        return length_words(self.value.amount, self.value.unit) if self.value else "—"

    @property
    def law(self) -> str:
        return law_words(self.value) if self.value else ""


def length_words(amount: int, unit: str) -> str:
    """Say a length: "5 个工作日", "5 working days"."""
    match TermUnit(unit):
        case TermUnit.MINUTE:
            words = ngettext("%(n)d minute", "%(n)d minutes", amount)
        case TermUnit.HOUR:
            words = ngettext("%(n)d hour", "%(n)d hours", amount)
        case TermUnit.WORKING_HOUR:
            words = ngettext("%(n)d working hour", "%(n)d working hours", amount)
        case TermUnit.DAY:
            words = ngettext("%(n)d day", "%(n)d days", amount)
        case TermUnit.WORKING_DAY:
            words = ngettext("%(n)d working day", "%(n)d working days", amount)
        case TermUnit.MONTH:
            words = ngettext("%(n)d month", "%(n)d months", amount)
        case TermUnit.YEAR:
            words = ngettext("%(n)d year", "%(n)d years", amount)
    return words % {"n": amount}


def law_words(value: TermValue) -> str:
    """Say which law fixes a value, with its article; empty when no law does."""
    law = value.law_zh if (get_language() or "").startswith("zh") else value.law_en
    if not law:
        return ""
    if not value.article:
        return pgettext("a law without an article", "%(law)s") % {"law": law}
    articles = pgettext("between articles", ", ").join(value.article.split(", "))
    words = ngettext(
        "%(law)s, article %(article)s",
        "%(law)s, articles %(article)s",
        value.article.count(",") + 1,
    )
    return words % {"law": law, "article": articles}


def source_words(value: TermValue) -> str:
    """Say where a value comes from: a law, a decision of the city, or this system's proposal."""
    if value.law_zh:
        return law_words(value)
    if not value.source or value.source.startswith(PROPOSED):
        return _("Proposed by this system")
    return value.source


def current_terms(keys: Sequence[str], *, on: date) -> list[Limit]:
    """Return the limits with these keys and today's general values, in this order. One query."""
    found = {
        value.term_id: Limit(value.term, value)
        for value in TermValue.objects.filter(
            values_on(on), term__in=keys, category=None, level=None, place_code=""
        ).select_related("term")
    }
    return [found[key] for key in keys if key in found]


def all_limits(*, on: date) -> list[Limit]:
    """Return every limit with today's general value, by key. Two queries."""
    general: dict[str, TermValue] = {}
    special: dict[str, int] = {}
    for value in TermValue.objects.filter(values_on(on)):
        if value.category_id is None and value.level is None and not value.place_code:
            general[value.term_id] = value
        else:
            special[value.term_id] = special.get(value.term_id, 0) + 1
    return [
        Limit(term, general.get(term.key), special.get(term.key, 0))
        for term in Term.objects.order_by("key")
    ]


def grouped(limits: Iterable[Limit]) -> list[tuple[str | Promise, list[Limit]]]:
    """Return the limits under the names of their groups; a group nobody named comes last."""
    by_group: dict[str, list[Limit]] = {}
    for limit in limits:
        by_group.setdefault(limit.key.partition(".")[0], []).append(limit)
    order = [*GROUPS, *sorted(set(by_group) - set(GROUPS))]
    return [(GROUPS.get(name, name), by_group[name]) for name in order if name in by_group]


def matching(limits: Iterable[Limit], text: str) -> list[Limit]:
    """Return the limits whose key, title or law contains the text, in either language."""
    wanted = text.strip().casefold()
    return [
        limit
        for limit in limits
        if wanted
        in " ".join(
            (
                limit.key,
                limit.term.title_zh,
                limit.term.title_en,
                limit.value.law_zh if limit.value else "",
                limit.value.law_en if limit.value else "",
            )
        ).casefold()
    ]
