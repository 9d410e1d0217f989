"""What can be wrong in a load file, and how it is said: the problem and what was expected.

The sentences go to whoever keeps the file, in their language; the codes are for programs and tests.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MAX_SHOWN = 80  # characters of a cell that are quoted


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of one cell, row or file. `row` counts as a spreadsheet does; 0: the whole file."""

    file: str
    row: int
    column: str
    found: str
    code: str
    data: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @property
    def problem(self) -> str:
        """Return what is wrong, in the language in use."""
        return str(SENTENCES[self.code][0]) % self.data

    @property
    def expected(self) -> str:
        """Return what was expected, in the language in use."""
        return str(SENTENCES[self.code][1]) % self.data

    @property
    def is_warning(self) -> bool:
        """Whether the load goes on in spite of it."""
        return self.code in WARNINGS


class Unfit(Exception):
    """A cell that cannot be read. `value`: what was probably meant, for the rest of the checks."""

    def __init__(self, code: str, *, value: Any = None, **data: Any) -> None:
        super().__init__(code)
        self.code = code
        self.value = value
        self.data = data


class Spoiled(str):
    """A cell that the reader of the file already found faulty: its text as far as it can be shown.

    `value`: the text that was probably meant, None when nobody can tell.
    """

    code: str
    data: dict[str, Any]
    value: str | None

    def __new__(cls, shown: str, code: str, *, value: str | None = None, **data: Any) -> "Spoiled":
        """Make the text and keep what is wrong with it."""
        made = super().__new__(cls, shown)
        made.code, made.data, made.value = code, data, value
        return made


def shown(text: str) -> str:
    """Return a cell as a report quotes it: one line, not too long."""
    flat = "".join(sign if sign.isprintable() or sign == "\u3000" else "·" for sign in text)
    return flat if len(flat) <= MAX_SHOWN else flat[: MAX_SHOWN - 1] + "…"


WARNINGS = frozenset(
    ("no_rows", "code_of_other_county", "superior_of_lower_level", "point_outside_unsure")
)

