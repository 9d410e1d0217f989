"""The tags and filters every page is written with; a builtin of all templates."""

import re
from collections.abc import Hashable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django import template
from django.conf import settings
from django.forms import BaseForm, BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from huiyin.ui import dates, icons, numbers
from huiyin.ui.display import Display, current_display
from huiyin.ui.forms import error_summary
from huiyin.ui.widgets import Stars

register = template.Library()

CLOCK_STATES = ("in_time", "soon", "overdue", "done", "yours", "plain")


# --- signs --------------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """Draw an icon. It needs a word beside it; give `label` only where there is no room for one.

    Raises KeyError with the name when there is no such icon.
    """
    picture = mark_safe(icons.svg(name, f"i {css}".strip()))  # noqa: S308 our own file
    if not label:
        return picture
    return format_html('{}<span class="vh">{}</span>', picture, label)


@register.simple_tag
def shape(state: str) -> SafeString:
    """Draw the fixed shape of a clock: ring, diamond, triangle or tick."""
    return mark_safe(icons.svg(f"shape-{state}", "sign"))  # noqa: S308 our own file


@register.inclusion_tag("ui/parts/mark.html")
def mark() -> dict[str, Any]:
    """Draw the mark: 回, the inner square open towards the reader."""
    return {}


@register.inclusion_tag("ui/parts/ripples.html")
def ripples() -> dict[str, Any]:
    """Draw the mark with its three ripples; only on empty pages and after sending."""
    return {}


@register.simple_tag
def clock_chip(state: str, text: str) -> SafeString:
    """Say how a time limit stands, with colour, shape and word.

    `state` is one of CLOCK_STATES: in_time, soon (today or within one working day), overdue,
    done, yours (waits for the reader), plain. Raises KeyError for another one.
    """
    return format_html(
        '<span class="chip {}">{}{}</span>',
        state,
        mark_safe(icons.svg(f"shape-{state}", "sign")),  # noqa: S308 our own file
        text,
    )


@register.simple_tag
def avatar(name: str) -> SafeString:
    """Draw the circle with the first sign of a name."""
    return format_html('<span class="avatar" aria-hidden="true">{}</span>', name.strip()[:1] or "·")


@register.simple_tag
def stars(value: int | str) -> SafeString:
    """Draw one to five stars; the word beside them says the same."""
    count = int(value)
    drawn = "★" * count + "☆" * (5 - count)
    return format_html('<span class="star-row" aria-hidden="true">{}</span>', drawn)


# --- times and numbers --------------------------------------------------------------------------


def _time(said: dates.Said) -> SafeString:
    drawn = mark_safe("")
    for at, piece in enumerate(said.pieces):
        # A full-width bracket brings its own space.
        space = "" if at == 0 or said.pieces[at - 1].endswith("）") else " "
        drawn += format_html('{}<span class="nb">{}</span>', space, piece)
    return format_html('<time datetime="{}">{}</time>', said.machine, drawn)


@register.filter
def day(value: date | datetime | None) -> str:
    """Say a date: "1 月 22 日（周四）"; nothing for None."""
    return _time(dates.said_day(value)) if value else ""


@register.filter
def short_day(value: date | datetime | None) -> str:
    """Say a date without its weekday: "1 月 22 日"; nothing for None."""
    return _time(dates.said_day(value, weekday=False)) if value else ""


@register.filter
def moment(value: datetime | None) -> str:
    """Say a moment: "今天 09:12", "1 月 15 日（周四） 09:41"; nothing for None."""
    return _time(dates.said_moment(value)) if value else ""


@register.filter
def short_moment(value: datetime | None) -> str:
    """Say a moment where there is little room: "1 月 15 日 09:41"; nothing for None."""
    return _time(dates.said_short_moment(value)) if value else ""


@register.filter
def in_full(value: datetime | None) -> str:
    """Say a moment for the record: "2026 年 1 月 15 日 09:41"; nothing for None."""
    return _time(dates.said_in_full(value)) if value else ""


@register.filter
def iso_day(value: str) -> str:
    """Say a date that is kept as text ("2026-01-22") without its weekday; nothing for none."""
    return _time(dates.said_day(date.fromisoformat(value), weekday=False)) if value else ""


@register.filter
def month(value: date) -> str:
    """Say the month of a date: "2026 年 1 月"."""
    return format_html('<span class="nb">{}</span>', dates.month_words(value))


@register.simple_tag
def hours(start: datetime, end: datetime) -> SafeString:
    """Say from when to when on a day that stands beside it: "08:30–17:30"."""
    return format_html('<span class="nb">{}</span>', dates.hours_words(start, end))


@register.filter
def before(value: date | datetime | None) -> str:
    """Say a limit: "1 月 22 日（周四）17:00 前", "Thu 22 Jan, before 17:00"; nothing for None."""
    return _time(dates.said_before(value)) if value else ""


@register.filter
def grouped(value: int | str | None) -> str:
    """Group a number for reading and keep it on one line; nothing for None."""
    if value is None or value == "":
        return ""
    return format_html('<span class="nb">{}</span>', numbers.grouped(value))


_CLAUSE = re.compile(r"[^，。；：？…]+[，。；：？…]*”?")


@register.filter
def breathe(text: str) -> SafeString:
    """Let a Chinese sentence break only where it breathes, after its commas and stops.

    For plain text, also around a translation: `{% filter breathe %}…{% endfilter %}`.
    """
    safe = conditional_escape(text)
    clauses = _CLAUSE.findall(safe)
    if len(clauses) < 2:
        return safe
    return mark_safe("".join(f'<span class="clause">{clause}</span>' for clause in clauses))  # noqa: S308 escaped above


@register.filter
def nowrap(value: object) -> SafeString:
    """Keep a name or phrase on one line."""
    return format_html('<span class="nb">{}</span>', value)


# --- covered data -------------------------------------------------------------------------------


def _blocks(count: int) -> SafeString:
    shown = mark_safe("<i></i>" * max(1, min(count, 4)))  # noqa: S308 no text in it
    words = ngettext("%(count)d character hidden", "%(count)d characters hidden", count)
    return format_html(
        '<span class="mask" role="img" aria-label="{}">{}</span>', words % {"count": count}, shown
    )


@register.simple_tag
def hidden(count: int) -> SafeString:
    """Draw grey blocks for signs the reader may not see."""
    return _blocks(count)


@register.filter
def masked(text: str | None) -> SafeString:
    """Draw every run of asterisks in a masked text as grey blocks: "138****2607"."""
    pieces = numbers.masked_pieces(str(text or ""))
    drawn = (_blocks(piece) if isinstance(piece, int) else piece for piece in pieces)
    return format_html(
        '<span class="nb">{}</span>', format_html_join("", "{}", ((p,) for p in drawn))
    )


# --- forms --------------------------------------------------------------------------------------


@register.inclusion_tag("ui/parts/field.html")
def field(bound: BoundField, hint: str = "", css: str = "") -> dict[str, Any]:
    """Draw a field: label above, hint below the label, control, error in place.

    `hint` replaces the field's help text, `css` is added to the control ("short", "code").
    """
    widget = bound.field.widget
    kind = "input"
    if isinstance(widget, Stars):
        kind = "stars"
    elif isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        kind = "choices"
    elif isinstance(widget, CheckboxInput):
        kind = "tick"
    control = ""
    if kind not in ("choices", "stars"):
        attrs: dict[str, Any] = {} if kind == "tick" else {"class": f"in {css}".strip()}
        if hint and bound.auto_id and not bound.help_text:
            described = [f"{bound.auto_id}_helptext"]
            if bound.errors:
                described.append(f"{bound.auto_id}_error")
            attrs["aria-describedby"] = " ".join(described)
        control = bound.as_widget(attrs=attrs)
    return {
        "bound": bound,
        "kind": kind,
        "control": control,
        "hint": hint or bound.help_text,
        "optional": not bound.field.required and kind != "tick",
    }


@register.inclusion_tag("ui/parts/form_fields.html")
def form_fields(form: BaseForm, *, summed: bool = True) -> dict[str, Any]:
    """Draw the summary of errors and every field of a form, in order; `summed=False`: the fields
    alone, where `form_errors` stands on top of several forms.
    """
    return {"form": form, "summary": error_summary(form) if summed else []}


@register.inclusion_tag("ui/parts/form_errors.html")
def form_errors(*forms: BaseForm | None) -> dict[str, Any]:
    """Draw the summary of the errors of a form, or of all that are sent together, each a link to
    its field; nothing when there is none.
    """
    return {"summary": [error for form in forms if form for error in error_summary(form)]}


# --- lists --------------------------------------------------------------------------------------


@register.inclusion_tag("ui/parts/crumbs.html")
def crumbs(items: Iterable[Any]) -> dict[str, Any]:
    """Draw the way down to this page: things with `label` and `url`; the last may have no url."""
    return {"items": items}


@register.inclusion_tag("ui/parts/pager.html")
def pager(newer: str = "", older: str = "", said: str = "") -> dict[str, Any]:
    """Draw links to the pages before and after; `said` is what stands between, such as a count."""
    return {"newer": newer, "older": older, "said": said}


@register.inclusion_tag("ui/parts/empty.html")
def empty_state(
    title: str,
    text: str = "",
    url: str = "",
    label: str = "",
    other_url: str = "",
    other_label: str = "",
    *,
    primary: bool = False,
) -> dict[str, Any]:
    """Say why a list is empty and what to do; `primary` makes the first way the one filled act."""
    return {
        "title": title,
        "text": text,
        "url": url,
        "label": label,
        "other_url": other_url,
        "other_label": other_label,
        "primary": primary,
    }


# --- what is the same for everybody --------------------------------------------------------------


class OnceNode(template.Node):
    """A part of a page that is drawn once for each language and key, and kept by the process."""

    MOST = 512  # kept at a time; full, it begins afresh

    def __init__(self, nodelist: template.NodeList, key: template.base.FilterExpression) -> None:
        self.nodelist, self.key = nodelist, key
        self._drawn: dict[tuple[Hashable, str | None], SafeString] = {}

    def render(self, context: template.Context) -> SafeString:
        """Return what was drawn, or draw it."""
        key = self.key.resolve(context)
        if key is None or not isinstance(key, Hashable):
            return self.nodelist.render(context)
        full = (key, get_language())
        drawn = self._drawn.get(full)
        if drawn is None:
            drawn = self.nodelist.render(context)
            if len(self._drawn) >= self.MOST:
                self._drawn.clear()
            self._drawn[full] = drawn
        return drawn


@register.tag
def once(parser: template.base.Parser, token: template.base.Token) -> OnceNode:
    """Draw a part once: `{% once key %}…{% endonce %}`; each time where the key is None or a list.

    For what the key and the language alone decide: nothing of a person, no token, no time.
    """
    _name, key = token.split_contents()
    nodelist = parser.parse(("endonce",))
    parser.delete_first_token()
    return OnceNode(nodelist, parser.compile_filter(key))


# --- the page -----------------------------------------------------------------------------------


@register.simple_tag
def shown() -> Display:
    """Return how this page is to be shown; needs no context, so that error pages can use it."""
    return current_display()


@register.inclusion_tag("ui/parts/area_map.html", takes_context=True)
def area_map(
    context: Mapping[str, Any], src: str, label: str, list_id: str = "", empty: str = ""
) -> dict[str, Any]:
    """Draw a map of areas from our GeoJSON at `src`; `label` names it for screen readers.

    `list_id` is the element with the links to the same areas: they light up together, and they
    are what stays without a script. Features have `name` and may have `url`, `value`, `step`
    (0 to 3), `point` (lon, lat inside) and `callout` (lon, lat of a label outside).
    """
    request = context.get("request")
    if request is not None:
        request.shows_map = True  # SecurityHeaders then names the host of outside tiles
    return {
        "src": src,
        "label": label,
        "list_id": list_id,
        "empty": empty or _("There is no outline for these places yet. The list has them all."),
        "tile_url": settings.HUIYIN.tile_url,
        "tile_attribution": settings.HUIYIN.tile_attribution,
    }
