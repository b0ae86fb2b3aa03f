"""`tracker load synthetic`: an invented record as large as the world's, to measure on. The same on every run.

Nothing of it comes from anywhere: a code, a level or a date follows from the number of its jurisdiction and cell.
"""

from collections.abc import Callable, Collection
from uuid import UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.models import Organisation
from tracker.audit.record import Action, record
from tracker.compare.query import DEFAULT_FRAMEWORK
from tracker.db.base import select
from tracker.db.session import Bound, Database, add_rows, rebind
from tracker.entries.models import PublishedCitation, PublishedRevision, PublishedWithdrawal
from tracker.frameworks import queries as frameworks
from tracker.instruments.models import PublishedInstrument
from tracker.jurisdictions import queries as jurisdictions
from tracker.jurisdictions.models import Jurisdiction
from tracker.jurisdictions.queries import Place
from tracker.kit import clock
from tracker.kit.errors import Conflict
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import Domain, JurisdictionKind, MandateKind, OrganisationKind
from tracker.loading import synthetic_rows as rows
from tracker.loading.demo import NeedsReference
from tracker.organisations.service import add_mandate, add_organisation
from tracker.packed import service as packed
from tracker.reviews.models import PublishedReview

ROOT = "XZZ"  # ISO's user-assigned codes end here; the demo world begins at XAA
MOST = 20_000
BATCH = 100
Say = Callable[[str], None]


async def load(database: Database, number: int, say: Say) -> None:
    """Bring the synthetic jurisdictions to `number`, whole or not at all, and pack them.

    Raises NeedsReference, and Conflict where anybody else has published: an invented record stays by itself.
    """
    async with database.write() as db:
        organisations = await _organisations(db)
        await _refuse_others(db, [o.id for o in organisations])
        root = await _root(db, organisations)
        cells = await _cells(db)
        held = await _held(db, root)
        numbers = range(held + 1, number + 1)
        for start in range(numbers.start, numbers.stop, BATCH):
            some = range(start, min(start + BATCH, numbers.stop))
            await _batch(db, root, some, cells, [o.id for o in organisations])
            say(f"{some[-1]} of {number} jurisdictions")
        if not numbers:
            say(f"{held} synthetic jurisdictions are there already")
            return
        await _told(db, organisations[0].id, len(numbers))
        made = await packed.rebuild(db, lambda done, of: _every(done, of, say))
    say(f"{held + len(numbers)} synthetic jurisdictions, {made} packed")


def _every(done: int, of: int, say: Say) -> None:
    if done % 1000 == 0 or done == of:
        say(f"{done} of {of} packed")


async def _organisations(db: AsyncSession) -> list[Organisation]:
    """The three invented voices: a steward of the root, and two assessors of it."""
    found = []
    for key, name, kind in rows.VOICES:
        held = (
            await db.execute(select(Organisation).where(col(Organisation.key) == key))
        ).scalar_one_or_none()
        if held is None:
            held = Organisation(
                id=uuid5(rows.NAMESPACE, key),
                key=key,
                name=name,
                kind=OrganisationKind(kind),
                fictional=True,
                created_at=clock.now(),
            )
            await rebind(db, Bound(tenant=held.id))
            await add_organisation(db, held)
        found.append(held)
    return found


async def _refuse_others(db: AsyncSession, own: Collection[UUID]) -> None:
    other = await db.execute(
        select(PublishedRevision.id).where(col(PublishedRevision.organisation_id).not_in(own)).limit(1)
    )
    if other.first():
        raise Conflict(
            _("Organisations have published here. Load synthetic data into a database of its own.")
        )


async def _root(db: AsyncSession, organisations: list[Organisation]) -> Place:
    root = await jurisdictions.by_code(db, ROOT)
    if root is None:
        db.add(
            Jurisdiction(
                code=ROOT,
                kind=JurisdictionKind.COUNTRY,
                name="Synthetic land",
                region="Synthetic",
                fictional=True,
            )
        )
        await db.flush()
        root = await jurisdictions.by_code(db, ROOT)
        assert root is not None
        for number, organisation in enumerate(organisations):
            await rebind(db, Bound(tenant=organisation.id))
            kind = MandateKind.ASSESSOR if number else MandateKind.STEWARD
            await add_mandate(db, organisation, root, kind, None)
    return root


async def _cells(db: AsyncSession) -> list[tuple[int, Domain]]:
    framework = await frameworks.framework(db, DEFAULT_FRAMEWORK)
    if framework is None:
        raise NeedsReference("load the reference data first: tracker load reference")
    return [(item.id, domain) for item in framework.items for domain in item.domains]


async def _held(db: AsyncSession, root: Place) -> int:
    held = select(sa.func.count(col(Jurisdiction.id))).where(col(Jurisdiction.parent_id) == root.id)
    return int((await db.execute(held)).scalar_one())


async def _batch(
    db: AsyncSession,
    root: Place,
    numbers: range,
    cells: list[tuple[int, Domain]],
    voices: list[UUID],
) -> None:
    """The jurisdictions of these numbers, with all that is published on them."""
    await add_rows(db, Jurisdiction, [rows.jurisdiction(n, root.id, root.path) for n in numbers])
    places = await jurisdictions.by_codes(db, [rows.code(n) for n in numbers])
    instruments = [i for n in numbers for i in rows.instruments(n, places[rows.code(n)].id, voices[0])]
    await add_rows(db, PublishedInstrument, instruments)
    told = [
        revision for n in numbers for revision in rows.revisions(n, places[rows.code(n)].id, cells, voices)
    ]
    ids: dict[UUID, int] = {}
    # Corrections come after what they correct, which has its id by then.
    for wave in (
        [t for t in told if t.corrects is None],
        [t for t in told if t.corrects is not None],
    ):
        await add_rows(
            db, PublishedRevision, [t.row | {"corrects_id": ids.get(t.corrects or t.uid)} for t in wave]
        )
        ids |= await _ids(db, [p.id for p in places.values()])
    await add_rows(
        db, PublishedCitation, [c | {"revision_id": ids[t.uid]} for t in told for c in t.citations]
    )
    await add_rows(db, PublishedReview, [r | {"revision_id": ids[t.uid]} for t in told for r in t.reviews])
    await add_rows(
        db, PublishedWithdrawal, [w | {"revision_id": ids[t.uid]} for t in told for w in t.withdrawals]
    )


async def _ids(db: AsyncSession, places: list[int]) -> dict[UUID, int]:
    r = PublishedRevision
    held = await db.execute(select(r.uid, col(r.id)).where(col(r.jurisdiction_id).in_(places)))
    return dict(held.all())


async def _told(db: AsyncSession, tenant: UUID, number: int) -> None:
    await rebind(db, Bound(tenant=tenant))
    await record(
        db,
        Action.SYNTHETIC_LOADED,
        tenant=tenant,
        actor=None,
        subject=f"jurisdiction:{ROOT}",
        detail={"jurisdictions": number},
    )
    await rebind(db, Bound())
