"""The limits of a run, and who was told that they draw near or are over."""

from django.db import models
from django.db.models import Q

from huiyin.matters.models.runs import Run


class RunClock(models.Model):
    """The clocks of a run as the clock-keeper and lists need them: one row a name, the latest."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="clocks", db_index=False)
    name = models.CharField(max_length=40)
    kind = models.CharField(max_length=8)  # promise, unit, stage
    unit_id = models.UUIDField(null=True)
    is_window = models.BooleanField(default=False)
    status = models.CharField(max_length=8)  # running, paused, over, ended
    started_at = models.DateTimeField()
    due_on = models.DateField()
    due_at = models.DateTimeField()
    is_provisional = models.BooleanField(default=False)
    overdue_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=8, blank=True)
    next_step_at = models.DateTimeField(null=True)  # not before then is anybody to be told of it

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("run", "name"), name="matters_one_clock_a_name"),
        )
        indexes = (
            # What the clock-keeper scans: running, not over yet or not recorded as overdue.
            models.Index(
                fields=("due_at",), name="matters_clocks_to_come",
                condition=Q(status="running", overdue_at=None),
            ),
            # At which it looks next for steps of the ladder.
            models.Index(
                fields=("next_step_at",), name="matters_steps_to_come",
                condition=Q(next_step_at__isnull=False),
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return self.name


class StepTaken(models.Model):
    """A step of the ladder that was taken for a clock, or passed over because a higher one was.

    Repeats what the event `clock.escalated` says, as the clock-keeper needs it. `began_at`: when
    the clock began, which tells it from an earlier one of its name.
    """

    id = models.BigAutoField(primary_key=True)
    clock = models.ForeignKey(RunClock, on_delete=models.CASCADE, related_name="steps")
    began_at = models.DateTimeField()
    rung = models.CharField(max_length=60)  # "unit.normal.overdue_1.superior"
    unit_id = models.UUIDField()  # who was told, or would have been
    role = models.CharField(max_length=20, blank=True)  # as which officer
    is_passed_over = models.BooleanField(default=False)
    at = models.DateTimeField()
    event_id = models.UUIDField(null=True)  # none where nobody was told anything

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("clock", "rung", "unit_id", "at"), name="matters_one_step_a_look"
            ),
        )

    def __str__(self) -> str:
        return self.rung


class KeeperState(models.Model):
    """What the clock-keeper remembers; one row.

    `ladder`: a digest of the rules and of the calendar by which it looks at clocks; others, and all
    are gone through again. `changed_at`: when that was seen, until it has gone through them once
    more. `late_since`: when it was seen to lag, until it has caught up.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    ladder = models.CharField(max_length=64, blank=True)
    changed_at = models.DateTimeField(null=True)
    late_since = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(id=1), name="matters_one_keeper"),)

    def __str__(self) -> str:
        return f"late since {self.late_since}" if self.late_since else "in time"
