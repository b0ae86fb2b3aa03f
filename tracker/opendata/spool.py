"""Rows and files of a release on the disk while it is made: there may be more of them than the memory holds."""

import csv
import hashlib
import shutil
import tempfile
import time
import weakref
from collections.abc import Collection, Iterable, Iterator, MutableMapping
from contextlib import suppress
from pathlib import Path

Rows = Collection[list[str]]
PREFIX = ".spool-"
_FORGOTTEN = 24 * 3600  # seconds


def tidy(folder: Path) -> None:
    """Remove what a crash left a day ago or longer; something younger may still be read."""
    for path in folder.glob(f"{PREFIX}*"):
        # One that is let go of at this moment, here or in another process, is gone: that is all that is wanted.
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < time.time() - _FORGOTTEN:
                shutil.rmtree(path) if path.is_dir() else path.unlink()


class FileRows(Rows):
    """The rows of a CSV file, read anew each time they are asked for. `head`: how many lines are no rows."""

    def __init__(self, path: Path, delimiter: str = ",", head: int = 1) -> None:
        self._path, self._delimiter, self._head = path, delimiter, head

    def __iter__(self) -> Iterator[list[str]]:
        with self._path.open(encoding="utf-8", newline="") as file:
            rows = csv.reader(file, delimiter=self._delimiter)
            for _ in range(self._head):
                next(rows, None)
            yield from rows

    def __len__(self) -> int:
        return sum(1 for _row in self)

    def __contains__(self, row: object) -> bool:
        return any(row == known for known in self)


class Spool(FileRows):
    """Rows that are added and then read any number of times. The file, in `folder`, is gone with the last reference."""

    def __init__(self, folder: Path) -> None:
        with tempfile.NamedTemporaryFile(prefix=PREFIX, dir=folder, delete=False) as file:
            path = Path(file.name)
        weakref.finalize(self, path.unlink, missing_ok=True)
        super().__init__(path, head=0)
        self._count = 0

    def extend(self, rows: Iterable[list[str]]) -> None:
        with self._path.open("a", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            for row in rows:
                writer.writerow(row)
                self._count += 1

    def __len__(self) -> int:
        return self._count


class Files(MutableMapping[str, bytes]):
    """Files of a folder by name; each is read when it is asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def beside(cls, folder: Path) -> "Files":
        """None yet, in a folder within this one that is gone with the last reference."""
        made = cls(Path(tempfile.mkdtemp(prefix=PREFIX, dir=folder)))
        weakref.finalize(made, shutil.rmtree, made.folder, True)
        return made

    def put(self, name: str, pieces: Iterable[bytes]) -> None:
        """Write a file piece by piece."""
        with (self.folder / name).open("wb") as file:
            file.writelines(pieces)

    def __setitem__(self, name: str, content: bytes) -> None:
        self.put(name, [content])

    def __getitem__(self, name: str) -> bytes:
        try:
            return (self.folder / name).read_bytes()
        except FileNotFoundError as error:
            raise KeyError(name) from error

    def __delitem__(self, name: str) -> None:
        (self.folder / name).unlink()

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(p.name for p in self.folder.iterdir() if not p.name.startswith(".")))

    def __len__(self) -> int:
        return len(list(iter(self)))


def digest(parts: Iterable[str]) -> bytes:
    """Stands for a row or key, of which there may be hundreds of thousands: 16 bytes, the same for the same texts."""
    whole = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(whole, digest_size=16).digest()
