"""An edition made into a Document: its snapshot read again, and what the organisation chose."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache

from sqlalchemy.ext.asyncio import AsyncSession

from tracker.briefings.beside import Beside
from tracker.briefings.compose import compose, question_of
from tracker.briefings.document import Document
from tracker.briefings.options import Frozen, Options
from tracker.briefings.own_words import cells_of, named_in
from tracker.briefings.queries import gather
from tracker.compare.comparison import Comparison
from tracker.editions.content import Content, Told
from tracker.kit.i18n import current_locale, set_locale
from tracker.snapshots.queries import Reread, reread
from tracker.snapshots.withdrawn_queries import withdrawn

AT_ONCE = 2  # compositions in a process; a register of a thousand jurisdictions takes seconds


@dataclass(frozen=True, slots=True)
class Desk:
    """Where the service is, for links and names, and the licence of what it publishes."""

    base_url: str
    service_name: str
    licence: str


@dataclass(frozen=True, slots=True)
class Gathered:
    """All that an edition is composed of. Reading it needs the database; composing it does not."""

    told: Told
    snapshot: Reread
    options: Options
    beside: Beside
    desk: Desk

    @property
    def question(self) -> str:
        """The title of the document, without composing it."""
        with speaking(self.told.content.locale):
            return question_of(self.snapshot.comparison, self.options)

    def document(self) -> Document:
        """It takes processor time: call it in a thread. Raises Invalid where the edition can't be composed."""
        with speaking(self.told.content.locale):
            return compose(
                self.snapshot.comparison,
                base_url=self.desk.base_url,
                locale=self.told.content.locale,
                service_name=self.desk.service_name,
                options=self.options,
                beside=self.beside,
            )

    async def composed(self) -> Document:
        """The document, composed beside the pages of others, of which few at once. Raises Invalid as `document`."""
        async with _gate(id(asyncio.get_running_loop())):
            return await asyncio.to_thread(self.document)


@cache
def _gate(_loop_id: int) -> asyncio.Semaphore:
    return asyncio.Semaphore(AT_ONCE)


async def gathered(db: AsyncSession, told: Told, desk: Desk, *, snapshot: Reread | None = None) -> Gathered:
    """Read what an edition is made of. Raises NotFound and Gone for a snapshot that is not there, Invalid for the rest.

    `snapshot`: that of `told`, where it was read already.
    """
    snapshot = snapshot or await reread(db, told.snapshot_id)
    locale = told.content.locale
    url = f"{desk.base_url}/{locale}/snapshots/{snapshot.id}"
    options = told.options(Frozen(snapshot.id, snapshot.sha256, url, licence=desk.licence))
    if told.earlier:
        earlier = (await reread(db, told.earlier[0])).comparison
        # One of a later day than this is no earlier one, though its number is lower: change is not told then.
        if comparable(earlier, snapshot.comparison) and earlier.at.on <= snapshot.comparison.at.on:
            options = replace(options, since=earlier.at.on, known_by=earlier.at.as_of)
    with speaking(locale):
        beside = await gather(db, snapshot.comparison, options)
    beside = replace(beside, withdrawn=await withdrawn(db, snapshot.comparison, told.until))
    return Gathered(told, snapshot, options, beside, desk)


def comparable(before: Comparison, after: Comparison) -> bool:
    """Whether every cell of `after` is in `before`, so that change can be told."""
    return before.framework.name == after.framework.name and set(after.cells) <= set(before.cells)


def lost_cells(content: Content, comparison: Comparison) -> list[str]:
    """The cells that messages in own words name and the comparison does not have."""
    known = cells_of(comparison)
    return [c for m in content.messages or () if not m.key for c in named_in(m.text) if c not in known]


@contextmanager
def speaking(locale: str) -> Iterator[None]:
    """Within the block, words are of this language."""
    before = current_locale()
    set_locale(locale)
    try:
        yield
    finally:
        set_locale(before)
