"""Sending within the server itself, for who has no cron: every so many minutes, in each of its processes."""

import asyncio
import logging
from typing import NoReturn

from tracker.db.session import Database
from tracker.mail.send_service import run
from tracker.settings import Settings

log = logging.getLogger("tracker")


async def forever(settings: Settings, database: Database) -> NoReturn:
    """Make and send until cancelled. What fails is tried again."""
    while True:
        try:
            await run(database, settings)
        except Exception:
            log.exception(
                "the digests could not be made or sent; the next try is in %s minutes", settings.mail_every
            )
        await asyncio.sleep(settings.mail_every * 60)
