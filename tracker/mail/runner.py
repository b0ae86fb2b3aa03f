"""Sending within the server itself, for who has no cron: every so many minutes, in each of its processes."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Any

from tracker.db.session import Database
from tracker.mail.send_service import run
from tracker.settings import Settings

log = logging.getLogger("tracker")


def runner(settings: Settings, database: Database) -> Callable[[Any], AbstractAsyncContextManager[None]]:
    """What the application runs beside itself as long as it lives."""

    @asynccontextmanager
    async def beside(_app: Any) -> AsyncIterator[None]:
        task = asyncio.create_task(_again_and_again(settings, database))
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    return beside


async def _again_and_again(settings: Settings, database: Database) -> None:
    while True:
        try:
            await run(database, settings)
        except Exception:
            log.exception(
                "the digests could not be made or sent; the next try is in %s minutes", settings.mail_every
            )
        await asyncio.sleep(settings.mail_every * 60)
