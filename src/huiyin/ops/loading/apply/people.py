"""Writing people: accounts, posts, grid workers, mediators."""

from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password

from huiyin.ops.loading.apply.session import Counts, Session, differs
from huiyin.ops.loading.rows import Parsed, Row
from huiyin.ops.loading.words import GRID_ROLES, MEDIATOR_ROLES
from huiyin.ops.loading.writing import insert, update
from huiyin.people import phones
from huiyin.people.models import Account, AccountKind, GridWorker, Mediator, Post
from huiyin.ui.identifiers import new_id

_DATES = ("valid_from", "valid_to")


def apply_people(session: Session) -> Counts:
    """Write what is new or differs.

    Accounts get no password: an activation link sets it. An empty phone leaves the number of an
    account as it is; a row that no longer names a role or permission set ends what it had.
    """
    table = session.context.table("people")
    counts = Counts()
    if table is None:
        return counts
    accounts = _Accounts(session, table)
    posts = _Posts(session, table, accounts)
    workers = _Workers(session, table, accounts)
    mediators = _Mediators(session, table, accounts)
    known = session.context.known
    for row in table:
        ref = row["ref"]
        is_known = ref in known.posts or ref in known.workers or ref in known.mediators
        is_changed = row["login"] in accounts.changed_logins
        for holder in (posts, workers, mediators):
            is_changed |= holder.take(row)
        if not is_known:
            counts.created += 1
        elif is_changed:
            counts.changed += 1
        else:
            counts.unchanged += 1
    posts.unset_other_defaults()
    accounts.write()
    posts.write()
    workers.write()
    mediators.write()
    return counts


class _Accounts:
    """The accounts of the user names of a table."""

    def __init__(self, session: Session, table: Parsed) -> None:
        self.session = session
        self.ids: dict[str, UUID] = {}
        self.new: list[Account] = []
        self.renamed: list[Account] = []
        self.renumbered: list[Account] = []
        self.changed_logins: set[str] = set()
        numbers: dict[str, str] = {}
        names: dict[str, str] = {}
        for row in table:
            if row["login"]:
                names.setdefault(row["login"], row["name"])
                if row["phone"]:
                    numbers.setdefault(row["login"], phones.normal(row["phone"]))
        for login, name in names.items():
            self._take(login, name, numbers.get(login, ""))

    def _take(self, login: str, name: str, number: str) -> None:
        account = self.session.context.known.accounts.get(login)
        index = phones.index_of(number) if number else None
        if account is None:
            account = Account(
                id=new_id(),
                kind=AccountKind.STAFF,
                username=login,
                name=name,
                phone=number,
                phone_index=index,
                password=make_password(None),
                must_change_password=True,
                created_at=self.session.at,
            )
            self.new.append(account)
        else:
            if differs(account, {"name": name}):
                self.renamed.append(account)
                self.changed_logins.add(login)
            if index is not None and bytes(account.phone_index or b"") != index:
                account.phone, account.phone_index = number, index
                self.renumbered.append(account)
                self.changed_logins.add(login)
        self.ids[login] = account.id

    def write(self) -> None:
        """Write; numbers that change hands are let go of first, one account a number."""
        update(self.renamed, ("name",))
        if self.renumbered:
            Account.objects.filter(id__in=[account.id for account in self.renumbered]).update(
                phone_index=None
            )
            update(self.renumbered, ("phone", "phone_index"))
        insert(self.new)


