"""Every part in every state, for looking at and for the browser tests; not in production."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from huiyin.ui.errors import Trouble, error_page
from huiyin.ui.forms import Form
from huiyin.ui.http import part, see_other
from huiyin.ui.icons import symbols

COLOURS = (
    ("paper", "surface", "sunken", "line", "line-strong", "edge"),
    ("ink", "ink-2", "hint", "ink-3"),
    ("indigo", "indigo-deep", "indigo-tint"),
    ("persimmon", "persimmon-deep", "persimmon-mark", "persimmon-tint"),
    ("bamboo", "bamboo-tint", "apricot", "apricot-tint", "cinnabar", "cinnabar-tint"),
    ("map-0", "map-1", "map-2", "map-3"),
)
PROMISED_AT = datetime(2026, 1, 22, 9, 0, tzinfo=UTC)


class SampleForm(Form):
    """One field of each kind."""

    words = forms.CharField(
        label=gettext_lazy("What happened"),
        help_text=gettext_lazy("Write as you would say it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    phone = forms.CharField(label=gettext_lazy("Mobile number"), max_length=11)
    county = forms.ChoiceField(
        label=gettext_lazy("Which county"),
        choices=(
            ("", gettext_lazy("Choose a county")),
            ("a", gettext_lazy("North county")),
            ("b", gettext_lazy("South county")),
        ),
    )
    visible = forms.ChoiceField(
        label=gettext_lazy("Who sees your number"),
        choices=(
            ("unit", gettext_lazy("Whoever works on it")),
            ("centre", gettext_lazy("Only the 12345 centre")),
        ),
        widget=forms.RadioSelect,
        initial="unit",
    )
    calling = forms.CharField(label=gettext_lazy("How to address you"), required=False)
    news = forms.BooleanField(
        label=gettext_lazy("Tell me by SMS when something moves"), required=False, initial=True
    )


@dataclass(frozen=True)
class Item:
    """A link of a list or of the navigation."""

    label: str
    url: str = ""
    icon: str = ""
    count: int = 0
    current: bool = False


@dataclass(frozen=True)
class Clerk:
    """Who the sample pages are shown to."""

    name: str
    unit_name: str

    def may(self, permission: str, /) -> bool:
        """Nothing is behind the samples."""
        del permission
        return False


def _navigation() -> list[Item]:
    here = reverse("ui:gallery_desk")
    return [
        Item(_("Inbox"), here, "inbox", 14, current=True),
        Item(_("Supervised"), here, "flag", 1),
        Item(_("Look up"), here, "search"),
        Item(_("Handbook"), here, "book"),
        Item(_("Figures"), here, "chart"),
        Item(_("People"), here, "users"),
    ]


def _context() -> dict[str, Any]:
    given = {"words": "", "phone": "1380534", "county": "", "visible": "centre"}
    wrong = SampleForm(given, auto_id="id_wrong_%s")
    wrong.add_error("phone", _("A mobile number has 11 digits; this one has 7."))
    return {
        "colours": COLOURS,
        "icons": sorted(name for name in symbols() if not name.startswith("shape-")),
        "sample": SampleForm(),
        "wrong": wrong,
        "promised_at": PROMISED_AT,
        "promised_on": PROMISED_AT.date(),
        "count": 3512,
        "crumbs": [
            Item(_("Sample city"), "#"),
            Item(_("North county"), "#"),
            Item(_("East street")),
        ],
        "city_name": _("Sample city"),
    }


@require_GET
def gallery(request: HttpRequest) -> HttpResponse:
    """Show the parts."""
    return render(request, "ui/gallery/gallery.html", _context())


@require_GET
def resident(request: HttpRequest) -> HttpResponse:
    """Show a start page in the resident layout."""
    return render(request, "ui/gallery/resident.html", _context())


@require_http_methods(["GET", "HEAD", "POST"])
def form(request: HttpRequest) -> HttpResponse:
    """Show one step of a form, and how a refused one is answered with and without htmx."""
    context = _context()
    context["form"] = SampleForm(request.POST or None)
    if request.method != "POST":
        return render(request, "ui/gallery/form.html", context)
    if not context["form"].is_valid():
        return part(
            request, "ui/gallery/_form.html", context, page="ui/gallery/form.html", status=422
        )
    return see_other(request, reverse("ui:gallery_resident"))


@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """Show a list and a detail in the desk layout."""
    context = _context()
    context["nav"] = _navigation()
    context["is_sample"] = True  # nobody signed in: what a desk asks for by itself is not asked for
    context["actor"] = Clerk(_("Han Zhiyuan"), _("Housing bureau, property section"))
    return render(request, "ui/gallery/desk.html", context)


@require_GET
def trouble(request: HttpRequest, name: str) -> HttpResponse:
    """Show an error page, with status 200 unless its own is asked for."""
    if name not in {each.value for each in Trouble}:
        raise Http404
    status = None if "real" in request.GET else 200
    holders = [_("Administrator of the unit")]
    return error_page(request, Trouble(name), status=status, minutes=15, holders=holders)


@require_GET
def map_page(request: HttpRequest) -> HttpResponse:
    """Show a map of areas with its list."""
    context = _context()
    context["areas"] = [feature["properties"] for feature in _areas()]
    return render(request, "ui/gallery/map.html", context)


@require_GET
def map_data(request: HttpRequest) -> JsonResponse:
    """Return six invented areas; one is so small that its label stands outside."""
    del request
    return JsonResponse(
        {"type": "FeatureCollection", "features": _areas()}, content_type="application/geo+json"
    )


def _areas() -> list[dict[str, Any]]:
    rows: list[tuple[str, str, int, int, list[list[float]], list[float] | None]] = [
        ("north", _("North county"), 2, 1, [[0, 5], [4, 6], [5, 9], [1, 8]], None),
        ("hill", _("Hill county"), 4, 2, [[4, 6], [8, 5], [9, 8], [5, 9]], None),
        ("west", _("West county"), 0, 0, [[-2, 1], [2, 1], [4, 6], [0, 5]], None),
        ("mid", _("Old town"), 6, 3, [[2, 1], [5, 2], [6, 5.5], [4, 6]], None),
        ("east", _("East county"), 1, 1, [[6.2, 2], [9, 1], [8, 5], [6, 5.5]], None),
        ("spit", _("Spit"), 3, 2, [[5, 2], [6.2, 2], [6, 5.5], [5.8, 4.8]], [5.4, 0.6]),
    ]  # fmt: skip
    return [
        {
            "type": "Feature",
            "properties": {
                "name": name,
                "value": value,
                "step": step,
                "url": f"{reverse('ui:gallery_map')}#{key}",
                "point": [_middle(ring, 0), _middle(ring, 1)],
                **({"callout": _placed(callout)} if callout else {}),
            },
            "geometry": {
                "type": "Polygon",
                "coordinates": [[_placed(at) for at in (*ring, ring[0])]],
            },
        }
        for key, name, value, step, ring, callout in rows
    ]


def _placed(at: list[float]) -> list[float]:
    return [round(116 + at[0] / 8, 4), round(37 + at[1] / 10, 4)]


def _middle(ring: list[list[float]], axis: int) -> float:
    return round(sum(_placed(at)[axis] for at in ring) / len(ring), 4)
