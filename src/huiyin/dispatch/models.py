"""What a city may set about dispatch: words of urgency, the ladder of escalation, return reasons.

Who is responsible is not here: that follows from the duties of units. Rows that are no longer used
are retired, not deleted, and a trigger keeps what they were.
"""

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from huiyin.categories.models import TermUnit, Urgency


class Level(models.TextChoices):
    """How urgent something is. An emergency is danger now: a number to call comes first."""

    NORMAL = "normal", pgettext_lazy("how urgent", "Normal")
    URGENT = "urgent", pgettext_lazy("how urgent", "Urgent")
    EMERGENCY = "emergency", pgettext_lazy("how urgent", "Emergency")


@pghistory.track(pghistory.UpdateEvent(row=pghistory.Old), pghistory.DeleteEvent())
class UrgentWord(models.Model):
    """A word that makes a matter urgent; with a number, one that may mean danger to life now.

    A few plain words of danger are part of the program (`categories.emergencies`) and cannot be
    taken away.
    """

    word = models.CharField(max_length=40, unique=True)  # folded: no spaces around, lower case
    number = models.CharField(max_length=12, blank=True)  # to call first: 119, 95598
    hint_zh = models.CharField(max_length=120, blank=True)  # what to do until somebody comes
    hint_en = models.CharField(max_length=200, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ("word",)
        constraints = (
            models.CheckConstraint(
                condition=Q(word__regex=r"^\S.*\S$"), name="dispatch_word_is_more_than_a_character"
            ),
            models.CheckConstraint(
                condition=Q(number__regex=r"^([0-9]{3,12})?$"), name="dispatch_number_is_digits"
            ),
            models.CheckConstraint(
                condition=Q(hint_zh="", hint_en="") | ~Q(hint_zh="") & ~Q(hint_en=""),
                name="dispatch_hint_in_both_languages",
            ),
        )

    def __str__(self) -> str:
        return self.word


class ClockKind(models.TextChoices):
    """Which clocks a step belongs to: the kinds of a procedure's clocks, and nobody's matters."""

    PROMISE = "promise", pgettext_lazy("kind of clock", "Promise to the person")
    UNIT = "unit", pgettext_lazy("kind of clock", "Unit")
    STAGE = "stage", pgettext_lazy("kind of clock", "Stage")
    UNHELD = "unheld", pgettext_lazy("kind of clock", "Held by nobody")


class Phase(models.TextChoices):
    """When a step comes, against the end of the clock."""

    WARNING = "warning", pgettext_lazy("step of escalation", "Warning")
    DUE = "due", pgettext_lazy("step of escalation", "Due")
    OVERDUE = "overdue", pgettext_lazy("step of escalation", "Overdue")


class Target(models.TextChoices):
    """Who is told at a step. One that does not exist is stood in for by the next one above."""

    LIAISON = "liaison", pgettext_lazy("who is told", "Liaison of the unit")
    HEAD = "head", pgettext_lazy("who is told", "Head of the unit")
    LEADER_IN_CHARGE = "leader_in_charge", pgettext_lazy("who is told", "Leader in charge")
    SUPERIOR = "superior", pgettext_lazy("who is told", "Unit above")
    CENTRE = "centre", pgettext_lazy("who is told", "Nearest governance centre")
    CENTRE_ABOVE = "centre_above", pgettext_lazy("who is told", "Governance centre above it")
    CITY = "city", pgettext_lazy("who is told", "Governance centre of the city")


STEP_UNITS = (TermUnit.MINUTE, TermUnit.HOUR, TermUnit.DAY, TermUnit.WORKING_DAY)


@pghistory.track(pghistory.UpdateEvent(row=pghistory.Old), pghistory.DeleteEvent())
class LadderRule(models.Model):
    """One step of the ladder: when it comes, and who is told then.

    A warning comes `amount` before the end, but not before `share` of the time has gone; either may
    be left out. An overdue step comes `amount` after the end.
    """

    clock_kind = models.CharField(max_length=10, choices=ClockKind)
    urgency = models.CharField(max_length=10, choices=Urgency)
    phase = models.CharField(max_length=10, choices=Phase)
    number = models.PositiveSmallIntegerField(default=1)  # overdue 1, 2, 3 …
    target = models.CharField(max_length=20, choices=Target)
    share = models.DecimalField(max_digits=3, decimal_places=2, null=True, blank=True)
    amount = models.PositiveIntegerField(null=True, blank=True)
    unit = models.CharField(max_length=12, choices=TermUnit, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ("clock_kind", "urgency", "phase", "number", "target")
        constraints = (
            models.UniqueConstraint(
                fields=("clock_kind", "urgency", "phase", "number", "target"),
                name="dispatch_step_once",
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1), name="dispatch_steps_count_from_one"
            ),
            models.CheckConstraint(
                condition=Q(share=None) | Q(share__gt=0, share__lt=1, phase=Phase.WARNING),
                name="dispatch_share_is_a_part_before_the_end",
            ),
            models.CheckConstraint(
                condition=Q(amount=None, unit="") | Q(amount__gt=0, unit__in=STEP_UNITS),
                name="dispatch_amount_has_its_unit",
            ),
            models.CheckConstraint(
                condition=Q(phase=Phase.DUE, amount=None)
                | Q(phase=Phase.OVERDUE, amount__isnull=False)
                | Q(phase=Phase.WARNING) & (Q(amount__isnull=False) | Q(share__isnull=False)),
                name="dispatch_step_knows_when",
            ),
        )

    def __str__(self) -> str:
        return f"{self.clock_kind}.{self.urgency}.{self.phase}_{self.number}.{self.target}"


@pghistory.track(pghistory.UpdateEvent(row=pghistory.Old), pghistory.DeleteEvent())
class ReturnReason(models.Model):
    """Why a unit may send work back, and what it has to say with it."""

    code = models.CharField(primary_key=True, max_length=40)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=120)
    needs_basis = models.BooleanField()  # the law, or the item of the list of duties
    needs_right_unit = models.BooleanField()  # the unit believed right
    position = models.PositiveSmallIntegerField(default=0)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ("position", "code")
        constraints = (
            models.CheckConstraint(
                condition=Q(code__regex=r"^[a-z]+(_[a-z]+)*$"), name="dispatch_reason_code_is_words"
            ),
            models.CheckConstraint(
                condition=~Q(name_zh="") & ~Q(name_en=""), name="dispatch_reason_has_both_names"
            ),
        )

    def __str__(self) -> str:
        return self.code
