"""A matter, the words it came in with, and the people in it."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from huiyin.dispatch.models import Level
from huiyin.people.sealing import SealedField
from huiyin.ui.identifiers import new_id


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
