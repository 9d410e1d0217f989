"""Who can own work: centres, departments, offices, committees, courts, utilities; and their duties.

Changes keep history: the database writes the row as it was before each change (`units.history`).
"""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from huiyin.categories.models import Category
from huiyin.places.models import Place
from huiyin.ui.identifiers import new_id
from huiyin.units.kinds import UnitKind as UnitKind  # where everybody looks for it
from huiyin.units.words import of_a_unit


class CommitteeKind(models.TextChoices):
    """Committee types of PML 8, 34 (domain §2e)."""

    VILLAGE = "village", _("Village or community")
    TOWN = "town", _("Town or subdistrict")
    ENTERPRISE = "enterprise", _("Enterprise or institution")
    INDUSTRY = "industry", _("Industry or specialised")
    SOCIAL = "social", _("Social organisation")


@pghistory.track(pghistory.UpdateEvent(row=pghistory.Old), pghistory.DeleteEvent())
class Unit(models.Model):
    """One unit. A closed one keeps its row (`valid_to`: first day on which it is no more)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=40, unique=True)  # the operator's key in load files
    name = models.CharField(max_length=120)
    short_name = models.CharField(max_length=60, blank=True)
    pinyin = models.CharField(max_length=360, blank=True)
    initials = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=24, choices=UnitKind)
    # What a department or utility works on ("housing", "water"); the word after the colon in
    # Category.owner_kind. For an industry committee its industry ("medical", "traffic").
    function = models.CharField(max_length=40, blank=True)
    committee_kind = models.CharField(max_length=12, choices=CommitteeKind, blank=True)
    level = models.PositiveSmallIntegerField()  # AdminLevel
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="units")
    superior = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="subordinates"
    )
    # Where a stationed room stands: a police station or a court.
    host = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="hosted_rooms"
    )
    # Other words by which people look for it: former names, what everybody calls it.
    aliases = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    uscc = models.CharField(max_length=18, blank=True)  # GB 32100 unified social credit code
    phone = models.CharField(max_length=40, blank=True)  # office line, public
    address = models.CharField(max_length=200, blank=True)
    # {"mon": [["08:30", "12:00"], ["14:00", "17:30"]], …, "note": "…"}; {} when not known;
    # {"always": true} for a 24-hour service. Checked by units.hours.
    opening_hours = models.JSONField(default=dict, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField(null=True, blank=True)
    recorded_by = models.UUIDField(null=True, blank=True)  # an account; None: the system

    class Meta:
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_from__lt=F("valid_to")),
                name="units_unit_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(superior=None) | ~Q(superior=F("id")), name="units_not_its_own_superior"
            ),
            models.CheckConstraint(
                condition=Q(kind=UnitKind.MEDIATION_COMMITTEE) ^ Q(committee_kind=""),
                name="units_committee_kind_for_committees_only",
            ),
        )
        indexes = (
            models.Index(fields=("place", "kind"), name="units_of_a_place"),
            models.Index(fields=("kind", "function", "place"), name="units_by_function"),
            models.Index(fields=("superior",), name="units_below"),
            # Offered while one types, the highest first; found by a part of a name, by the code.
            models.Index(fields=("level", "code"), name="units_by_level"),
            GinIndex(of_a_unit(), name="units_by_words"),
            models.Index(Lower("code"), name="units_by_code"),
            models.Index(fields=("name",), name="units_by_name"),
            models.Index(fields=("short_name",), name="units_by_short_name"),
            models.Index(fields=("valid_to",), name="units_ending", condition=~Q(valid_to=None)),
        )

    def __str__(self) -> str:
        return self.name


class OfficerRole(models.TextChoices):
    HEAD = "head", _("Head")
    LEADER_IN_CHARGE = "leader_in_charge", _("Leader in charge")
    LIAISON = "liaison", _("Liaison officer")


@pghistory.track(pghistory.UpdateEvent(row=pghistory.Old), pghistory.DeleteEvent())
class UnitOfficer(models.Model):
    """Who leads a unit, who is in charge of Huiyin's work there, whom others call (SEED A1.3b)."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="officers")
    role = models.CharField(max_length=20, choices=OfficerRole)
    name = models.CharField(max_length=60)
    phone = models.CharField(max_length=40, blank=True)  # official line
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)  # first day on which it is somebody else
    recorded_at = models.DateTimeField(null=True, blank=True)
    recorded_by = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("unit", "role"), condition=Q(valid_to=None), name="units_one_officer_a_role"
            ),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_from__lt=F("valid_to")),
                name="units_officer_ends_after_starting",
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.role})"


