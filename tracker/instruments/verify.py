"""Whether every attachment on the disk is still what was attached."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from tracker.instruments.queries import Held, held_files
from tracker.instruments.store import Store


@dataclass(frozen=True, slots=True)
class Fault:
    """A stored file that is "missing" or "altered", and the titles under which the public knows it."""

    file: Held
    what: str


Progress = Callable[[Sequence[Held]], Iterator[Held]]


async def faults(db: AsyncSession, store: Store, progress: Progress = iter) -> tuple[int, list[Fault]]:
    """How many files were compared with their hashes, and every one that is not what was stored.

    `progress` may wrap the files to tell how far it is. Reads every byte.
    """
    files = await held_files(db)
    found = []
    for file in progress(files):
        what = store.fault(file.sha256, file.size)
        if what:
            found.append(Fault(file, what))
    return len(files), found
