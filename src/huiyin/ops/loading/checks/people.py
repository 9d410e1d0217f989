"""Checks of people: roles and where they work, accounts and posts, who shares what with whom."""

from collections.abc import Iterator

from huiyin.ops.loading.checks.context import Context, UnitEntry, check_days
from huiyin.ops.loading.checks.units import check_open
from huiyin.ops.loading.references import duplicates
from huiyin.ops.loading.rows import Parsed, Row
from huiyin.ops.loading.words import GRID_ROLES, MEDIATOR_ROLES, Role
from huiyin.people import phones
from huiyin.people.models import Account, AccountKind
from huiyin.places.models import PlaceLevel
from huiyin.units.models import UnitKind

_OF_ROLES = ("grid_code", "unit_code", "login", "permission_set")


def check_people(context: Context) -> None:
    """Report what is wrong with people, row by row and between rows."""
    table = context.table("people")
    if table is None:
        return
    for row, before in duplicates(table, "ref"):
        row.fault("ref", "duplicate", row=before.number, file=table.file)
    for row in table:
        _check_role(row, context)
        check_days(row)
    _check_leaders(table, context)
    _check_logins(table, context)
    _check_phones(table, context)
    _check_defaults(table)


def _check_role(row: Row, context: Context) -> None:
    """Report what a row lacks or has too much for its role; when several, it is the role."""
    unit = context.units.resolve(row, "unit_code", "unknown_unit")
    grid = context.places.resolve(row, "grid_code", "unknown_place")
    if unit is not None and row.is_sound("unit_code"):
        check_open(row, "unit_code", unit, context.today)
    _check_permission_set(row, context)
    odd = [*_odd(row), *_odd_unit(row, unit)]
    if len(odd) > 1 and row.is_sound("role"):
        listed = ", ".join(column for column, _ in odd)
        row.fault("role", "role_does_not_fit", columns=listed)
        return
    for column, fault in odd:
        words = ", ".join(sorted(context.known.permission_sets))
        row.fault(column, fault, words=words, name=unit.name if unit else "")
    role = row["role"] if row.is_sound("role") else None
    if role in GRID_ROLES and grid is not None and row.is_sound("grid_code"):
        is_readable = grid.row is None or grid.row.is_sound("kind", "code")
        if is_readable and grid.level not in (None, PlaceLevel.GRID):
            row.fault("grid_code", "grid_expected", name=grid.name)


def _odd(row: Row) -> Iterator[tuple[str, str]]:
    """Yield what does not go with the role: column and fault."""
    role = row["role"] if row.is_sound("role") else None
    has_set = row["permission_set"] is not None and row.is_sound("permission_set")
    is_staff = role == Role.STAFF
    lacks = {column for column in _OF_ROLES if row[column] is None and row.is_sound(column)}
    if role in GRID_ROLES and "grid_code" in lacks:
        yield "grid_code", "grid_missing"
    if role is not None and role not in GRID_ROLES and row["grid_code"] is not None:
        yield "grid_code", "grid_not_for_role"
    needs_unit = has_set or (role is not None and role not in GRID_ROLES)
    if needs_unit and "unit_code" in lacks:
        yield "unit_code", "unit_missing"
    if (is_staff or has_set) and "login" in lacks:
        yield "login", "login_missing"
    if is_staff and "permission_set" in lacks:
        yield "permission_set", "permission_set_missing"
    if row["is_default"] and "permission_set" in lacks:
        yield "is_default", "default_without_post"


def _check_permission_set(row: Row, context: Context) -> None:
    code, known = row["permission_set"], context.known.permission_sets
    if code is not None and code not in known and row.is_sound("permission_set"):
        row.fault("permission_set", "unknown_permission_set", words=", ".join(sorted(known)))


