"""What grid workers write down besides matters: visits, and photos still on their way."""

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from huiyin.people.models import Account
from huiyin.people.sealing import SealedField
from huiyin.places.models import Place
from huiyin.ui.identifiers import new_id


class VisitKind(models.TextChoices):
    """Why somebody went there."""

    ROUND = "round", pgettext_lazy("kind of visit", "Round through the grid")
    HOUSEHOLD = "household", pgettext_lazy("kind of visit", "Call at a household")
    SAFETY = "safety", pgettext_lazy("kind of visit", "Safety check")
    AGREED = "agreed", pgettext_lazy("kind of visit", "Visit agreed with the person")
    EXPLAINING = "explaining", pgettext_lazy("kind of visit", "Explaining a policy")


# The note is left out: a history of it would keep what was taken out.
@pghistory.track(
    pghistory.UpdateEvent(row=pghistory.Old), pghistory.DeleteEvent(), exclude=["note"]
)
class Visit(models.Model):
    """A visit (走访) of a grid worker: where, when, what for, what was found.

    `words` says nothing about a person; what has to be remembered about one stands in `note`, which
    is sealed and shown to whoever wrote it alone. `again_on`: the day another visit is due, until
    one `follows` this one. `key`: of whoever sent it, so that the same visit is written once.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="visits")
    grid = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="visits")
    on = models.DateField()
    kind = models.CharField(max_length=12, choices=VisitKind)
    words = models.CharField(max_length=200)
    note = SealedField(blank=True)
    again_on = models.DateField(null=True, blank=True)
    follows = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="followed_by"
    )
    key = models.CharField(max_length=64)
    written_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("account", "key"), name="grid_a_visit_is_written_once"),
            models.CheckConstraint(
                condition=Q(again_on=None) | Q(again_on__gt=models.F("on")),
                name="grid_the_next_visit_is_later",
            ),
        )
        indexes = (
            # the log of a worker, the latest first; what is due again, the oldest first
            models.Index(fields=("account", "-on"), name="grid_visits_of_a_worker"),
            models.Index(
                fields=("account", "again_on", "id"),
                name="grid_visits_due_again",
                condition=~Q(again_on=None),
            ),
            models.Index(fields=("grid", "-on"), name="grid_visits_of_a_grid"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.on}"


class Photo(models.Model):
    """A photo that arrives in parts, for as long as it is not complete.

    `id` is made by the phone, so that it can ask how much has arrived. Complete, it is an
    attachment that an act names within a day; its parts are gone then.
    """

    id = models.UUIDField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    size_bytes = models.PositiveIntegerField()
    received_bytes = models.PositiveIntegerField(default=0)
    attachment_id = models.UUIDField(null=True)
    begun_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(received_bytes__lte=models.F("size_bytes")),
                name="grid_no_more_arrives_than_there_is",
            ),
        )
        indexes = (models.Index(fields=("begun_at",), name="grid_photos_by_age"),)

    def __str__(self) -> str:
        return f"{self.received_bytes}/{self.size_bytes}"


class PhotoPart(models.Model):
    """The bytes of a photo from `offset` on."""

    photo = models.ForeignKey(Photo, on_delete=models.CASCADE, related_name="parts")
    offset = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("photo", "offset"), name="grid_a_part_arrives_once"),
        )

    def __str__(self) -> str:
        return str(self.offset)
