"""Accounts: made, activated by a link, given a password, closed; and a resident's own by phone."""

import hashlib
import re
import secrets
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from huiyin.people import access, access_log, lockout, passwords, phones, posts, sessions
from huiyin.people.actors import SYSTEM, Actor, actor_of
from huiyin.people.models import Account, AccountKind, Acting, OneTimeLink
from huiyin.people.refusals import (
    AccountClosed,
    LinkUsedUp,
    NameMissing,
    NotPermitted,
    NoUnitForAdmin,
    OwnAccount,
    PasswordTooWeak,
    PasswordUnchanged,
    PasswordWrong,
    PhoneInUse,
    PhoneNotMobile,
    UsernameInUse,
    UsernameMalformed,
)
from huiyin.ui.acts import recording
from huiyin.ui.ready import Ready
from huiyin.units.models import Unit, UnitKind
from huiyin.units.queries import held_on

ACTIVATE = "activate"
LINK_LIFE = timedelta(days=3)
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}", re.ASCII)
_LIKE_A_PHONE = re.compile(r"\d{11}", re.ASCII)


def username_of(text: str) -> str:
    """Return a user name as it is kept: small letters. Raises UsernameMalformed."""
    username = text.strip().lower()
    if not _USERNAME.fullmatch(username) or _LIKE_A_PHONE.fullmatch(username):
        raise UsernameMalformed(username=text.strip()[:60])
    return username


def login_name(text: str) -> str:
    """Return the user name somebody means who types a user name or a phone number.

    One query whether or not there is such an account; what is not known comes back as typed.
    """
    typed = text.strip().lower()
    try:
        index = phones.index_of(phones.normal(text))
    except PhoneNotMobile:
        index = b""
    found = Account.objects.filter(
        Q(username=typed) | Q(phone_index=index), kind=AccountKind.STAFF, is_active=True
    )
    name = found.order_by("username").values_list("username", flat=True).first()
    return name or typed


def create_staff(*, username: str, name: str, by: Actor, at: datetime, phone: str = "") -> Account:
    """Make a staff account without password; a post and an activation link follow.

    Raises NotPermitted, UsernameMalformed, UsernameInUse, NameMissing, PhoneNotMobile, PhoneInUse.
    """
    if not by.may("people.administer"):
        raise NotPermitted()
    username, name = username_of(username), name.strip()
    if not name:
        raise NameMissing()
    number = phones.normal(phone) if phone.strip() else ""
    index = phones.index_of(number) if number else None
    with transaction.atomic():
        posts.lock_people()
        if Account.objects.filter(username=username).exists():
            raise UsernameInUse(username=username)
        if (
            index
            and Account.objects.filter(
                kind=AccountKind.STAFF, phone_index=index, is_active=True
            ).exists()
        ):
            raise PhoneInUse()
        account = Account(
            kind=AccountKind.STAFF,
            username=username,
            name=name[:60],
            phone=number,
            phone_index=index,
            must_change_password=True,
            created_at=at,
        )
        account.set_unusable_password()
        account.save(force_insert=True)
        _log("create", account, by=by, at=at)
    return account


def enrol_staff(
    *,
    username: str,
    name: str,
    unit_id: UUID,
    permission_set: str,
    valid_from: date,
    by: Actor,
    at: datetime,
    phone: str = "",
    valid_to: date | None = None,
    title: str = "",
) -> Account:
    """Make a staff account with its first post, both or neither.

    Raises what `create_staff` and `posts.give_post` raise.
    """
    with transaction.atomic():
        account = create_staff(username=username, name=name, phone=phone, by=by, at=at)
        posts.give_post(
            account_id=account.pk,
            unit_id=unit_id,
            permission_set=permission_set,
            valid_from=valid_from,
            valid_to=valid_to,
            title=title,
            is_default=True,
            by=by,
            at=at,
        )
    return account


def create_admin(*, username: str, name: str, at: datetime) -> str:
    """Make an administrator of the city and return the path of the activation link.

    The post is in the city's governance centre, or in the city's first unit where there is none.
    Raises NoUnitForAdmin and what `create_staff` raises.
    """
    with transaction.atomic():
        unit = _unit_for_admin(at)
        account = create_staff(username=username, name=name, by=SYSTEM, at=at)
        posts.give_post(
            account_id=account.pk,
            unit_id=unit.pk,
            permission_set="city_admin",
            valid_from=timezone.localdate(at),
            is_default=True,
            by=SYSTEM,
            at=at,
        )
        return issue_activation_link(account_id=account.pk, by=SYSTEM, at=at)


def _unit_for_admin(at: datetime) -> Unit:
    units = Unit.objects.filter(
        held_on(timezone.localdate(at)), place__parent=None, place__valid_to=None
    ).order_by("code")
    unit = units.filter(kind=UnitKind.GOVERNANCE_CENTRE).first() or units.first()
    if unit is None:
        raise NoUnitForAdmin(city=settings.HUIYIN.city_name)
    return unit


def issue_activation_link(*, account_id: UUID, by: Actor, at: datetime) -> str:
    """Return the path of a new link with which the account's owner sets a password.

    It works once, for three days; older links of the account stop working. An old password goes on
    until the link is used.
    Raises NotPermitted, NotFound, AccountClosed, PostsElsewhere, SetNotYours.
    """
    with transaction.atomic():
        account = access.staff_member(
            account_id, by=by, needs="people.administer", at=at, lock=True
        )
        if not account.is_active:
            raise AccountClosed(name=account.name)
        posts.check_reach(account.pk, by=by, on=timezone.localdate(at))
        OneTimeLink.objects.filter(account=account, purpose=ACTIVATE, used_at=None).delete()
        token = secrets.token_urlsafe(32)
        OneTimeLink.objects.create(
            digest=_digest(token),
            account=account,
            purpose=ACTIVATE,
            created_at=at,
            expires_at=at + LINK_LIFE,
        )
        _log("issue_link", account, by=by, at=at)
    return reverse("people:activate", args=[token])


