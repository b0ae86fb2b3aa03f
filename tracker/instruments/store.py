"""Files named by their SHA-256 below TRACKER_DATA_DIR/attachments: written whole or not at all, never executed."""

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

_NAME = re.compile(r"[0-9a-f]{64}")
_CHUNK = 1024 * 1024


class Store:
    """The folder of the attachments. Its methods block: call them off the event loop."""

    def __init__(self, data_dir: Path) -> None:
        self.folder = data_dir / "attachments"

    def path(self, sha256: str) -> Path:
        """Where the file of a hash lies. Raises ValueError for what is no SHA-256 in lower-case hex."""
        if not _NAME.fullmatch(sha256):
            raise ValueError("not a SHA-256 in hex")
        return self.folder / sha256[:2] / sha256

    def keep(self, incoming: Path, sha256: str) -> None:
        """Move a finished file, which lies in the same file system, to its place.

        Its bytes are on the disk before the name is, and a file that is there already is replaced by its equal:
        so a crash leaves no half file, and keeping takes no less time for bytes that somebody else has stored.
        """
        target = self.path(sha256)
        target.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        sync(incoming)
        incoming.chmod(0o640)
        incoming.replace(target)
        sync(target.parent)

    def remove(self, sha256: str) -> None:
        """Remove a file; no fault when it is gone already."""
        self.path(sha256).unlink(missing_ok=True)

    def fault(self, sha256: str, size: int) -> str | None:
        """What is wrong with a stored file: "missing", "altered", or None when it is what was stored."""
        digest = hashlib.sha256()
        try:
            with self.path(sha256).open("rb") as file:
                if os.fstat(file.fileno()).st_size != size:
                    return "altered"
                while chunk := file.read(_CHUNK):
                    digest.update(chunk)
        except FileNotFoundError:
            return "missing"
        return None if digest.hexdigest() == sha256 else "altered"

    def names(self) -> Iterator[str]:
        """The hashes under which files lie there."""
        if self.folder.is_dir():
            yield from sorted(p.name for p in self.folder.glob("??/*") if _NAME.fullmatch(p.name))


def sync(path: Path) -> None:
    """See a file's bytes, or a folder's names, onto the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
