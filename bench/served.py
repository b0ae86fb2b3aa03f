"""A server of its own, asked for pages while it draws a register and while it does not. Wall clock."""

import os
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

from bench.measure import Ratio

PAGES = ("/en", "/en/jurisdictions/XAA", "/en/compare?jurisdictions=XAA,XAB")
ALONE = 200  # answers


def meanwhile(folder: Path, codes: list[str]) -> list[Ratio]:
    """p99 of page answers while registers of `codes` are made one after the other, against the same pages alone."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    environment = os.environ | {
        "TRACKER_DATABASE_URL": f"sqlite+aiosqlite:///{folder}/bench.sqlite3",
        "TRACKER_DATA_DIR": str(folder),
        "TRACKER_SECRET_KEY": "for the benchmark only, nobody can reach it",
    }
    program = [sys.executable, "-m", "tracker", "serve", "--port", str(port)]
    server = subprocess.Popen(program, env=environment, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        _wait(base)
        alone = _answers(base, None)
        beside = []
        for kind in ("pdf", "docx"):
            made = threading.Thread(
                target=_get, args=(f"{base}/en/compare/briefing.{kind}?jurisdictions={','.join(codes)}",)
            )
            made.start()
            beside.append((kind, _answers(base, made)))
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(20)
    low = _p99(alone)
    return [
        Ratio(
            f"p99 of page answers while a register of {len(codes)} is made as {kind} (wall clock, {len(times)} answers)",
            f"their p99 alone, {low:.0f} ms",
            _p99(times) / low,
            _p99(times),
        )
        for kind, times in beside
    ]


def _p99(times: list[float]) -> float:
    return statistics.quantiles(times, n=100, method="inclusive")[98]


def _answers(base: str, until: threading.Thread | None) -> list[float]:
    """Milliseconds of each answer, as many as there are until the thread ends, or ALONE."""
    times: list[float] = []
    while len(times) < ALONE if until is None else until.is_alive():
        start = time.perf_counter()
        _get(base + PAGES[len(times) % len(PAGES)])
        times.append((time.perf_counter() - start) * 1000)
        time.sleep(0.005)
    return times


def _get(url: str) -> None:
    with urllib.request.urlopen(url, timeout=120) as answer:
        answer.read()


def _wait(base: str) -> None:
    for _ in range(300):
        try:
            _get(f"{base}/health/ready")
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
        else:
            for page in PAGES:
                _get(base + page)
            return
    raise RuntimeError("the server did not come up")
