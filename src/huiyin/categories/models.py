"""What a matter can be about (a tree whose leaf code is the service code), and the law's limits."""

import pghistory
import pgtrigger
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
        verbose_name = _("kind of matter")
        verbose_name_plural = _("Kinds of matter")
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


# The law's limits are guarded in the database too (ADR 8): no value of its own for a place, a
# category or a level, and no change but by the owner of the tables, who records what a new law
# says. The application signs in as another role.
_VALUE_IS_THE_LAWS = """
    SELECT bool_or(locked) INTO fixed FROM categories_term
      WHERE (TG_OP <> 'INSERT' AND key = OLD.term_id) OR (TG_OP <> 'DELETE' AND key = NEW.term_id);
    IF fixed THEN
      IF TG_OP <> 'DELETE' AND (
        NEW.category_id IS NOT NULL OR NEW.level IS NOT NULL OR NEW.place_code <> ''
      ) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation',
          MESSAGE = 'a limit fixed by law has no value for a place, a category or a level';
      END IF;
      SELECT relowner INTO owner FROM pg_class WHERE oid = TG_RELID;
      IF NOT pg_has_role(current_user, owner, 'USAGE') AND (
        TG_OP <> 'INSERT' OR EXISTS (SELECT FROM categories_termvalue WHERE term_id = NEW.term_id)
      ) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation',
          MESSAGE = 'a limit fixed by law is changed only by the owner of the tables';
      END IF;
    END IF;
    RETURN COALESCE(NEW, OLD);
"""
_TERM_IS_THE_LAWS = """
    IF TG_OP = 'UPDATE' AND NEW.locked AND NOT OLD.locked AND EXISTS (
      SELECT FROM categories_termvalue WHERE term_id = OLD.key
        AND (category_id IS NOT NULL OR level IS NOT NULL OR place_code <> '')
    ) THEN
      RAISE EXCEPTION USING ERRCODE = 'check_violation',
        MESSAGE = 'a limit with values for places, categories or levels cannot be fixed by law';
    END IF;
    SELECT relowner INTO owner FROM pg_class WHERE oid = TG_RELID;
    IF OLD.locked AND NOT pg_has_role(current_user, owner, 'USAGE') AND (
      TG_OP = 'DELETE' OR NOT NEW.locked OR NEW.key <> OLD.key
    ) THEN
      RAISE EXCEPTION USING ERRCODE = 'check_violation',
        MESSAGE = 'a limit fixed by law is changed only by the owner of the tables';
    END IF;
    RETURN COALESCE(NEW, OLD);
"""


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
        triggers = (
            pgtrigger.Trigger(
                name="law_is_kept",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                declare=[("owner", "oid")],
                func=_TERM_IS_THE_LAWS,
            ),
        )

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
        triggers = (
            pgtrigger.Trigger(
                name="law_is_kept",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("fixed", "boolean"), ("owner", "oid")],
                func=_VALUE_IS_THE_LAWS,
            ),
        )
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


class DayKindChoice(models.TextChoices):
    """What a day is for those who count working days; the words of `huiyin.worktime.DayKind`."""

    STATUTORY_HOLIDAY = "statutory_holiday", _("Statutory holiday")
    ADJUSTED_DAY_OFF = "adjusted_day_off", _("Day off by the yearly notice")
    MAKEUP_WORKING_DAY = "makeup_working_day", _("Weekend that is worked")
    WORKING_DAY = "working_day", _("Working day")
    WEEKEND = "weekend", _("Ordinary weekend")


@pghistory.track(pghistory.UpdateEvent(row=pghistory.Old), pghistory.DeleteEvent())
class CalendarDay(models.Model):
    """A day that the city counts otherwise than the announced calendar says (categories.days)."""

    on = models.DateField(_("Day"), unique=True)
    kind = models.CharField(_("What it is"), max_length=20, choices=DayKindChoice)
    name_zh = models.CharField(_("Name in Chinese"), max_length=60)
    name_en = models.CharField(_("Name in English"), max_length=60, blank=True)
    source = models.CharField(_("By which notice"), max_length=120)

    class Meta:
        ordering = ("on",)
        verbose_name = _("day of the calendar")
        verbose_name_plural = _("Calendar")

    def __str__(self) -> str:
        return f"{self.on} {self.name_zh}"
