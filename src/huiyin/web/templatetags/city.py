"""Tags for what the records say: Chinese names on English pages, texts in two languages, phones."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy

from huiyin.ui.dates import day_words, weekday_name
from huiyin.ui.numbers import grouped
from huiyin.ui.templatetags.ui import masked

register = template.Library()

_NOT_DIALLED = re.compile(r"[^\d+]")
_CHINESE = re.compile(
    r"([一-鿿㐀-䶿（）《》、，。；：“”·]*[一-鿿㐀-䶿][一-鿿㐀-䶿（）《》、，。；：·0-9]*)"
)


# The sides of a dispute as the procedures call them.
_SIDES = {"applicant": gettext_lazy("Applicant"), "respondent": gettext_lazy("Other side")}


def in_chinese() -> bool:
    """Say whether the page is being written in Chinese."""
    return (get_language() or "").startswith("zh")


@register.filter
def zh(value: object) -> SafeString | str:
    """Mark a name from the records as Chinese, so that an English page reads it out rightly."""
    if value is None or value == "":
        return ""
    if in_chinese():
        return str(value)
    return format_html('<span lang="zh-Hans">{}</span>', value)


@register.filter
def own_language(value: str) -> SafeString | str:
    """Mark a text from outside (a source, a licence) with the language it is written in."""
    if not value or _CHINESE.search(value):
        return zh(value)
    return format_html('<span lang="en">{}</span>', value)


@register.filter
def zh_runs(text: str) -> SafeString | str:
    """Mark the Chinese parts of a sentence that names something from the records."""
    if in_chinese() or not text:
        return text
    parts = _CHINESE.split(str(text))
    return format_html_join(
        "", "{}", ((zh(part) if at % 2 else part,) for at, part in enumerate(parts))
    )


@register.filter
def said(thing: Any, name: str = "name") -> str:
    """Return a text that is kept in two languages (`name_zh`, `name_en`) in the page's language.

    Chinese where there is no English, marked as such.
    """
    if thing is None:
        return ""
    chinese: str = getattr(thing, f"{name}_zh")
    if in_chinese():
        return chinese
    english: str = getattr(thing, f"{name}_en")
    return english or str(zh(chinese))


@register.simple_tag
def dot() -> str:
    """Write the dot between two facts; Chinese type brings its own space with it."""
    return "\u2060·" if in_chinese() else " · "  # never at the beginning of a line


@register.filter
def side(name: str) -> str:
    """Return what a side of a dispute is called on a page."""
    return str(_SIDES.get(name, name))


@register.filter
def dialled(number: str) -> str:
    """Return the address that dials a telephone number."""
    return f"tel:{_NOT_DIALLED.sub('', number)}"


@register.filter
def phone(number: str) -> SafeString | str:
    """Draw a telephone number as a link to dial it."""
    if not number:
        return ""
    return format_html('<a class="nb" href="{}">{}</a>', dialled(number), number)


@register.filter
def covered(names: str) -> SafeString:
    """Draw a list of names, grey blocks for what is covered of each; it may break between them."""
    pieces = re.split("(、|, )", names)
    return format_html_join("", "{}", ((masked(p) if "*" in p else p,) for p in pieces))


@register.filter
def weekday(day: date) -> str:
    """Return the short name of a day's weekday: "周四", "Thu"."""
    return str(weekday_name(day.weekday()))


@register.filter
def grouped_plain(value: int) -> str:
    """Group a number for reading where no markup can stand, as in a drawing: "3,512"."""
    return grouped(value)


@register.filter
def short_day_plain(day: date) -> str:
    """Say a date without its weekday where no markup can stand: "1 月 22 日"."""
    return day_words(day, weekday=False)


@register.filter
def item(of: Mapping[Any, Any], key: Any) -> Any:
    """Return what a mapping has under a key; nothing where it has none."""
    return of.get(key)


@register.filter
def by_label(details: Iterable[Any]) -> list[tuple[str, list[Any]]]:
    """Return what a form said with all values of a label together, in the order they came."""
    found: dict[str, list[Any]] = {}
    for detail in details:
        found.setdefault(str(detail.label), []).append(detail)
    return list(found.items())