SENTENCES: dict[str, tuple[str | Promise, str | Promise]] = {
    # --- files ---
    "unknown_file": (
        _("There is no table of this name."),
        _("one of: %(names)s (.csv or .xlsx)"),
    ),
    "two_files": (_("There are several files for this table."), _("one file: keep %(file)s")),
    "empty_file": (_("The file is empty."), _("a header row and rows below it")),
    "no_rows": (_("The file has a header but no rows."), _("rows, or no file")),
    "unreadable": (
        _("The file cannot be read: it is damaged, protected by a password, or of another format."),
        _("an .xlsx workbook without password, or CSV in UTF-8"),
    ),
    "old_excel": (_("This is an old Excel file."), _("the same saved as .xlsx or CSV UTF-8")),
    "utf16": (
        _("The file is written in UTF-16."),
        _("CSV in UTF-8 or GB18030 (Excel: “CSV UTF-8”)"),
    ),
    "several_sheets": (
        _("Several sheets have rows, and none is called %(name)s."),
        _("one sheet called %(name)s"),
    ),
    "not_geojson": (_("This is no GeoJSON."), _("a FeatureCollection")),
    "unclosed_quote": (
        _("A quotation mark opens here and is never closed."),
        _("a closing quotation mark"),
    ),
    "stray_quote": (
        _("A quotation mark stands where none can be."),
        _("texts with quotation marks in them stand in quotation marks, each mark doubled"),
    ),
    "refused": ("%(sentence)s", _("a change that can be made")),
    # --- columns ---
    "unknown_column": (_("There is no column of this name."), _("one of: %(names)s")),
    "unknown_column_like": (_("There is no column of this name."), "%(name)s"),
    "missing_column": (_("This column is missing."), _("the column %(name)s")),
    "duplicate_column": (_("This column is there twice."), _("each column once")),
    "unnamed_column": (
        _("There are values in a column without a name."),
        _("a name in the header row, or an empty column"),
    ),
    "column_spaces": (_("There are spaces around the name."), "%(value)s"),
    # --- cells ---
    "too_many_cells": (
        _("The row has more cells than the header."),
        _("%(count)s cells; a text with commas stands in quotation marks"),
    ),
    "broken_bytes": (
        _("Bytes that are no characters in %(encoding)s: %(bytes)s (byte %(byte)s of the file)."),
        _("text in UTF-8 or GB18030"),
    ),
    "spaces": (_("There are spaces before or after the text."), "“%(value)s”"),
    "invisible": (_("There are invisible characters or line breaks in the text."), "“%(value)s”"),
    "required": (_("The cell is empty."), "%(meaning)s"),
    "too_long": (
        _("The text has %(length)s characters."),
        _("at most %(limit)s characters"),
    ),
    "excel_number": (
        _("Excel turned the code into a rounded number."),
        _("all digits, in a cell formatted as text"),
    ),
    "excel_digits": (
        _("Excel keeps 15 digits only; the rest was lost."),
        _("all digits, in a cell formatted as text"),
    ),
    "excel_zero": (
        _("Excel dropped the zero in front."),
        _("%(value)s, in a cell formatted as text"),
    ),
    "excel_date": (
        _("Excel turned the text into a date."),
        _("the text as it was, in a cell formatted as text"),
    ),
    "excel_error": (_("This is an error of a formula."), _("the value itself")),
    "full_width": (_("There are full-width letters or digits."), "%(value)s"),
    # --- dates, numbers, choices ---
    "date_serial": (_("This is Excel's number of a day, not a date."), "%(value)s"),
    "date_written": (_("The date is written in another way."), "%(value)s"),
    "not_a_date": (_("This is no date."), _("YYYY-MM-DD, such as 2026-01-31")),
    "no_such_day": (_("There is no such day."), _("a day of the calendar, as YYYY-MM-DD")),
    "not_a_number": (_("This is no number."), _("a number such as 116.302")),
    "not_whole": (_("This is no whole number."), _("a whole number such as 320")),
    "out_of_range": (
        _("The number is out of range."),
        _("from %(least)s to %(most)s"),
    ),
    "not_yes_or_no": (_("This is neither yes nor no."), _("yes, no or empty (是, 否)")),
    "unknown_word": (_("This word is not known here."), _("one of: %(words)s")),
    "unknown_word_like": (_("This word is not known here."), "%(word)s"),
    # --- shapes of codes and such ---
    "place_code": (
        _("This is no place code."),
        _("6, 9 or 12 digits; for grids up to 32 digits, letters and hyphens"),
    ),
    "unit_code": (
        _("This is no unit code."),
        _("up to 40 letters, digits, hyphens and underscores"),
    ),
    "category_code": (_("This is no category code."), _("pairs of digits, such as 010203")),
    "ref": (
        _("This is no reference."),
        _("up to 40 letters, digits, hyphens, dots and underscores"),
    ),
    "term_key": (
        _("This is no name of a limit."),
        _("small letters with dots and underscores, such as pet.handle"),
    ),
    "login": (
        _("This is no user name."),
        _("2 to 40 small letters, digits, hyphens, dots and underscores; no phone number"),
    ),
    "phone": (
        _("This is no phone number."),
        _("0534-2345678, 13800000000, 12345 or 0534-2345678-801"),
    ),
    "mobile": (_("This is no mobile number."), _("eleven digits, such as 13800000000")),
    "pinyin": (_("This is no pinyin."), _("syllables with spaces, such as xia jin xian")),
    "uscc": (
        _("This is no unified social credit code."),
        _("18 digits and capital letters without I, O, S, V and Z"),
    ),
    "uscc_check": (
        _("The check character of the credit code is wrong."),
        _("the code as on the certificate; after these 17 characters comes %(character)s"),
    ),
    "hours": (
        _("“%(part)s” is not understood as opening hours."),
        _("周一至周五 08:30-12:00,14:00-17:30; 周六 09:00-12:00, or 24h"),
    ),
    "hours_overlap": (
        _("Opening hours overlap: %(part)s."),
        _("each day once, its times in order"),
    ),
    "owner_kind": (
        _("This is no kind of unit."),
        _("a kind of unit, for departments and utilities with function: department:housing"),
    ),
    "two_names": (_("There are two names in one cell."), _("one name")),
    # --- references ---
    "duplicate": (
        _("This is there already, in row %(row)s of %(file)s."),
        _("each one once"),
    ),
    "code_not_meant": (
        _("Nothing refers to this code, but %(count)s rows refer to %(value)s."),
        "%(value)s",
    ),
    "duplicate_row": (
        _("The same is said in row %(row)s of %(file)s."),
        _("one row for each combination of %(columns)s"),
    ),
    "orphan": (
        _("The parent is neither in the file nor in the database."),
        _("the code of a place of a higher level"),
    ),
    "unknown_place": (
        _("There is no place with this code, neither in the file nor in the database."),
        _("a code of the table places"),
    ),
    "unknown_unit": (
        _("There is no unit with this code, neither in the file nor in the database."),
        _("a code of the table units"),
    ),
    "unknown_category": (
        _("There is no category with this code, neither in the file nor in the database."),
        _("a code of the table categories"),
    ),
    "unknown_permission_set": (_("There is no such permission set."), _("one of: %(words)s")),
    "closed_unit": (_("This unit closed on %(on)s."), _("a unit that exists")),
    # --- places ---
    "parent_missing": (
        _("Only the city has no place above it."),
        _("the code of the place above"),
    ),
    "city_has_parent": (_("The city is at the top."), _("an empty cell")),
    "second_city": (
        _("There is another city already: %(name)s."),
        _("one city; others have a database of their own"),
    ),
    "kind_of_parent": (
        _("%(count)s places lie under it that are not of a lower level."),
        _("a kind of a higher level"),
    ),
    "kind_not_of_code": (
        _("The code is that of another level: %(level)s."),
        _("a kind of the level that the code says, or the code of the place"),
    ),
    "level_order": (
        _("%(parent)s is not above: a %(kind)s lies under a place of a higher level."),
        _("a place of a higher level"),
    ),
    "code_not_of_parent": (
        _("The code does not begin as that of %(parent)s, in which the place is said to lie."),
        _("a code that begins with %(prefix)s, or another parent"),
    ),
    "code_of_other_county": (
        _("The code does not begin as that of the functional zone %(parent)s."),
        _("%(prefix)s…; usual for zones whose towns are coded under a county, so it is loaded"),
    ),
    "overlay_not_possible": (
        _("Only a functional zone lies on the land of another place of its level."),
        _("an empty cell, or a county for a functional zone"),
    ),
    "point_incomplete": (
        _("A point needs longitude and latitude."),
        _("both, or neither"),
    ),
    "point_swapped": (
        _("Longitude and latitude are exchanged."),
        _("lon %(lon)s and lat %(lat)s"),
    ),
    "point_outside": (
        _("The point lies outside of the city."),
        _("longitude %(west)s to %(east)s, latitude %(south)s to %(north)s"),
    ),
    "point_outside_unsure": (
        _("The point lies far from all others."),
        _("longitude %(west)s to %(east)s, latitude %(south)s to %(north)s"),
    ),
    "previous_unknown": (
        _("No place of today has this code."),
        _("the code the place has in the database"),
    ),
    "code_taken": (
        _("The code belongs to %(holder)s."),
        _("another code, or previous_code with the code that place had"),
    ),
    "code_held": (
        _("Another place had this code until %(on)s."),
        _("valid_from with that day or a later one"),
    ),
    "kind_of_other_level": (
        _("%(name)s is loaded as %(kind)s; a place does not change its level."),
        _("a kind of the same level, or a new place with a new code"),
    ),
    "future": (
        _("This day has not come yet."),
        _("%(today)s or earlier; load the file when it takes effect"),
    ),
    "before_last_change": (
        _("The place last changed on %(since)s."),
        _("%(since)s or later"),
    ),
    "parent_later": (
        _("The place above exists only since %(since)s."),
        _("%(since)s or later, or an earlier beginning of the place above"),
    ),
    "children_earlier": (
        _("%(count)s places below are said to have begun before."),
        _("the day from which the places below exist, or an empty cell"),
    ),
    # --- boundaries ---
    "outline": (
        _("The outline cannot be used: %(problem)s."),
        _("a GeoJSON Polygon or MultiPolygon or WKT, longitude first"),
    ),
    # --- categories and terms ---
    "category_parent": (
        _("The parent is not the code without its last two digits."),
        "%(parent)s",
    ),
    "category_orphan": (
        _("The category above is neither in the file nor in the database."),
        _("a row with the code %(parent)s"),
    ),
    "term_of_other_key": (
        _("Row %(row)s of %(file)s uses this name for another limit."),
        _("a name of its own for each limit"),
    ),
    "term_text_differs": (
        _("Row %(row)s of %(file)s says something else about this limit."),
        "%(value)s",
    ),
    "term_locked_scope": (
        _("This limit is fixed by law: no category, level or place has a value of its own."),
        _("an empty cell"),
    ),
    "term_locked_value": (
        _("This limit is fixed by law at %(value)s."),
        _("%(value)s, or in_force_from with the day from which the law says otherwise"),
    ),
    "term_unlocked": (_("This limit is fixed by law."), _("yes")),
    # --- units ---
    "committee_kind_missing": (
        _("This is a mediation committee."),
        _("its kind, one of: %(words)s"),
    ),
    "committee_kind_for_others": (
        _("Only mediation committees have this."),
        _("an empty cell"),
    ),
    "own_superior": (_("A unit is not above itself."), _("another unit, or an empty cell")),
    "superior_loop": (
        _("The units are above each other in a circle: %(circle)s."),
        _("a superior that is not below this unit"),
    ),
    "superior_of_lower_level": (
        _("The superior %(superior)s is of a lower level than the unit."),
        _("a unit of the same or a higher level"),
    ),
    "host_not_possible": (
        _("Only a stationed room stands in another unit, in a police station or a court."),
        _("an empty cell, or the code of a police station or court"),
    ),
    "officer_without_name": (_("There is a phone but no name."), _("the name of the officer")),
    "dates_reversed": (
        _("It ends before it begins on %(since)s."),
        _("a day after %(since)s"),
    ),
    # --- duties ---
    "duty_overlaps": (
        _("Row %(row)s of %(file)s names the same duty for some of the same days."),
        _("days that do not overlap"),
    ),
    # --- services and their times ---
    "service_code": (
        _("This is no code of a service."),
        _("2 to 20 digits, capital letters and hyphens, such as FW-01"),
    ),
    "time_of_day": (_("This is no time of day."), _("hours and minutes, such as 08:30")),
    "unknown_service": (
        _("There is no service with this code, neither in the file nor in the database."),
        _("a code of the table services"),
    ),
    "version_too_early": (
        _("The service is another one since %(since)s; a change begins on a later day."),
        _("a day after %(since)s"),
    ),
    "times_reversed": (_("It ends before it begins."), _("a later time")),
    "times_too_short": (
        _("Between the two times there is no room for one visit of %(minutes)s minutes."),
        _("a longer time"),
    ),
    "times_overlap": (
        _("Row %(row)s of %(file)s offers some of the same times."),
        _("times that do not overlap"),
    ),
    # --- knowledge ---
    "personal_words": (
        _("This may name a person: %(words)s. Everybody would read it."),
        _("words without phones, identity numbers, plates, names and doors"),
    ),
    "kind_changed": (
        _("The entry with this code is for something else."),
        _("another code"),
    ),
    # --- people ---
    "grid_missing": (_("A grid worker works in a grid."), _("the code of a grid")),
    "grid_expected": (_("%(name)s is no grid."), _("the code of a grid")),
    "grid_not_for_role": (
        _("Somebody with this role works in a unit, not in a grid."),
        _("an empty cell, or a role of grids"),
    ),
    "unit_missing": (_("Somebody with this role works in a unit."), _("the code of a unit")),
    "role_does_not_fit": (
        _("The row does not fit the role: %(columns)s."),
        _("another role, or these columns as the role needs them"),
    ),
    "not_a_committee": (
        _("%(name)s is no mediation committee."),
        _("the code of a mediation committee"),
    ),
    "login_missing": (
        _("Staff and holders of a permission set sign in."),
        _("a user name"),
    ),
    "permission_set_missing": (
        _("Staff work with a permission set."),
        _("one of: %(words)s"),
    ),
    "account_closed": (
        _("The account with this user name was closed."),
        _("another user name"),
    ),
    "login_of_two": (
        _("%(name)s uses the same user name (%(where)s)."),
        _("a user name for each person"),
    ),
    "phone_of_two": (
        _("The account %(login)s has the same number (%(where)s)."),
        _("a number for each person"),
    ),
    "phone_differs": (
        _("Row %(row)s of %(file)s gives another number for the same user name."),
        _("the same number in all rows of an account"),
    ),
    "two_defaults": (
        _("Row %(row)s of %(file)s is the default post of this account."),
        _("one default post for each account"),
    ),
    "default_without_post": (
        _("Only a post can be the default: a permission set is missing."),
        _("no, or a permission set"),
    ),
    "two_leaders": (
        _("Row %(row)s of %(file)s names a leader for this grid."),
        _("one grid leader for each grid"),
    ),
}
