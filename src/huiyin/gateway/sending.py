"""Sending to an address that somebody else chose: only to the public network, never further.

The name is resolved once, every address it stands for must be public, and the connection goes to
the very address that was checked, so that a name cannot point elsewhere in between. Redirects are
not followed, the answer is read only as far as its status, proxies of the system are not used.
"""

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from huiyin.gateway.refusals import AddressNotAllowed

TIMEOUT: Final = 10.0  # seconds, of each step
LONGEST: Final = 500
READ: Final = 1_024
PORTS: Final = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Target:
    """Where a message goes: the name that was given and the address that was checked."""

    is_tls: bool
    host: str
    port: int
    path: str
    address: str


@dataclass(frozen=True, slots=True)
class Sent:
    """What came back: the status, or 0 with the reason why there is none."""

    status: int
    reason: str = ""

    @property
    def is_well(self) -> bool:
        """Whether the receiver has taken it."""
        return 200 <= self.status < 300


def check_url(url: str) -> None:
    """Refuse an address nothing may be sent to, as far as that can be told without asking.

    Raises AddressNotAllowed.
    """
    parts = _parts(url)
    host = parts[1]
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return
    _check_address(str(address))


def target_of(url: str) -> Target:
    """Resolve where a message goes. Raises AddressNotAllowed."""
    is_tls, host, port, path = _parts(url)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise AddressNotAllowed(reason=_("the name is not known.")) from None
    addresses = [str(entry[4][0]) for entry in found]
    for address in addresses:
        _check_address(address)
    return Target(is_tls, host, port, path, addresses[0])


def send(url: str, *, body: bytes, headers: Mapping[str, str], timeout: float = TIMEOUT) -> Sent:
    """Post a body; never raises for what the other side does or is."""
    try:
        target = target_of(url)
    except AddressNotAllowed:
        return Sent(0, "address not allowed")
    connection = _Pinned(target, timeout)
    try:
        connection.request("POST", target.path, body=body, headers=dict(headers))
        response = connection.getresponse()
        response.read(READ)
    except TimeoutError:
        return Sent(0, "timeout")
    except ssl.SSLError:
        return Sent(0, "TLS")
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Sent(0, type(error).__name__)
    finally:
        connection.close()
    return Sent(response.status, response.reason[:60] if response.reason else "")


class _Pinned(http.client.HTTPConnection):
    """A connection to the address that was checked, under the name that was given."""

    def __init__(self, target: Target, timeout: float) -> None:
        super().__init__(target.host, target.port, timeout=timeout)
        self.target = target

    def connect(self) -> None:
        """Connect to the address; over TLS the name must fit the certificate."""
        self.sock = socket.create_connection(
            (self.target.address, self.target.port), timeout=self.timeout
        )
        if self.target.is_tls:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.target.host)


def _parts(url: str) -> tuple[bool, str, int, str]:
    if len(url) > LONGEST or not url.isascii() or any(sign <= " " for sign in url):
        raise AddressNotAllowed(reason=_("it cannot be read."))
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise AddressNotAllowed(reason=_("it cannot be read.")) from None
    allowed = ("https", "http") if _is_open() else ("https",)
    if parts.scheme not in allowed or not parts.hostname:
        raise AddressNotAllowed(reason=_("it is not https."))
    if parts.username is not None or parts.password is not None:
        raise AddressNotAllowed(reason=_("it carries a password."))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.scheme == "https", parts.hostname, port or PORTS[parts.scheme], path


def _check_address(text: str) -> None:
    address = ipaddress.ip_address(text.partition("%")[0])
    mapped = getattr(address, "ipv4_mapped", None)
    public = (mapped or address).is_global and not address.is_multicast
    if not public and not _is_open():
        raise AddressNotAllowed(reason=_("it is not on the public network."))


def _is_open() -> bool:
    """Tell whether messages may go to this machine and its neighbours: in demo and tests."""
    return settings.HUIYIN.mode in ("demo", "test")
