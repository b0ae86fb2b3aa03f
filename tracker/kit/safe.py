"""Links that are safe to follow."""

from urllib.parse import urlsplit


def safe_url(text: str) -> str:
    """`text` when it is an http or https address of some host, else ""."""
    bare = text.strip()
    try:
        parts = urlsplit(bare)
    except ValueError:
        return ""
    if parts.scheme in ("http", "https") and parts.hostname and len(bare.split()) == 1:
        return bare
    return ""
