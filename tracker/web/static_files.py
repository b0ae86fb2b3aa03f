"""The stylesheet and the icon: read once, named by their hash, kept by browsers for ever."""

import hashlib
from pathlib import Path

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from tracker.access.guard import PUBLIC

FOLDER = Path(__file__).parent / "static"
_TYPES = {".css": "text/css", ".svg": "image/svg+xml"}
FILES = {p.name: p.read_bytes() for p in sorted(FOLDER.iterdir()) if p.suffix in _TYPES}
_HASHES = {name: hashlib.sha256(content).hexdigest()[:12] for name, content in FILES.items()}


def static_url(name: str) -> str:
    """The address of a file, which changes with its content. Raises KeyError for an unknown one."""
    return f"/static/{_HASHES[name]}/{name}"


@get("/static/{version:str}/{name:str}", name="static", access=PUBLIC, include_in_schema=False)
async def static_file(version: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    if name not in FILES or version != _HASHES[name]:
        raise NotFoundException
    return Response(
        FILES[name],
        media_type=_TYPES[Path(name).suffix],
        headers={"cache-control": "public, max-age=31536000, immutable"},
    )
