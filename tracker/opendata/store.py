"""The folder of releases: written beside, flushed to the disk, then put in place by one rename. Read by hash."""

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tracker.instruments.store import sync
from tracker.opendata import spool

SUMS = "SHA256SUMS"
REDACTIONS = "REDACTIONS.md"
_UNFINISHED = ".building-"
_LINE = re.compile(r"([0-9a-f]{64})  ([A-Za-z0-9._-]{1,80})")


class Broken(Exception):
    """A release's files are not what its sums say; the text says which."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    name: str
    size: int
    sha256: str


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def sums_of(files: Mapping[str, bytes]) -> bytes:
    """SHA256SUMS, as `sha256sum --check` takes it."""
    return "".join(f"{sha256(files[name])}  {name}\n" for name in sorted(files) if name != SUMS).encode()


class ReleaseStore:
    """The releases of a data folder. Everything here touches the disk: call it off the event loop."""

    def __init__(self, data_dir: Path) -> None:
        self.folder = data_dir / "releases"

    def spool(self) -> Path:
        """Where what is being made may lie: the disk of the data folder, for a temporary folder may be memory."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return self.folder

    def path(self, number: int) -> Path:
        return self.folder / str(number)

    def write(self, files: Mapping[str, bytes]) -> Path:
        """An unfinished folder with the files, flushed to the disk. Raises Broken when it reads back otherwise."""
        self.folder.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=self.folder))
        made.chmod(0o755)
        sums = {}
        for name in files:
            sums[name] = _write(made / name, files[name])
        sync(made)
        for name, told in sums.items():
            if _sha256_of(made / name) != told:
                raise Broken(f"{name} was not written as it is")
        return made

    def publish(self, made: Path, number: int) -> None:
        """The folder becomes the release: all of it, at one moment."""
        made.rename(self.path(number))
        sync(self.folder)

    def replace(self, number: int, files: Mapping[str, bytes]) -> None:
        """Put other contents in place of files of a release, one by one, the sums last: it can be done again."""
        folder = self.path(number)
        for name in sorted(files, key=lambda name: name == SUMS):
            beside = folder / f".{name}.partial"
            _write(beside, files[name])
            beside.replace(folder / name)
        sync(folder)

    def tidy(self, known: set[int]) -> None:
        """Remove what a crash left: unfinished folders, and those that no release stands for."""
        if not self.folder.is_dir():
            return
        for path in sorted(self.folder.iterdir()):
            if path.name.startswith(_UNFINISHED) or (path.name.isdigit() and int(path.name) not in known):
                shutil.rmtree(path)
        spool.tidy(self.folder)

    def read(self, number: int) -> dict[str, bytes]:
        """The files of a release by name. Raises FileNotFoundError."""
        return {
            p.name: p.read_bytes() for p in sorted(self.path(number).iterdir()) if not p.name.startswith(".")
        }

    def listed(self, number: int) -> list[StoredFile]:
        """The files that SHA256SUMS names, and itself, with their sizes. Raises Broken where it can't be read."""
        try:
            content = (self.path(number) / SUMS).read_bytes()
            names = {m[2]: m[1] for m in map(_LINE.fullmatch, content.decode().splitlines()) if m}
            names[SUMS] = sha256(content)
            return [
                StoredFile(name, (self.path(number) / name).stat().st_size, digest)
                for name, digest in names.items()
            ]
        except OSError as error:
            raise Broken(f"release {number}: {error.strerror}") from error

    def fault(self, number: int, sums_sha256: str) -> str:
        """What is wrong with the files of a release; "" where nothing is."""
        try:
            for file in self.listed(number):
                if _sha256_of(self.path(number) / file.name) != (
                    sums_sha256 if file.name == SUMS else file.sha256
                ):
                    return f"release {number}: {file.name} is not what its hash says"
        except Broken as broken:
            return str(broken)
        return ""


def _write(path: Path, content: bytes) -> str:
    """Returns the hash of the content."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return sha256(content)


def _sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
