"""Programs that write at the same moment, on real connections: one of them is told, and nothing is lost."""

import asyncio

from tests.api.programs import BODY, CELL, NEW, key, program
from tests.entries.cells import draft_ids, drafts
from tests.personas import OWNER
from tests.worlds import World
from tracker.app import create_app
from tracker.db.session import Database
from tracker.settings import Settings

TIMES = 4


async def test_two_workers_lose_no_update(own_world: World, settings: Settings) -> None:
    """Two applications on one database, as two workers are; each program writes what it read as the next number."""
    databases = [Database(own_world.engine), Database(own_world.engine)]
    apps = [create_app(settings, database) for database in databases]
    token = await key(databases[0], settings)
    before = await draft_ids(databases[0], OWNER)
    clients = [program(app, settings, token) for app in apps]
    made = await asyncio.gather(*(c.put(CELL, json=BODY | {"note": "0"}, headers=NEW) for c in clients))
    assert sorted(a.status_code for a in made) == [201, 412]

    async def count_up(number: int) -> None:
        done = 0
        while done < TIMES:
            read = await clients[number].get(CELL)
            content = read.json()["content"]
            body = content | {"note": str(int(content["note"]) + 1)}
            answer = await clients[number].put(CELL, json=body, headers={"If-Match": read.headers["etag"]})
            assert answer.status_code in (200, 412), answer.text
            if answer.status_code == 412:
                told = answer.json()
                assert (told["yours"]["note"], told["theirs"]["content"]["note"] != "") == (
                    body["note"],
                    True,
                )
            done += answer.status_code == 200

    await asyncio.gather(count_up(0), count_up(1))
    (draft,) = await drafts(databases[0], OWNER, before)
    assert draft.note == str(2 * TIMES)
    for client in clients:
        await client.aclose()
