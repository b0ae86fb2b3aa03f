"""What the API says of itself: the OpenAPI document, and a page of our own, without scripts."""

import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, get
from sqlalchemy.ext.asyncio import AsyncSession

from tracker.access.guard import PUBLIC
from tracker.api.answers import ROOT, public
from tracker.api.openapi import document
from tracker.api.operations import OPERATIONS, examples
from tracker.web.render import page, renderer_of


@get(f"{ROOT}/openapi.json", name="api_openapi", access=PUBLIC)
async def openapi(request: Request) -> Response[bytes]:
    """The OpenAPI 3.1 document."""
    return await public(request, _document)


async def _document(_db: AsyncSession, request: Request) -> Mapping[str, Any]:
    settings = renderer_of(request).settings
    return document(settings.base_url, settings.service_name)


@get("/{locale:str}/api", name="api", access=PUBLIC)
async def api_page(request: Request) -> Response[str]:
    """The operations with their parameters and an example of each."""
    groups: dict[str, list[Any]] = defaultdict(list)
    for operation in OPERATIONS:
        groups[operation.group].append(operation)
    base_url = renderer_of(request).settings.base_url
    told = {
        name: {key: value if key == "request" else _pretty(value) for key, value in example.items()}
        for name, example in examples(base_url).items()
    }
    return page(request, "api/api.html", groups=groups, examples=told, base_url=base_url)


def _pretty(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
