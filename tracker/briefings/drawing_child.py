"""Draws one document, run as a process of its own with bounded memory and time: `python -m` this, by apart.py.

It takes the order on standard input and writes the file on standard output. It has no database, no settings and no
address of anything.
"""

import gc
import os
import pickle  # nosec B403: what this program says to itself
import resource
import sys
from dataclasses import replace
from typing import BinaryIO

MEMORY = 1024 * 1024 * 1024
SECONDS = 240
KINDS = ("pdf", "docx")
# Pages first: below them in turn where the machine is busy.
NICE = 5


def limit() -> None:
    """Bound this process before it reads a byte."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(NICE)


def draw(orders: BinaryIO) -> bytes:
    """The file that was ordered. Raises what drawing raises."""
    from tracker.kit.i18n import set_locale

    kind, page_size, locale, count, frame = pickle.load(orders)  # nosec B301: from our own parent
    document = replace(frame, parts=tuple(pickle.load(orders) for _ in range(count)))  # nosec B301
    set_locale(locale)
    if kind == "pdf":
        from tracker.briefings import pdf

        return pdf.draw(document, page_size)
    from tracker.briefings.twins import docx

    return docx.write(document, page_size)


def main() -> None:
    limit()
    gc.disable()  # all that is made is needed until the end, and looking through it takes as long as drawing
    sys.stdout.buffer.write(draw(sys.stdin.buffer))


if __name__ == "__main__":
    main()
