"""Writing places and outlines: new ones at once, dated changes through versions."""

import json
from datetime import date
from uuid import UUID

from huiyin.ops.loading.apply.session import Counts, Session, differs
from huiyin.ops.loading.rows import Row
from huiyin.ops.loading.writing import update
from huiyin.places.bulk import PlaceRow, insert_places
from huiyin.places.changes import AS_IT_IS, Change, Keep, restate
from huiyin.places.models import Boundary, Place
from huiyin.places.names import syllables

_UNDATED = ("lon", "lat", "households", "is_all_purpose")


def apply_places(session: Session) -> Counts:
    """Insert new places, restate changed ones; fill `place_ids` with every place of today."""
    context = session.context
    known = context.known.places
    table = context.table("places")
    counts = Counts()
    if table is None:
        session.place_ids.update({code: place.id for code, place in known.items()})
        return counts
    new: list[PlaceRow] = []
    first: list[Change] = []  # before the new places are there
    moved: list[tuple[Row, Change]] = []  # to one of them
    undated: list[Place] = []
    for row in table:
        place = context.same_place.get(row.at)
        if place is None:
            new.append(_place_row(row))
            continue
        change = _change(row, place, session)
        later = _to_new_parent(row, place, session)
        is_changed = bool(change or later)
        if change is not None:
            first.append(change)
        if later is not None:
            moved.append((row, later))
        if _set_undated(row, place):
            undated.append(place)
            is_changed = True
        counts.changed += is_changed
        counts.unchanged += not is_changed
    restate(first, by=session.by, at=session.at)
    made = insert_places(new, by=session.by, at=session.at)
    ids = {code: place.id for code, place in made.items()}
    restate([_with_parent(row, change, ids) for row, change in moved], by=session.by, at=session.at)
    update(undated, _UNDATED)
    counts.created = len(new)
    session.place_ids.update(Place.objects.filter(valid_to=None).values_list("code", "id"))
    return counts


def _place_row(row: Row) -> PlaceRow:
    return PlaceRow(
        code=row["code"],
        name=row["name"],
        kind=row["kind"],
        parent_code=row["parent_code"] or "",
        overlay_parent_code=row["overlay_parent_code"] or "",
        lon=row["lon"],
        lat=row["lat"],
        households=row["households"],
        is_all_purpose=bool(row["is_all_purpose"]),
        valid_from=row["valid_from"],
        basis=row["basis"] or "",
        pinyin=row["pinyin"] or "",
    )


def _change(row: Row, place: Place, session: Session) -> Change | None:
    """Return what is dated and differs, as far as it can be said before new places are there."""
    code, name, kind = row["code"], row["name"], row["kind"]
    parent = _known_id(row, "parent_code", session)
    overlay = _overlay(row, place, session)
    pinyin = row["pinyin"]
    if pinyin and " ".join(syllables(name, given=pinyin)) == place.pinyin:
        pinyin = None
    change = Change(
        place_id=place.id,
        on=_on(row, session),
        basis=row["basis"] or "",
        code=code if code != place.code else None,
        name=name if name != place.name else None,
        kind=kind if kind != place.kind else None,
        parent_id=parent if parent != place.parent_id else None,
        overlay_parent_id=overlay,
        pinyin=pinyin or None,
    )
    says = (change.code, change.name, change.kind, change.parent_id, change.pinyin)
    return change if any(says) or overlay is not AS_IT_IS else None


def _on(row: Row, session: Session) -> date:
    on: date = row["valid_from"] or session.context.today
    return on


def _known_id(row: Row, column: str, session: Session) -> UUID | None:
    """Return the id of the place a cell refers to, when it is in the database already."""
    entry = session.context.places.get(row[column])
    if entry is None:
        return None
    if entry.row is not None:
        place = session.context.same_place.get(entry.row.at)
        return place.id if place else None
    return entry.place.id if entry.place else None


def _overlay(row: Row, place: Place, session: Session) -> UUID | Keep | None:
    if not row.table.has("overlay_parent_code"):
        return AS_IT_IS
    if row["overlay_parent_code"] and _known_id(row, "overlay_parent_code", session) is None:
        return AS_IT_IS  # a new place: in the second round
    overlay = _known_id(row, "overlay_parent_code", session)
    return AS_IT_IS if overlay == place.overlay_parent_id else overlay


def _to_new_parent(row: Row, place: Place, session: Session) -> Change | None:
    is_new = any(
        row[column] and _known_id(row, column, session) is None
        for column in ("parent_code", "overlay_parent_code")
    )
    if not is_new:
        return None
    return Change(place_id=place.id, on=_on(row, session), basis=row["basis"] or "")


def _with_parent(row: Row, change: Change, ids: dict[str, UUID]) -> Change:
    overlay = ids.get(row["overlay_parent_code"] or "")
    return Change(
        place_id=change.place_id,
        on=change.on,
        basis=change.basis,
        parent_id=ids.get(row["parent_code"] or ""),
        overlay_parent_id=AS_IT_IS if overlay is None else overlay,
    )


def _set_undated(row: Row, place: Place) -> bool:
    given = {
        name: bool(row[name]) if name == "is_all_purpose" else row[name]
        for name in _UNDATED
        if row.table.has(name)
    }
    return differs(place, given)


def apply_boundaries(session: Session) -> Counts:
    """Write outlines that are new or differ."""
    context = session.context
    table = context.table("boundaries")
    counts = Counts()
    if table is None:
        return counts
    new = []
    for row in table:
        place_id = session.place_ids[row["place_code"]]
        # As JSON gives it back: lists, not tuples.
        geometry = json.loads(json.dumps(context.outlines[row.at]))
        values = {
            "geometry": geometry,
            "source": row["source"],
            "licence": row["licence"],
            "as_of": row["as_of"] or "",
        }
        boundary = context.known.boundaries.get(place_id)
        if boundary is None:
            new.append(Boundary(place_id=place_id, **values))
        elif differs(boundary, values):
            boundary.save(update_fields=[*values, "updated_at"])
            counts.changed += 1
        else:
            counts.unchanged += 1
    Boundary.objects.bulk_create(new, batch_size=200)
    counts.created = len(new)
    return counts
