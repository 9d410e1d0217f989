"""What can be done to a unit, its officers and its duties. Each verb is one transaction.

A unit's own columns show today; what they were before is in the history (`units.history`). Officers
and duties are dated rows: a new one ends the old one, nothing is overwritten. Who may do this is
decided by the caller.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

import pghistory
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from huiyin.categories.models import Category
from huiyin.places.changes import AS_IT_IS, Keep
from huiyin.places.models import Place
from huiyin.places.names import initials, syllables
from huiyin.ui.acts import By, recording
from huiyin.ui.turns import take_turn
from huiyin.units import hours as opening
from huiyin.units import uscc as credit_code
from huiyin.units.models import CommitteeKind, Duty, OfficerRole, Unit, UnitKind, UnitOfficer
from huiyin.units.phones import is_phone
from huiyin.units.refusals import (
    BasisMissing,
    Closed,
    CodeInUse,
    CodeMalformed,
    CommitteeKindForOthers,
    CommitteeKindMissing,
    DutyKnown,
    DutyOver,
    EndsBeforeItStarts,
    HostNotPossible,
    NameMissing,
    NoOfficer,
    NothingToChange,
    NotKnown,
    OfficerLater,
    PhoneMalformed,
    PlaceClosed,
    SuperiorLoop,
    TextTooLong,
    UnitsBelow,
    UsccWrong,
)

CODE = re.compile(r"[0-9A-Za-z_-]{1,40}", re.ASCII)
HOSTS = frozenset((UnitKind.POLICE_STATION, UnitKind.COURT))
_Held = TypeVar("_Held", Duty, UnitOfficer)
MOST_ALIASES = 20
_PINYIN_LIMIT = 360
_INITIALS_LIMIT = 120


def register_unit(
    *,
    code: str,
    name: str,
    kind: UnitKind,
    place_id: UUID,
    by: By,
    at: datetime,
    level: int | None = None,
    short_name: str = "",
    function: str = "",
    committee_kind: CommitteeKind | None = None,
    superior_id: UUID | None = None,
    host_id: UUID | None = None,
    uscc: str = "",
    phone: str = "",
    address: str = "",
    opening_hours: Mapping[str, Any] | None = None,
    valid_from: date | None = None,
) -> Unit:
    """Register a unit; `level` (AdminLevel) is its place's unless it works for a higher one.

    Raises CodeMalformed, CodeInUse, NameMissing, TextTooLong, PlaceClosed, CommitteeKindMissing,
    CommitteeKindForOthers, HostNotPossible, NotKnown, Closed, UsccWrong, PhoneMalformed,
    HoursNotUnderstood, HoursOverlap.
    """
    with transaction.atomic(), recording("units.register", by=by, at=at):
        lock_units()
        if not CODE.fullmatch(code):
            raise CodeMalformed(code=code)
        if holder := Unit.objects.filter(code=code).first():
            raise CodeInUse(code=code, holder=holder.name)
        place = _open_place(place_id, on=timezone.localdate(at))
        unit = Unit(
            code=code,
            kind=kind,
            level=min(place.level, 4) if level is None else level,
            place=place,
            function=function,
            committee_kind=committee_kind or "",
            opening_hours=opening.check(dict(opening_hours or {})),
            valid_from=valid_from,
            recorded_at=at,
            recorded_by=by.account_id,
        )
        _name(unit, name=name, short_name=short_name)
        _contact(unit, phone=phone, address=address, uscc=uscc)
        _check_kind(unit)
        if superior_id:
            unit.superior = _open_unit(superior_id, at=at)
        if host_id:
            unit.host = _host(unit, host_id, at=at)
        unit.save(force_insert=True)
        return unit


def rename_unit(
    *,
    unit_id: UUID,
    name: str,
    by: By,
    at: datetime,
    short_name: str | None = None,
    basis: str = "",
) -> Unit:
    """Give a unit another name; the old one stays in its history.

    Raises NotKnown, Closed, NameMissing, TextTooLong, NothingToChange.
    """
    with transaction.atomic(), _recording("units.rename", by=by, at=at, basis=basis):
        unit = _open_unit(unit_id, at=at)
        before = (unit.name, unit.short_name)
        _name(unit, name=name, short_name=unit.short_name if short_name is None else short_name)
        if (unit.name, unit.short_name) == before:
            raise NothingToChange(name=unit.name)
        unit.save(update_fields=["name", "short_name", "pinyin", "initials"])
        return unit


def set_aliases(*, unit_id: UUID, aliases: Sequence[str], by: By, at: datetime) -> Unit:
    """Name the other words by which people look for a unit, in place of those there were.

    Empty ones, doubles and the unit's own names are left out. Raises NotKnown, Closed,
    TextTooLong, NothingToChange.
    """
    with transaction.atomic(), recording("units.aliases", by=by, at=at):
        unit = _open_unit(unit_id, at=at)
        words = [" ".join(alias.split()) for alias in aliases]
        kept = [word for word in words if word and word not in (unit.name, unit.short_name)]
        for word in kept:
            _fits(word, 60)
        wanted = list(dict.fromkeys(kept))[:MOST_ALIASES]
        if wanted == unit.aliases:
            raise NothingToChange(name=unit.name)
        unit.aliases = wanted
        unit.save(update_fields=["aliases"])
        return unit


def move_unit(
    *,
    unit_id: UUID,
    by: By,
    at: datetime,
    place_id: UUID | None = None,
    level: int | None = None,
    superior_id: UUID | Keep | None = AS_IT_IS,
    host_id: UUID | Keep | None = AS_IT_IS,
    address: str | None = None,
    basis: str = "",
) -> Unit:
    """Place a unit elsewhere: in another place, under another superior, with another host.

    Its duties stay: what it answers for is another decision.
    Raises NotKnown, Closed, PlaceClosed, SuperiorLoop, HostNotPossible, TextTooLong,
    NothingToChange.
    """
    with transaction.atomic(), _recording("units.move", by=by, at=at, basis=basis):
        lock_units()
        unit = _open_unit(unit_id, at=at)
        before = _moved(unit)
        if place_id is not None and place_id != unit.place_id:
            unit.place = _open_place(place_id, on=timezone.localdate(at))
        if level is not None:
            unit.level = level
        if superior_id is not AS_IT_IS and superior_id != unit.superior_id:
            unit.superior = (
                _superior(unit, superior_id, at=at) if isinstance(superior_id, UUID) else None
            )
        if host_id is not AS_IT_IS and host_id != unit.host_id:
            unit.host = _host(unit, host_id, at=at) if isinstance(host_id, UUID) else None
        _contact(unit, address=address)
        if _moved(unit) == before:
            raise NothingToChange(name=unit.name)
        unit.save(update_fields=["place", "level", "superior", "host", "address"])
        return unit


def set_contact(
    *,
    unit_id: UUID,
    by: By,
    at: datetime,
    phone: str | None = None,
    address: str | None = None,
    uscc: str | None = None,
    opening_hours: Mapping[str, Any] | None = None,
) -> Unit:
    """Change how a unit is reached: office line, address, opening hours, credit code.

    None leaves a field as it is. Raises NotKnown, Closed, PhoneMalformed, TextTooLong, UsccWrong,
    HoursNotUnderstood, HoursOverlap, NothingToChange.
    """
    with transaction.atomic(), recording("units.contact", by=by, at=at):
        unit = _open_unit(unit_id, at=at)
        before = (unit.phone, unit.address, unit.uscc, unit.opening_hours)
        _contact(unit, phone=phone, address=address, uscc=uscc)
        if opening_hours is not None:
            unit.opening_hours = opening.check(dict(opening_hours))
        if (unit.phone, unit.address, unit.uscc, unit.opening_hours) == before:
            raise NothingToChange(name=unit.name)
        unit.save(update_fields=["phone", "address", "uscc", "opening_hours"])
        return unit


def close_unit(
    *,
    unit_id: UUID,
    on: date,
    by: By,
    at: datetime,
    duties_to_id: UUID | None = None,
    basis: str = "",
) -> Unit:
    """End a unit; `on` is the first day on which it no longer exists.

    Its officers and duties end that day; `duties_to_id` names the unit that takes the duties over.
    Units below must have been moved or closed before. Posts held in it are the business of the
    people above. Raises NotKnown, Closed, EndsBeforeItStarts, UnitsBelow, BasisMissing.
    """
    with transaction.atomic(), _recording("units.close", by=by, at=at, basis=basis):
        lock_units()
        unit = _open_unit(unit_id, at=at)
        if unit.valid_from is not None and on <= unit.valid_from:
            raise EndsBeforeItStarts(name=unit.name, since=unit.valid_from)
        left = Q(valid_to=None) | Q(valid_to__gt=on)
        below = Unit.objects.filter(Q(superior=unit) | Q(host=unit)).filter(left)
        if count := below.count():
            raise UnitsBelow(name=unit.name, count=count, example=below[0].name)
        duties = list(Duty.objects.select_for_update().filter(left, unit=unit))
        if duties_to_id is not None:
            _hand_over(duties, duties_to_id, on=on, basis=basis, by=by, at=at)
        for duty in duties:
            _end(duty, on=on)
        for officer in UnitOfficer.objects.select_for_update().filter(left, unit=unit):
            _end(officer, on=on)
        unit.valid_to = on
        unit.save(update_fields=["valid_to"])
        return unit


def set_officer(
    *,
    unit_id: UUID,
    role: OfficerRole,
    name: str,
    on: date,
    by: By,
    at: datetime,
    phone: str = "",
) -> UnitOfficer:
    """Name who is head, leader in charge or liaison from a day on; whoever it was ends that day.

    The same name again only changes the line. Raises NotKnown, Closed, NameMissing, TextTooLong,
    PhoneMalformed, OfficerLater, NothingToChange.
    """
    with transaction.atomic(), recording("units.officer", by=by, at=at):
        unit = _open_unit(unit_id, at=at)
        name = name.strip()
        if not name:
            raise NameMissing()
        _fits(name, 60)
        check_phone(phone)
        present = _officer(unit, role)
        if present is not None and present.name == name:
            if present.phone == phone:
                raise NothingToChange(name=unit.name)
            present.phone = phone
            present.save(update_fields=["phone"])
            return present
        if present is not None and present.valid_from is not None:
            if on < present.valid_from:
                raise OfficerLater(role=role, name=present.name, since=present.valid_from)
            if on == present.valid_from:  # corrects what was entered for that day
                present.name, present.phone = name, phone
                present.save(update_fields=["name", "phone"])
                return present
        if present is not None:
            _end(present, on=on)
        return UnitOfficer.objects.create(
            unit=unit,
            role=role,
            name=name,
            phone=phone,
            valid_from=on,
            recorded_at=at,
            recorded_by=by.account_id,
        )


def end_officer(*, unit_id: UUID, role: OfficerRole, on: date, by: By, at: datetime) -> UnitOfficer:
    """Leave a role empty from a day on. Raises NotKnown, Closed, NoOfficer, OfficerLater."""
    with transaction.atomic(), recording("units.officer_ended", by=by, at=at):
        unit = _open_unit(unit_id, at=at)
        present = _officer(unit, role)
        if present is None:
            raise NoOfficer(role=role, name=unit.name)
        if present.valid_from is not None and on <= present.valid_from:
            raise OfficerLater(role=role, name=present.name, since=present.valid_from)
        return _end(present, on=on)


def add_duty(
    *,
    unit_id: UUID,
    category_id: UUID,
    place_id: UUID,
    basis: str,
    by: By,
    at: datetime,
    item_no: str = "",
    valid_from: date | None = None,
) -> Duty:
    """Let a unit answer for a category in a place and all below it, by the list of duties.

    Raises NotKnown, Closed, PlaceClosed, BasisMissing, TextTooLong, DutyKnown.
    """
    with transaction.atomic(), recording("units.duty", by=by, at=at):
        unit = _open_unit(unit_id, at=at)
        place = _open_place(place_id, on=timezone.localdate(at))
        category = Category.objects.get(id=category_id)
        if not basis.strip():
            raise BasisMissing()
        _fits(basis, 240)
        _fits(item_no, 40)
        if Duty.objects.filter(unit=unit, category=category, place=place, valid_to=None).exists():
            raise DutyKnown(name=unit.name, category=category.name_zh, place=place.name)
        return Duty.objects.create(
            unit=unit,
            category=category,
            place=place,
            basis=basis.strip(),
            item_no=item_no.strip(),
            valid_from=valid_from,
            recorded_at=at,
            recorded_by=by.account_id,
        )


def withdraw_duty(*, duty_id: int, on: date, by: By, at: datetime, basis: str = "") -> Duty:
    """End a duty; `on` is the first day on which the unit no longer answers for it.

    Raises DutyOver, EndsBeforeItStarts.
    """
    with transaction.atomic(), _recording("units.duty_withdrawn", by=by, at=at, basis=basis):
        duty = Duty.objects.select_for_update(of=("self",)).select_related("unit").get(id=duty_id)
        if duty.valid_to is not None:
            raise DutyOver(name=duty.unit.name, on=duty.valid_to)
        if duty.valid_from is not None and on <= duty.valid_from:
            raise EndsBeforeItStarts(name=duty.unit.name, since=duty.valid_from)
        return _end(duty, on=on)


def lock_units() -> None:
    """Let one transaction at a time change which unit is under which."""
    take_turn("units.tree")


def check_phone(phone: str) -> None:
    """Refuse what cannot be dialled; empty is allowed."""
    if phone and not is_phone(phone):
        raise PhoneMalformed(phone=phone)


def reading_of(name: str) -> tuple[str, str]:
    """Return pinyin and initials of a unit's name, as stored."""
    read = syllables(name)
    return " ".join(read)[:_PINYIN_LIMIT], initials(read)[:_INITIALS_LIMIT]


