"""What the next edition takes over of the key messages of the one before, and what it only shows beside its own.

A message that people worded says what held then. Where what the rules say is the same now, number by number and cell by
cell, the wording goes on. Where it is not, the edition begins with the rules' own sentence, and the wording is offered
beside it in the form. What stands in own words goes on as long as its cells are compared: whether it still holds only
people can say, so it is marked.
"""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncSession

from tracker.briefings.own_words import cells_of, code_of, named_in
from tracker.compare.changes import changes
from tracker.compare.comparison import Comparison
from tracker.editions import draft_queries, queries
from tracker.editions.assembly import Desk, Gathered, gathered
from tracker.editions.content import MOST_MESSAGES, Chosen, Content, Told
from tracker.editions.draft_queries import Own
from tracker.editions.models import Briefing, Edition
from tracker.editions.suggested import Suggestion, suggestions
from tracker.kit import clock
from tracker.kit.errors import Refused

Facts = Mapping[str, Suggestion]


@dataclass(frozen=True, slots=True)
class Earlier:
    """`edition`: the one before. `facts`: what the rules said then, none where it can't be composed any longer.

    `moved`: codes of the cells that read differently now, or were not compared then.
    """

    edition: Edition
    messages: tuple[Chosen, ...] | None
    facts: Facts
    moved: frozenset[str]

    @property
    def worded(self) -> tuple[Chosen, ...]:
        """The messages that people worded."""
        return tuple(m for m in self.messages or () if m.text)

    def stands(self, m: Chosen, now: Facts, known: Collection[str]) -> bool:
        """Whether the next edition takes the wording over. `known`: codes of the cells that it compares."""
        if not m.key:
            return bool(named_in(m.text)) and set(named_in(m.text)) <= set(known)
        then = self.facts.get(m.key)
        return then is not None and m.key in now and now[m.key].facts == then.facts


def carried(earlier: Earlier, offered: list[Suggestion], known: Collection[str]) -> tuple[Chosen, ...] | None:
    """The key messages that the next edition begins with; None for those that the rules give.

    A choice goes on in its order. What the rules say for the first time is added where there is room.
    """
    if earlier.messages is None:
        return None
    now = {s.key: s for s in offered}
    taken = []
    for m in earlier.messages:
        if not m.text or earlier.stands(m, now, known):
            taken.append(m)
        elif m.key:
            taken.append(Chosen(m.key))
    taken = [m for m in taken if not m.key or m.key in now]
    new = [s.key for s in offered if s.first_choice and earlier.facts and s.key not in earlier.facts]
    taken += [Chosen(key) for key in new][: MOST_MESSAGES - len(taken)]
    plain = taken == [Chosen(s.key) for s in offered if s.first_choice]
    return None if plain or not taken else tuple(taken)


async def carry(
    db: AsyncSession,
    desk: Desk,
    organisation: str,
    briefing: Briefing,
    before: Edition,
    snapshot_id: str,
) -> Content:
    """What an edition of the snapshot begins with, after another one. Raises what `gathered` does.

    Change is told since the newest final edition, or since the day that was chosen where there is none.
    """
    content = await _worded(db, before)
    finals = await queries.finals_of(db, briefing.public_id)
    begins = replace(content, messages=None, before=finals[0].number if finals else None)
    if content.messages is None:
        return begins
    told = Told(
        organisation=organisation,
        number=before.number + 1,
        state="draft",
        url="",
        made_on=clock.today(),
        snapshot_id=snapshot_id,
        content=begins,
        earlier=await queries.earlier(db, briefing.public_id, begins.before),
    )
    of = await gathered(db, told, desk)
    offered = await asyncio.to_thread(suggestions, of)
    earlier = await earlier_of(db, desk, organisation, briefing, before, of.snapshot.comparison)
    return replace(begins, messages=carried(earlier, offered, cells_of(of.snapshot.comparison)))


async def before_this(
    db: AsyncSession, desk: Desk, organisation: str, own: Own, of: Gathered
) -> Earlier | None:
    """What the form of an edition tells of the one before; None where people worded nothing there."""
    before = await draft_queries.before(db, own.edition)
    if before is None:
        return None
    worded = (await _worded(db, before)).messages or ()
    if not any(m.text for m in worded):
        return None
    return await earlier_of(db, desk, organisation, own.briefing, before, of.snapshot.comparison)


async def earlier_of(
    db: AsyncSession, desk: Desk, organisation: str, briefing: Briefing, before: Edition, now: Comparison
) -> Earlier:
    """An edition, as the one after it looks back at it."""
    content = await _worded(db, before)
    own = Own(briefing, before, content, (), None)
    try:
        of = await gathered(db, await draft_queries.told_of(db, own, organisation, desk.base_url), desk)
    except Refused:  # nothing is known of it, so nothing of it is taken for unchanged
        return Earlier(before, content.messages, {}, frozenset(code_of(c) for c in now.rows()))
    facts = {s.key: s for s in await asyncio.to_thread(suggestions, of)}
    return Earlier(before, content.messages, facts, moved(of.snapshot.comparison, now))


async def _worded(db: AsyncSession, before: Edition) -> Content:
    """What an edition says, without what was redacted: that is said nowhere again, neither is that it was."""
    content = await draft_queries.content_of(db, before)
    texts = [m.text for m in content.messages or ()] + [r.text for r in content.recommendations]
    texts.append(content.question)
    gone = await queries.redacted_among(db, texts)
    if not gone:
        return content
    kept = tuple(
        Chosen(m.key) if m.text in gone else m for m in content.messages or () if m.key or m.text not in gone
    )
    advice = tuple(r for r in content.recommendations if r.text not in gone)
    question = "" if content.question in gone else content.question
    return replace(content, question=question, messages=kept or None, recommendations=advice)


def moved(before: Comparison, after: Comparison) -> frozenset[str]:
    """Codes of the cells of `after` that read differently in `before`, or are not there."""
    every = {code_of(cell) for cell in after.rows()}
    if before.framework.name != after.framework.name:
        return frozenset(every)
    places = {place for place, _item, _domain in before.cells}
    columns = {(item, domain) for _place, item, domain in before.cells}
    shared = replace(
        after,
        places=tuple(p for p in after.places if p.id in places),
        columns=tuple(c for c in after.columns if (c[0].id, c[1]) in columns),
    )
    there = {code_of(cell) for cell in shared.rows()}
    return frozenset(code_of(c.after) for c in changes(before, shared)) | (every - there)
