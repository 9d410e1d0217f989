"""Counts: written with the act, rolled up later (`huiyin.matters.tallies`)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Measure(models.TextChoices):
    """What is tallied. The three kinds of clock are never mixed (architecture §4)."""

    IN_STATE = "in_state", _("In this state now")
    OPENED = "opened", _("Opened")
    ENTERED = "entered", _("Came into this state")
    DONE = "done", _("Done for the first time")
    CLOSED = "closed", _("Closed")
    REOPENED = "reopened", _("Taken up again after it was done")
    OVERDUE_PROMISE = "overdue_promise", _("Promises overdue")
    OVERDUE_UNIT = "overdue_unit", _("Units overdue")
    OVERDUE_STAGE = "overdue_stage", _("Steps overdue")
    MET_PROMISE = "met_promise", _("Promises kept in time")
    MET_UNIT = "met_unit", _("Units in time")
    MET_STAGE = "met_stage", _("Steps in time")
    LATE_PROMISE = "late_promise", _("Promises kept late")
    LATE_UNIT = "late_unit", _("Units late")
    LATE_STAGE = "late_stage", _("Steps late")
    RETURNED = "returned", _("Sent back by the unit")

    # It equals its value and is hashed like it; counting hashes them by the million.
    __hash__ = str.__hash__


class TallyDelta(models.Model):
    """One change of one count, written in the transaction of the act, not rolled up yet.

    Rows are only added; the roll-up moves them into `Tally`. The places are those of the matter
    from its town up. `day`: None for what is counted as it stands now (`in_state`).
    """

    id = models.BigAutoField(primary_key=True)
    town_id = models.UUIDField(null=True)
    county_id = models.UUIDField(null=True)
    overlay_id = models.UUIDField(null=True)
    city_id = models.UUIDField(null=True)
    day = models.DateField(null=True)
    measure = models.CharField(max_length=16, choices=Measure)
    procedure = models.CharField(max_length=40)
    state = models.CharField(max_length=40, blank=True)
    category_id = models.UUIDField(null=True)
    unit_id = models.UUIDField(null=True)
    delta = models.SmallIntegerField()

    def __str__(self) -> str:
        return f"{self.measure} {self.delta:+}"


class TallyArea(models.Model):
    """A town with what it belonged to when matters came in there: what is counted together.

    Of matters of a whole county or city the levels below are empty.
    """

    id = models.AutoField(primary_key=True)
    town_id = models.UUIDField(null=True)
    county_id = models.UUIDField(null=True)
    overlay_id = models.UUIDField(null=True)
    city_id = models.UUIDField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("town_id", "county_id", "overlay_id", "city_id"),
                nulls_distinct=False, name="matters_one_tally_area",
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return str(self.town_id or self.county_id or self.city_id)


class Tally(models.Model):
    """A count for one area, one day, one measure: what has been rolled up.

    Kept once, for the town; counties and the city add up their towns. Below the town a day has few
    matters and counting them is as quick.
    """

    id = models.BigAutoField(primary_key=True)
    area = models.ForeignKey(TallyArea, on_delete=models.PROTECT, db_index=False, related_name="+")
    day = models.DateField(null=True)
    measure = models.CharField(max_length=16, choices=Measure)
    procedure = models.CharField(max_length=40)
    state = models.CharField(max_length=40, blank=True)
    category_id = models.UUIDField(null=True)
    unit_id = models.UUIDField(null=True)
    count = models.IntegerField()

    class Meta:
        constraints = (
            # In this order it is also the index of every query: an area, a measure, some days.
            models.UniqueConstraint(
                fields=(
                    "area", "measure", "day", "procedure", "state", "category_id", "unit_id"
                ),
                nulls_distinct=False, name="matters_one_tally",
            ),
        )  # fmt: skip
        indexes = (
            # What the roll-up clears away.
            models.Index(
                fields=("id",), name="matters_tallies_of_nothing", condition=Q(count=0)
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.measure} {self.count}"
