"""What cited instruments say on the principles has no columns in the spreadsheet: it follows its citation through an import."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID, uuid4

from tracker.entries.principles import PRINCIPLE_FIELDS, Stated
from tracker.exchange.columns import CITATION, plain

Texts = tuple[str, ...]
# (what a citation said: axis, instrument, passage; what its instrument says)
Before = tuple[Texts, tuple[Stated, ...]]

# Which of the citations before a new one takes the place of: the same one, else its instrument's.
_KINSHIP: tuple[Callable[[Texts], Texts], ...] = (lambda c: c, lambda c: c[:2], lambda c: c[1:2])


def carried(before: Sequence[Before], now: Sequence[Texts]) -> list[tuple[Stated, ...]]:
    """For each new citation what the one before it said, each used once; nothing where the instrument is another."""
    found: list[tuple[Stated, ...] | None] = [None] * len(now)
    left = list(before)
    for kin in _KINSHIP:
        for n, citation in enumerate(now):
            match = next((b for b in left if found[n] is None and kin(b[0]) == kin(citation)), None)
            if match is not None:
                left.remove(match)
                found[n] = match[1]
    return [stated or () for stated in found]


def long_rows(tenant_id: UUID, citation_id: UUID, stated: Sequence[Stated]) -> list[dict[str, Any]]:
    """Rows of DraftPrinciple."""
    return [
        {"tenant_id": tenant_id, "id": uuid4(), "citation_id": citation_id}
        | {name: getattr(s, name) for name in PRINCIPLE_FIELDS}
        for s in stated
    ]


def said(row: Any) -> Texts:
    """A citation of a draft or a revision as the texts of a row."""
    instrument = getattr(row, "own_instrument_id", None) or row.instrument_id
    return (row.axis.value, str(instrument), *(plain(getattr(row, name)) for name in CITATION[2:]))
