"""Releases for tests: made on a data folder of the test's own."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from tracker.app import App
from tracker.audit.models import SERVICE
from tracker.db.session import Bound, Database
from tracker.opendata import service
from tracker.opendata.service import Made
from tracker.settings import Settings


async def make(database: Database, settings: Settings, **words: str) -> Made:
    """What `tracker release --dry-run` does."""
    async with database.read() as db:
        return await service.make(db, settings, **words)


async def release(database: Database, settings: Settings, **words: str) -> Made:
    """What `tracker release` does."""
    async with database.write(Bound(tenant=SERVICE)) as db:
        made = await service.make(db, settings, **words)
        await service.publish(db, settings, made, tenant=SERVICE)
    return made


@contextmanager
def data_folder(app: App, here: Settings) -> Iterator[None]:
    """The application works on the data folder of `here` meanwhile."""
    renderer = app.litestar.state.renderer
    app.litestar.state.renderer = replace(renderer, settings=here)
    try:
        yield
    finally:
        app.litestar.state.renderer = renderer


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))
