"""Telling callers that an operation will end: `Deprecation` (RFC 9745) and `Sunset` (RFC 8594).

A handler that will end says so where it is declared: `@get(..., ending=Deprecated(since, sunset, "/en/api#..."))`;
`deprecated` is a word of the framework's own.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime

from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope

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


async def tell(message: Message, scope: Scope) -> None:
    """Put the headers on every answer of a handler that will end, refusals included; called before each is sent."""
    told = getattr(scope.get("route_handler"), "opt", {}).get("ending")
    if message["type"] != "http.response.start" or not isinstance(told, Deprecated):
        return
    headers = MutableScopeHeaders.from_message(message)
    headers.add("deprecation", f"@{int(_start(told.since).timestamp())}")
    headers.add("sunset", format_datetime(_start(told.sunset), usegmt=True))
    headers.add("link", f'<{told.instead}>; rel="deprecation"; type="text/html"')


def _start(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)
