"""Names of hosts as users write them."""

import ipaddress
import re

from offhook.kernel.errors import invalid_field

LONGEST_HOST = 253

_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")


def checked_host(field: str, text: str) -> str:
    """A host name or IP address, lower case; IPv6 without brackets. Raises `Invalid` naming the field."""
    clean = text.strip().strip("[]").rstrip(".").lower()
    try:
        return str(ipaddress.ip_address(clean))
    except ValueError:
        pass  # a name then
    labels = clean.split(".")
    is_name = len(clean) <= LONGEST_HOST and all(_LABEL.fullmatch(one) for one in labels)
    if not is_name or labels[-1].isdecimal():
        raise invalid_field(field, "must be a host name or an IP address, without a scheme or port", text[:80])
    return clean
