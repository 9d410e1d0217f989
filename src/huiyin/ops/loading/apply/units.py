"""Writing units, their officers and their duties."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from huiyin.ops.loading.apply.session import Counts, Session, differs
from huiyin.ops.loading.rows import Parsed, Row
from huiyin.ops.loading.writing import insert, update
from huiyin.ui.identifiers import new_id
from huiyin.units.models import Duty, OfficerRole, Unit, UnitOfficer
from huiyin.units.verbs import reading_of

_TEXTS = ("short_name", "function", "committee_kind", "uscc", "phone", "address")
_DATES = ("valid_from", "valid_to")
_FIELDS = (
    *("name", "pinyin", "initials", "kind", "level", "place_id", "superior_id", "host_id"),
    *("opening_hours", *_TEXTS, *_DATES),
)


def apply_units(session: Session) -> Counts:
    """Write units that are new or differ, then their officers; fill `unit_ids`."""
    known = session.context.known.units
    ids = session.unit_ids
    ids.update({code: unit.id for code, unit in known.items()})
    table = session.context.table("units")
    counts = Counts()
    if table is None:
        return counts
    ids.update({row["code"]: new_id() for row in table if row["code"] not in ids})
    new: list[Unit] = []
    changed: list[Unit] = []
    officers = _Officers(session)
    for row in table:
        values = _values(row, table, session)
        unit = known.get(row["code"])
        if unit is None:
            pinyin, marks = reading_of(row["name"])
            new.append(
                Unit(
                    id=ids[row["code"]],
                    code=row["code"],
                    pinyin=pinyin,
                    initials=marks,
                    recorded_at=session.at,
                    recorded_by=session.by.account_id,
                    **values,
                )
            )
            officers.appoint(row, ids[row["code"]], is_new=True)
            continue
        if unit.name != row["name"]:
            values["pinyin"], values["initials"] = reading_of(row["name"])
        is_changed = differs(unit, values)
        if is_changed:
            changed.append(unit)
        if officers.appoint(row, unit.id, is_new=False) or is_changed:
            counts.changed += 1
        else:
            counts.unchanged += 1
    insert(new)
    update(changed, _FIELDS)
    officers.write()
    counts.created = len(new)
    return counts


def _values(row: Row, table: Parsed, session: Session) -> dict[str, Any]:
    values: dict[str, Any] = {
        "name": row["name"],
        "kind": row["kind"],
        "level": int(row["level"]),
        "place_id": session.place_ids[row["place_code"]],
    }
    values |= {name: row[name] or "" for name in _TEXTS if table.has(name)}
    values |= {name: row[name] for name in _DATES if table.has(name)}
    for name in ("superior", "host"):
        if table.has(f"{name}_code"):
            code = row[f"{name}_code"]
            values[f"{name}_id"] = session.unit_ids[code] if code else None
    if table.has("opening_hours"):
        values["opening_hours"] = row["opening_hours"] or {}
    return values


class _Officers:
    """Officers: whoever is replaced ends today; of new units it is not known since when."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.known = session.context.known.officers
        self.today = session.context.today
        self.new: list[UnitOfficer] = []
        self.changed: list[UnitOfficer] = []

    def appoint(self, row: Row, unit_id: UUID, *, is_new: bool) -> bool:
        """Compare the officers of a row with those of the unit; say whether any differs."""
        differs_somewhere = False
        for role in OfficerRole:
            if not row.table.has(f"{role}_name"):
                continue
            name, phone = row[f"{role}_name"] or "", row[f"{role}_phone"] or ""
            held = None if is_new else self.known.get((unit_id, role))
            if held is None:
                if name:
                    self._add(unit_id, role, name, phone, is_new=is_new)
                    differs_somewhere = True
                continue
            if held.name == name and (held.phone == phone or not row.table.has(f"{role}_phone")):
                continue
            differs_somewhere = True
            self._replace(held, name, phone)
        return differs_somewhere

    def _replace(self, held: UnitOfficer, name: str, phone: str) -> None:
        self.changed.append(held)
        is_of_today = held.valid_from is not None and held.valid_from >= self.today
        if name and (held.name == name or is_of_today):
            held.name, held.phone = name, phone
            return
        if is_of_today:
            held.valid_from = None  # it ends on the day it would have begun
        held.valid_to = self.today
        if name:
            self._add(held.unit_id, OfficerRole(held.role), name, phone, is_new=False)

    def _add(
        self, unit_id: UUID, role: OfficerRole, name: str, phone: str, *, is_new: bool
    ) -> None:
        self.new.append(
            UnitOfficer(
                unit_id=unit_id,
                role=role,
                name=name,
                phone=phone,
                valid_from=None if is_new else self.today,
                recorded_at=self.session.at,
                recorded_by=self.session.by.account_id,
            )
        )

    def write(self) -> None:
        """Write the ends before the beginnings: one officer a role."""
        update(self.changed, ("name", "phone", "valid_from", "valid_to"))
        insert(self.new)


_DUTY_FIELDS = ("basis", "item_no", "valid_from", "valid_to")


def apply_duties(session: Session) -> Counts:
    """Write duties that are new or differ.

    A row is about the duty with the same first day, else about the open one.
    """
    table = session.context.table("duties")
    counts = Counts()
    if table is None:
        return counts
    known = session.context.known.duties
    new: list[Duty] = []
    changed: list[Duty] = []
    grouped: dict[tuple[UUID, UUID, UUID], list[Row]] = {}
    for row in table:
        key = (
            session.unit_ids[row["unit_code"]],
            session.category_ids[row["category_code"]],
            session.place_ids[row["place_code"]],
        )
        grouped.setdefault(key, []).append(row)
    for (unit_id, category_id, place_id), rows in grouped.items():
        held = list(known.get((unit_id, category_id, place_id), ()))
        for row, duty in _pairs(rows, held):
            values = {
                "basis": row["basis"],
                **({"item_no": row["item_no"] or ""} if table.has("item_no") else {}),
                **{name: row[name] for name in _DATES if table.has(name)},
            }
            if duty is None:
                new.append(
                    Duty(
                        unit_id=unit_id,
                        category_id=category_id,
                        place_id=place_id,
                        recorded_at=session.at,
                        recorded_by=session.by.account_id,
                        **values,
                    )
                )
            elif differs(duty, values):
                changed.append(duty)
            else:
                counts.unchanged += 1
    update(changed, _DUTY_FIELDS)
    insert(new)
    counts.created, counts.changed = len(new), len(changed)
    return counts


def _pairs(rows: Sequence[Row], held: list[Duty]) -> list[tuple[Row, Duty | None]]:
    found: list[tuple[Row, Duty | None]] = []
    left = []
    for row in rows:
        same = next((duty for duty in held if duty.valid_from == row["valid_from"]), None)
        if same is None:
            left.append(row)
        else:
            held.remove(same)
            found.append((row, same))
    for row in left:
        is_open = next((duty for duty in held if duty.valid_to is None), None)
        if is_open is not None:
            held.remove(is_open)
        found.append((row, is_open))
    return found
