"""A comparison read through a crosswalk, over the target's items, as the rows of files.

What follows is told in words, marked *inferred*, with the address of its derivation. docs/codebook.md has the codes.
"""

import csv
import io
from collections.abc import Iterator
from urllib.parse import quote, urlencode

from tracker.compare.files import COLUMNS
from tracker.crosswalks.lens import Result, words
from tracker.crosswalks.lens_files import LABEL
from tracker.crosswalks.reading import Line, Reading
from tracker.frameworks.queries import Item
from tracker.jurisdictions.queries import Place
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import Axis

# What a level column of the CSV holds where the inference is not one level.
RANGE, CONFLICT, NOTHING = "inferred_range", "inferred_conflict", "nothing_follows"


def derivation_path(reading: Reading, place: Place, item: Item, locale: str) -> str:
    """Where it is told step by step what follows for an item in a jurisdiction."""
    key = quote(f"{reading.crosswalk.key}@{reading.crosswalk.version}", safe="@.-")
    parameters = reading.comparison.query.parameters() | {"jurisdictions": place.code, "items": item.key}
    parameters.pop("framework", None)
    return f"/{locale}/crosswalks/{key}/lens?{urlencode(parameters, safe=',@:')}"


def evidence(reading: Reading, item: Item) -> str:
    """How the target's own source rates the evidence for an item; "" where it does not."""
    if not item.rating:
        return ""
    scale = reading.target.rating(item.rating)
    return _("Evidence, as its source rates it: %(rating)s") % {
        "rating": scale.label if scale else item.rating
    }


def long_csv(reading: Reading, base_url: str, locale: str = "en") -> str:
    """The 24 columns of a comparison's CSV, of the target's items. `reading` must be of both axes."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows(long_rows(reading, base_url, locale))
    return out.getvalue()


def long_rows(reading: Reading, base_url: str, locale: str = "en") -> Iterator[list[str]]:
    """The rows of every long file, in the order of COLUMNS, as text. `reading` must be of both axes."""
    for place in reading.comparison.places:
        lines = {line.item.key: line for line in reading.lines(place)}
        for item in reading.targets:
            line = lines.get(item.key)
            results = line.results if line else {}
            cells = {
                "jurisdiction": place.code,
                "jurisdiction_name": place.name + (" (fictional)" if place.fictional else ""),
                "framework": reading.target.key,
                "framework_version": reading.target.version,
                "item": item.key,
                "item_title": item.text,
                "domain": "all",
                "basis": "equivalent" if line and line.follows else "none",
                "scope": "none",
                "contested": "true" if _contested(reading, place, line) else "false",
                "organisation": "inferred",
                "sources": _sources(reading, place, line),
                "cell_url": base_url + derivation_path(reading, place, item, locale),
            }
            for axis in Axis:
                cells |= _axis(axis, results.get(axis))
            yield [cells.get(name, "none") for name in COLUMNS]


def code_of(result: Result | None) -> str:
    """The level where it is one, else why there is none."""
    if result is None or not result.follows:
        return NOTHING
    if result.interval is None:
        return CONFLICT
    return str(result.interval.low) if result.interval.single else RANGE


def _axis(axis: Axis, result: Result | None) -> dict[str, str]:
    code = code_of(result)
    verification = result.verification if result else "none"
    return {
        axis.value: code,
        f"{axis.value}_missing_reason": "none" if code.isdigit() else code,
        f"{axis.value}_claimed": "true" if verification == "V0" else "false",
        f"{axis.value}_verification": verification,
    }


def _contested(reading: Reading, place: Place, line: Line | None) -> bool:
    """Whether mappings exclude each other, or a cell that it rests on is contested."""
    results = line.results.values() if line else ()
    return any(
        result.conflict
        or any(
            reading.cell(place, reported.cell).contested  # type: ignore[arg-type]
            for _mapping, step in result.rests_on
            for reported in step.link.cells
        )
        for result in results
    )


def _sources(reading: Reading, place: Place, line: Line | None) -> str:
    """What follows in numbers and words, and from which cells and mappings."""
    # A draft is no reviewed claim, and a file travels without the page that says so.
    label = f"{LABEL}, through a draft crosswalk" if reading.crosswalk.state == "draft" else LABEL
    if line is None:
        return f"{label} | no mapping relates this item to anything"
    parts = [label]
    for axis, result in line.results.items():
        steps = result.rests_on or result.related
        interval = result.interval
        if not result.follows:
            said = "related, no level"
        elif interval is None:
            said = "conflict"
        else:
            said = f"{interval.low} to {interval.high} ({words(axis, interval)})"
        parts.append(f"{axis.value}: {said}; " + "; ".join(_told(reading, place, *named) for named in steps))
    return " | ".join(parts)


def _told(reading: Reading, place: Place, mapping_id: object, step: object) -> str:
    mapping = reading.by_id[mapping_id]  # type: ignore[index]
    cells = []
    for reported in step.link.cells:  # type: ignore[attr-defined]
        cell = reading.cell(place, reported.cell)
        cells.append(f"{cell.item.key}/{cell.domain.value} {reported.code} {reported.verification}")
    sides = ["+".join(side.key for side in sides) for sides in (mapping.sources, mapping.targets)]
    return f"{sides[0]} {mapping.relation.value} {sides[1]} from " + ", ".join(cells)
