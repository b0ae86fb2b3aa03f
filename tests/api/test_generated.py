"""Requests made by schemathesis from the OpenAPI document: each answer is one that the document tells of.

The same requests on every run. tests/fuzz tries the same addresses with texts from elsewhere.
"""

import json
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.api.programs import key, program
from tests.api.test_openapi import fits, whole
from tracker.api.operations import OPERATIONS, Operation
from tracker.app import App
from tracker.db.session import Database
from tracker.settings import Settings

SCHEMA = schemathesis.openapi.from_dict(whole())
CASES = {o.name: SCHEMA[o.path][o.method.lower()].as_strategy() for o in OPERATIONS}
REFUSALS = {400, 401, 403, 404, 405, 409, 412, 415, 422, 428}


def sendable(name: str, value: Any) -> tuple[bytes, bytes]:
    return name.encode(), str(value).encode("latin-1", "replace")


async def send(client: httpx.AsyncClient, case: Any) -> httpx.Response:
    body = case.body if isinstance(case.body, dict) else None
    return await client.request(
        case.method,
        case.formatted_path,
        params=dict(case.query or {}),
        headers=[sendable(n, v) for n, v in (case.headers or {}).items() if str(v).isprintable()],
        **({"json": body} if body is not None else {}),
    )


def check(operation: Operation, answer: httpx.Response) -> None:
    what = f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text[:300]}"
    if answer.status_code in operation.statuses:
        assert not operation.schema or fits(operation.schema, json.loads(answer.content)) == [], what
    elif answer.status_code == 304:
        assert operation.method == "GET", what
    else:
        assert answer.status_code in REFUSALS, what
        assert answer.headers["content-type"] == "application/problem+json", what
        assert fits("Problem", answer.json()) == [], what


@pytest.fixture
async def sender(app: App, database: Database, settings: Settings) -> Any:
    async with program(app, settings, await key(database, settings)) as client:
        yield client


@given(made=st.sampled_from(OPERATIONS).flatmap(lambda o: st.tuples(st.just(o), CASES[o.name])))
@settings(
    max_examples=120,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
async def test_every_answer_is_told(sender: httpx.AsyncClient, made: tuple[Operation, Any]) -> None:
    operation, case = made
    check(operation, await send(sender, case))
