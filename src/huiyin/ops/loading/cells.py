"""Reading a cell: from the text an operator wrote to a value, or what is wrong with it.

Each parser takes text without spaces around it and raises Unfit; `value` of Unfit is what was
probably meant, so that one fault does not hide or cause others.
"""

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date, time, timedelta
from typing import Any

from huiyin.categories.models import TermUnit, Urgency
from huiyin.knowledge.models import Kind
from huiyin.ops.loading import words
from huiyin.ops.loading.faults import Unfit
from huiyin.orders.models import Mode
from huiyin.people.accounts import username_of
from huiyin.people.refusals import UsernameMalformed
from huiyin.places.coordinates import Crs
from huiyin.places.models import PlaceKind
from huiyin.units import hours, uscc
from huiyin.units.models import CommitteeKind, UnitKind
from huiyin.units.phones import is_mobile, is_phone
from huiyin.units.refusals import HoursNotUnderstood, HoursOverlap

Parser = Callable[[str], Any]

_FIRST_DAY = date(1899, 12, 30)  # day 0 of Excel's calendar, as far as dates after 1900 go
_SERIALS = range(14_611, 73_051)  # 1940 to 2099
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_WRITTEN = re.compile(
    r"(\d{4})(?:年|[-/.])\s*(\d{1,2})(?:月|[-/.])\s*(\d{1,2})日?(?:[ T]0?0:00(?::00)?)?", re.ASCII
)
_SERIAL = re.compile(r"\d{5}(?:\.0+)?", re.ASCII)
_EIGHT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})", re.ASCII)
_ROUNDED = re.compile(r"(\d)(?:\.(\d+))?[eE]\+?(\d{1,2})", re.ASCII)
_LOOKS_LIKE_A_DAY = re.compile(
    r"\d{4}[-/]\d{1,2}[-/]\d{1,2}(?: 0?0:00(?::00)?)?|\d{1,2}月\d{1,2}日", re.ASCII
)
_ERRORS = frozenset(
    ("#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "########")
)
_YES = frozenset(("yes", "y", "true", "1", "是", "对", "√"))
_NO = frozenset(("no", "n", "false", "0", "否", "×"))
_PLACE_CODE = re.compile(r"\d{6}|\d{9}|[0-9A-Za-z-]{10,32}", re.ASCII)
_UNIT_CODE = re.compile(r"[0-9A-Za-z_-]{1,40}", re.ASCII)
_CATEGORY_CODE = re.compile(r"(?:\d\d){1,8}", re.ASCII)
_SERVICE_CODE = re.compile(r"[0-9A-Z][0-9A-Z-]{1,19}", re.ASCII)
_TIME = re.compile(r"([01]?\d|2[0-3])[:：]([0-5]\d)(?:[:：]00)?", re.ASCII)
_REF = re.compile(r"[0-9A-Za-z._-]{1,40}", re.ASCII)
_TERM_KEY = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+", re.ASCII)
_FUNCTION = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?", re.ASCII)
_WHOLE = re.compile(r"\d+", re.ASCII)
_SHORT_NUMBER = re.compile(r"\d{3,20}", re.ASCII)
_TWO_NAMES = re.compile(r"[、,，/／;；&]|\s和\s")
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]")


def spaces_of(text: str) -> str:
    """Return the text without anything around it that cannot be seen."""
    return text.strip("\u00a0\u200b\u200c\u200d\u2060\ufeff\x00 \t\r\n\u3000\u2002\u2003\u2009")


def check_visible(text: str) -> None:
    """Refuse line breaks, tabs and invisible characters inside a text."""
    if _INVISIBLE.search(text):
        raise Unfit("invisible", value=_INVISIBLE.sub("", text))


def is_formula_error(text: str) -> bool:
    """Say whether this is what a spreadsheet shows instead of a value."""
    return text.startswith("#") and text in _ERRORS


def choice(known: Mapping[str, Any], more: Mapping[str, Any]) -> Parser:
    """Return a parser of a word: one of `known` (shown in messages) or of `more`."""
    every = {word.casefold(): value for word, value in {**more, **known}.items()}
    listed = list({value: word for word, value in reversed(list(known.items()))}.values())[::-1]

    def parse(text: str) -> Any:
        try:
            return every[text.casefold()]
        except KeyError:
            raise _unknown_word(text, every, listed) from None

    return parse


def text_up_to(limit: int) -> Parser:
    """Return a parser of a text of one line with at most `limit` characters."""

    def parse(text: str) -> str:
        check_visible(text)
        if len(text) > limit:
            raise Unfit("too_long", value=text[:limit], length=len(text), limit=limit)
        return text

    return parse


def lines_up_to(limit: int) -> Parser:
    """Return a parser of a text of several lines with at most `limit` characters."""

    def parse(text: str) -> str:
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        for line in lines:
            check_visible(line)
        whole_text = "\n".join(line.rstrip() for line in lines)
        if len(whole_text) > limit:
            raise Unfit("too_long", value=whole_text[:limit], length=len(whole_text), limit=limit)
        return whole_text

    return parse


