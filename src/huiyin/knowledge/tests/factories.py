"""Entries of the knowledge base in a small city: a writer, a checker, what they make."""

from datetime import date, timedelta

from huiyin.knowledge import verbs
from huiyin.knowledge.access import PUBLISH, WRITE
from huiyin.knowledge.models import Entry, Kind
from huiyin.knowledge.verbs import Words
from huiyin.matters.tests.records import Record
from huiyin.people.actors import Actor
from huiyin.units.tests.factories import NOW

TODAY = date(NOW.year, NOW.month, NOW.day)
HEATING = "暖气不热、室温不到18度怎么办"
TEXT = "先看看阀门有没有打开。仍然不热，请供热单位上门测温并在测温单上签字。"


def writer(city: Record) -> Actor:
    """Somebody of the hotline who writes."""
    return city.staff(city.unit("hotline_centre"), WRITE)


def checker(city: Record) -> Actor:
    """Somebody of the same unit who publishes."""
    return city.staff(city.unit("hotline_centre"), PUBLISH)


def words(title: str = HEATING, text: str = TEXT, **more: object) -> Words:
    """Return what a version says, to be looked at again in half a year."""
    return Words(title, text, **{"review_on": TODAY + timedelta(days=180), **more})  # type: ignore[arg-type]  # of Words


def an_entry(
    city: Record, said: Words | None = None, *, upto: str = "published", kind: Kind = Kind.GUIDE
) -> Entry:
    """Return an entry that has come so far: draft, to_check or published."""
    entry = verbs.begin(said or words(), kind=kind, by=writer(city), at=NOW)
    if upto != "draft":
        entry = verbs.ask(entry.pk, by=writer(city), at=NOW)
    if upto == "published":
        entry = verbs.publish(entry.pk, by=checker(city), at=NOW, has_looked=True)
    return entry
