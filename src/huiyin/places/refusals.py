"""Why a change to a place is not possible, and what to do instead."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from huiyin.places.models import PlaceKind
from huiyin.ui.refusals import refusal, sentences

NotKnown = refusal("places.not_known", code=str)
CodeMalformed = refusal("places.code_malformed", code=str)
CodeInUse = refusal("places.code_in_use", code=str, holder=str)
NameMissing = refusal("places.name_missing", code=str)
TextTooLong = refusal("places.text_too_long", text=str, limit=int)
NotBelow = refusal("places.not_below", name=str, parent=str)
ParentMissing = refusal("places.parent_missing", name=str)
ParentNotThereYet = refusal("places.parent_not_there_yet", parent=str, since=date)
KindOfAnotherLevel = refusal("places.kind_of_another_level", name=str, kind=PlaceKind)
OverlayNotPossible = refusal("places.overlay_not_possible", name=str)
Closed = refusal("places.closed", name=str, on=date)
NotYet = refusal("places.not_yet", on=date, today=date)
BeforeLastVersion = refusal("places.before_last_version", name=str, since=date)
OpenChildren = refusal("places.open_children", name=str, count=int, example=str)
OverlaysLeft = refusal("places.overlays_left", name=str, overlay=str)
SuccessorItself = refusal("places.successor_itself", name=str)
NoPlacesNamed = refusal("places.no_places_named")
LevelsDiffer = refusal("places.levels_differ", name=str, other=str)
PointNotOnEarth = refusal("places.point_not_on_earth", lon=float, lat=float)
PointIncomplete = refusal("places.point_incomplete")
OutlineUnusable = refusal("places.outline_unusable", name=str, problem=str)

sentences(
    {
        "places.not_known": _(
            "There is no place with the code %(code)s. Check the code, or search by name."
        ),
        "places.code_malformed": _(
            "“%(code)s” cannot be a place code. Use up to 32 digits, letters and hyphens, as in "
            "the division list."
        ),
        "places.code_in_use": _(
            "The code %(code)s belongs to %(holder)s on that day. Close that place or give it "
            "another code first."
        ),
        "places.name_missing": _("The place %(code)s has no name. Enter its official name."),
        "places.text_too_long": _(
            "“%(text)s” is too long: at most %(limit)s characters fit. Shorten it."
        ),
        "places.not_below": _(
            "%(name)s cannot lie under %(parent)s: a place lies under one of a higher level. "
            "Choose another parent."
        ),
        "places.parent_missing": _(
            "%(name)s needs a place above it; only the city has none. Choose its parent."
        ),
        "places.parent_not_there_yet": _(
            "%(parent)s exists only since %(since)s. Choose that day or a later one."
        ),
        "places.kind_of_another_level": _(
            "%(name)s cannot become “%(kind)s”: that is another level. Register a new place and "
            "close this one."
        ),
        "places.overlay_not_possible": _(
            "%(name)s cannot lie on the land of another place: only a functional zone can, on a "
            "place of its own level."
        ),
        "places.closed": _(
            "%(name)s no longer exists since %(on)s. Choose the place that took over."
        ),
        "places.not_yet": _(
            "%(on)s has not come yet (today is %(today)s). Record the change on the day it takes "
            "effect."
        ),
        "places.before_last_version": _(
            "%(name)s last changed on %(since)s. Choose a later day, or correct that change."
        ),
        "places.open_children": _(
            "Places still lie under %(name)s (%(count)s), among them %(example)s. Move or close "
            "them first."
        ),
        "places.overlays_left": _(
            "%(overlay)s lies on the land of %(name)s. Lay it on another place first."
        ),
        "places.successor_itself": _(
            "%(name)s cannot follow itself. Choose another place as the successor."
        ),
        "places.no_places_named": _("No places were chosen. Choose at least one."),
        "places.levels_differ": _(
            "%(name)s and %(other)s are of different levels. A place is followed by one of its own "
            "level."
        ),
        "places.point_not_on_earth": _(
            "%(lon)s, %(lat)s is no point on earth. Give longitude first (−180 to 180), then "
            "latitude (−90 to 90)."
        ),
        "places.point_incomplete": _(
            "A point needs both longitude and latitude. Give both or neither."
        ),
        "places.outline_unusable": _(
            "The outline of %(name)s cannot be used: %(problem)s. Give a valid GeoJSON Polygon or "
            "MultiPolygon, longitude first."
        ),
    }
)
