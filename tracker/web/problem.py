"""Refusals as `application/problem+json` (RFC 9457): what everything under /api answers instead of a page."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from litestar import Response

MEDIA_TYPE = "application/problem+json"
_TITLES = {
    400: "This request can't be read",
    401: "A token is needed",
    403: "This may not be done",
    404: "There is nothing at this address",
    405: "This method is not allowed here",
    409: "This is in a state that does not allow it",
    412: "This has changed since you read it",
    413: "This is too large",
    415: "This kind of content is not taken",
    422: "Something here can't be taken",
    428: "Say which version you have read",
    429: "Too many requests",
    500: "Something went wrong on our side",
    503: "The service is not ready",
}


def is_api(path: str) -> bool:
    """Whether an address answers programs: never a page, never a cookie."""
    return path == "/api" or path.startswith("/api/")


def document(status: int, detail: str, **more: Any) -> dict[str, Any]:
    """The members of a problem. `detail`: plain sentences; `more`: further members, such as `errors`."""
    title = _TITLES.get(status) or HTTPStatus(status).phrase
    return {"type": "about:blank", "title": title, "status": status, "detail": detail} | more


def field_errors(faults: Mapping[str, str]) -> list[dict[str, str]]:
    """The member `errors`: one for each field or parameter that can't be taken."""
    return [{"field": name, "message": text} for name, text in faults.items()]


def body(status: int, detail: str, **more: Any) -> bytes:
    return json.dumps(document(status, detail, **more), ensure_ascii=False).encode()


def problem(
    status: int, detail: str, *, headers: Mapping[str, str] | None = None, **more: Any
) -> Response[bytes]:
    """A refusal. It is never kept: the next try may be answered otherwise."""
    kept = {"cache-control": "no-store"} | dict(headers or {})
    return Response(body(status, detail, **more), status_code=status, media_type=MEDIA_TYPE, headers=kept)
