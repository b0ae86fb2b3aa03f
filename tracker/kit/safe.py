"""Links that are safe to follow."""

from urllib.parse import urlsplit


def safe_url(text: str) -> str:
    """`text` when it is an http or https address of some host, else ""."""
    try:
        parts = urlsplit(text.strip())
    except ValueError:
        return ""
    if parts.scheme in ("http", "https") and parts.hostname and not any(c.isspace() for c in text.strip()):
        return text.strip()
    return ""
