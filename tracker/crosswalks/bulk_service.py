"""Many changes of a draft set at once, for imports: checked as `mapping_service` checks each, in a handful of statements."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.actor import OrganisationActor
from tracker.audit.record import Action
from tracker.crosswalks import models
from tracker.crosswalks.content import MappingContent
from tracker.crosswalks.models import Crosswalk, MappingSide, NoCounterpart
from tracker.crosswalks.rows import TEXTS, Faults, Faulty, Lone, Row, Written, dated, rewrite, values_of
from tracker.crosswalks.service import locked_draft, tell
from tracker.db.base import select
from tracker.frameworks.models import FrameworkItem
from tracker.kit.batches import batches
from tracker.kit.errors import Conflict
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import Relation

AT_ONCE = 500  # rows of one statement
_T = TypeVar("_T")


@dataclass(slots=True)
class _Told:
    """What the log hears: an event for each kind of change, with the numbers of the mappings, or of the items' rows."""

    removed: list[Row]
    changed: list[tuple[Row, int]]
    added: list[tuple[bool, int]] = field(default_factory=list)

    def events(self) -> Iterator[tuple[Action, dict[str, list[Any]]]]:
        for lone, (added, changed, removed) in _ACTIONS.items():
            name = "states" if lone else "mappings"
            lists: tuple[tuple[Action, list[Any]], ...] = (
                (removed, [row.id for row in self.removed if row.lone is lone]),
                (changed, [[row.id, version] for row, version in self.changed if row.lone is lone]),
                (added, [number for of_lone, number in self.added if of_lone is lone]),
            )
            yield from ((action, {name: numbers}) for action, numbers in lists if numbers)


_ACTIONS = {
    False: (Action.MAPPING_ADDED, Action.MAPPING_CHANGED, Action.MAPPING_REMOVED),
    True: (Action.NO_COUNTERPART_ADDED, Action.NO_COUNTERPART_CHANGED, Action.NO_COUNTERPART_REMOVED),
}


@dataclass(frozen=True, slots=True)
class _Held:
    """What a set holds, by number; the (side, item) pairs of each mapping."""

    mappings: dict[int, models.Mapping]
    states: dict[int, NoCounterpart]
    sides: dict[int, set[tuple[str, int]]]

    def row(self, row: Row) -> Any:
        """Raises Conflict where it is gone or has another version."""
        found = self.states.get(row.id) if row.lone else self.mappings.get(row.id)
        if found is None or found.version != row.version:
            raise Conflict(_("Somebody has changed this crosswalk meanwhile. Nothing was saved."))
        return found


async def carry(
    db: AsyncSession,
    actor: OrganisationActor,
    crosswalk_id: int,
    *,
    removed: Sequence[Row],
    written: Sequence[Written],
    say: Callable[[int], None],
) -> None:
    """Remove rows, then write; what is written anew or over a row is not reviewed. The log hears of each kind once.

    Raises Faulty with all that the set can't take, before anything is changed; Conflict; NotFound. `say` hears how many
    new rows are in.
    """
    crosswalk = await locked_draft(db, actor, crosswalk_id)
    held = await _held(db, crosswalk_id)
    over = [(w.over, w.says, held.row(w.over)) for w in written if w.over]
    for row in removed:
        held.row(row)
    faults = dict(_faults(held, await _items(db, crosswalk), removed, written))
    if faults:
        raise Faulty(faults)
    await _remove(db, removed)
    for _row, says, stored in over:
        said = says.content if isinstance(says, Lone) else says
        rewrite(stored, actor, _columns(says) | dated(said))
    new = [w.says for w in written if not w.over]
    if removed or any(isinstance(says, Lone) for says in new):
        crosswalk.changed_by = actor.user_id
    told = _Told(list(removed), [(row, stored.version) for row, _says, stored in over])
    done = 0
    for some in batches(new, AT_ONCE):
        told.added += await _add(db, actor, crosswalk_id, some)
        done += len(some)
        say(done)
    await db.flush()
    for action, detail in told.events():
        await tell(db, actor, action, crosswalk, **detail)


async def _held(db: AsyncSession, crosswalk_id: int) -> _Held:
    m = models.Mapping
    mappings = (await db.execute(select(m).where(col(m.crosswalk_id) == crosswalk_id))).scalars()
    states = select(NoCounterpart).where(col(NoCounterpart.crosswalk_id) == crosswalk_id)
    rows = await db.execute(
        select(MappingSide.mapping_id, MappingSide.side, MappingSide.item_id)
        .join(m, col(m.id) == MappingSide.mapping_id)
        .where(col(m.crosswalk_id) == crosswalk_id)
    )
    sides: dict[int, set[tuple[str, int]]] = {}
    for number, side, item in rows:
        sides.setdefault(number, set()).add((side, item))
    return _Held(
        {row.id: row for row in mappings},
        {row.id: row for row in (await db.execute(states)).scalars()},
        sides,
    )


