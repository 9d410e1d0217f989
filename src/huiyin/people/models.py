"""Accounts, posts, permission sets, the people of the grids and committees, and the access log."""

import pghistory
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from huiyin.people.managers import AccountManager
from huiyin.people.sealing import SealedField
from huiyin.places.models import Place
from huiyin.ui.identifiers import new_id
from huiyin.units.models import Unit
from huiyin.units.words import Grams


class AccountKind(models.TextChoices):
    STAFF = "staff", _("Staff")
    RESIDENT = "resident", _("Resident")


class Account(AbstractBaseUser):
    """Somebody who can sign in: staff by user name or phone, residents by phone code only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=10, choices=AccountKind)
    username = models.CharField(max_length=40, unique=True, null=True, blank=True)
    name = models.CharField(max_length=60, blank=True)
    phone = SealedField(blank=True)
    phone_index = models.BinaryField(max_length=32, null=True, blank=True)
    must_change_password = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=10, blank=True)
    created_at = models.DateTimeField()

    objects = AccountManager()

    USERNAME_FIELD = "username"

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("kind", "phone_index"),
                condition=Q(phone_index__isnull=False, is_active=True),
                name="people_phone_once_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind=AccountKind.RESIDENT) | Q(username__isnull=False),
                name="people_staff_have_a_user_name",
            ),
        )
        indexes = (
            # Staff by a part of a name; by the whole name; those whose account is closed.
            GinIndex(
                Grams("name", "username"), name="people_staff_by_words",
                condition=Q(kind=AccountKind.STAFF),
            ),
            models.Index(fields=("name",), name="people_by_name"),
            models.Index(
                fields=("id",), name="people_staff_closed",
                condition=Q(kind=AccountKind.STAFF, is_active=False),
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return self.username or str(self.id)


@pghistory.track(pghistory.UpdateEvent(row=pghistory.Old), pghistory.DeleteEvent())
class PermissionSet(models.Model):
    """A named set of permissions (权限组), given with a post; codes: people.permissions."""

    code = models.CharField(primary_key=True, max_length=40)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=120)
    permissions = ArrayField(models.CharField(max_length=60), default=list, blank=True)

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.code


@pghistory.track(pghistory.UpdateEvent(row=pghistory.Old), pghistory.DeleteEvent())
class Post(models.Model):
    """A post (岗位): an account works in a unit with permissions, from a day to a day."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    ref = models.CharField(max_length=40, unique=True)  # the operator's key in load files (工号)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="posts")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="posts")
    permission_set = models.ForeignKey(
        PermissionSet, on_delete=models.PROTECT, related_name="posts"
    )
    title = models.CharField(max_length=60, blank=True)
    is_default = models.BooleanField(default=False)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField(null=True, blank=True)
    recorded_by = models.UUIDField(null=True, blank=True)  # who gave it; None: a load

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("account",),
                condition=Q(is_default=True, valid_to=None),
                name="people_one_default_post",
            ),
            models.CheckConstraint(
                # The same day twice: a post taken back on the day it began; it was never valid.
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_from__lte=F("valid_to")),
                name="people_post_ends_after_it_starts",
            ),
        )
        indexes = (
            models.Index(fields=("unit", "valid_to"), name="people_posts_of_a_unit"),
            # Those that begin and end; by a part of what they are called.
            models.Index(fields=("valid_from",), name="people_posts_beginning"),
            models.Index(
                fields=("valid_to",), name="people_posts_ending", condition=~Q(valid_to=None)
            ),
            GinIndex(Grams("title"), name="people_posts_by_words"),
        )

    def __str__(self) -> str:
        return self.ref


@pghistory.track(pghistory.UpdateEvent(row=pghistory.Old), pghistory.DeleteEvent())
class Acting(models.Model):
    """Somebody acts for the holder of a post on leave, from a day to a day; booked to both."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="actings")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="actings")
    reason = models.CharField(max_length=120)
    valid_from = models.DateField()
    valid_to = models.DateField()  # first day on which it is over

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(valid_from__lte=F("valid_to")),
                name="people_acting_ends_after_it_starts",
            ),
        )

    def __str__(self) -> str:
        return f"{self.account_id} for {self.post_id}"


class GridRole(models.TextChoices):
    """Dezhou 2021 model 1+1+2+N per grid (DZ21)."""

    LEADER = "leader", _("Grid leader")
    FULL_TIME = "full_time", _("Full-time grid worker")
    PART_TIME = "part_time", _("Part-time grid worker")
    VOLUNTEER = "volunteer", _("Volunteer grid worker")


class GridWorker(models.Model):
    """A worker of a grid. Name and contact are published in the grid (GBZ21 6); no private data."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    ref = models.CharField(max_length=40, unique=True)
    grid = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="workers")
    role = models.CharField(max_length=12, choices=GridRole)
    name = models.CharField(max_length=60)
    public_phone = models.CharField(max_length=40, blank=True)
    account = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.PROTECT, related_name="grid_works"
    )
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=("grid", "role"), name="people_workers_of_a_grid"),)

    def __str__(self) -> str:
        return self.ref


