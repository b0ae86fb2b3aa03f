"""Who sent something, for counting: never kept as an address."""

import hashlib
import hmac
from ipaddress import IPv6Address, ip_address


def network_of(address: str) -> str:
    """What counts as one sender: an IPv4 address, the /64 of an IPv6 one, which one house has to itself.

    An IPv4 address in the IPv6 form is the IPv4 one; what is no address stays what it is.
    """
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return f"{IPv6Address(int(parsed) >> 64 << 64)}/64"
    return str(parsed)


def sender_of(secret_key: str, purpose: str, address: str) -> str:
    """A hash that stands for the sender: without the key nobody finds the address by trying all there are."""
    told = f"{purpose}:{network_of(address)}".encode()
    return hmac.new(secret_key.encode(), told, hashlib.sha256).hexdigest()
