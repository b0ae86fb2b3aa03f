"""Turning a page of the service into a file: links between files become relative, the rest leads to a note. Pure."""

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape, unescape
from urllib.parse import SplitResult, quote, unquote, urlsplit

NOTE = "not-in-these-files.html"
_LINK = re.compile(r'\b(href|src)="([^"]*)"')
_FORM = re.compile(r"<form\b.*?</form>", re.DOTALL)
# The box of every page's head.
_SEARCH = re.compile(r'<form class="site-search".*?</form>', re.DOTALL)

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


@dataclass(frozen=True, slots=True)
class Words:
    """What stands in the place of forms, and of the box to search in."""

    form: str
    search: str


def page_as_file(html: str, file: str, target: Target, words: Words, service: str) -> str:
    """The page at `file`. `target` gives the file of an address (a path, with its query), None where there is none.

    `service`: its own origin. What leads there in full, as briefings do, becomes relative too: the files outlive it.
    """

    def link(found: re.Match[str]) -> str:
        href = unescape(found[2])
        inside = href.removeprefix(service) if href.startswith(f"{service}/") else href
        return f'{found[1]}="{escape(_link(inside, file, target))}"'

    html = _SEARCH.sub(f'<p class="site-search"><a href="/{NOTE}">{escape(words.search)}</a></p>', html)
    html = _FORM.sub(f'<p class="muted">{escape(words.form)}</p>', html)
    return _LINK.sub(link, html)


def _link(href: str, file: str, target: Target) -> str:
    parts = urlsplit(href)
    if parts.scheme or parts.netloc or not parts.path:
        return href  # another site, or a place in the page
    there = target(_address(parts))
    relative = posixpath.relpath(there or NOTE, posixpath.dirname(file) or ".")
    fragment = f"#{parts.fragment}" if parts.fragment and there else ""
    return quote(relative, safe="/@.~-_") + fragment


def addresses_in(html: str) -> list[str]:
    """The service's own addresses (paths, with their query) that a page leads to."""
    html = _FORM.sub("", html)
    found = []
    for _attribute, href in _LINK.findall(html):
        parts = urlsplit(unescape(href))
        if not parts.scheme and not parts.netloc and parts.path.startswith("/"):
            found.append(_address(parts))
    return list(dict.fromkeys(found))


def _address(parts: SplitResult) -> str:
    return parts.path + (f"?{parts.query}" if parts.query else "")
