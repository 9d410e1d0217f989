"""The network address of whoever asks, believing only the proxies the operator named."""

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

from huiyin.people.sealing import blind_index


def client_address(request: HttpRequest) -> str | None:
    """Return the visitor's address, or None where the server knows none (a local socket).

    With N trusted proxies in front, the last N entries of X-Forwarded-For were written by them, and
    the first of those N is the visitor; whatever stands further left the visitor may have invented.
    """
    direct = _read(request.META.get("REMOTE_ADDR", ""))
    trusted: int = settings.HUIYIN.behind_proxy
    if not trusted:
        return direct
    entries = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    if len(entries) < trusted:
        return direct
    return _read(entries[-trusted]) or direct


def address_key(address: str | None) -> str:
    """Return what an address is counted under: a blind index, of the /64 for IPv6.

    One household or phone holds a whole /64; counting single addresses of it would limit nobody.
    """
    if address is None:
        return "none"
    found = ip_address(address)
    text = str(found)
    if isinstance(found, IPv6Address):
        text = str(ip_network(f"{address}/64", strict=False))
    return blind_index(text, purpose="address").hex()[:32]


def _read(text: str) -> str | None:
    text = text.strip()
    if text.startswith("["):  # [2001:db8::1]:4711
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:  # 192.0.2.1:4711
        text = text.partition(":")[0]
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(found)
