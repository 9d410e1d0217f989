"""Every list of matters and runs, in every order and narrowed by everything: who looks at what."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import connection

from huiyin.matters import board, calling_back, inbox, search, walking
from huiyin.matters.inbox import Tray
from huiyin.matters.inbox_filters import Filters, Sort, Standing
from huiyin.matters.models import RANKS
from huiyin.matters.search import Wanted
from huiyin.matters.tests.records import Record
from huiyin.people.actors import Actor
from huiyin.ui.tests.plans import faults, plans
from huiyin.units.tests.factories import NOW

Look = Callable[[], Any]
PAGE = 50
# Pages of some walks are put together: at most those of so many rules by which something waits.
REACH = 30 * (PAGE + 1)
# What is small in every city may be read whole; and where words are sought, as many of those that
# have them as tell whether they are few.
SCANNED = walking.FREQUENT + PAGE
DAY = timedelta(days=1)


def a_busy_city(city: Record, units: list[Any]) -> None:
    """Let one unit hold 4,000 runs, most to be done by it, and some matters be urgent."""
    rank = " ".join(f"WHEN '{level}' THEN {number}" for level, number in RANKS.items())
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE matters_assignment SET unit_id = %s WHERE unit_id = ANY (%s)",
            [units[1], [units[6], units[11], units[16]]],
        )
        cursor.execute(
            "UPDATE matters_run SET state = 'dispatched', owner = 'unit' FROM matters_assignment"
            " AS held WHERE held.run_id = matters_run.id AND unit_id = %s AND held.id %% 4 <> 0",
            [units[1]],
        )
        cursor.execute(
            "UPDATE matters_matter SET urgency = CASE WHEN number LIKE '%%11' THEN 'emergency'"
            " ELSE 'urgent' END WHERE number LIKE '%%1' AND number > '3714000000050000'"
        )
        cursor.execute(
            f"UPDATE matters_run SET urgency_rank = CASE urgency {rank} END"  # noqa: S608 fixed
            " FROM matters_matter WHERE matters_matter.id = matter_id AND urgency <> 'normal'"
        )
        cursor.execute("UPDATE matters_assignment SET moved_at = from_at WHERE id % 3 = 0")
        for table in ("matters_matter", "matters_run", "matters_assignment"):
            cursor.execute(f"ANALYZE {table}")


def give_to_the_grid(words: str) -> None:
    """Let a tenth of what is over be of the grid, with words that nothing else has."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE matters_run SET procedure = 'grid', opener_id = NULL"
            " FROM matters_matter AS matter"
            " WHERE matter.id = matter_id AND is_over AND right(number, 1) = '2'"
        )
        cursor.execute(
            "UPDATE matters_mattertext SET text = %s FROM matters_run AS run"
            " WHERE run.matter_id = matters_mattertext.matter_id AND procedure = 'grid'",
            [words],
        )
        cursor.execute(
            "DELETE FROM matters_assignment USING matters_run AS run"
            " WHERE run.id = run_id AND procedure = 'grid'"
        )
        for table in ("matters_mattertext", "matters_run", "matters_assignment"):
            cursor.execute(f"ANALYZE {table}")


def filters(city: Record, unit: Any) -> dict[str, Filters]:
    """What each tray is narrowed by."""
    today = NOW.date()
    return {
        "procedure": Filters(procedure="hotline"), "place": Filters(place=city.town),
        "category": Filters(category=city.category), "urgency": Filters(urgency="urgent"),
        "channel": Filters(channel="call"), "no channel": Filters(channel="letter"),
        "unit": Filters(unit_id=unit), "since": Filters(since=today - 9 * DAY),
        "until": Filters(until=today - 90 * DAY), "sent back": Filters(is_returned=True),
        "rare words": Filters(words="井盖"), "words": Filters(words="垃圾"),
        "number": Filters(words="3714000000019998"), "digits": Filters(words="19998"),
        **{one.value: Filters(standing=one) for one in Standing},
        "much": Filters(category=city.category, urgency="normal", channel="call", words="垃圾"),
    }  # fmt: skip


def looks(by: Actor, narrowed: Mapping[str, Filters]) -> Iterator[tuple[str, Look]]:
    """Every list of a post, with its name."""
    for which in Tray:
        for sort in Sort:
            look = partial(inbox.tray, which, by=by, at=NOW, limit=PAGE, sort=sort, for_desk=True)
            yield f"{which}, {sort}", look
            yield f"{which}, {sort}, the page after", partial(_after, look)
        for name, asked in narrowed.items():
            for sort in Sort if name in ("place", "words") else (Sort.LIMIT,):
                look = partial(
                    inbox.tray, which, by=by, at=NOW, limit=PAGE, sort=sort, filters=asked
                )
                yield f"{which}, {sort}, by {name}", look
            yield (
                f"how many: {which}, by {name}",
                partial(inbox.count, which, by=by, at=NOW, filters=asked),
            )
        yield f"procedures of {which}", partial(inbox.by_procedure, which, by=by, at=NOW)
    for pile in board.Pile:
        yield f"board: {pile}", partial(board.pile, pile, by=by)
    for tray in calling_back.Tray:
        yield f"called back: {tray}", partial(calling_back.tray, tray, by=by)
    yield "board, counted", partial(board.counts, by=by)
    yield "called back, counted", partial(calling_back.counts, by=by)


def _after(look: Look) -> None:
    key = look().next
    if key is not None:
        look(after=key)  # type: ignore[call-arg]  # a partial of `inbox.tray`


def wanted(city: Record, unit: Any) -> dict[str, Wanted]:
    """What is looked for among all matters."""
    today = NOW.date()
    return {
        "all": Wanted(), "words": Wanted("垃圾"), "rare words": Wanted("井盖"),
        "digits": Wanted("000019998"), "category": Wanted(category=city.category),
        "place": Wanted(place=city.town), "procedure": Wanted(procedure="hotline"),
        "state": Wanted(procedure="hotline", state="received"),
        "since": Wanted(since=today - 9 * DAY), "until": Wanted(until=today - 90 * DAY),
        "urgent": Wanted(urgent=True), "unit": Wanted(unit_id=unit),
        "words and place": Wanted("垃圾", place=city.town),
        "state and place": Wanted(place=city.town, procedure="hotline", state="received"),
        "state and category": Wanted(
            category=city.category, procedure="hotline", state="archived"
        ),
    }  # fmt: skip


def unsound(
    by: Actor, city: Record, unit: Any, narrowed: Mapping[str, Filters]
) -> dict[str, list[str]]:  # fmt: skip
    """Return which lists of a post read a table whole or sort more than a page, and where."""
    found, seen = {}, 0
    searches = [
        (f"search: {name}", partial(search.search, asked, by=by, limit=PAGE))
        for name, asked in wanted(city, unit).items()
    ]
    for name, look in (*looks(by, narrowed), *searches):
        with plans() as gone_about:
            look()
        seen += len(gone_about)
        if wrong := faults(gone_about, most=REACH, scanned=SCANNED):
            found[name] = wrong
    assert seen > 200, seen  # plans: else nothing was looked at
    return found
