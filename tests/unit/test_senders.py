"""Senders are counted by address, IPv6 ones by their /64, and kept as a hash that needs the key."""

import hashlib

import pytest

from tracker.kit.senders import network_of, sender_of

KEY = "k" * 32


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:0DB8:0001:0002::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("unknown", "unknown"),
        ("", ""),
    ],
)
def test_what_counts_as_one(address: str, network: str) -> None:
    assert network_of(address) == network


def test_the_hash_needs_the_key_and_tells_purposes_apart() -> None:
    one = sender_of(KEY, "report", "2001:db8::1")
    assert one == sender_of(KEY, "report", "2001:db8::2")
    assert (
        len({one, sender_of("j" * 32, "report", "2001:db8::1"), sender_of(KEY, "other", "2001:db8::1")}) == 3
    )
    assert one != hashlib.sha256(b"report:2001:db8::/64").hexdigest()
    assert len(one) == 64
