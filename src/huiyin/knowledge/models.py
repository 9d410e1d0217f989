"""Entries of the knowledge base, their versions, and what was done with them by whom and why.

A version is never rewritten and a step is never deleted: what residents were told on a day can be
shown years later. An entry names the version that is being worked on (`latest`) and the one that
is shown (`shown`), so that a change under way takes nothing away.
"""

from datetime import date, timedelta

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from huiyin.matters.models import Matter
from huiyin.ui.identifiers import new_id
from huiyin.units.models import Unit


class Kind(models.TextChoices):
    """What an entry is for."""

    GUIDE = "guide", _("Knowledge")
    SCRIPT = "script", _("Call script")
    ANSWER = "answer", _("Answer made public")


PUBLIC_KINDS = (Kind.GUIDE, Kind.ANSWER)


class State(models.TextChoices):
    """Where the latest version of an entry stands."""

    DRAFT = "draft", _("Draft")
    TO_CHECK = "to_check", _("To be checked")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Act(models.TextChoices):
    """What was done with an entry."""

    WRITTEN = "written", _("Written")
    ASKED = "asked", _("Sent to be checked")
    PUBLISHED = "published", _("Published")
    SENT_BACK = "sent_back", _("Sent back to its writer")
    REVIEWED = "reviewed", _("Reviewed: still right")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Entry(models.Model):
    """One question with its answer, whatever version of it is shown.

    `matter`: whose answer was made public; for staff alone, never on a public page. `review_on`:
    the day by which somebody looks whether it is still right. `author`: the account that wrote the
    latest version; somebody else publishes it (GB/T 33358: knowledge is checked before use).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=8, choices=Kind)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    owner = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    author = models.UUIDField(null=True, blank=True)  # an account; None: the system
    matter = models.ForeignKey(
        Matter, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    latest = models.ForeignKey(
        "Version", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    shown = models.ForeignKey(
        "Version", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    shown_at = models.DateTimeField(null=True, blank=True)
    review_on = models.DateField(null=True, blank=True)
    helpful = models.PositiveIntegerField(default=0)
    unhelpful = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "entries"
        constraints = (
            models.CheckConstraint(
                condition=~Q(state=State.PUBLISHED) | Q(shown__isnull=False),
                name="knowledge_published_is_shown",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.WITHDRAWN) | Q(shown=None),
                name="knowledge_withdrawn_is_not_shown",
            ),
            models.CheckConstraint(
                condition=Q(matter=None) | Q(kind=Kind.ANSWER),
                name="knowledge_only_answers_come_from_matters",
            ),
        )
        indexes = (
            # the tabs of the desk list, the newest first
            models.Index(fields=("state", "-id"), name="knowledge_by_state"),
            models.Index(fields=("owner", "-id"), name="knowledge_by_owner"),
            # what is due for review
            models.Index(
                fields=("review_on", "-id"), name="knowledge_due", condition=Q(shown__isnull=False)
            ),
            # the public list: the newest answers
            models.Index(
                fields=("kind", "-id"), name="knowledge_shown", condition=Q(shown__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return self.code

    def waits_for_review(self, on: date) -> bool:
        """Tell whether the day to look at it again has come."""
        return self._is_due(on)

    def is_stale(self, on: date) -> bool:
        """Tell whether it has waited so long that residents are no longer shown it."""
        return self._is_due(on - grace())

    def _is_due(self, on: date) -> bool:
        return self.shown_id is not None and self.review_on is not None and self.review_on <= on


class Version(models.Model):
    """What an entry says; append-only.

    `categories`: codes it answers for, with all below them. `places`: where it holds, with all
    below; empty: in the whole city. `asked_as`: other words people use for it. The keys are what
    it is found by (`knowledge.keys`).
    """

    append_only = True

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    title_zh = models.CharField(max_length=80)
    title_en = models.CharField(max_length=160, blank=True)
    text_zh = models.TextField(max_length=2000)
    text_en = models.TextField(max_length=4000, blank=True)
    asked_as = models.CharField(max_length=200, blank=True)
    categories = ArrayField(models.CharField(max_length=16), default=list, blank=True)
    places = ArrayField(models.UUIDField(), default=list, blank=True)
    source = models.CharField(max_length=200, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)  # the first day on which it is over
    review_on = models.DateField()
    note = models.CharField(max_length=200, blank=True)  # why there is a new version
    written_at = models.DateTimeField()
    written_by = models.UUIDField(null=True)
    title_keys = ArrayField(models.CharField(max_length=24), default=list, blank=True)
    text_keys = ArrayField(models.CharField(max_length=24), default=list, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("entry", "number"), name="knowledge_one_number"),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_from__lt=F("valid_to")),
                name="knowledge_ends_after_it_begins",
            ),
        )
        indexes = (
            GinIndex(fields=("title_keys",), name="knowledge_titles"),
            GinIndex(fields=("text_keys",), name="knowledge_texts"),
            GinIndex(fields=("categories",), name="knowledge_categories"),
        )
        triggers = (
            pgtrigger.Protect(name="version_stays", operation=pgtrigger.Update | pgtrigger.Delete),
        )

    def __str__(self) -> str:
        return f"{self.title_zh} {self.number}"


class Step(models.Model):
    """What was done with an entry: by whom, when, with which version, why; append-only."""

    append_only = True

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="steps")
    act = models.CharField(max_length=10, choices=Act)
    version = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.UUIDField(null=True)  # an account; None: the system
    why = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = (models.Index(fields=("entry", "id"), name="knowledge_steps"),)
        triggers = (
            pgtrigger.Protect(name="step_stays", operation=pgtrigger.Update | pgtrigger.Delete),
        )

    def __str__(self) -> str:
        return f"{self.act} {self.version}"


def grace() -> timedelta:
    """How long after its day of review an entry is still shown to residents [default]."""
    return timedelta(days=settings.HUIYIN.knowledge_grace_days)