def _odd_unit(row: Row, unit: UnitEntry | None) -> Iterator[tuple[str, str]]:
    """Yield that a mediator's unit is no committee, when it is none."""
    if row["role"] not in MEDIATOR_ROLES or unit is None or not row.is_sound("role", "unit_code"):
        return
    is_readable = unit.kind is not None and (unit.row is None or unit.row.is_sound("kind", "code"))
    if is_readable and unit.kind != UnitKind.MEDIATION_COMMITTEE:
        yield "unit_code", "not_a_committee"


def _check_leaders(table: Parsed, context: Context) -> None:
    first: dict[str, Row] = {}
    for row in table:
        if row["role"] != Role.LEADER or not row.is_sound("role", "grid_code", "ref"):
            continue
        if row["grid_code"] is None or is_over(row, context):
            continue
        before = first.setdefault(row["grid_code"], row)
        if before is not row:
            row.fault("role", "two_leaders", row=before.number, file=table.file)


def is_over(row: Row, context: Context) -> bool:
    """Say whether what a row says ended before today."""
    return row["valid_to"] is not None and row["valid_to"] <= context.today


def _check_logins(table: Parsed, context: Context) -> None:
    """One user name is one person: the same name in all its rows, as in the database."""
    first: dict[str, Row] = {}
    refs: dict[str, set[str]] = {}
    for row in table:
        if row["login"] is not None and row["ref"] is not None:
            refs.setdefault(row["login"], set()).add(row["ref"])
    for row in table:
        login, name = row["login"], row["name"]
        if login is None or name is None or not row.is_sound("login", "name", "ref"):
            continue
        before = first.setdefault(login, row)
        if before is not row:
            if before["name"] != name:
                where = f"{table.file} {before.number}"
                row.fault("login", "login_of_two", name=before["name"], where=where)
            continue
        account = context.known.accounts.get(login)
        if account is not None and not account.is_active:
            row.fault("login", "account_closed")
            continue
        if account is None or account.name == name:
            continue
        if not _is_theirs(account, refs[login], context):
            row.fault("login", "login_of_two", name=account.name, where=login)


def _is_theirs(account: Account, refs: set[str], context: Context) -> bool:
    """Say whether one of the references is already that account's: then its name was corrected."""
    held = (context.known.posts, context.known.workers, context.known.mediators)
    return any(ref in rows and rows[ref].account_id == account.id for rows in held for ref in refs)


def _check_phones(table: Parsed, context: Context) -> None:
    by_login: dict[str, Row] = {}
    by_phone: dict[str, Row] = {}
    given: set[str] = set()
    for row in table:
        if row["login"] is not None:
            given.add(row["login"])
    held = {
        bytes(index or b""): username
        for index, username in Account.objects.filter(
            kind=AccountKind.STAFF, is_active=True, phone_index__isnull=False
        ).values_list("phone_index", "username")
    }
    for row in table:
        login, phone = row["login"], row["phone"]
        if login is None or phone is None or not row.is_sound("login", "phone", "ref"):
            continue
        same = by_login.setdefault(login, row)
        if same is not row and same["phone"] != phone:
            row.fault("phone", "phone_differs", row=same.number, file=table.file)
            continue
        before = by_phone.setdefault(phone, row)
        if before["login"] != login:
            where = f"{table.file} {before.number}"
            row.fault("phone", "phone_of_two", login=before["login"], where=where)
            continue
        holder = held.get(phones.index_of(phone)) if held else None
        if holder is not None and holder != login and holder not in given:
            row.fault("phone", "phone_of_two", login=holder, where=holder)


def _check_defaults(table: Parsed) -> None:
    first: dict[str, Row] = {}
    for row in table:
        # A row with another phone than this login's may be somebody else's: nothing is concluded.
        if not row["is_default"] or not row.is_sound("login", "is_default", "phone"):
            continue
        if row["login"] is None:
            continue
        before = first.setdefault(row["login"], row)
        if before is not row:
            row.fault("is_default", "two_defaults", row=before.number, file=table.file)
