"""The tree of places: city, county, town, village, grid.

A place has an immutable id. Its code, name, kind and parent are dated (`PlaceVersion`); the columns
on `Place` are today's version, kept by the verbs in `huiyin.places.verbs` and nowhere else.
"""

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Deferrable, F, Func, Q, Value
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from huiyin.ui.identifiers import new_id


class PlaceLevel(models.IntegerChoices):
    """AdminLevel of the field (domain §1.1), with the grid below the village."""

    CITY = 1, pgettext_lazy("level", "City")
    COUNTY = 2, pgettext_lazy("level", "County")
    TOWN = 3, pgettext_lazy("level", "Town")
    VILLAGE = 4, pgettext_lazy("level", "Village")
    GRID = 5, pgettext_lazy("level", "Grid")


class PlaceKind(models.TextChoices):
    CITY = "city", pgettext_lazy("kind of place", "Prefecture city")
    DISTRICT = "district", pgettext_lazy("kind of place", "District")
    COUNTY = "county", pgettext_lazy("kind of place", "County")
    COUNTY_CITY = "county_city", pgettext_lazy("kind of place", "County-level city")
    FUNCTIONAL_ZONE = "functional_zone", pgettext_lazy("kind of place", "Functional zone")
    TOWN = "town", pgettext_lazy("kind of place", "Town")
    TOWNSHIP = "township", pgettext_lazy("kind of place", "Township")
    SUBDISTRICT = "subdistrict", pgettext_lazy("kind of place", "Subdistrict")
    TOWN_LIKE = "town_like", pgettext_lazy("kind of place", "Zone office at town level")
    VILLAGE = "village", pgettext_lazy("kind of place", "Village")
    COMMUNITY = "community", pgettext_lazy("kind of place", "Community")
    GRID_BASIC = "grid_basic", pgettext_lazy("kind of place", "Basic grid")
    GRID_DEDICATED = "grid_dedicated", pgettext_lazy("kind of place", "Dedicated grid")


class DateRange(Func):
    """`daterange(from, to)`, half open; NULL means without end on that side."""

    function = "DATERANGE"
    output_field = models.Field()


