"""What no review of a mapping covers is seen by two people as well: whoever changed a set last does not publish it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tests import personas
from tests.crosswalks import desk
from tracker.access.actor import OrganisationActor
from tracker.crosswalks import mapping_service, service
from tracker.crosswalks.content import NoCounterpartContent, SetHead
from tracker.crosswalks.models import Crosswalk
from tracker.db.session import Database
from tracker.kit.errors import Forbidden

HEAD = SetHead(title="Another title", licence="CC BY 4.0", comment="")
WHY = NoCounterpartContent(rationale="It is about courts only.")
Change = Callable[[Database, AsyncSession, OrganisationActor, int], Awaitable[Any]]


async def _head(_database: Database, db: AsyncSession, who: OrganisationActor, number: int) -> None:
    edit = (await service.found(db, number)).edit_number
    await service.change_head(db, who, number, HEAD, edit_number=edit)


async def _removal(database: Database, db: AsyncSession, who: OrganisationActor, number: int) -> None:
    mapping = (await desk.bench(database, number)).mappings[0]
    await mapping_service.remove_mapping(db, who, number, mapping.id, version=mapping.version)


async def _state(database: Database, db: AsyncSession, who: OrganisationActor, number: int) -> None:
    item = await desk.item(database, "D87J-INT")
    await mapping_service.add_no_counterpart(db, who, number, "target", item, WHY)


async def _state_removed(database: Database, db: AsyncSession, who: OrganisationActor, number: int) -> None:
    state = await mapping_service.add_no_counterpart(
        db, who, number, "target", await desk.item(database, "D87J-INT"), WHY
    )
    await mapping_service.remove_no_counterpart(db, who, number, state.id, version=state.version)


async def _nothing(_database: Database, _db: AsyncSession, _who: OrganisationActor, _number: int) -> None:
    """The copy itself."""


async def copy_of(database: Database, who: OrganisationActor) -> int:
    """A draft that begins as a copy of a published set, all of it reviewed."""
    number = await desk.published(database, await personas.actor(database, desk.SECOND))
    async with database.write(personas.bound(who)) as db:
        return (await service.start_copy(db, who, number, key="a-rival", version="1")).id


async def publish(database: Database, who: OrganisationActor, number: int) -> None:
    async with database.write(personas.bound(who)) as db:
        await service.publish(db, who, number, publisher="Tracker Secretariat")


@pytest.mark.parametrize("change", [_nothing, _head, _removal, _state, _state_removed])
async def test_whoever_changed_the_set_does_not_publish_it(database: Database, change: Change) -> None:
    first, second = [await personas.actor(database, p) for p in (personas.OPERATOR, desk.SECOND)]
    number = await copy_of(database, second)
    who, other = (second, first) if change is _nothing else (first, second)
    async with database.write(personas.bound(who)) as db:
        await change(database, db, who, number)
    if (await desk.bench(database, number)).awaiting:
        await desk.review_all(database, other, number)
    with pytest.raises(Forbidden, match="second person publishes"):
        await publish(database, who, number)
    await publish(database, other, number)


async def test_what_the_command_line_changed_any_signed_in_operator_publishes(database: Database) -> None:
    first = await personas.actor(database, personas.OPERATOR)
    number = await copy_of(database, first)
    nobody = replace(first, user_id=None)
    async with database.write(personas.bound(first)) as db:
        await _head(database, db, nobody, number)
    with pytest.raises(Forbidden, match="signed-in"):
        await publish(database, nobody, number)
    await publish(database, first, number)


async def test_the_database_refuses_it_too(database: Database) -> None:
    first, second = [await personas.actor(database, p) for p in (personas.OPERATOR, desk.SECOND)]
    number = await copy_of(database, first)

    async def state(to: str, **values: UUID | None) -> None:
        async with database.write() as db:
            c = sa.update(Crosswalk).where(col(Crosswalk.id) == number)
            await db.execute(c.values(state=to, published_at=Crosswalk.created_at, **values))

    with pytest.raises(DBAPIError, match="second person"):
        await state("published", publisher_id=first.user_id)
    await state("published", publisher_id=second.user_id)
    with pytest.raises(DBAPIError, match="frozen"):
        await state("superseded", changed_by=None)
