"""The catalogue of services with its versions, when units can come, and what has been booked."""

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from huiyin.ui.identifiers import new_id


class Mode(models.TextChoices):
    """How a service is given."""

    ONLINE = "online", _("Online or by phone")
    VISIT = "visit", _("A visit")
    BOTH = "both", _("Online or a visit, as the resident likes")


class Service(models.Model):
    """One service that residents can order, whatever version of it is in force."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=20, unique=True)

    def __str__(self) -> str:
        return self.code


class ServiceVersion(models.Model):
    """What a service is from a day on. Never changed: an order keeps the version it was made for.

    Only the day on which it ends is written later, when the next one begins. `price` is always 0:
    a public service costs nothing (domain §2c). `unit_kinds`: who may offer it; empty: whoever the
    list of duties names.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)  # the first day on which it is over
    title_zh = models.CharField(max_length=80)
    title_en = models.CharField(max_length=120)
    category = models.ForeignKey(
        "categories.Category", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    mode = models.CharField(max_length=8, choices=Mode)
    unit_kinds = ArrayField(models.CharField(max_length=24), default=list, blank=True)
    for_whom = models.CharField(max_length=200, blank=True)
    documents = models.CharField(max_length=500, blank=True)
    promise_days = models.PositiveSmallIntegerField()  # working days
    slot_minutes = models.PositiveSmallIntegerField(default=60)
    price = models.DecimalField(max_digits=8, decimal_places=2, default=0)
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField(null=True)  # an account; None: the system

    class Meta:
        ordering = ("service__code", "number")
        constraints = (
            models.UniqueConstraint(fields=("service", "number"), name="orders_one_number"),
            models.UniqueConstraint(
                fields=("service",), condition=Q(valid_to=None), name="orders_one_open_version"
            ),
            models.CheckConstraint(condition=Q(price=0), name="orders_services_are_free"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="orders_version_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(slot_minutes__range=(10, 480)), name="orders_slot_length"
            ),
        )
        triggers = (
            pgtrigger.Protect(
                name="version_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["valid_to"]),
            ),
            pgtrigger.Protect(name="version_is_kept", operation=pgtrigger.Delete),
        )

    def __str__(self) -> str:
        return f"{self.title_zh} {self.number}"


@pghistory.track(pghistory.UpdateEvent(row=pghistory.Old), pghistory.DeleteEvent())
class SlotPattern(models.Model):
    """When a unit can come for a service, every week: so many visits at a time.

    `weekday`: 0 Monday to 6 Sunday; on official days off nobody comes, and a make-up Saturday or
    Sunday counts as a Monday. Times are local. `valid_to`: the first day on which it is over.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="patterns")
    weekday = models.PositiveSmallIntegerField()
    starts = models.TimeField()
    ends = models.TimeField()
    capacity = models.PositiveSmallIntegerField(default=1)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(weekday__lte=6), name="orders_weekday"),
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="orders_pattern_ends"),
            models.CheckConstraint(condition=Q(capacity__gte=1), name="orders_pattern_capacity"),
        )
        indexes = (models.Index(fields=("service", "unit"), name="orders_patterns_of_a_service"),)

    def __str__(self) -> str:
        return f"{self.weekday} {self.starts:%H:%M}"


@pghistory.track(pghistory.UpdateEvent(row=pghistory.Old), pghistory.DeleteEvent())
class SlotException(models.Model):
    """One day on which a unit comes otherwise than every week.

    `capacity` 0: nobody comes that day. Otherwise these times stand instead of the pattern, also on
    a day off.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="exceptions")
    on = models.DateField()
    starts = models.TimeField(null=True)
    ends = models.TimeField(null=True)
    capacity = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=120)
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("unit", "service", "on"), name="orders_one_exception_a_day"
            ),
            models.CheckConstraint(
                condition=Q(capacity=0) | Q(ends__gt=F("starts")), name="orders_exception_ends"
            ),
        )

    def __str__(self) -> str:
        return f"{self.on} {self.capacity}"


class OrderedService(models.Model):
    """The version of a service that an order was made for; it stays whatever comes later."""

    run = models.OneToOneField(
        "matters.Run", primary_key=True, on_delete=models.PROTECT, related_name="ordered"
    )
    version = models.ForeignKey(ServiceVersion, on_delete=models.PROTECT, related_name="orders")

    def __str__(self) -> str:
        return str(self.version_id)


class Booking(models.Model):
    """A time at which a unit comes for an order. `seat`: which of the visits at that time.

    The database lets no seat be taken twice and no order have two times; what is given back keeps
    its row.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    run = models.ForeignKey("matters.Run", on_delete=models.PROTECT, related_name="bookings")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="bookings")
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    seat = models.PositiveSmallIntegerField()
    booked_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("unit", "service", "starts_at", "seat"),
                condition=Q(released_at=None),
                name="orders_no_seat_twice",
            ),
            models.UniqueConstraint(
                fields=("run",), condition=Q(released_at=None), name="orders_one_time_an_order"
            ),
        )

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"
