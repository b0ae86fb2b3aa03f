"""Keeping an organisation's own sets of jurisdictions. Nothing here is public.

Every function takes a session bound to the organisation, and raises a refusal before it has changed anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.actor import OrganisationActor
from tracker.access.permissions import Permission
from tracker.audit.record import Action, record_by
from tracker.compare.models import SavedSet
from tracker.compare.query import MOST_JURISDICTIONS
from tracker.db.base import select
from tracker.db.session import queue_behind
from tracker.jurisdictions.queries import unknown
from tracker.kit import clock
from tracker.kit.errors import Invalid, NotFound
from tracker.kit.i18n import gettext as _
from tracker.kit.unseen import alike, hidden

MOST_SETS = 100


@dataclass(frozen=True, slots=True)
class Saved:
    """A set as it is shown. `key` names it in `peers=`."""

    id: UUID
    name: str
    codes: tuple[str, ...]
    updated_at: datetime

    @property
    def key(self) -> str:
        return f"set:{self.id}"


def _saved(row: SavedSet) -> Saved:
    return Saved(row.id, row.name, tuple(c for c in row.codes.split(",") if c), row.updated_at)


async def sets(db: AsyncSession) -> list[Saved]:
    """The sets of the session's organisation, by name."""
    rows = (await db.execute(select(SavedSet).order_by(SavedSet.name, col(SavedSet.id)))).scalars()
    return [_saved(row) for row in rows]


async def one(db: AsyncSession, saved_id: UUID) -> Saved:
    """Raises NotFound for what is no set of the session's organisation."""
    return _saved(await _row(db, saved_id))


async def _row(db: AsyncSession, saved_id: UUID) -> SavedSet:
    statement = select(SavedSet).where(col(SavedSet.id) == saved_id).with_for_update()
    row: SavedSet | None = (await db.execute(statement)).scalar_one_or_none()
    if row is None:
        raise NotFound(_("Your organisation has no such set."))
    return row


async def save(db: AsyncSession, actor: OrganisationActor, name: str, codes: Sequence[str]) -> Saved:
    """A new set. Raises Invalid: no name or one that is taken, no or unknown jurisdictions, too many."""
    actor.require(Permission.WRITE_DRAFTS)
    chosen = tuple(dict.fromkeys(codes))
    await _checked(db, name, chosen)
    await queue_behind(db, f"saved sets:{actor.organisation_id}")
    if (await db.scalar(select(sa.func.count()).select_from(SavedSet)) or 0) >= MOST_SETS:
        raise Invalid({"name": _("An organisation has at most %(most)s sets.") % {"most": MOST_SETS}})
    await _free(db, name)
    row = SavedSet(
        tenant_id=actor.organisation_id,
        id=uuid4(),
        name=name,
        codes=",".join(chosen),
        updated_at=clock.now(),
        updated_by=actor.user_id,
    )
    db.add(row)
    await _flush(db)
    await record_by(db, actor, Action.SET_SAVED, f"set:{row.id}")
    return _saved(row)


async def change(
    db: AsyncSession, actor: OrganisationActor, saved_id: UUID, name: str, codes: Sequence[str]
) -> None:
    """Its name, its jurisdictions, or both. Raises NotFound, and Invalid as `save` does."""
    actor.require(Permission.WRITE_DRAFTS)
    chosen = tuple(dict.fromkeys(codes))
    await _checked(db, name, chosen)
    await queue_behind(db, f"saved sets:{actor.organisation_id}")
    row = await _row(db, saved_id)
    renamed, changed = name != row.name, ",".join(chosen) != row.codes
    if not renamed and not changed:
        return
    await _free(db, name, but=saved_id)
    row.name, row.codes, row.updated_at, row.updated_by = name, ",".join(chosen), clock.now(), actor.user_id
    await _flush(db)
    if renamed:
        await record_by(db, actor, Action.SET_RENAMED, f"set:{saved_id}")
    if changed:
        await record_by(db, actor, Action.SET_CHANGED, f"set:{saved_id}")


async def _checked(db: AsyncSession, name: str, chosen: tuple[str, ...]) -> None:
    """Raises Invalid for what no set can be called or hold."""
    faults = {} if name else {"name": _("Give it a name.")}
    if any(hidden(c) for c in name):
        faults["name"] = _("It holds signs that nobody sees, such as marks of direction. Type it again.")
    if not chosen:
        faults["codes"] = _("Name at least one jurisdiction by its code.")
    elif len(chosen) > MOST_JURISDICTIONS:
        faults["codes"] = _("A set has at most %(most)s jurisdictions.") % {"most": MOST_JURISDICTIONS}
    elif strange := await unknown(db, chosen):
        faults["codes"] = strange
    if faults:
        raise Invalid(faults)


async def delete(db: AsyncSession, actor: OrganisationActor, saved_id: UUID) -> None:
    """Raises NotFound. Comparisons made with it keep their addresses: those name the jurisdictions."""
    actor.require(Permission.WRITE_DRAFTS)
    await db.delete(await _row(db, saved_id))
    await db.flush()
    await record_by(db, actor, Action.SET_DELETED, f"set:{saved_id}")


async def _free(db: AsyncSession, name: str, but: UUID | None = None) -> None:
    """Raises Invalid where another set has a name that reads the same. Few enough to compare here: the databases fold
    letters other than ASCII differently. Call it behind the queue.
    """
    rows = (await db.execute(select(col(SavedSet.id), SavedSet.name))).all()
    if any(row.id != but and alike(row.name) == alike(name) for row in rows):
        raise _taken()


def _taken() -> Invalid:
    return Invalid({"name": _("Your organisation has a set of this name.")})


async def _flush(db: AsyncSession) -> None:
    try:
        await db.flush()
    except IntegrityError as error:  # another request took the name in this moment
        raise _taken() from error
