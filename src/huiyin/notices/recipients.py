"""Who is told, and over which channels."""

from dataclasses import dataclass, field
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from huiyin.notices.refusals import AddressMalformed
from huiyin.notices.texts import Channel
from huiyin.people import phones
from huiyin.people.models import Account
from huiyin.people.sealing import blind_index

PERSON, STAFF = "person", "staff"


@dataclass(frozen=True, slots=True)
class Recipient:
    """An account, the people of a unit, a phone or an e-mail address; make it by the functions.

    `channels`: where none are named, staff are told in Huiyin, residents there and by SMS.
    """

    account_id: UUID | None = None
    unit_id: UUID | None = None
    phone: str = ""
    email: str = ""
    channels: tuple[Channel, ...] = ()
    loaded: Account | None = field(default=None, compare=False, repr=False)


def account(account_id: UUID, *channels: Channel, loaded: Account | None = None) -> Recipient:
    """Return somebody with an account, staff or resident; `loaded` saves a query."""
    if Channel.EMAIL in channels:
        raise ValueError("an account has no e-mail address: name the address itself")
    return Recipient(account_id=account_id, channels=channels, loaded=loaded)


def unit(unit_id: UUID) -> Recipient:
    """Return everybody with a post in a unit: they read it in Huiyin."""
    return Recipient(unit_id=unit_id, channels=(Channel.INBOX,))


def phone(number: str) -> Recipient:
    """Return whoever answers a mobile phone, for people without an account.

    Raises PhoneNotMobile.
    """
    return Recipient(phone=phones.normal(number), channels=(Channel.SMS,))


def email(address: str) -> Recipient:
    """Return whoever reads an e-mail address. Raises AddressMalformed."""
    address = address.strip()
    try:
        validate_email(address)
    except ValidationError:
        raise AddressMalformed() from None
    return Recipient(email=address, channels=(Channel.EMAIL,))


def index_of(channel: Channel, address: str) -> bytes:
    """Return the blind index under which the notices to an address are found.

    For phones it is that of accounts, so that one index finds both.
    """
    if channel is Channel.SMS:
        return phones.index_of(address)
    return blind_index(address.lower(), purpose="notice.email")


def masked(channel: str, address: str) -> str:
    """Return an address with its middle covered: 138****2607, w****@example.cn."""
    if channel == Channel.SMS:
        return phones.masked(address)
    name, _at, domain = address.partition("@")
    return f"{name[:1]}****@{domain}" if domain else ""
