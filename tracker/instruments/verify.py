"""Whether every attachment on the disk is still what was attached."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from tracker.instruments.queries import Held, held_files, let_go_files
from tracker.instruments.store import Store


@dataclass(frozen=True, slots=True)
class Fault:
    """A stored file that is "missing", "altered" or "not removed" after its redaction, and the titles under which
    the public knows it."""

    file: Held
    what: str


Progress = Callable[[Sequence[Held]], Iterator[Held]]


async def faults(
    db: AsyncSession, store: Store, progress: Progress = iter
) -> tuple[int, list[Fault], list[Held]]:
    """How many files were compared with their hashes, every one that is not what was stored, and those redacted.

    `progress` may wrap the files to tell how far it is. Reads every byte.
    """
    files = await held_files(db)
    redacted = await let_go_files(db)
    found = [Fault(file, "not removed") for file in redacted if store.path(file.sha256).exists()]
    for file in progress(files):
        what = store.fault(file.sha256, file.size)
        if what:
            found.append(Fault(file, what))
    return len(files), found, redacted
