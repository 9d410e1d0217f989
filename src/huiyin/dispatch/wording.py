"""What pages, letters and commands say about dispatch, in the language of the reader. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from huiyin.dispatch.answers import Answer, Candidate, CategoryRef, Found
from huiyin.dispatch.office_hours import OnDuty
from huiyin.dispatch.urgency import Heard
from huiyin.units.queries import Via

LANGUAGES = {"zh": "zh-hans", "en": "en"}


@dataclass(frozen=True, slots=True)
class Explanation:
    """An answer as a page shows it: one sentence, then who else has a duty, nearest first."""

    unit: str
    reason: str
    others: tuple[tuple[str, str], ...]  # unit, why


def explain(answer: Answer, *, most: int = 5) -> Explanation:
    """Return what a page shows of an answer. Whom a matter accuses is not said."""
    return Explanation(
        unit=answer.unit.name if answer.unit else "",
        reason=reason_words(answer),
        others=tuple(
            (other.unit.name, why_words(other)) for other in answer.candidates[1 : most + 1]
        ),
    )


def reason_words(answer: Answer) -> str:
    """Return why a unit is responsible, in one sentence.

    "属地：北城街道；属事：路灯不亮 → 夏津县住建局；权责清单 第12项"
    """
    place, category = answer.territory.name, category_name(answer.category)
    if answer.unit is None:
        return _(
            "Place: %(place)s; subject: %(category)s. No list of duties names anybody, and there "
            "is no centre here: somebody has to decide."
        ) % {"place": place, "category": category}
    data = {"place": place, "category": category, "unit": answer.unit.called}
    if answer.found is Found.FALLBACK:
        return (
            _(
                "Place: %(place)s; subject: %(category)s. No list of duties names anybody; "
                "%(unit)s is the nearest centre and finds out who it is."
            )
            % data
        )
    chosen = answer.candidates[0]
    data["basis"] = basis_words(chosen)
    if answer.functional is None:
        return _("Place: %(place)s → %(unit)s, for the subject %(category)s too; %(basis)s") % data
    if answer.functional is chosen:
        return _("Place: %(place)s; subject: %(category)s → %(unit)s; %(basis)s") % data
    data["other"] = answer.functional.unit.called
    return (
        _(
            "Place: %(place)s → %(unit)s, nearest; %(basis)s. Subject: %(category)s → %(other)s, "
            "further up"
        )
        % data
    )


def why_words(candidate: Candidate) -> str:
    """Return why one of the candidates has a duty here."""
    data = {
        "place": candidate.place.name,
        "category": category_name(candidate.category),
        "basis": basis_words(candidate),
    }
    if candidate.place.via is Via.LAND:
        return (
            _("answers for “%(category)s” in %(place)s, on whose land this is (%(basis)s)") % data
        )
    if candidate.exact:
        return _("answers for “%(category)s” in %(place)s (%(basis)s)") % data
    return _("answers for the whole branch “%(category)s” in %(place)s (%(basis)s)") % data


def basis_words(candidate: Candidate) -> str:
    """Return the legal basis of a duty, with the number of its item where it does not say it."""
    basis, item = candidate.legal_basis, candidate.item_no
    if not item or re.search(rf"第\s*{re.escape(item)}\s*[项条款]", basis):
        return basis
    if item.isdigit():
        item = _("item %(number)s") % {"number": item}
    return _("%(basis)s, %(item)s") % {"basis": basis, "item": item}


def urgency_words(heard: Heard) -> str:
    """Return how urgent it is, why, and what to do at once; empty when it is not urgent."""
    parts: list[str] = []
    if heard.number:
        parts.append(_("Call %(number)s first.") % {"number": heard.number})
    if heard.words:
        words = "、".join(f"“{word}”" for word in heard.words)
        parts.append(_("Urgent, because of the words %(words)s.") % {"words": words})
    elif heard.by_category:
        parts.append(_("Urgent, as every matter of this class."))
    chinese = (get_language() or "").startswith("zh")
    parts += [zh if chinese else en for zh, en in heard.hints]
    return ("" if chinese else " ").join(parts)


def on_duty_words(state: OnDuty) -> str:
    """Return whether somebody is there now, or when; empty when nothing is known."""
    if state.shifts:
        names = "、".join(dict.fromkeys(shift.name for shift in state.shifts))
        return _("On duty now: %(names)s") % {"names": names}
    if state.is_open:
        if state.closes_at is None:
            return _("Somebody is there around the clock")
        return _("Open now, until %(time)s") % {"time": _moment(state.closes_at)}
    if state.next_at is not None:
        return _("Nobody is there now; again from %(time)s") % {"time": _moment(state.next_at)}
    return "" if state.is_open is None else _("Nobody is there now")


def category_name(category: CategoryRef) -> str:
    """Return the name of a class of matter in the language of the reader."""
    return category.name_zh if (get_language() or "").startswith("zh") else category.name_en


def in_both(say: Callable[[], str]) -> dict[str, str]:
    """Return what something says in Chinese and in English."""
    said = {}
    for name, language in LANGUAGES.items():
        with override(language):
            said[name] = say()
    return said


def _moment(at: datetime) -> str:
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")