def person_name(limit: int) -> Parser:
    """Return a parser of the name of one person."""
    plain = text_up_to(limit)

    def parse(text: str) -> str:
        name: str = plain(text)
        if _TWO_NAMES.search(name):
            raise Unfit("two_names", value=name)
        return name

    return parse


def whole(least: int, most: int) -> Parser:
    """Return a parser of a whole number in a range."""

    def parse(text: str) -> int:
        plain = _half_width(text)
        if not _WHOLE.fullmatch(plain.removesuffix(".0")):
            raise Unfit("not_whole" if _NUMBER.fullmatch(plain) else "not_a_number")
        number = int(plain.removesuffix(".0"))
        if not least <= number <= most:
            raise Unfit("out_of_range", least=least, most=most)
        return number

    return parse


def degrees(most: int) -> Parser:
    """Return a parser of degrees. What is beyond `most` is left to the check of the whole point."""

    def parse(text: str) -> float:
        if not _NUMBER.fullmatch(_half_width(text)):
            raise Unfit("not_a_number")
        found = float(_half_width(text))
        if abs(found) > 180:
            raise Unfit("out_of_range", least=-most, most=most)
        return found

    return parse


def day(text: str) -> date:
    """Return a day written YYYY-MM-DD."""
    if found := _ISO.fullmatch(text):
        return _date(*found.groups())
    if _SERIAL.fullmatch(text) and int(float(text)) in _SERIALS:
        meant = _FIRST_DAY + timedelta(days=int(float(text)))
        raise Unfit("date_serial", value=meant, shown=meant.isoformat())
    plain = _half_width(text)
    if found := _WRITTEN.fullmatch(plain) or _EIGHT.fullmatch(plain):
        meant = _date(*found.groups())
        raise Unfit("date_written", value=meant, shown=meant.isoformat())
    raise Unfit("not_a_date")


def yes_or_no(text: str) -> bool:
    """Return what was ticked."""
    plain = text.casefold()
    if plain in _YES:
        return True
    if plain in _NO:
        return False
    raise Unfit("not_yes_or_no")


def coded(pattern: re.Pattern[str], fault: str) -> Parser:
    """Return a parser of a code; what Excel does to codes is told apart."""

    def parse(text: str) -> str:
        if pattern.fullmatch(text):
            return text
        if _ROUNDED.fullmatch(text):
            raise Unfit("excel_number")
        if _LOOKS_LIKE_A_DAY.fullmatch(text):
            raise Unfit("excel_date")
        half = _half_width(text)
        if half != text and pattern.fullmatch(half):
            raise Unfit("full_width", value=half, shown=half)
        raise Unfit(fault)

    return parse


_plain_category_code = coded(_CATEGORY_CODE, "category_code")


def category_code(text: str) -> str:
    """Return the code of a category: pairs of digits."""
    if _WHOLE.fullmatch(text) and len(text) % 2 and len(text) < 16:
        raise Unfit("excel_zero", value=f"0{text}", shown=f"0{text}")
    code: str = _plain_category_code(text)
    return code


def credit_code(text: str) -> str:
    """Return a unified social credit code."""
    if uscc.is_valid(text):
        return text
    if _ROUNDED.fullmatch(text):
        raise Unfit("excel_number")
    try:
        character = uscc.check_character(text[:-1])
    except ValueError:
        raise Unfit("uscc") from None
    raise Unfit("uscc_check", character=character)


def phone(text: str) -> str:
    """Return a number that can be dialled."""
    if not is_phone(text):
        raise Unfit("phone")
    return text


def mobile(text: str) -> str:
    """Return a mobile number."""
    if not is_mobile(text):
        raise Unfit("mobile")
    return text


def login(text: str) -> str:
    """Return a user name as accounts have them."""
    try:
        if username_of(text) == text:
            return text
    except UsernameMalformed:
        pass
    raise Unfit("login")


def opening_hours(text: str) -> dict[str, Any]:
    """Return opening hours as they are stored."""
    try:
        return hours.parse(text)
    except HoursNotUnderstood as refused:
        raise Unfit("hours", part=refused.part) from None
    except HoursOverlap as refused:
        raise Unfit("hours_overlap", part=refused.part) from None


def owner_kind(text: str) -> str:
    """Return a kind of unit, for departments and utilities with the function they work on."""
    kind, colon, function = text.partition(":")
    known = kind in UnitKind.values
    if not known or (colon and not _FUNCTION.fullmatch(function)) or len(text) > 60:
        raise Unfit("owner_kind")
    return text


def pinyin(text: str) -> str:
    """Return syllables; tone marks are allowed."""
    bare = unicodedata.normalize("NFD", text.casefold())
    if not all(sign.isascii() or unicodedata.combining(sign) for sign in bare):
        raise Unfit("pinyin")
    if len(text) > 240:
        raise Unfit("too_long", length=len(text), limit=240)
    return text