class _Posts:
    """Posts: one for each row with a permission set."""

    def __init__(self, session: Session, table: Parsed, accounts: _Accounts) -> None:
        self.session = session
        self.table = table
        self.accounts = accounts
        self.known = session.context.known.posts
        self.new: list[Post] = []
        self.changed: dict[UUID, Post] = {}
        self.defaults: dict[str, str] = {}  # user name → reference of the default post
        self.stated: set[str] = set()  # user names whose rows say which is the default
        for row in table:
            if row["login"] and row["permission_set"] and row["is_default"]:
                self.defaults[row["login"]] = row["ref"]
                self.stated.add(row["login"])
        has_default = {post.account_id for post in self.known.values() if post.is_default}
        for row in table:
            login = row["login"]
            if login and row["permission_set"] and accounts.ids[login] not in has_default:
                self.defaults.setdefault(login, row["ref"])

    def take(self, row: Row) -> bool:
        """Compare a row with its post; say whether it differs."""
        post = self.known.get(row["ref"])
        if not row["permission_set"]:
            if not self.table.has("permission_set"):
                return False
            return post is not None and self._end(post)
        login = row["login"]
        values: dict[str, Any] = {
            "account_id": self.accounts.ids[login],
            "unit_id": self.session.unit_ids[row["unit_code"]],
            "permission_set_id": row["permission_set"],
            **({"title": row["title"] or ""} if self.table.has("title") else {}),
            **{name: row[name] for name in _DATES if self.table.has(name)},
        }
        if post is None or login in self.stated or login in self.defaults:
            values["is_default"] = self.defaults.get(login) == row["ref"]
        if post is None:
            self.new.append(Post(id=new_id(), ref=row["ref"], **values))
            return True
        if differs(post, values):
            self.changed[post.id] = post
            return True
        return False

    def _end(self, post: Post) -> bool:
        today = self.session.context.today
        if post.valid_to is not None and post.valid_to <= today:
            return False
        _end(post, self.session)
        post.is_default = False
        self.changed[post.id] = post
        return True

    def unset_other_defaults(self) -> None:
        """A post that is in no row is no longer the default where a row says another is."""
        stated = {self.accounts.ids[login]: self.defaults[login] for login in self.stated}
        for post in self.known.values():
            ref = stated.get(post.account_id)
            if ref is not None and post.is_default and post.ref != ref:
                post.is_default = False
                self.changed[post.id] = post

    def write(self) -> None:
        """Write; a default is given up before another takes its place."""
        rows = list(self.changed.values())
        if rows:
            Post.objects.filter(
                id__in=[post.id for post in rows if not post.is_default], is_default=True
            ).update(is_default=False)
        update(
            rows,
            ("account_id", "unit_id", "permission_set_id", "title", "is_default", *_DATES),
        )
        insert(self.new)


class _Workers:
    """Grid workers: one for each row with a role of grids."""

    def __init__(self, session: Session, table: Parsed, accounts: _Accounts) -> None:
        self.session = session
        self.table = table
        self.accounts = accounts
        self.known = session.context.known.workers
        self.new: list[GridWorker] = []
        self.changed: list[GridWorker] = []

    def take(self, row: Row) -> bool:
        """Compare a row with its grid worker; say whether it differs."""
        worker = self.known.get(row["ref"])
        role = GRID_ROLES.get(row["role"])
        if role is None:
            return worker is not None and _ended(worker, self.changed, self.session)
        values: dict[str, Any] = {
            "grid_id": self.session.place_ids[row["grid_code"]],
            "role": role,
            "name": row["name"],
            **_shared(row, self.table, self.accounts),
        }
        if self.table.has("public_phone"):
            values["public_phone"] = row["public_phone"] or ""
        if worker is None:
            self.new.append(GridWorker(id=new_id(), ref=row["ref"], **values))
            return True
        if differs(worker, values):
            self.changed.append(worker)
            return True
        return False

    def write(self) -> None:
        """Write what differs and what is new."""
        update(self.changed, ("grid_id", "role", "name", "public_phone", "account_id", *_DATES))
        insert(self.new)


class _Mediators:
    """Mediators: one for each row with a role of committees."""

    def __init__(self, session: Session, table: Parsed, accounts: _Accounts) -> None:
        self.session = session
        self.table = table
        self.accounts = accounts
        self.known = session.context.known.mediators
        self.new: list[Mediator] = []
        self.changed: list[Mediator] = []

    def take(self, row: Row) -> bool:
        """Compare a row with its mediator; say whether it differs."""
        mediator = self.known.get(row["ref"])
        kind = MEDIATOR_ROLES.get(row["role"])
        if kind is None:
            return mediator is not None and _ended(mediator, self.changed, self.session)
        values: dict[str, Any] = {
            "committee_id": self.session.unit_ids[row["unit_code"]],
            "kind": kind,
            "name": row["name"],
            **_shared(row, self.table, self.accounts),
        }
        if mediator is None:
            self.new.append(Mediator(id=new_id(), ref=row["ref"], **values))
            return True
        if differs(mediator, values):
            self.changed.append(mediator)
            return True
        return False

    def write(self) -> None:
        """Write what differs and what is new."""
        update(self.changed, ("committee_id", "kind", "name", "account_id", *_DATES))
        insert(self.new)


def _shared(row: Row, table: Parsed, accounts: _Accounts) -> dict[str, Any]:
    values: dict[str, Any] = {name: row[name] for name in _DATES if table.has(name)}
    if table.has("login"):
        values["account_id"] = accounts.ids[row["login"]] if row["login"] else None
    return values


def _ended(row: Any, changed: list[Any], session: Session) -> bool:
    if row.valid_to is not None and row.valid_to <= session.context.today:
        return False
    _end(row, session)
    changed.append(row)
    return True


def _end(row: GridWorker | Mediator | Post, session: Session) -> None:
    today = session.context.today
    if row.valid_from is not None and row.valid_from >= today:
        row.valid_from = None  # it ends on the day it would have begun
    row.valid_to = today
