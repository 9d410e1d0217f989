"""Finding rows by a part of a name: an index of its pieces says which rows may have it.

`LIKE '%…%'` reads a whole table, and an index of trigrams knows no word of two characters. So the
database cuts what a row is called into pieces of one to three characters (`units_grams`, migration
`words_are_looked_up`): whatever has a word has all pieces of the word.
"""

from django.contrib.postgres.fields import ArrayField
from django.db.models import BooleanField, Func, TextField, Value
from django.db.models.functions import Lower, Replace

_SIZE = 3


class Grams(Func):
    """The pieces of some texts, as an index holds them."""

    function = "units_grams"
    output_field = ArrayField(TextField())


class Joined(Func):
    """An array of texts as one text."""

    function = "units_joined"
    output_field = TextField()


def of_a_unit() -> Grams:
    """Return the pieces by which a unit is found: its names, how they sound, its code."""
    sound = Replace("pinyin", Value(" "), Value(""))
    return Grams("name", "short_name", Joined("aliases"), "initials", sound, Lower("code"))


class MayHave(Func):
    """Whether all of some words may stand in texts; whether they do is asked beside it."""

    template = "%(expressions)s"
    arg_joiner = " @> "
    output_field = BooleanField()

    def __init__(self, texts: Grams, *words: str) -> None:
        wanted = sorted({piece for word in words for piece in pieces(word)})
        super().__init__(texts, Value(wanted, output_field=ArrayField(TextField())))


def pieces(word: str) -> list[str]:
    """Return the longest pieces of a word that the index has."""
    word = word.lower()
    size = min(len(word), _SIZE)
    return [word[at : at + size] for at in range(len(word) - size + 1)] if word else []
