"""Home, how to read, and the service's health."""

from litestar import Request, Response, get
from litestar.response import Redirect
from sqlalchemy import text

from tracker.access.guard import PUBLIC
from tracker.entries import queries as entries
from tracker.jurisdictions import queries as jurisdictions
from tracker.kit.vocabulary import LEVEL_CODES, MISSING_CODES, Axis, Basis, value
from tracker.web.render import context_of, page
from tracker.web.requests import database_of


@get("/", name="root", access=PUBLIC, include_in_schema=False)
async def root(request: Request) -> Redirect:
    return Redirect(f"/{context_of(request).locale}", status_code=303)


@get("/{locale:str}", name="home", access=PUBLIC)
async def home(request: Request) -> Response[str]:
    """What the record is, for each of its three users, and what changed last."""
    async with database_of(request).read() as db:
        with_data = await jurisdictions.listed(db, only_with_data=True)
        recent = await entries.recent(db, limit=8)
    return page(request, "pages/home.html", with_data=with_data, recent=recent)


@get("/{locale:str}/how-to-read", name="how_to_read", access=PUBLIC)
async def how_to_read(request: Request) -> Response[str]:
    """The scales, the missing values, verification, and what the record can't tell."""
    return page(
        request,
        "pages/how_to_read.html",
        scales=[(axis, [value(axis, code) for code in LEVEL_CODES]) for axis in Axis],
        missing=[value(Axis.COMMITMENT, code) for code in MISSING_CODES],
        bases=list(Basis),
    )


@get("/health/live", name="live", access=PUBLIC, media_type="text/plain")
async def live() -> str:
    """The process answers."""
    return "ok\n"


@get("/health/ready", name="ready", access=PUBLIC)
async def ready(request: Request) -> Response[str]:
    """The database answers too, and stands at the schema this program needs."""
    from tracker.db import migrate

    async with database_of(request).read() as db:
        stands_at = (await db.execute(text("SELECT version_num FROM alembic_version"))).scalar()
    good = stands_at == migrate.newest()
    body = "ok\n" if good else "the schema is not the newest: run tracker migrate\n"
    return Response(body, media_type="text/plain", status_code=200 if good else 503)
