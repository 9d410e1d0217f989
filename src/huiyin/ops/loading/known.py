"""What the database has already, read once for a load, in a few queries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from uuid import UUID

from huiyin.categories.models import Category, Term, TermValue
from huiyin.knowledge.models import Entry
from huiyin.orders.models import ServiceVersion
from huiyin.people.models import Account, AccountKind, GridWorker, Mediator, PermissionSet, Post
from huiyin.places.models import Boundary, Place, PlaceVersion
from huiyin.units.models import Duty, Unit, UnitOfficer


@dataclass(frozen=True)
class Known:
    """The state before the load; each part is read when it is first asked for."""

    today: date

    @cached_property
    def places(self) -> Mapping[str, Place]:
        """The places of today by code."""
        return {place.code: place for place in Place.objects.filter(valid_to=None).order_by()}

    @cached_property
    def codes_by_place(self) -> Mapping[UUID, str]:
        """The code of each place of today."""
        return {place.id: code for code, place in self.places.items()}

    @cached_property
    def versions(self) -> Mapping[UUID, PlaceVersion]:
        """The present version of each place of today."""
        return {
            version.place_id: version
            for version in PlaceVersion.objects.filter(valid_to=None).order_by()
        }

    @cached_property
    def codes_of_old(self) -> Mapping[str, list[PlaceVersion]]:
        """Versions that are over, by the code they had."""
        found: dict[str, list[PlaceVersion]] = {}
        for version in PlaceVersion.objects.filter(valid_to__isnull=False).order_by():
            found.setdefault(version.code, []).append(version)
        return found

    @cached_property
    def boundaries(self) -> Mapping[UUID, Boundary]:
        """The outlines by place."""
        return {boundary.place_id: boundary for boundary in Boundary.objects.all()}

    @cached_property
    def categories(self) -> Mapping[str, Category]:
        """The categories by code, retired ones too."""
        return {category.code: category for category in Category.objects.order_by()}

    @cached_property
    def terms(self) -> Mapping[str, Term]:
        """The limits by key."""
        return {term.key: term for term in Term.objects.order_by()}

    @cached_property
    def term_values(self) -> list[TermValue]:
        """The values of all limits."""
        return list(TermValue.objects.order_by())

    @cached_property
    def units(self) -> Mapping[str, Unit]:
        """The units by code, closed ones too."""
        return {unit.code: unit for unit in Unit.objects.order_by()}

    @cached_property
    def unit_codes(self) -> Mapping[UUID, str]:
        """The code of each unit."""
        return {unit.id: code for code, unit in self.units.items()}

    @cached_property
    def officers(self) -> Mapping[tuple[UUID, str], UnitOfficer]:
        """Who holds a role in a unit without an end, by unit and role."""
        return {
            (officer.unit_id, officer.role): officer
            for officer in UnitOfficer.objects.filter(valid_to=None).order_by()
        }

    @cached_property
    def duties(self) -> Mapping[tuple[UUID, UUID, UUID], list[Duty]]:
        """All duties by unit, category and place."""
        found: dict[tuple[UUID, UUID, UUID], list[Duty]] = {}
        for duty in Duty.objects.order_by("id"):
            found.setdefault((duty.unit_id, duty.category_id, duty.place_id), []).append(duty)
        return found

    @cached_property
    def services(self) -> Mapping[str, ServiceVersion]:
        """The last version of each service by code."""
        rows = ServiceVersion.objects.select_related("service", "category").order_by("number")
        return {row.service.code: row for row in rows}

    @cached_property
    def knowledge(self) -> Mapping[str, Entry]:
        """The entries of the knowledge base by code, with their latest versions."""
        rows = Entry.objects.select_related("latest").order_by()
        return {entry.code: entry for entry in rows}

    @cached_property
    def permission_sets(self) -> frozenset[str]:
        """The codes of the permission sets."""
        return frozenset(PermissionSet.objects.values_list("code", flat=True))

    @cached_property
    def accounts(self) -> Mapping[str, Account]:
        """The staff accounts by user name, without their sealed numbers."""
        return {
            account.username or "": account
            for account in Account.objects.filter(kind=AccountKind.STAFF).defer("phone").order_by()
        }

    @cached_property
    def logins(self) -> Mapping[UUID, str]:
        """The user name of each staff account."""
        return {account.id: name for name, account in self.accounts.items()}

    @cached_property
    def posts(self) -> Mapping[str, Post]:
        """The posts by reference."""
        return {post.ref: post for post in Post.objects.order_by()}

    @cached_property
    def workers(self) -> Mapping[str, GridWorker]:
        """The grid workers by reference."""
        return {worker.ref: worker for worker in GridWorker.objects.order_by()}

    @cached_property
    def mediators(self) -> Mapping[str, Mediator]:
        """The mediators by reference."""
        return {mediator.ref: mediator for mediator in Mediator.objects.order_by()}
