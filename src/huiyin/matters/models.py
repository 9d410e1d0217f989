"""The record: a matter is what happened, a run is one procedure on it, an event is one act.

The timeline is the truth: events are chained and only ever added. Everything else about a run is a
projection of its events, written by `huiyin.matters.writing` and nowhere else; `huiyin verify`
rebuilds and compares it.
"""

from datetime import UTC, datetime
from typing import Final

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext_lazy as _

from huiyin.dispatch.models import Level
from huiyin.people.sealing import SealedField
from huiyin.ui.identifiers import new_id

NEVER: Final = datetime(9999, 12, 31, tzinfo=UTC)  # sorts what has no limit last
RANKS: Final = {Level.EMERGENCY.value: 0, Level.URGENT.value: 1, Level.NORMAL.value: 2}
NOT_URGENT: Final = RANKS[Level.NORMAL.value]


class Channel(models.TextChoices):
    """How a matter came in (domain §2b, §2d)."""

    ONLINE = "online", _("Online")
    GRID = "grid", _("Grid worker")
    CALL = "call", _("Call to 12345")
    LETTER = "letter", _("Letter")
    VISIT = "visit", _("Visit")
    REFERRAL = "referral", _("Passed on by another body")
    IMPORT = "import", _("Imported")


class Matter(models.Model):
    """One matter, with one number for life, whoever handles it.

    Place ids are those of the day it came in, so that any level's list is one index range.
    `accused`: the units it complains of and all below them; they never see it.
    `has_merged` is no column: whether others were merged into it, where somebody has looked.
    """

    has_merged = True  # until somebody has looked

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20, unique=True)
    channel = models.CharField(max_length=12, choices=Channel)
    opened_at = models.DateTimeField()  # recorded
    occurred_at = models.DateTimeField(null=True, blank=True)  # claimed
    category = models.ForeignKey(
        "categories.Category", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    city_id = models.UUIDField(null=True)
    county_id = models.UUIDField(null=True)
    town_id = models.UUIDField(null=True)
    village_id = models.UUIDField(null=True)
    grid_id = models.UUIDField(null=True)
    overlay_id = models.UUIDField(null=True)  # the county whose land a functional zone lies on
    lon = models.FloatField(null=True, blank=True)  # WGS84
    lat = models.FloatField(null=True, blank=True)
    is_confidential = models.BooleanField(default=False)
    accused = ArrayField(models.UUIDField(), default=list, blank=True)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged",
        db_index=False,
    )  # fmt: skip
    urgency = models.CharField(
        max_length=10, choices=Level, default=Level.NORMAL, db_default=Level.NORMAL
    )
    call_first = models.CharField(max_length=12, blank=True, default="", db_default="")  # 119

    class Meta:
        indexes = (
            models.Index(
                fields=("merged_into",), name="matters_merged", condition=~Q(merged_into=None)
            ),
            # Lists of a level, the latest first.
            models.Index(
                fields=("county_id", "-opened_at", "-id"), include=("category",),
                name="matters_of_a_county",
            ),
            models.Index(
                fields=("town_id", "-opened_at", "-id"), include=("category",),
                name="matters_of_a_town",
            ),
            models.Index(fields=("village_id", "-opened_at"), name="matters_of_a_village"),
            models.Index(
                fields=("overlay_id", "-opened_at", "-id"), include=("category",),
                name="matters_on_land_of_a_county", condition=~Q(overlay_id=None),
            ),
            # Everything an actor sees, page by page.
            models.Index(fields=("-opened_at", "-id"), name="matters_latest_first"),
            # What is kept from a unit, because it complains of it.
            GinIndex(fields=("accused",), name="matters_of_the_accused", condition=~Q(accused=[])),
            # What is urgent, for those who watch a place.
            models.Index(
                fields=("-opened_at",), name="matters_urgent_ones",
                condition=~Q(urgency=Level.NORMAL),
            ),
        )  # fmt: skip
        constraints = (
            models.CheckConstraint(
                condition=~Q(merged_into=F("id")), name="matters_not_merged_into_itself"
            ),
            models.CheckConstraint(
                condition=Q(occurred_at=None) | Q(occurred_at__lte=F("opened_at")),
                name="matters_occurred_before_opened",
            ),
        )

    def __str__(self) -> str:
        return self.number

    @property
    def place_ids(self) -> tuple[str, ...]:
        """The place and all above it as they were, lowest first."""
        ids = (
            self.place_id, self.grid_id, self.village_id, self.town_id, self.county_id,
            self.overlay_id, self.city_id,
        )  # fmt: skip
        return tuple(dict.fromkeys(str(found) for found in ids if found))


