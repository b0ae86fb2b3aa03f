"""Drafts read and written by programs: what was not read is not overwritten, and the form's rules hold."""

import json
from typing import Any

import httpx
import pytest

from tests.api.programs import BODY, CELL, NEW, key, program
from tests.api.test_problems import is_problem
from tests.entries.cells import drafts
from tests.personas import OWNER, Visitor
from tracker.access.tokens import Scope
from tracker.app import LARGEST_BODY, App
from tracker.db.session import Database
from tracker.settings import Settings


@pytest.fixture
async def client_program(app: App, database: Database, settings: Settings) -> Any:
    async with program(app, settings, await key(database, settings)) as client:
        yield client


async def made(client: httpx.AsyncClient, **changes: Any) -> httpx.Response:
    answer = await client.put(CELL, json=BODY | changes, headers=NEW)
    assert answer.status_code == 201, answer.text
    return answer


async def test_a_draft_is_made_read_changed_submitted(client_program: httpx.AsyncClient) -> None:
    is_problem(await client_program.get(CELL), 404)
    first = await made(client_program)
    assert first.headers["cache-control"] == "private, no-store"
    read = await client_program.get(CELL)
    assert (read.json(), read.headers["etag"]) == (first.json(), first.headers["etag"])
    # what was read can be sent back as it is
    again = await client_program.put(
        CELL, json=read.json()["content"] | {"commitment": "3"}, headers={"If-Match": read.headers["etag"]}
    )
    assert again.status_code == 200, again.text
    content = again.json()["content"]
    assert content == read.json()["content"] | {"commitment": "3"}
    sent = await client_program.post(f"{CELL}/submit", headers={"If-Match": again.headers["etag"]})
    assert (sent.status_code, sent.json()["state"]) == (200, "submitted")
