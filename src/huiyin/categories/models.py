"""What a matter can be about (a tree whose leaf code is the service code), and the law's limits."""

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from huiyin.ui.identifiers import new_id


class Urgency(models.TextChoices):
    NORMAL = "normal", _("Normal")
    URGENT = "urgent", _("Urgent")


@pghistory.track(pghistory.UpdateEvent(row=pghistory.Old), pghistory.DeleteEvent())
class Category(models.Model):
    """One class of matter. Retired classes keep their rows; only leaves in use can be chosen."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=16, unique=True)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=120)
    # A unit kind, for departments and utilities with their function: "department:housing".
    # Empty: as the parent.
    owner_kind = models.CharField(max_length=60, blank=True)
    urgency = models.CharField(max_length=10, choices=Urgency, default=Urgency.NORMAL)
    redirect = models.CharField(
        max_length=20, blank=True
    )  # a number to call first: 110, 119, 12388
    guidance_zh = models.TextField(blank=True)
    guidance_en = models.TextField(blank=True)
    phrase_1 = models.CharField(max_length=80, blank=True)  # as residents say it
    phrase_2 = models.CharField(max_length=80, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ("code",)
        verbose_name_plural = "categories"
        constraints = (
            models.CheckConstraint(
                condition=Q(code__regex=r"^(\d\d)+$"), name="categories_code_is_pairs_of_digits"
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.name_zh}"


class TermUnit(models.TextChoices):
    MINUTE = "minute", _("minutes")
    HOUR = "hour", _("hours")
    WORKING_HOUR = "working_hour", _("working hours")
    DAY = "day", _("days")
    WORKING_DAY = "working_day", _("working days")
    MONTH = "month", _("months")
    YEAR = "year", _("years")


class Term(models.Model):
    """A limit by name (`pet.handle`). `locked` when law fixes it: then no city value may differ."""

    key = models.CharField(primary_key=True, max_length=60)
    title_zh = models.CharField(max_length=120)
    title_en = models.CharField(max_length=200)
    starts_zh = models.CharField(max_length=120, blank=True)
    starts_en = models.CharField(max_length=200, blank=True)
    extension_zh = models.CharField(max_length=200, blank=True)
    extension_en = models.CharField(max_length=240, blank=True)
    at_expiry_zh = models.CharField(max_length=200, blank=True)
    at_expiry_en = models.CharField(max_length=240, blank=True)
    locked = models.BooleanField()

    class Meta:
        ordering = ("key",)

    def __str__(self) -> str:
        return self.key


@pghistory.track(pghistory.UpdateEvent(row=pghistory.Old), pghistory.DeleteEvent())
class TermValue(models.Model):
    """How long a limit is, for a category, a level and a place or for all, from a day to a day.

    Source: `law` and `article` (empty article: a whole notice). A clock copies the value it
    starts with.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    term = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="values")
    amount = models.PositiveIntegerField()
    unit = models.CharField(max_length=12, choices=TermUnit)
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.PROTECT)
    level = models.PositiveSmallIntegerField(null=True, blank=True)  # AdminLevel
    # Code of the place whose value this is; empty for every place. Categories know no places.
    place_code = models.CharField(max_length=32, blank=True)
    law_zh = models.CharField(max_length=200, blank=True)
    law_en = models.CharField(max_length=240, blank=True)
    article = models.CharField(max_length=80, blank=True)
    source = models.CharField(max_length=120, blank=True)
    unverified = models.BooleanField(default=False)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("term_id", "place_code", "level")
        constraints = (
            models.CheckConstraint(condition=Q(amount__gt=0), name="categories_term_is_positive"),
            ExclusionConstraint(
                name="categories_one_term_value_a_day",
                expressions=(
                    ("term", RangeOperators.EQUAL),
                    (
                        Coalesce(
                            F("category"),
                            Value("00000000-0000-0000-0000-000000000000", models.UUIDField()),
                        ),
                        RangeOperators.EQUAL,
                    ),
                    (Coalesce(F("level"), Value(0)), RangeOperators.EQUAL),
                    ("place_code", RangeOperators.EQUAL),
                    (
                        Func("valid_from", "valid_to", Value("[)"), function="DATERANGE"),
                        RangeOperators.OVERLAPS,
                    ),
                ),
            ),
        )

    def __str__(self) -> str:
        return f"{self.term_id}: {self.amount} {self.unit}"