class MatterText(models.Model):
    """What was said, in the person's own words: free text, deleted by a redaction.

    `came_in_at` repeats when the matter came in: what has some words is shown in that order.
    The database keeps a column `keys` beside them, by which search finds them (migration
    `search_keys`); it is no field here, because nothing else reads it.
    """

    matter = models.OneToOneField(
        Matter, primary_key=True, on_delete=models.CASCADE, related_name="words"
    )
    title = models.CharField(max_length=120)
    text = models.TextField(max_length=8_000, blank=True)
    address = models.CharField(max_length=200, blank=True)
    urgent_words = ArrayField(
        models.CharField(max_length=40), default=list, blank=True, db_default=[]
    )
    came_in_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.title


class ContactRole(models.TextChoices):
    REPORTER = "reporter", _("Reporter")
    PARTY = "party", _("Party")
    JOINED = "joined", _("Reported the same")


class Contact(models.Model):
    """Somebody in one matter; there is no profile of a person beyond it (architecture §5).

    `side`: of a party, as the procedure calls it. Names, phones and identity numbers are sealed.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.ForeignKey(
        Matter, on_delete=models.CASCADE, related_name="contacts", db_index=False
    )
    role = models.CharField(max_length=12, choices=ContactRole)
    side = models.CharField(max_length=20, blank=True)
    account = models.ForeignKey(
        "people.Account", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    name = SealedField(blank=True)
    phone = SealedField(blank=True)
    phone_index = models.BinaryField(max_length=32, null=True, blank=True)
    is_anonymous = models.BooleanField(default=False)
    wants_secrecy = models.BooleanField(default=False)  # not even the handling unit sees who

    class Meta:
        indexes = (
            models.Index(fields=("matter", "role"), name="matters_contacts_of_a_matter"),
            models.Index(
                fields=("phone_index",), name="matters_of_a_phone", condition=~Q(phone_index=None)
            ),
        )

    def __str__(self) -> str:
        return f"{self.role} {self.side}".strip()


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


class EventHeader(models.Model):
    """One act on a run: who, when, from where to where, what changed; chained, never changed.

    Nothing here is personal: free text and whatever may name somebody stands in the body. `hash` is
    over everything else in this row, with `previous`, the hash of the event before it.
    """

    append_only = True  # read by people.grants

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="timeline", db_index=False)
    seq = models.PositiveIntegerField()
    action = models.CharField(max_length=60, blank=True)  # empty: a clock went by itself
    as_actor = models.CharField(max_length=40, blank=True)
    account_id = models.UUIDField(null=True)
    post_id = models.UUIDField(null=True)
    unit_id = models.UUIDField(null=True)
    contact_id = models.UUIDField(null=True)  # the person of the matter who acted
    on_behalf_of = models.CharField(max_length=40, blank=True)
    recorded_at = models.DateTimeField()
    occurred_at = models.DateTimeField(null=True)
    from_state = models.CharField(max_length=40)
    to_state = models.CharField(max_length=40)
    is_pending = models.BooleanField(default=False)
    effects = models.JSONField(default=dict)
    body_digest = models.BinaryField(max_length=32)
    previous = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("run", "seq"), name="matters_one_event_a_number"),
            models.CheckConstraint(
                condition=Q(occurred_at=None) | Q(occurred_at__lte=F("recorded_at")),
                name="matters_occurred_before_recorded",
            ),
        )

    def __str__(self) -> str:
        return f"{self.seq} {self.action or 'clock'}"


class EventBody(models.Model):
    """What was written in an act's form; a redaction deletes it, the header stays.

    The header's digest is an HMAC with this salt: without the row nothing can be guessed back. The
    application deletes it through the function `matters_delete_bodies` alone, under an order.
    """

    append_only = True  # read by people.grants

    event = models.OneToOneField(
        EventHeader, primary_key=True, on_delete=models.PROTECT, related_name="body"
    )
    salt = models.BinaryField(max_length=16)
    content = models.JSONField(default=dict)

    def __str__(self) -> str:
        return str(self.event_id)


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


class IdempotencyKey(models.Model):
    """An answer given once: the same key again gets it again; another body is refused. 90 days."""

    actor = models.CharField(max_length=60)
    operation = models.CharField(max_length=80)
    key = models.CharField(max_length=120)
    digest = models.BinaryField(max_length=32)
    run_id = models.UUIDField()
    event_id = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("actor", "operation", "key"), name="matters_one_answer_a_key"
            ),
        )

    def __str__(self) -> str:
        return self.operation


# --- files --------------------------------------------------------------------------------------


class FileKind(models.TextChoices):
    """What sort of file it is, as forms accept them; proven by its bytes."""

    IMAGE = "image", _("Picture")
    DOCUMENT = "document", _("Document")
    AUDIO = "audio", _("Recording")
    VIDEO = "video", _("Video")


class Attachment(models.Model):
    """A file that somebody sent in, for one act or several.

    The bytes lie in the file store under `sha256`, cleaned of what a camera writes into them. It
    belongs to whoever sent it (None: nobody who had signed in) until an act uses it; what is not
    used within a day is deleted. The name it had is personal and sealed.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    sha256 = models.CharField(max_length=64)
    kind = models.CharField(max_length=8, choices=FileKind)
    media_type = models.CharField(max_length=80)
    size_bytes = models.PositiveBigIntegerField()
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    name = SealedField()

    class Meta:
        indexes = (
            models.Index(fields=("sha256",), name="matters_file_of_bytes"),
            models.Index(fields=("at",), name="matters_files_by_age"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.sha256[:8]}"


class AttachmentUse(models.Model):
    """An act named this file in a field of its form; it cannot go while this row is there."""

    id = models.BigAutoField(primary_key=True)
    attachment = models.ForeignKey(Attachment, on_delete=models.PROTECT, related_name="uses")
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="file_uses")
    event = models.ForeignKey(EventHeader, on_delete=models.PROTECT, related_name="file_uses")
    field = models.CharField(max_length=60)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("attachment", "event", "field"), name="matters_one_use_a_field"
            ),
        )

    def __str__(self) -> str:
        return self.field


