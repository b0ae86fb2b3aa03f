"""The briefing of a comparison, as a page, as a PDF, and as files for editing and for programs."""

import asyncio
from dataclasses import dataclass

from litestar import Request, Response, get

from tracker.access.guard import PUBLIC
from tracker.briefings.apart import in_line
from tracker.briefings.compose import compose
from tracker.briefings.document import Document
from tracker.briefings.options import DEFAULT
from tracker.briefings.queries import gather
from tracker.briefings.twins.kinds import MEDIA_TYPES, Composed, file_word
from tracker.briefings.twins.kinds import made as file_made
from tracker.compare.comparison import Comparison
from tracker.compare.queries import compare
from tracker.compare.query import Query
from tracker.crosswalks.lens_queries import reading_of
from tracker.crosswalks.stated_queries import stated
from tracker.kit.errors import Invalid
from tracker.kit.i18n import gettext as _
from tracker.web.render import context_of, page, renderer_of
from tracker.web.requests import database_of, query_parameters

# A register of more is made at the command line or as an edition, not while somebody waits.
MOST_JURISDICTIONS = 200


@dataclass(frozen=True, slots=True)
class Made:
    """A briefing and what it was made of."""

    query: Query
    comparison: Comparison
    document: Document


async def _made(request: Request) -> Made:
    async with database_of(request).read() as db:
        query = await stated(db, query_parameters(request))
        _sized(query)
        found = await reading_of(db, query) if query.through else None
        comparison = found.comparison if found else await compare(db, query)
        beside = await gather(db, comparison, DEFAULT)
    settings, locale = renderer_of(request).settings, context_of(request).locale
    document = await asyncio.to_thread(
        compose,
        comparison,
        found,
        base_url=settings.base_url,
        locale=locale,
        service_name=settings.service_name,
        beside=beside,
    )
    return Made(query, comparison, document)


def _sized(query: Query) -> None:
    """Raises Invalid for none, and for more than are made while somebody waits."""
    if not query.jurisdictions:
        told = _("A briefing needs at least one jurisdiction: choose them on the compare page.")
        raise Invalid({"jurisdictions": told})
    if len(query.jurisdictions) > MOST_JURISDICTIONS:
        told = _("A briefing takes %(n)s jurisdictions at most.") % {"n": MOST_JURISDICTIONS}
        raise Invalid({"jurisdictions": told})


@get("/{locale:str}/compare/briefing", name="briefing", access=PUBLIC)
async def briefing_page(request: Request) -> Response[str]:
    """The briefing as a page."""
    made = await _made(request)
    urls, locale = renderer_of(request).urls, context_of(request).locale

    def url(name: str) -> str:
        return f"{urls.path(name, locale)}?{made.query.url()}"

    return page(
        request,
        "briefings/briefing.html",
        document=made.document,
        files=[(file_word(kind), url(f"briefing_{kind}")) for kind in MEDIA_TYPES],
        comparison_url=url("compare"),
    )


@get("/{locale:str}/compare/briefing.pdf", name="briefing_pdf", access=PUBLIC)
async def briefing_pdf(request: Request) -> Response[bytes]:
    """The same briefing as a PDF; the same state of the record gives the same bytes."""
    return await _file(request, "pdf")


@get("/{locale:str}/compare/briefing.docx", name="briefing_docx", access=PUBLIC)
async def briefing_docx(request: Request) -> Response[bytes]:
    """The same briefing as a Word file."""
    return await _file(request, "docx")


@get("/{locale:str}/compare/briefing.json", name="briefing_json", access=PUBLIC)
async def briefing_json(request: Request) -> Response[bytes]:
    """What the briefing is made of, and the briefing itself, as data."""
    return await _file(request, "json")


@get("/{locale:str}/compare/briefing.zip", name="briefing_zip", access=PUBLIC)
async def briefing_zip(request: Request) -> Response[bytes]:
    """Every table of the briefing as CSV, with the JSON."""
    return await _file(request, "zip")


async def _file(request: Request, kind: str) -> Response[bytes]:
    locale, base_url = context_of(request).locale, renderer_of(request).settings.base_url
    with in_line():
        made = await _made(request)
        body = await file_made(kind, Composed(made.comparison, made.document, DEFAULT, base_url, locale))
    name = file_name(made.query, made.document, kind)
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(body, media_type=MEDIA_TYPES[kind], headers=headers)


def file_name(query: Query, document: Document, ending: str = "pdf") -> str:
    """briefing, the codes (the first five), the day: letters, digits, dots and hyphens only."""
    codes = [
        c for c in query.jurisdictions[:5] if c.replace("-", "").replace(".", "").isalnum() and c.isascii()
    ]
    more = "" if len(query.jurisdictions) <= len(codes) else "-and-more"
    return f"briefing-{'-'.join(codes)}{more}-{document.dated}.{ending}"