def _recording(act: str, *, by: By, at: datetime, basis: str) -> Any:
    if basis:
        _fits(basis, 240)
        return pghistory.context(
            act=act,
            account=str(by.account_id) if by.account_id else "",
            at=at.isoformat(),
            basis=basis,
        )
    return recording(act, by=by, at=at)


def _open_unit(unit_id: UUID, *, at: datetime) -> Unit:
    unit = Unit.objects.select_for_update().filter(id=unit_id).first()
    if unit is None:
        raise NotKnown(code=str(unit_id))
    if unit.valid_to is not None and unit.valid_to <= timezone.localdate(at):
        raise Closed(name=unit.name, on=unit.valid_to)
    return unit


def _open_place(place_id: UUID, *, on: date) -> Place:
    place = Place.objects.get(id=place_id)
    if place.valid_to is not None and place.valid_to <= on:
        raise PlaceClosed(place=place.name, on=place.valid_to)
    return place


def _superior(unit: Unit, superior_id: UUID, *, at: datetime) -> Unit:
    superior = _open_unit(superior_id, at=at)
    above: Unit | None = superior
    while above is not None:
        if above.id == unit.id:
            raise SuperiorLoop(name=unit.name, superior=superior.name)
        above = above.superior
    return superior


def _host(unit: Unit, host_id: UUID, *, at: datetime) -> Unit:
    host = _open_unit(host_id, at=at)
    if unit.kind != UnitKind.STATIONED_ROOM or UnitKind(host.kind) not in HOSTS:
        raise HostNotPossible(name=unit.name)
    return host


