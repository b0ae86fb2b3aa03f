"""Write the migration from the newest schema to the models: `make migration M="Add the ..." ID=0002`.

It is a draft to read and finish: triggers, row-level security and data moves are written by hand.
"""

import asyncio
import sys
import tempfile
from pathlib import Path

from alembic import command

from tracker.db import migrate
from tracker.db.engine import create_engine


async def write(message: str, identifier: str) -> None:
    """Migrate a throw-away database to the newest schema, compare it with the models, write the difference."""
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite+aiosqlite:///{Path(folder)}/new.sqlite3")
        await migrate.upgrade(engine)
        async with engine.connect() as connection:
            await connection.run_sync(
                lambda sync: command.revision(
                    migrate.config(sync), message=message, autogenerate=True, rev_id=identifier
                )
            )
        await engine.dispose()


if __name__ == "__main__":
    asyncio.run(write(sys.argv[1], sys.argv[2]))
