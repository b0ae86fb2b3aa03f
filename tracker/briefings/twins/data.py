"""The JSON that a briefing is made of: the query, the cells that were read, and the document composed from them."""

from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from typing import Any

from tracker.briefings.document import Chart, Document
from tracker.briefings.options import Options
from tracker.compare.canonical import canonical_json
from tracker.compare.comparison import Comparison
from tracker.compare.json_file import at_of, typed_rows

FORMAT = "briefing/1"


def told(comparison: Comparison, document: Document, options: Options, base_url: str, locale: str) -> bytes:
    """Canonical JSON; `comparison` has the rows of the comparison's own JSON, told in docs/codebook.md."""
    return canonical_json(
        {
            "format": FORMAT,
            "comparison": {
                "query": comparison.query.parameters(),
                "at": at_of(comparison),
                "framework": comparison.framework.name,
                "rows": typed_rows(comparison, base_url, locale),
            },
            "options": _plain(options),
            "document": _plain(document),
        }
    )


# The widths of a table's columns tell nothing but how it is drawn.
_OF_PAPER = frozenset({"widths", "fresh"})


def _plain(value: object) -> Any:
    """Dataclasses as objects that name their kind, a chart with the table that it is drawn from; days in ISO."""
    if is_dataclass(value) and not isinstance(value, type):
        told = {f.name: _plain(getattr(value, f.name)) for f in fields(value) if f.name not in _OF_PAPER}
        if isinstance(value, Chart):
            told["table"] = _plain(value.spec.told())
        return {"kind": type(value).__name__} | told
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    return value
