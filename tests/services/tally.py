"""A pytest plugin: counts the suite's tests by where they ran, in one line before pytest's own closing line.

Register it in the top conftest: `pytest_plugins = ["tests.services.tally"]`.
"""

from collections import Counter

import pytest

PROPERTY = "tally-place"
BROWSER = "in the browser"
FREE = "database-free"
DATABASES = {"sqlite": "on SQLite", "postgresql": "on PostgreSQL"}
PLACES = (*DATABASES.values(), BROWSER, FREE)
OUTCOMES = ("passed", "failed", "error", "skipped", "xfailed", "xpassed")


def pytest_itemcollected(item: pytest.Item) -> None:
    """Notes on each test where it runs; reports carry the note to the end."""
    item.user_properties.append((PROPERTY, _place(item)))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints `on SQLite: 210 passed · on PostgreSQL: 205 passed, 1 skipped · ...`."""
    counts: dict[str, Counter[str]] = {place: Counter() for place in PLACES}
    for outcome in OUTCOMES:
        for report in terminalreporter.getreports(outcome):
            # A test that passed and then failed to clean up is told as pytest does: passed, and an error.
            place = dict(report.user_properties).get(PROPERTY) if hasattr(report, "user_properties") else None
            if place:
                counts[place][outcome] += 1
    parts = [
        f"{place}: {', '.join(f'{count} {outcome}' for outcome, count in tally.items()) or 'none run'}"
        for place, tally in counts.items()
    ]
    terminalreporter.ensure_newline()
    terminalreporter.write_line(" · ".join(parts))


def _place(item: pytest.Item) -> str:
    if item.get_closest_marker("browser"):
        return BROWSER
    callspec = getattr(item, "callspec", None)
    if callspec is None:
        return FREE
    # The parameter itself or, where it is an object, the id it goes by.
    candidates = [str(callspec.params.get("database")), *callspec.id.split("-")]
    return next((DATABASES[name] for name in candidates if name in DATABASES), FREE)
