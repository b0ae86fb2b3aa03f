"""Putting finished things in the place of others: what was there is moved aside, and comes back if anything fails."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tracker.instruments.store import sync
from tracker.kit import clock

# SQLite keeps a log beside its file while anybody has it open; they belong together.
BESIDE_SQLITE = ("-wal", "-shm")


class Swap:
    """`aside`: where the things are now that were replaced."""

    def __init__(self) -> None:
        self.aside: list[Path] = []
        self._done: list[tuple[Path, Path]] = []
        self._stamp = f"replaced-{clock.now():%Y%m%dT%H%M%SZ}"

    def put(self, made: Path, place: Path) -> None:
        """`made`, which lies in the same file system, becomes `place`. It need not be there: then nothing is after."""
        if place.is_dir() and not holds_files(place):
            shutil.rmtree(place)
        old = place.with_name(f"{place.name}.{self._stamp}")
        for end in ("", *BESIDE_SQLITE):
            beside = place.with_name(place.name + end)
            if beside.exists():
                self._move(beside, old.with_name(old.name + end))
                self.aside += [] if end else [old]
        if made.exists():
            self._move(made, place)

    def _move(self, source: Path, target: Path) -> None:
        source.rename(target)
        self._done.append((source, target))
        sync(target.parent)

    def undo(self) -> None:
        """Everything back to where it was."""
        while self._done:
            source, target = self._done.pop()
            target.rename(source)
        self.aside.clear()


def holds_files(folder: Path) -> bool:
    """Whether a file lies anywhere below it."""
    return folder.is_dir() and any(path.is_file() for path in folder.rglob("*"))


@contextmanager
def swapping() -> Iterator[Swap]:
    """What is put in place within the block stays there, unless the block fails."""
    swap = Swap()
    try:
        yield swap
    except BaseException:
        swap.undo()
        raise
