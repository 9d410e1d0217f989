"""Writing the knowledge base: new entries, new versions of those that differ, through the verbs."""

from typing import Any, Final

from huiyin.knowledge import verbs
from huiyin.knowledge.models import Entry, Kind, State
from huiyin.knowledge.verbs import Words, words_of
from huiyin.ops.loading.apply.session import Counts, Session
from huiyin.ops.loading.rows import Parsed, Row
from huiyin.people.actors import SYSTEM_KIND, Actor

TEXTS: Final = ("title_zh", "text_zh", "title_en", "text_en", "asked_as", "source")
DAYS: Final = ("valid_from", "valid_to", "review_on")


def apply_knowledge(session: Session) -> Counts:
    """Write entries that are new, and a new version of those that differ.

    They wait to be checked; those the file says were checked are in use at once.
    """
    table = session.context.table("knowledge")
    counts = Counts()
    if table is None:
        return counts
    by = Actor(account_id=session.by.account_id, kind=SYSTEM_KIND)
    for row in table:
        entry = session.context.known.knowledge.get(row["code"])
        if entry is None:
            made = verbs.begin(
                _words(row, table, session, None), kind=row["kind"] or Kind.GUIDE, by=by,
                at=session.at, code=row["code"], owner_id=session.unit_ids[row["unit_code"]],
            )  # fmt: skip
            counts.created += 1
        elif _differs(entry, row, table, session):
            words = _words(row, table, session, entry)
            made = verbs.change(entry.pk, words, by=by, at=session.at)
            counts.changed += 1
        else:
            counts.unchanged += 1
            continue
        verbs.ask(made.pk, by=by, at=session.at)
        if row["is_checked"]:
            verbs.publish(made.pk, by=by, at=session.at, has_looked=True)
    return counts


def _differs(entry: Entry, row: Row, table: Parsed, session: Session) -> bool:
    assert entry.latest is not None  # noqa: S101 every entry has one
    if entry.state == State.WITHDRAWN:
        return False  # somebody took it out of use, and the file does not know
    return _words(row, table, session, entry) != words_of(entry.latest)


def _words(row: Row, table: Parsed, session: Session, entry: Entry | None) -> Words:
    """Return what a row says; what the file has no column for stays as it is."""
    latest = entry.latest if entry else None
    kept = words_of(latest) if latest else None
    texts: dict[str, Any] = {
        name: (row[name] or "").strip() if table.has(name) or kept is None else getattr(kept, name)
        for name in TEXTS
    }
    days: dict[str, Any] = {
        name: row[name] if table.has(name) or kept is None else getattr(kept, name) for name in DAYS
    }
    category, place = row["category_code"], row["place_code"]
    return Words(
        **texts,
        **days,
        categories=((category,) if category else ())
        if table.has("category_code") or kept is None
        else kept.categories,
        places=((session.place_ids[place],) if place else ())
        if table.has("place_code") or kept is None
        else kept.places,
    )
