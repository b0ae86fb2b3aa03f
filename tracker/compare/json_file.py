"""A comparison as JSON: the rows of the long CSV with numbers and truth values, and what was asked of which moment."""

from tracker.compare.canonical import canonical_json
from tracker.compare.comparison import Comparison
from tracker.compare.files import COLUMNS, long_rows, moment_text

FORMAT = "comparison/1"
_LEVELS = frozenset(("commitment", "practice"))
_TRUTHS = frozenset(("commitment_claimed", "practice_claimed", "contested"))


def comparison_json(comparison: Comparison, base_url: str, locale: str = "en") -> bytes:
    """Canonical JSON (see `canonical_json`); its members are told in docs/codebook.md."""
    return canonical_json(
        {
            "format": FORMAT,
            "query": comparison.query.parameters(),
            "at": at_of(comparison),
            "framework": {
                "key": comparison.framework.key,
                "version": comparison.framework.version,
                "title": comparison.framework.title,
                "licence": comparison.framework.licence,
            },
            "rows": typed_rows(comparison, base_url, locale),
        }
    )


def at_of(comparison: Comparison) -> dict[str, str]:
    """The moment that is read."""
    at = comparison.at
    return {
        "on": at.on.isoformat(),
        "as_of": moment_text(at.as_of),
        "last_change": at.dated.isoformat(),
    }


def typed_rows(comparison: Comparison, base_url: str, locale: str) -> list[dict[str, str | int | bool]]:
    """The rows of the long CSV by column: a level is a number, a flag true or false, all else the CSV's text."""
    return [
        {name: _typed(name, text) for name, text in zip(COLUMNS, row, strict=True)}
        for row in long_rows(comparison, base_url, locale)
    ]


def _typed(column: str, text: str) -> str | int | bool:
    if column in _LEVELS and text.isdigit():
        return int(text)
    return text == "true" if column in _TRUTHS else text