def link_owner(token: str, *, at: datetime) -> Account:
    """Return whose activation link this is, without using it up. Raises LinkUsedUp."""
    return _live_link(token, at=at).account


def activate(*, token: str, password: str, at: datetime) -> Account:
    """Set the password chosen with an activation link, and use the link up.

    Sessions that were open end. Raises LinkUsedUp, PasswordTooWeak.
    """
    with transaction.atomic():
        link = _live_link(token, at=at, lock=True)
        account = link.account
        _set_password(account, password)
        link.used_at = at
        link.save(update_fields=["used_at"])
        sessions.end_sessions(account_id=account.pk)
        lockout.unlock(account)
        _log("activate", account, by=actor_of(account), at=at)
    return account


def _live_link(token: str, *, at: datetime, lock: bool = False) -> OneTimeLink:
    links = OneTimeLink.objects.select_related("account")
    if lock:
        links = links.select_for_update()
    link = links.filter(
        digest=_digest(token),
        purpose=ACTIVATE,
        used_at=None,
        expires_at__gt=at,
        account__is_active=True,
    ).first()
    if link is None:
        raise LinkUsedUp()
    return link


def change_password(
    *, account_id: UUID, old: str, new: str, by: Actor, at: datetime, session_key: str | None = None
) -> Account:
    """Replace one's own password; all sessions end but the one with `session_key`.

    Raises NotPermitted, PasswordWrong, PasswordUnchanged, PasswordTooWeak.
    """
    if by.account_id != account_id:
        raise NotPermitted()
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=account_id)
        if account.kind != AccountKind.STAFF or not account.is_active:
            raise NotPermitted()
        if not account.check_password(old):
            raise PasswordWrong()
        if old == new:
            raise PasswordUnchanged()
        _set_password(account, new)
        sessions.end_sessions(account_id=account.pk, except_key=session_key)
        _log("change_password", account, by=by, at=at)
    return account


def close_account(*, account_id: UUID, by: Actor, at: datetime) -> Account:
    """Close a staff account for good: its posts end today, sessions and links at once.

    Raises NotPermitted, NotFound, OwnAccount, AccountClosed, PostsElsewhere, SetNotYours.
    """
    today = timezone.localdate(at)
    with transaction.atomic(), recording("people.close_account", by=by, at=at):
        account = access.staff_member(
            account_id, by=by, needs="people.administer", at=at, lock=True
        )
        if account.pk == by.account_id:
            raise OwnAccount()
        if not account.is_active:
            raise AccountClosed(name=account.name)
        posts.check_reach(account.pk, by=by, on=today)
        for post in posts.open_posts(account.pk, on=today):
            posts.cut_short(post, on=today)
        for acting in Acting.objects.filter(account=account, valid_to__gt=today):
            posts.cut_short(acting, on=today)
        account.is_active = False
        account.set_unusable_password()
        account.save(update_fields=["is_active", "password"])
        sessions.end_sessions(account_id=account.pk)
        OneTimeLink.objects.filter(account=account).delete()
        _log("close", account, by=by, at=at)
    return account


def unlock_sign_in(*, account_id: UUID, by: Actor, at: datetime) -> Account:
    """Let an account be signed in to again at once after wrong passwords.

    Raises NotPermitted, NotFound.
    """
    with transaction.atomic():
        account = access.staff_member(account_id, by=by, needs="people.administer", at=at)
        lockout.unlock(account)
        _log("unlock", account, by=by, at=at)
    return account


def resident_for_phone(*, phone: str, at: datetime) -> Account:
    """Return the resident's account of a phone number, made at the first call.

    Two calls at once give the same account. Raises PhoneNotMobile.
    """
    number = phones.normal(phone)
    index = phones.index_of(number)
    key = {"kind": AccountKind.RESIDENT, "phone_index": index, "is_active": True}
    account = Account.objects.filter(**key).first()
    if account is None:
        fresh = Account(**key, phone=number, created_at=at)
        fresh.set_unusable_password()
        # get_or_create goes on with the other's row when two come at once.
        account, _ = Account.objects.get_or_create(
            **key, defaults={"phone": number, "created_at": at, "password": fresh.password}
        )
    return account


def resident_of_phone(phone: str) -> UUID | None:
    """Return the account of the resident who has proved that a number is theirs, if any."""
    try:
        index = phones.index_of(phones.normal(phone))
    except PhoneNotMobile:
        return None
    return _PROVEN.first(index=index)


_PROVEN: Ready[UUID] = Ready(
    lambda index: Account.objects.filter(
        kind=AccountKind.RESIDENT, phone_index=index, is_active=True
    ).values_list("pk", flat=True)[:1]
)


def keep_language(*, account_id: UUID, language: str) -> None:
    """Remember the language somebody chose, for their next sign-in and their messages."""
    if language in dict(settings.LANGUAGES):
        Account.objects.filter(pk=account_id).update(language=language)


def _set_password(account: Account, password: str) -> None:
    problems = passwords.problems_of(password, account)
    if problems:
        raise PasswordTooWeak(reason=problems[0])
    account.set_password(password)
    account.must_change_password = False
    account.save(update_fields=["password", "must_change_password"])


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _log(action: str, account: Account, *, by: Actor, at: datetime) -> None:
    access_log.record(
        by=by,
        at=at,
        action=action,
        subject_type=access_log.SUBJECT_ACCOUNT,
        subject_id=account.pk,
    )