async def _items(db: AsyncSession, crosswalk: Crosswalk) -> set[tuple[str, int]]:
    """(side, item) of every item that the set may speak of."""
    i = FrameworkItem
    found = set()
    for side, version in (("source", crosswalk.source_version_id), ("target", crosswalk.target_version_id)):
        rows = await db.execute(select(i.id).where(col(i.framework_version_id) == version))
        found |= {(side, item) for item in rows.scalars()}
    return found


def _faults(
    held: _Held, items: set[tuple[str, int]], removed: Sequence[Row], written: Sequence[Written]
) -> Iterator[tuple[int, Faults]]:
    """What the set would not hold true: the rules of `check_queries`, over what it would hold in the end."""
    gone = {(row.lone, row.id) for row in (*removed, *(w.over for w in written if w.over))}
    kept = [(number, row) for number, row in held.mappings.items() if (False, number) not in gone]
    lone = {row.item_id for number, row in held.states.items() if (True, number) not in gone}
    # How often each item is related, and what each mapping says, with what is written counted as it comes.
    related = {item for n, row in kept if _relates(row.relation) for _side, item in held.sides[n]}
    said = {(row.relation, row.domains, frozenset(held.sides[n])) for n, row in kept}
    new = [w.says for w in written]
    related |= {
        i for m in new if isinstance(m, MappingContent) and _relates(m.relation) for _s, i in _sides(m)
    }
    alone = lone | {says.item for says in new if isinstance(says, Lone)}
    for number, says in enumerate(new):
        if isinstance(says, Lone):
            told = _faults_of_lone(says, items, lone, related)
            lone.add(says.item)
        else:
            told = _faults_of_mapping(says, items, alone)
            key = (says.relation, _domains(says), frozenset(_sides(says)))
            if not told and key in said:
                told["relation"] = _("There is a mapping with this relation between the same items already.")
            said.add(key)
        if told:
            yield number, told


def _faults_of_mapping(says: MappingContent, items: set[tuple[str, int]], alone: set[int]) -> Faults:
    told = says.faults()
    for side, name in (("source", "sources"), ("target", "targets")):
        given = getattr(says, name)
        if name in told:
            continue
        if any((side, item) not in items for item in given):
            told[name] = _("There is no such item on this side of the crosswalk.")
        elif _relates(says.relation) and alone & set(given):
            told[name] = _("An item of these is said to have no counterpart. Take that back first.")
    return told


def _faults_of_lone(says: Lone, items: set[tuple[str, int]], lone: set[int], related: set[int]) -> Faults:
    told = says.content.faults()
    name = f"{says.side}s"
    if (says.side, says.item) not in items:
        told[name] = _("There is no such item on this side of the crosswalk.")
    elif says.item in lone:
        told[name] = _("This item is said to have no counterpart already.")
    elif says.item in related:
        told[name] = _("This item has a mapping. Remove it first, or leave the item mapped.")
    return told


def _relates(relation: Relation) -> bool:
    return relation is not Relation.NO_RELATIONSHIP


def _sides(says: MappingContent) -> list[tuple[str, int]]:
    return [("source", i) for i in says.sources] + [("target", i) for i in says.targets]


def _domains(says: MappingContent) -> str:
    return str(values_of(says)["domains"])


def _columns(says: MappingContent | Lone) -> dict[str, Any]:
    return {n: getattr(says.content, n) for n in TEXTS} if isinstance(says, Lone) else values_of(says)


async def _remove(db: AsyncSession, removed: Sequence[Row]) -> None:
    for some in batches([row.id for row in removed if not row.lone], AT_ONCE):
        await db.execute(sa.delete(MappingSide).where(col(MappingSide.mapping_id).in_(some)))
        await db.execute(sa.delete(models.Mapping).where(col(models.Mapping.id).in_(some)))
    for some in batches([row.id for row in removed if row.lone], AT_ONCE):
        await db.execute(sa.delete(NoCounterpart).where(col(NoCounterpart.id).in_(some)))


async def _add(
    db: AsyncSession, actor: OrganisationActor, crosswalk_id: int, new: Sequence[MappingContent | Lone]
) -> list[tuple[bool, int]]:
    """(whether it is a missing counterpart, its number) of each row that was added."""
    common: dict[str, Any] = {"crosswalk_id": crosswalk_id, "author_id": actor.answerable}
    mappings, states = [], []
    for says in new:
        if isinstance(says, Lone):
            where: dict[str, Any] = {"side": says.side, "item_id": says.item}
            states.append(NoCounterpart(**common, **where, **_columns(says), **dated(says.content)))
        else:
            mappings.append((models.Mapping(**common, **_columns(says), **dated(says)), says))
    db.add_all([*(row for row, _says in mappings), *states])
    await db.flush()  # numbered in this order
    db.add_all(
        MappingSide(mapping_id=row.id, item_id=item, side=side)
        for row, says in mappings
        for side, item in _sides(says)
    )
    await db.flush()
    return [(False, row.id) for row, _says in mappings] + [(True, row.id) for row in states]
