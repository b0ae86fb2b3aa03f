"""The one source of the present moment."""

import asyncio
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from tracker.kit import clock

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_the_present_is_aware_and_in_utc() -> None:
    before = datetime.now(UTC)
    found = clock.now()
    assert found.utcoffset() == timedelta(0)
    assert before <= found <= datetime.now(UTC)


def test_a_chosen_moment_holds_within_its_block() -> None:
    with clock.at(NOON):
        assert clock.now() == NOON
        with clock.at(NOON + timedelta(days=1)):
            assert clock.today() == date(2026, 3, 2)
        assert clock.now() == NOON
    assert clock.now() > NOON


def test_a_moment_elsewhere_is_told_in_utc() -> None:
    with clock.at(datetime(2026, 3, 1, 1, tzinfo=timezone(timedelta(hours=5)))):
        assert clock.today() == date(2026, 2, 28)
        assert clock.now().tzinfo is UTC


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"), clock.at(datetime(2026, 3, 1)):
        pass


def test_an_error_gives_the_present_back() -> None:
    with pytest.raises(RuntimeError), clock.at(NOON):
        raise RuntimeError
    assert clock.now() > NOON


async def test_each_task_has_its_own() -> None:
    async def hour(number: int) -> datetime:
        with clock.at(NOON + timedelta(hours=number)):
            await asyncio.sleep(0)
            return clock.now()

    assert await asyncio.gather(*(hour(n) for n in range(3))) == [NOON + timedelta(hours=n) for n in range(3)]
