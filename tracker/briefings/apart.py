"""Drawing a briefing by a process of its own, so that the server goes on answering.

In a thread it would hold the interpreter: every page waits its turn at every step. A process also gives its memory
back, can be ended, and sees neither the database nor a secret. See docs/decisions/0025.
"""

import asyncio
import pickle  # nosec B403: what this program says to itself
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path

from tracker.briefings import drawing_child
from tracker.briefings.document import Document
from tracker.kit.errors import TooBusy
from tracker.kit.i18n import current_locale
from tracker.kit.i18n import gettext as _

KINDS = drawing_child.KINDS
# Longer than the child's own limit on computing, which ends it first unless the machine is overloaded.
PATIENCE = 300.0
AT_ONCE = 2  # of one server process; more wait their turn
MOST_IN_LINE = 20  # visitors of one server process; jobs are few by themselves


class NotDrawn(RuntimeError):
    """The process ended without a file: out of memory or of time, or by an error, which is in the text."""


@cache
def _gate(_loop_id: int) -> asyncio.Semaphore:
    return asyncio.Semaphore(AT_ONCE)


_in_line: Counter[int] = Counter()


@contextmanager
def in_line() -> Iterator[None]:
    """A place among those who wait for a file that anyone may ask for, from before it is composed until it is drawn.

    Whoever waits holds a whole document in memory, so the line is short. Raises TooBusy where it is full.
    """
    loop = id(asyncio.get_running_loop())
    if _in_line[loop] >= MOST_IN_LINE:
        raise TooBusy(_("Many files are being made at this moment. Please try again in a minute."))
    _in_line[loop] += 1
    try:
        yield
    finally:
        _in_line[loop] -= 1


async def drawn(kind: str, document: Document, page_size: str = "A4") -> bytes:
    """`document` as a file of one of KINDS, in the current language; the same bytes as when drawn here.

    Whoever is cancelled while waiting ends the process. Raises NotDrawn.
    """
    async with _gate(id(asyncio.get_running_loop())):
        order = await asyncio.to_thread(_order, kind, document, page_size)
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", drawing_child.__name__),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            # of our environment only where this program is: no address, no secret
            env={"PYTHONPATH": str(Path(__file__).parents[2])},
        )
        try:
            body, said = await asyncio.wait_for(child.communicate(order), PATIENCE)
        except TimeoutError:
            raise NotDrawn(f"not drawn within {PATIENCE:g} s") from None
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
    if child.returncode != 0:
        told = said.decode(errors="replace")[-2000:].strip()
        raise NotDrawn(f"the process that draws ended with {child.returncode}: {told}")
    return body


def _order(kind: str, document: Document, page_size: str) -> bytes:
    """What the child reads, in pieces: made at once, a long document would hold the interpreter as drawing does."""
    frame = (kind, page_size, current_locale(), len(document.parts), replace(document, parts=()))
    return b"".join(pickle.dumps(piece, pickle.HIGHEST_PROTOCOL) for piece in (frame, *document.parts))
