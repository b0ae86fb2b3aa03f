"""The briefing of a comparison, as a page and as a PDF."""

import asyncio

from litestar import Request, Response, get

from tracker.access.guard import PUBLIC
from tracker.briefings import pdf
from tracker.briefings.compose import compose
from tracker.briefings.document import Document
from tracker.compare.queries import compare
from tracker.compare.query import Query, parse
from tracker.crosswalks.lens_queries import reading_of
from tracker.kit.errors import Invalid
from tracker.kit.i18n import gettext as _
from tracker.web.render import context_of, page, renderer_of
from tracker.web.requests import database_of, query_parameters

# A briefing treats each jurisdiction on pages of its own; more than this nobody reads.
MOST_JURISDICTIONS = 40


async def _document(request: Request) -> tuple[Query, Document]:
    query = parse(query_parameters(request))
    if not query.jurisdictions:
        raise Invalid(
            {
                "jurisdictions": _(
                    "A briefing needs at least one jurisdiction: choose them on the compare page."
                )
            }
        )
    if len(query.jurisdictions) > MOST_JURISDICTIONS:
        raise Invalid(
            {"jurisdictions": _("A briefing takes %(n)s jurisdictions at most.") % {"n": MOST_JURISDICTIONS}}
        )
    async with database_of(request).read() as db:
        found = await reading_of(db, query) if query.through else None
        comparison = found.comparison if found else await compare(db, query)
    settings = renderer_of(request).settings
    document = compose(
        comparison,
        found,
        base_url=settings.base_url,
        locale=context_of(request).locale,
        service_name=settings.service_name,
    )
    return query, document


@get("/{locale:str}/compare/briefing", name="briefing", access=PUBLIC)
async def briefing_page(request: Request) -> Response[str]:
    """The briefing as a page."""
    query, document = await _document(request)
    urls, locale = renderer_of(request).urls, context_of(request).locale
    return page(
        request,
        "briefings/briefing.html",
        document=document,
        pdf_url=f"{urls.path('briefing_pdf', locale)}?{query.url()}",
        comparison_url=f"{urls.path('compare', locale)}?{query.url()}",
    )


@get("/{locale:str}/compare/briefing.pdf", name="briefing_pdf", access=PUBLIC)
async def briefing_pdf(request: Request) -> Response[bytes]:
    """The same briefing as a PDF; the same state of the record gives the same bytes."""
    query, document = await _document(request)
    drawn = await asyncio.to_thread(pdf.draw, document)
    return Response(
        drawn,
        media_type="application/pdf",
        headers={"content-disposition": f'attachment; filename="{_file_name(query, document)}"'},
    )


def _file_name(query: Query, document: Document) -> str:
    """briefing, the codes (the first five), the day: letters, digits, dots and hyphens only."""
    codes = [
        c for c in query.jurisdictions[:5] if c.replace("-", "").replace(".", "").isalnum() and c.isascii()
    ]
    more = "" if len(query.jurisdictions) <= len(codes) else "-and-more"
    return f"briefing-{'-'.join(codes)}{more}-{document.dated}.pdf"
