"""Prints by how many megabytes drawing the document on standard input makes this process grow, at its peak."""

import gc
import pickle  # nosec B403: what bench_briefing said
import sys
from dataclasses import replace
from pathlib import Path

from tracker.briefings import pdf

STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def _megabytes(name: str) -> float:
    (line,) = (line for line in STATUS.read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) / 1024


_, _, _, count, frame = pickle.load(sys.stdin.buffer)  # nosec B301
document = replace(frame, parts=tuple(pickle.load(sys.stdin.buffer) for _ in range(count)))  # nosec B301
pdf.draw(replace(document, parts=document.parts[:1]))  # the faces are read once
gc.disable()
CLEAR.write_text("5")  # the peak counts from here
before = _megabytes("VmRSS")
pdf.draw(document)
print(_megabytes("VmHWM") - before)
