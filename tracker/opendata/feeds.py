"""Atom feeds: what is told of each entry, and the file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.etree.ElementTree import Element, SubElement, tostring  # nosec B405: it writes, it reads nothing

ATOM = "http://www.w3.org/2005/Atom"
MEDIA = "application/atom+xml; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Entry:
    """`id` never changes; `link` is the page of it."""

    id: str
    link: str
    title: str
    updated: datetime
    author: str
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """`entries`: the newest first. `own`: the feed's own address; `page`: what it is the feed of.

    `updated`: when its newest entry was; the same state gives the same bytes.
    """

    own: str
    page: str
    title: str
    author: str
    language: str
    entries: Sequence[Entry]
    updated: datetime


def _without_controls(text: str) -> str:
    """XML has no place for control characters."""
    return "".join(c if c >= " " or c in "\t\n" else " " for c in text)


def _add(parent: Element, name: str, text: str = "", **attributes: str) -> Element:
    element = SubElement(parent, name, attributes)
    element.text = _without_controls(text) or None
    return element


def written(feed: Feed) -> bytes:
    """The feed as XML."""
    root = Element("feed", {"xmlns": ATOM, "xml:lang": feed.language})
    _add(root, "id", feed.own)
    _add(root, "title", feed.title)
    _add(root, "updated", feed.updated.isoformat())
    _add(_add(root, "author"), "name", feed.author)
    _add(root, "link", rel="self", type="application/atom+xml", href=feed.own)
    _add(root, "link", rel="alternate", type="text/html", href=feed.page)
    for entry in feed.entries:
        element = _add(root, "entry")
        _add(element, "id", entry.id)
        _add(element, "title", entry.title)
        _add(element, "updated", entry.updated.isoformat())
        _add(_add(element, "author"), "name", entry.author)
        _add(element, "link", rel="alternate", type="text/html", href=entry.link)
        if entry.summary:
            _add(element, "summary", entry.summary)
    return tostring(root, encoding="utf-8", xml_declaration=True)
