"""Everything published as one long CSV, a piece at a time: every voice of every cell that holds now."""

from collections.abc import AsyncIterator

from sqlalchemy.ext.asyncio import AsyncSession

from tracker.compare.files import closed, header
from tracker.entries.queries import Moment
from tracker.packed import queries, service
from tracker.packed.queries import Head


async def pieces(
    db: AsyncSession, head: Head | None, *, base_url: str, locale: str, version_id: int | None = None
) -> AsyncIterator[str]:
    """The text of the file: its header, then the lines of a few jurisdictions at a time.

    Jurisdictions that nobody has published on are not in it; of the others every cell is. `head`: as
    `queries.head` found it in the same session. `version_id`: of one framework version only.
    """
    yield header()
    if head is None:
        at = await queries.moment(db, None, None)
        for version, place in await queries.everything(db, version_id):
            yield closed(await _made(db, version, place, at), base_url, locale)
        return
    at = Moment(head.on, head.as_of, head.as_of.date())
    async for some in queries.lines(db, version_id):
        texts = [
            lines
            if since <= head.on and (until is None or head.on < until)
            else await _made(db, version, place, at)
            for version, place, since, until, lines in some
        ]
        yield closed("".join(texts), base_url, locale)


async def _made(db: AsyncSession, version_id: int, place: int, at: Moment) -> str:
    """The lines of one jurisdiction from the rows, where what is kept does not hold on the day."""
    framework = await service.framework_of(db, version_id)
    return (await service.lines_of(db, framework, [place], at.on, at.as_of))[place]
