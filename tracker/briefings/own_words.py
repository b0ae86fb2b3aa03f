"""A key message in somebody's own words, which names the cells that it rests on.

A cell is named in square brackets, as [JURISDICTION/ITEM/DOMAIN], or [JURISDICTION/ITEM] where a framework does not apply
by domain. In the briefing the names are taken out of the sentence, and links to the cells follow it.
"""

import re
from collections.abc import Mapping

from tracker.compare.comparison import Column, ComparedCell, Comparison
from tracker.jurisdictions.queries import Place
from tracker.kit.vocabulary import Domain

_NAMED = re.compile(r"\s*\[([^\[\]/\s]{1,80}(?:/[^\[\]/\s]{1,80}){1,2})\]")

Cells = Mapping[str, tuple[Place, Column]]


def code_of(cell: ComparedCell) -> str:
    """Such as XAA/HTCC-C4/educator."""
    return f"{cell.place.code}/{cell.item.key}/{cell.domain.value}"


def cells_of(comparison: Comparison) -> Cells:
    """Every cell by its code; those of the one domain of all also without it."""
    found: dict[str, tuple[Place, Column]] = {}
    for cell in comparison.rows():
        where = (cell.place, (cell.item, cell.domain))
        found[code_of(cell)] = where
        if cell.domain is Domain.ALL:
            found[f"{cell.place.code}/{cell.item.key}"] = where
    return found


def named_in(text: str) -> list[str]:
    """The codes that a text names, in its order."""
    return _NAMED.findall(text)


def without_names(text: str) -> str:
    return _NAMED.sub("", text).strip()
