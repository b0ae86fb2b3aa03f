"""Turning a page of the service into a file: links between files become relative, the rest leads to a note. Pure."""

import posixpath
import re
from collections.abc import Callable
from html import escape, unescape
from urllib.parse import quote, unquote, urlsplit

NOTE = "not-in-these-files.html"
_LINK = re.compile(r'\b(href|src)="([^"]*)"')
_FORM = re.compile(r"<form\b.*?</form>", re.DOTALL)
# Feeds tell of what is new, and here nothing ever is.
_FEED = re.compile(r'<link rel="alternate"[^>]*>\n?')

Target = Callable[[str], str | None]


def file_of(path: str, *, page: bool, name: str = "") -> str:
    """Where the answer of a path lies: a page as the index of a folder, a file under its own name.

    `name`: the one that the service gives a file whose path does not end in one.
    """
    parts = unquote(path).strip("/")
    if page:
        return f"{parts}/index.html"
    last = parts.rpartition("/")[2]
    return parts if "." in last or name in ("", last) else f"{parts}/{name}"


def page_as_file(html: str, file: str, target: Target, form_note: str) -> str:
    """The page at `file`. `target` gives the file of a path, None where there is none."""

    def link(found: re.Match[str]) -> str:
        return f'{found[1]}="{escape(_link(unescape(found[2]), file, target))}"'

    html = _FEED.sub("", html)
    html = _FORM.sub(f'<p class="muted">{escape(form_note)}</p>', html)
    return _LINK.sub(link, html)


def _link(href: str, file: str, target: Target) -> str:
    parts = urlsplit(href)
    if parts.scheme or parts.netloc or not parts.path:
        return href  # another site, or a place in the page
    there = None if parts.query else target(parts.path)
    relative = posixpath.relpath(there or NOTE, posixpath.dirname(file) or ".")
    fragment = f"#{parts.fragment}" if parts.fragment and there else ""
    return quote(relative, safe="/@.~-_") + fragment


def paths_in(html: str) -> list[str]:
    """The service's own paths that a page leads to, without those that ask something."""
    html = _FORM.sub("", _FEED.sub("", html))
    found = []
    for _attribute, href in _LINK.findall(html):
        parts = urlsplit(unescape(href))
        if not parts.scheme and not parts.netloc and parts.path.startswith("/") and not parts.query:
            found.append(parts.path)
    return list(dict.fromkeys(found))
