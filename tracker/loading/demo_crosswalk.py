"""The demo world's fictional standard, and a published crosswalk to it that passes levels on.

No real framework is said to hold exactly what another holds: the seed's drafts of real ones claim no such thing. So the
lens has a standard to read through that was invented for it, marked as fictional in every name it has.
"""

import hashlib

from sqlalchemy.ext.asyncio import AsyncSession

from tracker.access.actor import OrganisationActor
from tracker.crosswalk_files import olir
from tracker.crosswalk_files import service as crosswalk_files
from tracker.crosswalks import mapping_service, queries, service
from tracker.frameworks import csv_file
from tracker.frameworks import service as frameworks
from tracker.loading import seed

KEY = "hhs-core-competencies--example-national-standard"


async def load(db: AsyncSession, first: OrganisationActor, second: OrganisationActor) -> None:
    """Import the standard and its crosswalk as the one operator; review and publish it as the other."""
    folder = seed.SEED / "demo"
    standard = csv_file.read((folder / "example-standard.csv").read_bytes())
    plan = await frameworks.import_framework(db, standard, tenant=first.organisation_id, actor=first.by)
    if plan.faults:
        raise ValueError(str(plan.faults[0]))
    data = (folder / "example-standard-crosswalk.csv").read_bytes()
    sha256 = hashlib.sha256(data).hexdigest()
    await crosswalk_files.import_file(db, first, olir.read_csv(data), sha256=sha256)
    line = await queries.crosswalk(db, KEY)
    assert line is not None
    await mapping_service.review(
        db,
        second,
        line.id,
        reviewer=second.organisation_name,
        mappings={m.id: m.version for m in await queries.mappings(db, line.id)},
        no_counterparts={s.id: s.version for s in await queries.no_counterparts(db, line.id)},
    )
    await service.publish(db, second, line.id, publisher=second.organisation_name)
