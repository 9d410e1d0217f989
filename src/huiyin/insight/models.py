"""Screens: which of them show how a place stands without anybody being signed in."""

from django.db import models
from django.db.models import F, Q

from huiyin.people.models import PermissionSet
from huiyin.places.models import Place
from huiyin.ui.identifiers import new_id
from huiyin.units.models import Unit


class Screen(models.Model):
    """A screen in a hall: its address shows the wall of one place, and nothing else.

    Kept is a hash of what the address holds. It sees what posts of `unit` with `permission_set`
    see, as long as that set may; it goes on when whoever set it up has left. Ended ones stay, as
    the record of which screens there were.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    digest = models.BinaryField(max_length=32, unique=True)
    label = models.CharField(max_length=80)  # where it hangs
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    permission_set = models.ForeignKey(PermissionSet, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    made_by = models.UUIDField(null=True)  # the account
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True)
    seen_at = models.DateTimeField(null=True)  # it asked last, to the minute

    class Meta:
        indexes = (models.Index(fields=("unit", "-made_at"), name="insight_screens_of_unit"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("made_at")), name="insight_screen_ends_after_start"
            ),
            models.CheckConstraint(condition=~Q(label=""), name="insight_screen_has_a_label"),
        )

    def __str__(self) -> str:
        return self.label
