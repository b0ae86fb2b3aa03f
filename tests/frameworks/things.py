"""Rows of an organisation that come of frameworks: a file that was looked at, and a draft that was moved on."""

from dataclasses import replace

from tests.frameworks import samples
from tests.personas import bound
from tracker.access.actor import OrganisationActor
from tracker.access.permissions import Role
from tracker.audit.models import SERVICE
from tracker.db.session import Bound, Database
from tracker.entries import moving_queries, moving_service, service
from tracker.entries.content import Cell, Content
from tracker.frameworks import files, import_service, queries
from tracker.frameworks import service as frameworks
from tracker.jurisdictions.queries import by_code
from tracker.kit.vocabulary import Domain

KEY = "a-large-framework"
ITEMS = samples.items()[:3]


async def looked_at(database: Database, who: OrganisationActor) -> None:
    """A framework's file that the actor, as an operator, has looked at."""
    operator = replace(who, role=Role.OPERATOR)
    content = samples.as_csv(ITEMS, version="9")
    async with database.write(bound(who)) as db:
        plan = await frameworks.plan_import(db, files.read(content, "csv"))
        named = {"filename": "a.csv", "kind": "csv", "as_version": "", "licence": ""}
        await import_service.keep(db, operator, plan, **named, content=content)


async def moved(database: Database, who: OrganisationActor, code: str) -> None:
    """A draft of the actor's on version 2 of the sample that was moved on from one on version 1."""
    for version in ("1", "2"):
        async with database.write(Bound(tenant=SERVICE)) as db:
            file = files.read(samples.as_csv(ITEMS, version=version), "csv")
            await frameworks.import_framework(db, file, tenant=SERVICE, actor=None)
    async with database.write(bound(who)) as db:
        framework = await queries.framework(db, f"{KEY}@1")
        place = await by_code(db, code)
        assert framework is not None
        assert place is not None
        where = Cell(place.id, framework.items[0].id, Domain.ALL)
        await service.save_draft(db, who, where, Content(note="Said of the old one."), version=0)
        moving = await moving_queries.moving(db, who.organisation_id, place.id, KEY, "1", "2")
        (proposal,) = moving.open
        choice = proposal.choice(proposal.sources[0])
        assert await moving_service.move(db, who, place, KEY, "1", "2", [choice]) == 1
