"""Asking the application in this process, as a visitor who is nobody."""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from litestar.types import ASGIApp


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def is_page(self) -> bool:
        return self.headers.get("content-type", "").startswith("text/html")

    @property
    def name(self) -> str:
        found = re.search(r'filename="([^"/]+)"', self.headers.get("content-disposition", ""))
        return found[1] if found else ""


async def ask(app: ASGIApp, address: str, host: str) -> Answer:
    """GET an address (a path, with its query) of the application in this process."""
    status, headers, body = 0, {}, bytearray()
    path, _mark, query = address.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(b"host", host.encode())],
        "client": ("127.0.0.1", 0),
        "server": ("127.0.0.1", 80),
        "extensions": {},
    }

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, object]) -> None:
        nonlocal status, headers
        if message["type"] == "http.response.start":
            status = int(str(message["status"]))
            pairs: list[tuple[bytes, bytes]] = list(message.get("headers", []))  # type: ignore[call-overload]
            headers = {k.decode().lower(): v.decode("latin-1") for k, v in pairs}
        else:
            body.extend(message.get("body", b""))  # type: ignore[arg-type]

    await app(scope, receive, send)  # type: ignore[arg-type]
    return Answer(status, headers, bytes(body))
