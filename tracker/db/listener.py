"""Hearing of commits on PostgreSQL: what was read from the public record is known to hold, without asking again.

Triggers tell a channel of every transaction that changes the record's stamp or the packs' head (migration 0024). A
process that serves pages listens on a connection of its own. Every second it sends itself a message through the
database: as long as those come back, nothing that was told before them is missing. While there is no such proof,
nothing is known, and whoever wants to know asks the database.
"""

import asyncio
import logging
import time
from typing import Any, NoReturn
from uuid import uuid4

import psycopg
from psycopg import pq
from sqlalchemy.ext.asyncio import AsyncEngine

log = logging.getLogger("tracker")
CHANNEL = "record_changed"
PROOF_EVERY = 1.0  # seconds
# The longest that a change by another process can stay unseen, should a connection die without a word.
PROOF_HOLDS = 3.0
TRY_AGAIN = 5.0
_TRIGGERS = """
    SELECT pg_backend_pid(), count(*) FROM pg_trigger WHERE tgname = 'tell_of_change' AND tgenabled IN ('O', 'A')
    AND tgrelid IN (to_regclass('record_stamp'), to_regclass('packed_head'))
"""


class CanNotListen(RuntimeError):
    """The database would not tell of every change: then each answer asks it."""


class Listener:
    """Counts the changes of the public record that it hears of, this process's own among them."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._count = 0
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._socket = -1
        self._mine = f"alive_{uuid4().hex}"
        self._asked, self._asked_at, self._waiting = 0, 0.0, False
        self._proven_at = float("-inf")

    def count(self) -> int | None:
        """A number that rises with every change; None while it is not sure that all are heard of."""
        self._hear()
        if self._connection is None or time.monotonic() - self._proven_at > PROOF_HOLDS:
            return None
        return self._count

    def changed(self) -> None:
        """A change by this process itself, which must be seen before its message comes back."""
        self._count += 1

    async def forever(self) -> NoReturn:
        """Listen until cancelled."""
        silent = False
        while True:
            try:
                await self._listen()
            except (psycopg.Error, OSError, CanNotListen) as error:
                if not silent:
                    log.warning(
                        "changes can't be listened for, so each answer asks: %s", type(error).__name__
                    )
                silent = True
            else:
                silent = False
            await asyncio.sleep(TRY_AGAIN if silent else PROOF_EVERY)

    async def _listen(self) -> None:
        """Returns when a connection that was listening is lost."""
        arguments, options = self._engine.dialect.create_connect_args(self._engine.url)
        options = {"connect_timeout": 5, **options, "autocommit": True}
        connection = await psycopg.AsyncConnection.connect(*arguments, **options)
        try:
            await self._begin(connection)
            while self._connection is not None:
                self._ask()
                await asyncio.sleep(PROOF_EVERY)
                if time.monotonic() - self._proven_at > PROOF_HOLDS:
                    self._lose()
        finally:
            self._lose()
            await connection.close()

    async def _begin(self, connection: psycopg.AsyncConnection[Any]) -> None:
        row = await (await connection.execute(_TRIGGERS)).fetchone()
        # A pooler between us has a number of its own, and would give the messages to whoever comes next.
        if row != (connection.info.backend_pid, 2):
            raise CanNotListen
        await connection.execute(f'LISTEN "{CHANNEL}"')
        await connection.execute(f'LISTEN "{self._mine}"')
        # What was committed before was not heard of.
        self._count += 1
        self._waiting, self._asked_at = False, time.monotonic()
        self._proven_at = self._asked_at
        self._connection, self._socket = connection, connection.fileno()
        asyncio.get_running_loop().add_reader(self._socket, self._hear)

    def _ask(self) -> None:
        """Send ourselves a message. The driver's own way would wait for what `_hear` has read already."""
        if self._connection is None or self._waiting:
            return
        server = self._connection.pgconn
        self._asked += 1
        self._asked_at, self._waiting = time.monotonic(), True
        try:
            server.send_query(f"SELECT pg_notify('{self._mine}', '{self._asked}')".encode())
            server.flush()
        except psycopg.Error:
            self._lose()

    def _hear(self) -> None:
        """Take what has arrived, without waiting: some microseconds."""
        if self._connection is None:
            return
        server = self._connection.pgconn
        try:
            server.consume_input()
            server.consume_input()  # the end of a connection is read only after its last words
            while (told := server.notifies()) is not None:
                if told.relname == CHANNEL.encode():
                    self._count += 1
                elif told.extra == str(self._asked).encode():
                    self._proven_at = self._asked_at
            while self._waiting and not server.is_busy():
                result = server.get_result()
                if result is None:
                    self._waiting = False
                elif result.status != pq.ExecStatus.TUPLES_OK:
                    self._lose()
        except psycopg.Error:
            self._lose()

    def _lose(self) -> None:
        if self._connection is not None:
            # By its number: a connection that broke has closed its socket and no longer tells it.
            asyncio.get_running_loop().remove_reader(self._socket)
            self._connection, self._waiting = None, False
