"""Reading what became of a framework's items from one version to another."""

from typing import Any

from litestar import Request, Response, get
from sqlalchemy.ext.asyncio import AsyncSession

from tracker.access.guard import PUBLIC
from tracker.api.answers import ROOT, Listing, public
from tracker.api.paging import paged
from tracker.frameworks import diff_queries
from tracker.frameworks.diff_file import NONE, Pair, pairs
from tracker.frameworks.queries import Item
from tracker.web.requests import query_parameters


@get(f"{ROOT}/frameworks/{{key:str}}/changes", name="api_framework_changes", access=PUBLIC)
async def framework_changes(request: Request) -> Response[bytes]:
    """What became of each item from one version of a framework to another; nothing while there is only one."""
    return await public(request, _changes)


async def _changes(db: AsyncSession, request: Request) -> Listing:
    given = query_parameters(request)
    page = paged(given, (int,), "from", "to")
    versions = await diff_queries.chosen(
        db, request.path_params["key"], given.get("from", ""), given.get("to", "")
    )
    diff = await diff_queries.diff(db, versions.key, versions.old, versions.new) if versions.old else None
    found = list(enumerate(pairs(diff))) if diff else []
    kept, cursor = page.within(found, lambda f: [f[0]])
    meta = {"framework": versions.key, "from_version": versions.old or NONE, "to_version": versions.new}
    return Listing([_pair(pair) for _n, pair in kept], cursor, meta)


def _pair(pair: Pair) -> dict[str, Any]:
    return {
        "changes": list(pair.changes),
        "old_item": _key(pair.old),
        "old_title": _text(pair.old),
        "new_item": _key(pair.new),
        "new_title": _text(pair.new),
        "fields": list(pair.fields),
        "told": pair.told,
    }


def _key(item: Item | None) -> str:
    return item.key if item else NONE


def _text(item: Item | None) -> str:
    return item.text if item else NONE