# --- tallies ------------------------------------------------------------------------------------


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


# --- exports ------------------------------------------------------------------------------------


class ExportState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    WRITING = "writing", _("Being written")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")
    EXPIRED = "expired", _("Deleted")


class ExportFormat(models.TextChoices):
    XLSX = "xlsx", _("Excel (XLSX)")
    CSV = "csv", _("CSV")


class Export(models.Model):
    """A list of runs that somebody asked for as a file, written in the background.

    `run_ids`: the list as its owner saw it when asking. `is_clear`: with names and phone numbers in
    the clear. `done`: rows whose part is on the disk; work goes on from there after a stop.
    `claim`, `seen_at`: which worker writes it, and its last sign of life.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account_id = models.UUIDField()
    post_id = models.UUIDField()
    format = models.CharField(max_length=4, choices=ExportFormat)
    language = models.CharField(max_length=10)
    is_clear = models.BooleanField(default=False)
    purpose = models.CharField(max_length=200)
    run_ids = ArrayField(models.UUIDField())
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=8, choices=ExportState, default=ExportState.WAITING)
    asked_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    claim = models.UUIDField(null=True)
    seen_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = (
            models.Index(fields=("account_id", "-asked_at"), name="matters_exports_of_somebody"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(done__lte=F("total")), name="matters_export_not_over_total"
            ),
        )

    def __str__(self) -> str:
        return f"{self.format} {self.state}"


# --- what people say of the outcome ---------------------------------------------------------------


class Rating(models.Model):
    """What a person of the matter says of the outcome: theirs alone, changed once at most.

    A projection of the event named last; what they wrote stands in its body alone. `stars`,
    `satisfaction`, `manner`, `solved`: as far as the procedure asks for them.
    """

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="ratings")
    contact_id = models.UUIDField()  # as the event has it: a row of it may be gone
    event = models.ForeignKey(EventHeader, on_delete=models.PROTECT, related_name="+")
    stars = models.PositiveSmallIntegerField(null=True)
    satisfaction = models.CharField(max_length=12, blank=True)
    manner = models.CharField(max_length=12, blank=True)
    solved = models.CharField(max_length=12, blank=True)
    is_anonymous = models.BooleanField(default=False)
    at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("run", "contact_id"), name="matters_one_rating"),
            models.CheckConstraint(
                condition=Q(stars=None) | Q(stars__range=(1, 5)), name="matters_stars_one_to_five"
            ),
        )
        indexes = (models.Index(fields=("at",), name="matters_ratings_by_day"),)

    def __str__(self) -> str:
        return self.satisfaction or str(self.stars)


class CallBack(models.Model):
    """What somebody outside the handling unit was told when they called back; never a rating.

    A projection of its event. `reached`: spoke, no_answer, declined.
    """

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="call_backs")
    event = models.OneToOneField(EventHeader, on_delete=models.PROTECT, related_name="+")
    unit_id = models.UUIDField(null=True)  # who called
    reached = models.CharField(max_length=12)
    contacted = models.CharField(max_length=16, blank=True)
    solved = models.CharField(max_length=12, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("at",), name="matters_call_backs_by_day"),)

    def __str__(self) -> str:
        return self.reached


class Link(models.Model):
    """A person's way to one act on one run, without an account: sent to their phone.

    Only a hash of what the address holds is kept. `action`: empty for a link that only shows.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="links")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="links")
    action = models.CharField(max_length=60, blank=True)
    digest = models.BinaryField(max_length=32, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(used_at=None) | ~Q(action=""), name="matters_only_acts_use_links_up"
            ),
        )

    def __str__(self) -> str:
        return self.action or "follow"


