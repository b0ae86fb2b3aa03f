"""What runs beside a block ends with it."""

import asyncio

import pytest

from tracker.kit.beside import beside


async def test_the_work_has_ended_when_the_block_has_even_by_a_fault() -> None:
    told: list[str] = []

    async def work() -> None:
        told.append("begun")
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            told.append("ended")

    async def block() -> None:
        async with beside(work()):
            await asyncio.sleep(0)
            raise LookupError

    with pytest.raises(LookupError):
        await block()
    assert told == ["begun", "ended"]
