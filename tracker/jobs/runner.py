"""Who works: a task within each server process, or the command `tracker jobs`."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import NoReturn

from tracker.db.session import Database
from tracker.jobs import service
from tracker.jobs.reasons import reason_of
from tracker.jobs.service import BEAT, LostLease, Taken
from tracker.kit import clock
from tracker.kit.beside import beside
from tracker.kit.errors import Refused
from tracker.settings import Settings

log = logging.getLogger("tracker")
FORGET = "jobs.forget"
PAUSE = 2.0  # seconds between two looks at an empty queue


@dataclass(frozen=True, slots=True)
class Run:
    """What a job works with."""

    database: Database
    settings: Settings
    taken: Taken

    @property
    def about(self) -> dict[str, str]:
        return self.taken.about

    async def tell(self, progress: int, step: str) -> None:
        """Say how far it is, 0 to 100, and what is being done, a code of `word('step', ...)`. Raises LostLease."""
        async with self.database.write() as db:
            await service.hold(db, self.taken, progress=progress, step=step)


Handler = Callable[[Run], Awaitable[None]]


async def _forget(run: Run) -> None:
    async with run.database.write() as db:
        await service.forget(db)


class Runner:
    """Works on jobs, one at a time. `daily`: kinds of jobs that are put into the queue once a day."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        handlers: Mapping[str, Handler],
        daily: tuple[str, ...] = (),
    ) -> None:
        self._database, self._settings = database, settings
        self._handlers = {**handlers, FORGET: _forget}
        self._daily = (*daily, FORGET)

    async def until_empty(self) -> int:
        """Work until nothing waits; how many jobs were taken."""
        await self._put_daily()
        count = 0
        while await self.one():
            count += 1
        return count

    async def forever(self) -> NoReturn:
        """Work until cancelled. A database that is away is asked again later."""
        while True:
            busy = False
            try:
                await self._put_daily()
                busy = await self.one()
            except Exception:
                log.exception("the runner of jobs could not go on, and tries again")
                await asyncio.sleep(10 * PAUSE)
            if not busy:
                await asyncio.sleep(PAUSE)

    async def one(self) -> bool:
        """Take a job and do it; False when none waits."""
        taken = await service.take(self._database, list(self._handlers))
        if taken is None:
            return False
        async with beside(self._beat(taken)):
            try:
                await self._do(taken)
            except LostLease:
                log.warning("job %s was taken by another process", taken.id)
            except asyncio.CancelledError:
                with suppress(Exception):  # else the lease runs out by itself
                    await service.give_back(self._database, taken)
                raise
        return True

    async def _do(self, taken: Taken) -> None:
        try:
            await self._handlers[taken.kind](Run(self._database, self._settings, taken))
        except LostLease:
            raise
        except Refused as refusal:
            await service.fail(self._database, taken, str(refusal))
        except Exception as error:
            log.exception("job %s (%s) failed", taken.id, taken.kind)
            await service.fail(self._database, taken, reason_of(error))
        else:
            await service.finish(self._database, taken)

    async def _beat(self, taken: Taken) -> NoReturn:
        """Renew the lease while the job is worked on."""
        while True:
            await asyncio.sleep(BEAT.total_seconds())
            with suppress(Exception):  # the job itself finds out at its next step
                await service.renew(self._database, taken)

    async def _put_daily(self) -> None:
        for kind in self._daily:
            day = clock.today().isoformat()
            await service.enqueue_once(self._database, kind, {"day": day}, key=f"{kind}:{day}")
