"""Each verb of the workbench leaves one event, whose subject names the set."""

from tests import personas
from tests.audit.test_audit import events
from tests.crosswalks import desk
from tracker.audit.record import Action
from tracker.crosswalks import mapping_service, service
from tracker.crosswalks.content import MappingContent, NoCounterpartContent, SetHead
from tracker.db.session import Database
from tracker.kit.vocabulary import Relation


async def test_every_verb_is_told(database: Database) -> None:
    first = await personas.actor(database, personas.OPERATOR)
    second = await personas.actor(database, desk.SECOND)
    item, source = await desk.item(database, "D87J-INT"), await desk.item(database, "HTCC-C1")
    before = len(await events(database, first.organisation_id))
    content = MappingContent(
        sources=(source,), targets=(item,), relation=Relation.SUPPORTS, rationale="Both ask for records."
    )
    why = NoCounterpartContent(rationale="It is about courts only.")
    head = SetHead(title="A set", licence="CC BY 4.0", comment="")
    bound = personas.bound(first)
    async with database.write(bound) as db:
        made = await service.start_copy(db, first, await desk.set_id(database), key="a-rival", version="1")
        edit = made.edit_number
        await service.change_head(db, first, made.id, head, edit_number=edit)
        held = await mapping_service.add_mapping(db, first, made.id, content)
        held = await mapping_service.change_mapping(
            db, first, made.id, held.id, content, version=held.version
        )
        await mapping_service.remove_mapping(db, first, made.id, held.id, version=held.version)
        state = await mapping_service.add_no_counterpart(db, first, made.id, "target", item, why)
        await mapping_service.change_no_counterpart(db, first, made.id, state.id, why, version=state.version)
        await db.refresh(state)
        await mapping_service.remove_no_counterpart(db, first, made.id, state.id, version=state.version)
        await mapping_service.add_no_counterpart(db, first, made.id, "target", item, why)
        number = made.id
    await desk.review_all(database, second, number)
    async with database.write(personas.bound(second)) as db:
        await service.publish(db, second, number, publisher="Tracker Secretariat")
        await service.supersede(db, second, number)
    found = (await events(database, first.organisation_id))[before:]
    assert [e.action for e in found] == [
        Action.CROSSWALK_STARTED,
        Action.CROSSWALK_CHANGED,
        Action.MAPPING_ADDED,
        Action.MAPPING_CHANGED,
        Action.MAPPING_REMOVED,
        Action.NO_COUNTERPART_ADDED,
        Action.NO_COUNTERPART_CHANGED,
        Action.NO_COUNTERPART_REMOVED,
        Action.NO_COUNTERPART_ADDED,
        Action.MAPPING_REVIEWED,
        Action.NO_COUNTERPART_REVIEWED,
        Action.CROSSWALK_PUBLISHED,
        Action.CROSSWALK_SUPERSEDED,
    ]
    assert len({e.subject for e in found}) == 1