# --- what is kept, and what proves it -------------------------------------------------------------


class LegalHold(models.Model):
    """Nothing of this matter may be redacted or deleted until a day: a lawsuit, an audit.

    `until`: None until it is lifted. Kept after its end, as the record of why something stayed.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="holds")
    reason = models.CharField(max_length=200)
    placed_at = models.DateTimeField()
    placed_by = models.UUIDField(null=True)  # the account
    until = models.DateField(null=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.UUIDField(null=True)

    class Meta:
        indexes = (
            models.Index(
                fields=("matter",), name="matters_on_hold", condition=Q(lifted_at=None)
            ),
        )  # fmt: skip
        constraints = (
            models.CheckConstraint(condition=~Q(reason=""), name="matters_hold_has_a_reason"),
        )

    def __str__(self) -> str:
        return self.reason


class Tombstone(models.Model):
    """What stays of a matter whose time of keeping is over; also its row, runs and headers stay.

    Number, dates, class and result, so that whoever reads the number out is told what became of it.
    """

    matter = models.OneToOneField(
        Matter, primary_key=True, on_delete=models.PROTECT, related_name="tombstone"
    )
    how = models.CharField(max_length=12)  # anonymise, delete (retention.yaml)
    rule = models.CharField(max_length=60)
    at = models.DateTimeField()
    opened_on = models.DateField()
    ended_on = models.DateField()
    category_code = models.CharField(max_length=20, blank=True)
    procedure = models.CharField(max_length=40)
    state = models.CharField(max_length=40)  # of the main run at its end
    result = models.CharField(max_length=40, blank=True)

    def __str__(self) -> str:
        return self.rule


class Anchor(models.Model):
    """The heads of all chains at one moment, of those that had grown since the anchor before.

    `hash` is over the hash before it, number, instant and all its heads in the order of their
    runs. Also a line of a file that the application only adds to (`anchoring`).
    """

    append_only = True  # read by people.grants

    number = models.PositiveIntegerField(primary_key=True)
    at = models.DateTimeField()
    heads = models.PositiveIntegerField()
    runs = models.PositiveIntegerField()  # how many there were in all
    hash = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return str(self.number)


class AnchoredHead(models.Model):
    """The head of one chain, as an anchor holds it."""

    append_only = True  # read by people.grants

    id = models.BigAutoField(primary_key=True)
    anchor = models.ForeignKey(Anchor, on_delete=models.PROTECT, related_name="of_runs")
    run_id = models.UUIDField()
    seq = models.PositiveIntegerField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("run_id", "seq"), name="matters_anchored_once"),
        )
        indexes = (models.Index(fields=("anchor", "run_id"), name="matters_heads_of_anchor"),)

    def __str__(self) -> str:
        return f"{self.run_id} {self.seq}"