@pghistory.track(pghistory.UpdateEvent(row=pghistory.Old), pghistory.DeleteEvent())
class Duty(models.Model):
    """An item of the list of powers and duties (权责清单): who answers for a category where."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="duties")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="duties")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="duties")
    basis = models.CharField(max_length=240)  # instrument and article, or number of the list item
    item_no = models.CharField(max_length=40, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField(null=True, blank=True)
    recorded_by = models.UUIDField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "duties"
        constraints = (
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_from__lt=F("valid_to")),
                name="units_duty_ends_after_it_begins",
            ),
            models.UniqueConstraint(
                fields=("unit", "category", "place"),
                condition=Q(valid_to=None),
                name="units_duty_once",
            ),
        )
        indexes = (models.Index(fields=("place", "category"), name="units_duty_lookup"),)

    def __str__(self) -> str:
        return f"{self.unit_id}: {self.category_id} @ {self.place_id}"


class ShiftKind(models.TextChoices):
    """Which shift of the day. Whoever leads on duty (带班) is there beside those on duty (值班)."""

    DAY = "day", pgettext_lazy("shift", "Day")
    EVENING = "evening", pgettext_lazy("shift", "Evening")
    NIGHT = "night", pgettext_lazy("shift", "Night")
    LEADER = "leader", pgettext_lazy("shift", "Leader on duty")


class DutyDays(models.TextChoices):
    """On which days a shift has to be filled."""

    EVERY = "every", pgettext_lazy("days of duty", "Every day")
    WORKING = "working", pgettext_lazy("days of duty", "On working days")
    OFF = "off", pgettext_lazy("days of duty", "On days off")


MAX_SHIFT_HOURS = 24


class RosterEntry(models.Model):
    """Who is on duty in a unit, from an instant to an instant."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="roster")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    kind = models.CharField(
        max_length=8, choices=ShiftKind, default=ShiftKind.DAY, db_default=ShiftKind.DAY
    )
    name = models.CharField(max_length=60)
    phone = models.CharField(max_length=40, blank=True)  # duty line
    account_id = models.UUIDField(null=True, blank=True)  # of a colleague who signs in

    class Meta:
        verbose_name = _("shift")
        verbose_name_plural = _("Rosters")
        constraints = (
            models.CheckConstraint(
                condition=Q(starts_at__lt=F("ends_at")), name="units_duty_ends_after_it_starts"
            ),
        )
        indexes = (
            models.Index(fields=("unit", "starts_at"), name="units_roster"),
            # Who is on duty in a place now; all shifts, the latest first.
            models.Index(fields=("starts_at", "id"), name="units_roster_by_time"),
            models.Index(fields=("name", "starts_at"), name="units_roster_by_name"),
            # What a colleague has before them.
            models.Index(
                fields=("account_id", "starts_at"),
                name="units_roster_of_a_colleague",
                condition=~Q(account_id=None),
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.starts_at:%Y-%m-%d}"


class DutyTimes(models.Model):
    """From when to when a unit's shift of a kind goes, and on which days it has to be filled.

    `ends` not after `starts`: it ends on the next day. A unit without rows has the usual ones.
    """

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="duty_times")
    kind = models.CharField(max_length=8, choices=ShiftKind)
    starts = models.TimeField()
    ends = models.TimeField()
    days = models.CharField(max_length=8, choices=DutyDays, default=DutyDays.EVERY)

    class Meta:
        verbose_name_plural = "duty times"
        constraints = (
            models.UniqueConstraint(fields=("unit", "kind"), name="units_one_shift_of_a_kind"),
        )

    def __str__(self) -> str:
        return f"{self.unit_id}: {self.kind}"


class SwapAnswer(models.TextChoices):
    """What became of the question whether a colleague takes a shift."""

    ASKED = "asked", pgettext_lazy("swap of shifts", "Asked")
    AGREED = "agreed", pgettext_lazy("swap of shifts", "Agreed")
    DECLINED = "declined", pgettext_lazy("swap of shifts", "Declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("swap of shifts", "Withdrawn")


class ShiftSwap(models.Model):
    """A colleague is asked to take a shift, perhaps for one of theirs.

    Accounts stand on a floor above: they are named by their ids.
    """

    shift = models.ForeignKey(RosterEntry, on_delete=models.CASCADE, related_name="swaps")
    instead = models.ForeignKey(
        RosterEntry, null=True, blank=True, on_delete=models.CASCADE, related_name="swaps_for"
    )
    asked_by = models.UUIDField()
    asked_of = models.UUIDField()
    asker_name = models.CharField(max_length=60)
    asked_name = models.CharField(max_length=60)
    asked_phone = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=120, blank=True)
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=10, choices=SwapAnswer, default=SwapAnswer.ASKED)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("shift",), name="units_one_question_a_shift", condition=Q(answer="asked")
            ),
        )
        indexes = (
            models.Index(
                fields=("asked_of",), name="units_swaps_asked", condition=Q(answer="asked")
            ),
        )

    def __str__(self) -> str:
        return f"{self.shift_id}: {self.answer}"
