"""The visitor's address: what trusted proxies say, and nobody else."""

import pytest
from django.test import RequestFactory

from huiyin.people.addresses import address_key, client_address

PROXY = "10.0.0.1"


@pytest.mark.parametrize(
    ("trusted", "forwarded", "address"),
    [
        pytest.param(0, "203.0.113.9", PROXY, id="no-proxy-named-nothing-believed"),
        pytest.param(1, "203.0.113.9", "203.0.113.9", id="one-proxy"),
        pytest.param(1, "6.6.6.6, 203.0.113.9", "203.0.113.9", id="invented-entry-in-front"),
        pytest.param(2, "6.6.6.6, 203.0.113.9, 10.0.0.2", "203.0.113.9", id="two-proxies"),
        pytest.param(2, "203.0.113.9", PROXY, id="fewer-entries-than-proxies"),
        pytest.param(1, "", PROXY, id="proxy-said-nothing"),
        pytest.param(1, "unknown", PROXY, id="no-address"),
        pytest.param(1, "203.0.113.9:4711", "203.0.113.9", id="with-port"),
        pytest.param(1, "[2001:db8::7]:4711", "2001:db8::7", id="ipv6-with-port"),
        pytest.param(1, "2001:DB8:0::7", "2001:db8::7", id="ipv6-shortened"),
        pytest.param(1, "fe80::1%eth0", "fe80::1", id="ipv6-with-zone"),
        pytest.param(1, "::ffff:203.0.113.9", "203.0.113.9", id="ipv4-in-ipv6"),
    ],
)
def test_the_address_is_the_one_the_outermost_trusted_proxy_saw(
    configured, trusted, forwarded, address
):
    configured(behind_proxy=trusted)
    request = RequestFactory().get("/", REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_FOR=forwarded)

    assert client_address(request) == address


def test_a_local_socket_has_no_address():
    assert client_address(RequestFactory().get("/", REMOTE_ADDR="")) is None


def test_a_key_hides_the_address_and_joins_what_one_subscriber_holds():
    one, same, other = (
        address_key(address) for address in ("2001:db8::1", "2001:db8::ffff:2", "2001:db8:0:1::1")
    )

    assert one == same
    assert len({one, other, address_key("203.0.113.9"), address_key(None)}) == 4
    assert "203.0.113.9" not in address_key("203.0.113.9")
