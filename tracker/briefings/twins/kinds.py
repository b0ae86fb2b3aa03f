"""The files of a briefing by their ending: what page, command and edition offer alike."""

import asyncio
from dataclasses import dataclass

from tracker.briefings import apart, pdf
from tracker.briefings.document import Document
from tracker.briefings.options import Options
from tracker.briefings.twins import data, docx, tables
from tracker.compare.comparison import Comparison
from tracker.kit.i18n import N_
from tracker.kit.i18n import gettext as _

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "json": "application/json",
    "zip": "application/zip",
}
# How a page offers each of them.
_WORDS = {
    "pdf": N_("Download as PDF"),
    "docx": N_("Word, for editing"),
    "json": N_("JSON"),
    "zip": N_("Tables (CSV)"),
}


def file_word(kind: str) -> str:
    """Of MEDIA_TYPES, in the current language."""
    return _(_WORDS[kind])


@dataclass(frozen=True, slots=True)
class Composed:
    """A briefing with what it was composed of; `base_url` and `locale` are those of its links."""

    comparison: Comparison
    document: Document
    options: Options
    base_url: str
    locale: str
    page_size: str = "A4"


def make(kind: str, of: Composed) -> bytes:
    """The bytes of one file, of MEDIA_TYPES; equal briefings give equal bytes. Takes CPU: in a server use `made`."""
    if kind == "pdf":
        return pdf.draw(of.document, of.page_size)
    if kind == "docx":
        return docx.write(of.document, of.page_size)
    told = data.told(of.comparison, of.document, of.options, of.base_url, of.locale)
    return told if kind == "json" else tables.archive(of.document, told)


async def made(kind: str, of: Composed) -> bytes:
    """The same as `make`, while others are served: drawn by a process of its own, data in a thread."""
    if kind in apart.KINDS:
        return await apart.drawn(kind, of.document, of.page_size)
    return await asyncio.to_thread(make, kind, of)
