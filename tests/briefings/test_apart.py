"""A briefing drawn by a process of its own: the same bytes, nothing of ours in it, and gone when nobody waits."""

import asyncio
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.test_briefing_pdf import hostile, sample
from tracker.briefings import apart, pdf
from tracker.briefings.drawing_child import MEMORY, SECONDS
from tracker.briefings.twins import docx
from tracker.kit.i18n import current_locale, set_locale


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    before = current_locale()
    yield
    set_locale(before)


def children() -> list[int]:
    told = [path.read_text() for path in Path("/proc/self/task").glob("*/children")]
    return [int(number) for number in " ".join(told).split()]


@pytest.mark.parametrize("locale", ["en", "de"])
async def test_the_bytes_are_those_drawn_here(locale: str) -> None:
    set_locale(locale)
    document = sample()
    assert await apart.drawn("pdf", document, "Letter") == pdf.draw(document, "Letter")
    assert await apart.drawn("docx", document) == docx.write(document)


async def test_what_goes_wrong_is_told() -> None:
    with pytest.raises(apart.NotDrawn, match="KeyError: 'A0'"):
        await apart.drawn("pdf", sample(), "A0")


async def test_it_ends_with_whoever_waits_and_is_told_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKER_SECRET_KEY", "not for a child")
    before = set(children())
    waiting = asyncio.create_task(apart.drawn("pdf", hostile()))
    try:
        child, environment = await begun(before)
    finally:
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    assert [pair.partition("=")[0] for pair in environment.split("\0") if pair] == ["PYTHONPATH"]
    assert not Path(f"/proc/{child}").exists()


async def begun(before: set[int]) -> tuple[int, str]:
    """The number and the environment of the child that is new, once it is the program it will be."""
    for _ in range(2000):
        for child in set(children()) - before:
            if "drawing_child" in Path(f"/proc/{child}/cmdline").read_text():
                return child, Path(f"/proc/{child}/environ").read_text()
        await asyncio.sleep(0.005)
    raise AssertionError("no process was begun")


def test_its_memory_and_time_are_bounded() -> None:
    program = (
        "import resource as r; from tracker.briefings import drawing_child as c; c.limit(); "
        "print(r.getrlimit(r.RLIMIT_AS)[0], r.getrlimit(r.RLIMIT_CPU)[0], r.getrlimit(r.RLIMIT_FSIZE)[0])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert [int(n) for n in done.stdout.split()] == [MEMORY, SECONDS, 0]
    assert resource.getrlimit(resource.RLIMIT_AS)[0] != MEMORY
