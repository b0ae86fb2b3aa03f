"""Telling callers that an operation will end: `Deprecation` (RFC 9745) and `Sunset` (RFC 8594).

A handler that will end says so where it is declared: `@get(..., deprecated=Deprecated(since, sunset, "/en/api#..."))`.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime

from litestar import Request

# What the policy promises: docs/parts/api.md says it, and so does the page of the API.
LEAST_NOTICE = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Deprecated:
    """`since`: the day it was announced; `sunset`: the day from which it may be gone; `instead`: where to read on."""

    since: date
    sunset: date
    instead: str

    def __post_init__(self) -> None:
        if self.sunset - self.since < LEAST_NOTICE:
            raise ValueError("an operation ends a year after that was announced, or later")


def headers_of(request: Request) -> dict[str, str]:
    """The headers that a handler's deprecation puts on its answers; none for a handler that stays."""
    told = request.route_handler.opt.get("deprecated")
    if not isinstance(told, Deprecated):
        return {}
    return {
        "deprecation": f"@{int(_start(told.since).timestamp())}",
        "sunset": format_datetime(_start(told.sunset), usegmt=True),
        "link": f'<{told.instead}>; rel="deprecation"; type="text/html"',
    }


def _start(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)