def time_of_day(text: str) -> time:
    """Return a local time of day: 08:30."""
    found = _TIME.fullmatch(text)
    if found is None:
        raise Unfit("time_of_day")
    return time(int(found[1]), int(found[2]))


def geometry(text: str) -> str:
    """Return the text of an outline; it is read together with its system of coordinates."""
    return text


def looks_rounded(text: str) -> bool:
    """Say whether Excel wrote a long number in short."""
    return _ROUNDED.fullmatch(text) is not None


def could_mean(text: str, code: str) -> bool:
    """Say whether a faulty cell may have meant this code: rounded by Excel, letters for digits."""
    if found := _ROUNDED.fullmatch(text):
        digits = found[1] + (found[2] or "").rstrip("0")
        return (
            code.isdigit()
            and len(code) == int(found[3]) + 1
            and (code.startswith(digits[:-1]) if len(digits) > 1 else True)
        )
    return _squeezed(text) == _squeezed(code)


_LOOK_ALIKE = str.maketrans("OoIlSZB", "0011528")


def _squeezed(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).translate(_LOOK_ALIKE)
    return "".join(sign for sign in plain if sign.isalnum()).casefold()


def _half_width(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _date(year: str | Any, month: str | Any, day_of_month: str | Any) -> date:
    try:
        found = date(int(year), int(month), int(day_of_month))
    except ValueError:
        raise Unfit("no_such_day") from None
    if not 1900 <= found.year <= 2200:
        raise Unfit("no_such_day")
    return found


def _unknown_word(text: str, every: Iterable[str], listed: Iterable[str]) -> Unfit:
    near = difflib.get_close_matches(text.casefold(), list(every), n=1, cutoff=0.75)
    if near:
        return Unfit("unknown_word_like", word=near[0])
    return Unfit("unknown_word", words=", ".join(listed))


def _values(choices: Iterable[Any]) -> dict[str, Any]:
    return {str(value): value for value in choices}


def parser_of(kind: str, *, limit: int, least: int) -> Parser:
    """Return the parser of a column type of tables.yaml. Raises KeyError."""
    return _MAKERS[kind](limit, least)


def _fixed(parser: Parser) -> Callable[[int, int], Parser]:
    return lambda _limit, _least: parser


def _levels() -> dict[str, Any]:
    return {**words.LEVEL_NAMES, **{str(int(level)): level for level in words.LEVEL.values()}}


_MAKERS: dict[str, Callable[[int, int], Parser]] = {
    "text": lambda limit, _: text_up_to(limit),
    "lines": lambda limit, _: lines_up_to(limit),
    "person": lambda limit, _: person_name(limit),
    "whole": lambda limit, least: whole(least, limit),
    "degrees": lambda limit, _: degrees(limit),
    "date": _fixed(day),
    "yes_or_no": _fixed(yes_or_no),
    "place_code": _fixed(coded(_PLACE_CODE, "place_code")),
    "unit_code": _fixed(coded(_UNIT_CODE, "unit_code")),
    "category_code": _fixed(category_code),
    "ref": _fixed(coded(_REF, "ref")),
    "term_key": _fixed(coded(_TERM_KEY, "term_key")),
    "login": _fixed(login),
    "phone": _fixed(phone),
    "mobile": _fixed(mobile),
    "short_number": _fixed(coded(_SHORT_NUMBER, "phone")),
    "pinyin": _fixed(pinyin),
    "uscc": _fixed(credit_code),
    "hours": _fixed(opening_hours),
    "owner_kind": _fixed(owner_kind),
    "function": _fixed(coded(_FUNCTION, "owner_kind")),
    "permission_set": lambda limit, _: text_up_to(limit),
    "geometry": _fixed(geometry),
    "place_kind": _fixed(choice(words.PLACE_KIND, _values(PlaceKind))),
    "unit_kind": _fixed(choice(words.UNIT_KIND, _values(UnitKind))),
    "committee_kind": _fixed(choice(words.COMMITTEE_KIND, _values(CommitteeKind))),
    "level": _fixed(choice(words.LEVEL, _levels())),
    "urgency": _fixed(choice(words.URGENCY, _values(Urgency))),
    "term_unit": _fixed(choice(words.TERM_UNIT, _values(TermUnit))),
    "service_code": _fixed(coded(_SERVICE_CODE, "service_code")),
    "knowledge_kind": _fixed(
        choice(words.KNOWLEDGE_KIND, {"guide": Kind.GUIDE, "script": Kind.SCRIPT})
    ),
    "service_mode": _fixed(choice(words.SERVICE_MODE, _values(Mode))),
    "weekday": _fixed(choice(words.WEEKDAY, words.WEEKDAY_IN_ENGLISH)),
    "time": _fixed(time_of_day),
    "role": _fixed(choice(words.ROLE, _values(words.Role))),
    "crs": _fixed(choice(words.CRS, _values(Crs))),
}
# Columns in which a number that Excel made is a code or a text in truth.
TEXTS = frozenset(_MAKERS) - {"whole", "degrees", "date", "yes_or_no"}
