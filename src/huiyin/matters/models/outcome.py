"""What people say of the outcome, and their way to say it without an account."""

from django.db import models
from django.db.models import Q

from huiyin.matters.models.events import EventHeader
from huiyin.matters.models.matter import Contact
from huiyin.matters.models.runs import Run
from huiyin.ui.identifiers import new_id


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