def _check_kind(unit: Unit) -> None:
    if unit.kind == UnitKind.MEDIATION_COMMITTEE:
        if not unit.committee_kind:
            raise CommitteeKindMissing(name=unit.name)
    elif unit.committee_kind:
        raise CommitteeKindForOthers(name=unit.name)


def _name(unit: Unit, *, name: str, short_name: str) -> None:
    unit.name, unit.short_name = name.strip(), short_name.strip()
    if not unit.name:
        raise NameMissing()
    _fits(unit.name, 120)
    _fits(unit.short_name, 60)
    unit.pinyin, unit.initials = reading_of(unit.name)


def _contact(
    unit: Unit, *, phone: str | None = None, address: str | None = None, uscc: str | None = None
) -> None:
    if phone is not None:
        check_phone(phone)
        unit.phone = phone
    if address is not None:
        _fits(address, 200)
        unit.address = address.strip()
    if uscc is not None:
        if uscc and not credit_code.is_valid(uscc):
            raise UsccWrong(uscc=uscc)
        unit.uscc = uscc


def _moved(unit: Unit) -> tuple[object, ...]:
    return unit.place_id, unit.level, unit.superior_id, unit.host_id, unit.address


def _officer(unit: Unit, role: OfficerRole) -> UnitOfficer | None:
    return (
        UnitOfficer.objects.select_for_update().filter(unit=unit, role=role, valid_to=None).first()
    )


def _hand_over(
    duties: list[Duty], unit_id: UUID, *, on: date, basis: str, by: By, at: datetime
) -> None:
    successor = _open_unit(unit_id, at=at)
    has = set(
        Duty.objects.filter(unit=successor, valid_to=None).values_list("category_id", "place_id")
    )
    Duty.objects.bulk_create(
        Duty(
            unit=successor,
            category_id=duty.category_id,
            place_id=duty.place_id,
            basis=basis or duty.basis,
            item_no=duty.item_no,
            valid_from=on,
            recorded_at=at,
            recorded_by=by.account_id,
        )
        for duty in duties
        if (duty.category_id, duty.place_id) not in has
    )


def _end(held: _Held, *, on: date) -> _Held:
    if held.valid_from is not None and held.valid_from >= on:
        held.delete()  # it never begins; the history keeps that it was planned
        return held
    held.valid_to = on
    held.save(update_fields=["valid_to"])
    return held


def _fits(text: str, limit: int) -> None:
    if len(text) > limit:
        raise TextTooLong(text=text, limit=limit)