class Place(models.Model):
    """One place. `valid_to` is the first day on which it no longer exists; None while it does."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    level = models.PositiveSmallIntegerField(choices=PlaceLevel)
    kind = models.CharField(max_length=20, choices=PlaceKind)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    # A functional zone lies on the land of a county it does not belong to administratively.
    overlay_parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="overlays"
    )
    # Ancestors, this place included at its own level, so that any level's list is one index range.
    city = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    county = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    town = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    village = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")

    code = models.CharField(max_length=32)
    name = models.CharField(max_length=80)
    short_name = models.CharField(max_length=80)  # as people say it: 北城 for 北城街道
    full_name = models.CharField(max_length=240)
    pinyin = models.CharField(max_length=240, blank=True)  # syllables with a space between
    initials = models.CharField(max_length=80, blank=True)

    lon = models.FloatField(null=True, blank=True)  # WGS84, of a point inside the place
    lat = models.FloatField(null=True, blank=True)
    households = models.PositiveIntegerField(null=True, blank=True)
    is_all_purpose = models.BooleanField(default=False)  # one grid serves all departments (GBZ21 6)

    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("code",)
        constraints = (
            models.UniqueConstraint(
                fields=("code",), condition=Q(valid_to=None), name="places_code_once_today"
            ),
            models.CheckConstraint(
                condition=Q(level=PlaceLevel.CITY) | Q(parent__isnull=False),
                name="places_only_the_city_has_no_parent",
            ),
            models.CheckConstraint(
                condition=Q(lon=None, lat=None)
                | Q(lon__gte=-180, lon__lte=180, lat__gte=-90, lat__lte=90),
                name="places_point_is_whole_and_on_earth",
            ),
        )
        indexes = (
            models.Index(fields=("parent", "code"), name="places_children"),
            models.Index(fields=("county", "level", "code"), name="places_in_county"),
            models.Index(fields=("town", "level", "code"), name="places_in_town"),
            models.Index(fields=("village", "level", "code"), name="places_in_village"),
        )

    def __str__(self) -> str:
        return self.full_name or self.name


class PlaceKeys(models.Model):
    """What a place is found by: parts of its name, pinyin, initials and code (`places.keys`).

    Apart from the place, because everything else reads places without it. An index of trigrams
    would not do: most words of Chinese place names have two characters, and a trigram needs three.
    """

    place = models.OneToOneField(
        Place, primary_key=True, on_delete=models.CASCADE, related_name="keys"
    )
    keys = SearchVectorField()

    class Meta:
        verbose_name_plural = "place keys"
        indexes = (GinIndex(fields=("keys",), fastupdate=False, name="places_keys"),)

    def __str__(self) -> str:
        return str(self.place_id)


@pghistory.track(pghistory.UpdateEvent(row=pghistory.Old), pghistory.DeleteEvent())
class PlaceVersion(models.Model):
    """What a place was called, where it belonged and which code it had, from a day to a day.

    One version a day: a second change on the day amends the first. What was amended, and who closed
    a version, is in the history that the trigger writes.
    """

    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="versions")
    code = models.CharField(max_length=32)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=20, choices=PlaceKind)
    parent = models.ForeignKey(Place, null=True, on_delete=models.PROTECT, related_name="+")
    overlay_parent = models.ForeignKey(Place, null=True, on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    basis = models.CharField(max_length=240, blank=True)
    ended_basis = models.CharField(max_length=240, blank=True)  # of a place closed for good
    recorded_at = models.DateTimeField(null=True, blank=True)
    recorded_by = models.UUIDField(null=True, blank=True)  # an account; None: the system

    class Meta:
        ordering = (F("valid_from").asc(nulls_first=True),)
        constraints = (
            ExclusionConstraint(
                name="places_one_version_a_day",
                expressions=(
                    ("place", RangeOperators.EQUAL),
                    (DateRange("valid_from", "valid_to", Value("[)")), RangeOperators.OVERLAPS),
                ),
            ),
            ExclusionConstraint(
                name="places_one_place_a_code_a_day",
                expressions=(
                    ("code", RangeOperators.EQUAL),
                    (DateRange("valid_from", "valid_to", Value("[)")), RangeOperators.OVERLAPS),
                ),
                # after the statement, not row by row: codes may change hands in one
                deferrable=Deferrable.IMMEDIATE,
            ),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_from__lt=F("valid_to")),
                name="places_version_ends_after_it_starts",
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class PlaceSuccession(models.Model):
    """Which place took over from which, so that today's view can show old records."""

    class Kind(models.TextChoices):
        MERGE = "merge", _("Merged into")
        SPLIT = "split", _("Split into")

    predecessor = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="successions")
    successor = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="preceded_by")
    kind = models.CharField(max_length=10, choices=Kind)
    on = models.DateField()
    basis = models.CharField(max_length=240, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("predecessor", "successor"), name="places_succession_once"
            ),
            models.CheckConstraint(
                condition=~Q(predecessor=F("successor")), name="places_no_self_succession"
            ),
        )

    def __str__(self) -> str:
        return f"{self.predecessor_id} → {self.successor_id}"


@pghistory.track(pghistory.UpdateEvent(row=pghistory.Old), pghistory.DeleteEvent())
class Boundary(models.Model):
    """The outline of a place in WGS84 (a GeoJSON Polygon or MultiPolygon), with its source."""

    place = models.OneToOneField(Place, on_delete=models.PROTECT, related_name="boundary")
    geometry = models.JSONField()
    source = models.CharField(max_length=240)
    licence = models.CharField(max_length=240)
    as_of = models.CharField(max_length=40, blank=True)  # as the source says, often a year only
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "boundaries"

    def __str__(self) -> str:
        return str(self.place_id)
