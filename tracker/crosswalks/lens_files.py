"""The lens as JSON: what follows, in numbers and words, with everything that it came from."""

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from tracker.compare.comparison import ComparedCell
from tracker.compare.files import cell_link
from tracker.crosswalks.lens import Interval, Named, Result, Step, words
from tracker.crosswalks.queries import MappingLine
from tracker.crosswalks.reading import Reading
from tracker.jurisdictions.queries import Place
from tracker.kit.vocabulary import Axis

LABEL = "inferred, not reported"


def lens_json(reading: Reading, base_url: str, locale: str) -> str:
    """The whole reading. Levels are 0 to 4; `low` and `high` are null in a conflict."""

    def link(cell: ComparedCell) -> str:
        return base_url + cell_link(reading.comparison, cell, locale)

    crosswalk, at = reading.crosswalk, reading.comparison.at
    told = {
        "label": LABEL,
        "crosswalk": {
            "key": crosswalk.key,
            "version": crosswalk.version,
            "state": crosswalk.state,
            "licence": crosswalk.licence,
            "source": crosswalk.source_name,
            "target": crosswalk.target_name,
            "coverage": asdict(reading.coverage),
        },
        "on": at.on.isoformat(),
        "as_of": at.as_of.isoformat(),
        "voice": reading.comparison.query.source.value,
        "jurisdictions": [_place(reading, place, link) for place in reading.comparison.places],
        "unrelated": [item.key for item in reading.unrelated],
        "no_counterpart": sorted(reading.without),
    }
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _place(reading: Reading, place: Place, link: Callable[[ComparedCell], str]) -> dict[str, Any]:
    axes = reading.comparison.query.axes
    return {
        "jurisdiction": place.code,
        "name": place.name,
        "fictional": place.fictional,
        "adoption_coverage": {axis.value: asdict(reading.adoption(place, axis)) for axis in axes},
        "items": [
            {
                "item": line.item.key,
                "title": line.item.text,
                "rating": line.item.rating or "none",
                **{
                    axis.value: _result(reading, place, axis, result, link)
                    for axis, result in line.results.items()
                },
            }
            for line in reading.lines(place)
        ],
    }


def _result(
    reading: Reading, place: Place, axis: Axis, result: Result, link: Callable[[ComparedCell], str]
) -> dict[str, Any]:
    def steps(of: tuple[Named, ...]) -> list[dict[str, Any]]:
        told = []
        for mapping, step in of:
            told.append(_mapping(reading.by_id[mapping]) | _step(reading, place, axis, step, link))  # type: ignore[index]
        return told

    return {
        **_interval(result.interval),
        "words": words(axis, result.interval),
        "follows": result.follows,
        "conflict": result.conflict,
        "basis": "equivalent" if result.follows else "none",
        "verification": result.verification,
        "rests_on": steps(result.rests_on),
        "related": steps(result.related),
    }


def _interval(interval: Interval | None) -> dict[str, int | None]:
    return {"low": interval.low, "high": interval.high} if interval else {"low": None, "high": None}


def _mapping(mapping: MappingLine) -> dict[str, Any]:
    return {
        "sources": [side.key for side in mapping.sources],
        "relation": mapping.relation.value,
        "targets": [side.key for side in mapping.targets],
        "domains": [domain.value for domain in mapping.domains],
        "rationale": mapping.rationale,
        "reviewed": mapping.reviewed,
    }


def _step(
    reading: Reading, place: Place, axis: Axis, step: Step, link: Callable[[ComparedCell], str]
) -> dict[str, Any]:
    cells = [(reported, reading.cell(place, reported.cell)) for reported in step.link.cells]  # type: ignore[arg-type]
    return {
        "source": _interval(step.source),
        "gives": _interval(step.gives),
        "cells": [
            {
                "item": cell.item.key,
                "domain": cell.domain.value,
                axis.value: reported.code,
                "verification": reported.verification,
                "organisation": cell.voice.organisation_key if cell.voice else "none",
                "cell_url": link(cell),
            }
            for reported, cell in cells
        ],
    }
