"""Counts that are instant for every place: rows of deltas, written with the act, rolled up later.

Every act adds what it changes (`book`): one more opened, one fewer in a state, a limit overdue. The
worker rolls the rows up (`roll_up`) into one count for the town, and a question about a county or
the city adds up its towns. An answer (`counted`) adds what is not rolled up yet: it is exact at
every moment. Below the town matters are so few a day that counts would be as many as they are:
there the events themselves are counted. `recounting.verify` counts everything again and compares.

A day is the local day of the act. A unit is the one that held the lead before the act; of a clock
the one the clock measured.
"""

from huiyin.matters.tallies.areas import AREA, area_of
from huiyin.matters.tallies.booking import book, book_all, rebook
from huiyin.matters.tallies.counting import GROUPS, Share, counted, counted_in, counted_of, total
from huiyin.matters.tallies.moves import Movement, Read, folded, recounted, told
from huiyin.matters.tallies.rolling import roll_up

__all__ = [
    "AREA",
    "GROUPS",
    "Movement",
    "Read",
    "Share",
    "area_of",
    "book",
    "book_all",
    "counted",
    "counted_in",
    "counted_of",
    "folded",
    "rebook",
    "recounted",
    "roll_up",
    "told",
    "total",
]