class MediatorKind(models.TextChoices):
    FULL_TIME = "full_time", _("Full-time mediator")
    PART_TIME = "part_time", _("Part-time mediator")


class Mediator(models.Model):
    """A mediator of a committee: elected or engaged (PML 13)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    ref = models.CharField(max_length=40, unique=True)
    committee = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="mediators")
    kind = models.CharField(max_length=12, choices=MediatorKind)
    name = models.CharField(max_length=60)
    account = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.PROTECT, related_name="mediator_works"
    )
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=("committee", "kind"), name="people_mediators"),)

    def __str__(self) -> str:
        return self.ref


class OneTimeLink(models.Model):
    """A random link, kept as a hash, for one purpose and account; GET shows, POST uses up."""

    digest = models.BinaryField(primary_key=True, max_length=32)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="links")
    purpose = models.CharField(max_length=20)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.purpose


class PhoneCode(models.Model):
    """A code sent to a phone, kept as an HMAC; a handful of tries, a few minutes."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    phone_index = models.BinaryField(max_length=32, db_index=True)
    digest = models.BinaryField(max_length=32)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.id)


class Session(AbstractBaseSession):
    """A session that knows its account, so that a person can see and end their own.

    `session_key` holds a digest of the key in the cookie, never the key (people.sessions). `post`:
    the post of their own that somebody works in, to be read together with the session.
    """

    account = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.CASCADE, related_name="sessions"
    )
    # Only a hint: what the session's data says holds, and who may work there is asked each time.
    post = models.ForeignKey(
        Post, null=True, blank=True, on_delete=models.DO_NOTHING, db_constraint=False,
        db_index=False, related_name="+",
    )  # fmt: skip
    device = models.CharField(max_length=80, blank=True)  # "Chrome, Android": a short reading only
    created_at = models.DateTimeField(null=True, blank=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)

    @classmethod
    def get_session_store_class(cls):  # type: ignore[no-untyped-def]  # circular: the store imports this model
        from huiyin.people.sessions import SessionStore  # noqa: PLC0415 circular

        return SessionStore


class RateCount(models.Model):
    """How often something was done; a row per key and window, counted in one statement."""

    key = models.CharField(max_length=120)
    window_start = models.DateTimeField()
    count = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("key", "window_start"), name="people_rate_window"),
        )

    def __str__(self) -> str:
        return self.key


class AccessLog(models.Model):
    """Who looked at which clear personal data or confidential record, and why (domain §5.1).

    Append-only: the app role has no UPDATE or DELETE on this table.
    """

    append_only = True  # read by people.grants

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    account_id = models.UUIDField(null=True)
    post_id = models.UUIDField(null=True)
    unit_id = models.UUIDField(null=True)
    permission_set = models.CharField(max_length=40, blank=True)
    address = models.GenericIPAddressField(null=True)
    action = models.CharField(max_length=40)  # reveal, export, sign_in, refused …
    subject_type = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=64, blank=True)
    fields = ArrayField(models.CharField(max_length=40), default=list)
    purpose = models.CharField(max_length=200, blank=True)
    case_no = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = (
            models.Index(
                fields=("subject_type", "subject_id", "at"), name="people_log_of_a_subject"
            ),
            models.Index(fields=("account_id", "at"), name="people_log_of_an_account"),
            # The list, the latest first: of all, of a unit, of one act, about a matter.
            models.Index(fields=("at", "id"), name="people_log_by_time"),
            models.Index(fields=("unit_id", "at", "id"), name="people_log_of_a_unit"),
            models.Index(fields=("action", "at", "id"), name="people_log_of_an_act"),
            models.Index(
                fields=("case_no", "at", "id"), name="people_log_of_a_matter",
                condition=~Q(case_no=""),
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.action} {self.subject_type}"
