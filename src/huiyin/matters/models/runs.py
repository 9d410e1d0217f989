"""One procedure on a matter, and which units hold a part in it."""

from datetime import UTC, datetime
from typing import Final

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, Now

from huiyin.dispatch.models import Level
from huiyin.matters.models.matter import Matter
from huiyin.ui.identifiers import new_id

NEVER: Final = datetime(9999, 12, 31, tzinfo=UTC)  # sorts what has no limit last
RANKS: Final = {Level.EMERGENCY.value: 0, Level.URGENT.value: 1, Level.NORMAL.value: 2}
NOT_URGENT: Final = RANKS[Level.NORMAL.value]


class Run(models.Model):
    """One procedure on a matter. All but the first five columns is a projection of its events.

    `memory`: the whole of it as `codec` writes it. The other columns repeat what lists need.
    `came_in_at` and `urgency_rank` repeat when its matter came in and how urgent it is (`RANKS`):
    an office has tens of thousands waiting, and walks them in the order in which it wants them.
    `opener_id` repeats the unit of its first event: whoever opened a run may look.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.ForeignKey(
        Matter, on_delete=models.PROTECT, related_name="runs", db_index=False
    )
    procedure = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children",
        db_index=False,
    )  # fmt: skip
    child_name = models.CharField(max_length=40, blank=True)  # what the parent calls it

    state = models.CharField(max_length=40)
    owner = models.CharField(max_length=40, blank=True)  # an actor of the procedure
    is_done = models.BooleanField(default=False)
    is_closed = models.BooleanField(default=False)
    is_over = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)  # of the first time: fixes the statistics
    due_at = models.DateTimeField(null=True)  # the nearest end of a limit that is a duty
    came_in_at = models.DateTimeField(db_default=Now())
    opener_id = models.UUIDField(null=True)
    urgency_rank = models.PositiveSmallIntegerField(default=NOT_URGENT, db_default=NOT_URGENT)
    events = models.PositiveIntegerField(default=0)  # how many: the number of the last one
    head = models.BinaryField(max_length=32)  # the hash of the last one
    memory = models.JSONField(default=dict)

    class Meta:
        indexes = (
            models.Index(fields=("matter", "opened_at"), name="matters_runs_of_a_matter"),
            models.Index(
                fields=("procedure", "state", "due_at"), name="matters_open_runs",
                condition=Q(is_over=False),
            ),
            models.Index(
                fields=("parent",), name="matters_child_runs", condition=~Q(parent=None)
            ),
            # Search by state, of what is over too.
            models.Index(
                fields=("state", "procedure", "matter"), name="matters_runs_by_state"
            ),
            # What a post sees without having had it: what its unit opened, and what is of a
            # procedure that it looks after.
            models.Index(
                fields=("opener_id", "-came_in_at", "-matter"), name="matters_runs_of_an_opener",
                condition=Q(opener_id__isnull=False),
            ),
            models.Index(
                fields=("procedure", "-came_in_at", "-matter"), name="matters_runs_of_a_kind"
            ),
            # What waits for an office, what is due first before the rest; without a limit last.
            models.Index(
                "procedure", "owner",
                Coalesce("due_at", Value(NEVER), output_field=models.DateTimeField()), "id",
                name="matters_runs_by_owner_due", condition=Q(is_closed=False),
            ),
            # ... the latest first, and what is urgent before the rest.
            models.Index(
                "procedure", "owner", F("came_in_at").desc(), F("id").desc(),
                name="matters_runs_by_owner_lately", condition=Q(is_closed=False),
            ),
            models.Index(
                "procedure", "owner", "urgency_rank",
                Coalesce("due_at", Value(NEVER), output_field=models.DateTimeField()), "id",
                name="matters_urgent_runs_by_owner",
                condition=Q(is_closed=False, urgency_rank__lt=NOT_URGENT),
            ),
            # How a place stands: what is open, what is due first before the rest ...
            models.Index(
                fields=("due_at", "id"), include=("matter", "procedure"),
                name="matters_main_runs_open", condition=Q(parent=None, is_done=False),
            ),
            # ... what began on which day, what was answered on which day ...
            models.Index(
                fields=("opened_at",), include=("matter", "procedure"),
                name="matters_main_runs_begun", condition=Q(parent=None),
            ),
            models.Index(
                fields=("-done_at", "-id"), include=("matter", "procedure"),
                name="matters_main_runs_done", condition=Q(parent=None, done_at__isnull=False),
            ),
            # ... and what was begun beside the matters' own way.
            models.Index(
                fields=("-opened_at", "-id"), name="matters_child_runs_lately",
                condition=Q(parent__isnull=False),
            ),
        )  # fmt: skip
        constraints = (
            models.CheckConstraint(
                condition=Q(is_over=False) | Q(is_closed=True), name="matters_over_is_closed"
            ),
            models.CheckConstraint(
                condition=Q(is_closed=False) | Q(is_done=True), name="matters_closed_is_done"
            ),
        )

    def __str__(self) -> str:
        return f"{self.procedure} {self.state}"


class Assignment(models.Model):
    """A unit holds a role in a run, from an act to an act: whoever was assigned may look.

    `moved_at`: when the unit first moved the run on; None while it holds it: it has not signed yet.
    `done_at`: that of the run, as long as it is done. `due_at`: that of the run, as long as the
    unit holds it. `came_in_at`: when the matter came in. All four repeat what the inbox would else
    have to look up, and to put in order, for thousands of runs.
    """

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="assignments")
    role = models.CharField(max_length=40)
    unit = models.ForeignKey(
        "units.Unit", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    sender_id = models.UUIDField(null=True)
    from_at = models.DateTimeField()
    to_at = models.DateTimeField(null=True)
    moved_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    came_in_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("run", "role", "unit"), name="matters_one_assignment",
                condition=Q(to_at=None),
            ),
        )  # fmt: skip
        indexes = (
            # What a unit has in hand, what is due first before the rest; without a limit last.
            models.Index(
                "unit", Coalesce("due_at", Value(NEVER), output_field=models.DateTimeField()),
                "run", name="matters_held_by_due", condition=Q(to_at=None),
            ),
            # What of it is to be signed for.
            models.Index(
                fields=("unit",), name="matters_held_and_not_moved",
                condition=Q(to_at=None, moved_at=None),
            ),
            # What it has and had, the latest first.
            models.Index(
                fields=("unit", "-came_in_at", "-run"), name="matters_of_a_unit_lately"
            ),
            # What is done, the latest first.
            models.Index(
                fields=("unit", "-done_at", "-run"), name="matters_done_of_a_unit",
                condition=Q(done_at__isnull=False),
            ),
            # What comes back to the unit that gave it.
            models.Index(
                fields=("sender_id",), name="matters_given_by_a_unit",
                condition=Q(to_at=None, sender_id__isnull=False),
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return self.role
