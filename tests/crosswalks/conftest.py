"""The second operator, who reviews what the first wrote."""

from collections.abc import AsyncIterator

import pytest

from tests import personas
from tests.crosswalks import desk
from tests.personas import Visitor
from tracker.app import App
from tracker.db.session import Database
from tracker.settings import Settings


@pytest.fixture
async def second(
    anyio_backend: str, app: App, settings: Settings, database: Database
) -> AsyncIterator[Visitor]:
    async with await personas.signed_in(app, settings, database, desk.SECOND) as visitor:
        yield visitor
