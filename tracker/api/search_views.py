"""Searching what is published: one list of what has all the words, by cursor."""

from typing import Any

from litestar import Request, Response, get
from sqlalchemy.ext.asyncio import AsyncSession

from tracker.access.guard import PUBLIC
from tracker.api.answers import ROOT, Listing, page_url, public, text
from tracker.api.paging import paged
from tracker.kit.errors import Invalid
from tracker.kit.i18n import gettext as _
from tracker.search import full_text
from tracker.search.full_text import KINDS
from tracker.search.queries import FoundInstrument, FoundItem, FoundPassage, FoundPlace, rows_of
from tracker.search.words import LEAST, words_of
from tracker.web.requests import query_parameters


@get(f"{ROOT}/search", name="api_search", access=PUBLIC)
async def search(request: Request) -> Response[bytes]:
    """What has all the words: jurisdictions, items, instruments and passages, in this order."""
    return await public(request, _search)


async def _search(db: AsyncSession, request: Request) -> Listing:
    given = query_parameters(request)
    kind, words = given.get("kind", ""), words_of(given.get("q", ""))
    faults = {}
    if not words.enough:
        faults["q"] = _("Give a word of at least %(least)s letters or digits.") % {"least": LEAST}
    if kind and kind not in KINDS:
        faults["kind"] = _("It can be %(allowed)s.") % {"allowed": ", ".join(KINDS)}
    if faults:
        raise Invalid(faults)
    page = paged(given, (int, int, str, int, str), "q", "kind")
    lines = await full_text.listed(db, words, kind=kind, after=page.after, limit=page.limit + 1)
    kept, cursor = page.of(lines, lambda line: line.key)
    found = [{"kind": name} | _TOLD[name](row, request) for name, row in await rows_of(db, kept)]
    return Listing(found, cursor, {"words": list(words.words), "words_left_out": words.cut})


def _place(p: FoundPlace, request: Request) -> dict[str, Any]:
    return {
        "jurisdiction": p.code,
        "jurisdiction_name": p.name,
        "fictional": p.fictional,
        "jurisdiction_kind": p.kind,
        "parent_name": text(p.parent),
        "url": page_url(request, "jurisdiction", code=p.code),
    }


def _item(i: FoundItem, request: Request) -> dict[str, Any]:
    return {
        "framework": i.framework,
        "framework_version": i.framework_version,
        "framework_title": i.framework_title,
        "publisher": text(i.publisher),
        "item": i.key,
        "number": text(i.number),
        "short_label": text(i.short_label),
        "title": i.text,
        "wording": i.wording,
        "provenance": i.provenance,
        "url": page_url(request, "framework", key=i.framework_name) + f"#{i.key}",
    }


def _instrument(i: FoundInstrument, request: Request) -> dict[str, Any]:
    return {
        "jurisdiction": i.place_code,
        "jurisdiction_name": i.place,
        "fictional": i.fictional,
        "instrument": str(i.id),
        "instrument_kind": i.kind,
        "title": i.title,
        "title_original": text(i.title_original),
        "language": text(i.language, "unknown"),
        "citation": text(i.citation),
        "issuer": text(i.issuer, "unknown"),
        "url": page_url(request, "instrument", instrument_id=i.id),
    }


def _passage(p: FoundPassage, request: Request) -> dict[str, Any]:
    cell = {"code": p.place_code, "framework": p.framework_name, "item": p.item, "domain": p.domain}
    return {
        "jurisdiction": p.place_code,
        "jurisdiction_name": p.place,
        "fictional": p.fictional,
        "instrument": str(p.instrument_id),
        "instrument_title": p.instrument,
        "locator": text(p.locator),
        "quote": text(p.quote),
        "quote_language": text(p.language, "unknown" if p.quote else "none"),
        "translation": text(p.translation),
        "organisation_name": p.organisation,
        "framework": p.framework,
        "framework_version": p.framework_version,
        "item": p.item,
        "item_label": p.item_label,
        "domain": p.domain,
        "url": page_url(request, "cell", **cell),
    }


_TOLD: dict[str, Any] = {
    "jurisdiction": _place,
    "item": _item,
    "instrument": _instrument,
    "passage": _passage,
}
