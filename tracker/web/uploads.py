"""Forms that bring a file: read as they arrive, the file straight to the disk, hashed on the way.

The framework's own reader leaves the files of interrupted requests to the garbage collector, and would copy
each file once more; here they belong to the request, and what was not kept is removed when it ends.
"""

import asyncio
import hashlib
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from litestar import Request
from litestar.exceptions import ClientException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header

# What a form holds besides its file.
MOST_PARTS = 20
LARGEST_TEXTS = 64 * 1024
# What a body may hold around its file.
ENVELOPE = LARGEST_TEXTS + 64 * 1024


@dataclass(slots=True)
class Upload:
    """A file that came with a form. `name` is what its sender called it: never a path to use.

    Of a file above the limit of the form `too_large` is told and the rest is thrown away.
    """

    path: Path
    name: str
    size: int = 0
    sha256: str = ""
    too_large: bool = False


@dataclass(slots=True)
class Uploads:
    """The files of one request, in `folder` until they are kept elsewhere or the request ends."""

    folder: Path
    texts: list[tuple[str, str]] = field(default_factory=list)
    files: dict[str, Upload] = field(default_factory=dict)
    was_read: bool = False

    async def read(self, request: Request[Any, Any, Any], largest: int) -> dict[str, str]:
        """Read the form's body; returns its texts. Raises ClientException, RequestEntityTooLarge."""
        self.was_read = True
        _kind, options = parse_options_header(request.headers.get("content-type", ""))
        try:
            parser = PushMultipartParser(
                options.get("boundary", ""), max_segment_count=MOST_PARTS, strict=True
            )
            with parser:
                reader = _Reader(self, largest)
                try:
                    async for chunk in request.stream():
                        if not parser.closed:
                            for event in parser.parse(chunk):
                                await reader.take(event)
                finally:
                    reader.close()
        except (MultipartError, UnicodeDecodeError) as error:
            raise ClientException("not a form with a file") from error
        return dict(self.texts)

    def discard(self) -> None:
        """Remove what was not kept."""
        for upload in self.files.values():
            upload.path.unlink(missing_ok=True)


class _Reader:
    """Takes the parts of a form one after the other."""

    def __init__(self, uploads: Uploads, largest: int) -> None:
        self._uploads, self._largest = uploads, largest
        self._segment: MultipartSegment | None = None
        self._upload: Upload | None = None
        self._file: BinaryIO | None = None
        self._digest = hashlib.sha256()
        self._text = bytearray()
        self._text_size = 0

    async def take(self, event: Any) -> None:
        if isinstance(event, MultipartSegment):
            self._segment = event
            if event.filename is not None:
                self._open(event)
        elif event is None:
            self._finish()
        elif self._upload:
            await self._write(self._upload, bytes(event))
        else:
            self._text_size += len(event)
            if self._text_size > LARGEST_TEXTS:
                raise RequestEntityTooLarge
            self._text += event

    def _open(self, segment: MultipartSegment) -> None:
        folder = self._uploads.folder
        folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        path = folder / secrets.token_hex(16)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        self._file = os.fdopen(os.open(path, flags, 0o600), "wb")
        self._upload = Upload(path, segment.filename or "")
        self._digest = hashlib.sha256()
        name = segment.name or ""
        if name in self._uploads.files:
            path.unlink()
            raise ClientException("two files where one is asked for")
        self._uploads.files[name] = self._upload

    async def _write(self, upload: Upload, content: bytes) -> None:
        upload.size += len(content)
        upload.too_large = upload.size > self._largest
        if not upload.too_large:
            await asyncio.to_thread(self._store, content)

    def _store(self, content: bytes) -> None:
        assert self._file is not None
        self._digest.update(content)
        self._file.write(content)

    def _finish(self) -> None:
        if self._upload:
            self._upload.sha256 = self._digest.hexdigest()
            self.close()
        elif self._segment:
            self._uploads.texts.append((self._segment.name or "", self._text.decode()))
            self._text.clear()
        self._segment = self._upload = None

    def close(self) -> None:
        if self._file:
            self._file.close()
            self._file = None
