"""The JSON that a briefing is made of: the query, the cells that were read, and the document composed from them."""

import json
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from typing import Any

from tracker.briefings.document import Document
from tracker.briefings.options import Options
from tracker.compare.comparison import ComparedCell, Comparison
from tracker.compare.files import cell_path
from tracker.entries.standing import Standing
from tracker.kit.vocabulary import Axis


def told(comparison: Comparison, document: Document, options: Options, base_url: str, locale: str) -> str:
    """UTF-8 text with a line end; equal briefings give equal text. Missing values are their codes, never null."""
    at = comparison.at
    whole = {
        "query": comparison.query.parameters(),
        "on": at.on.isoformat(),
        "as_of": at.as_of.isoformat(),
        "dated": at.dated.isoformat(),
        "framework": comparison.framework.name,
        "options": _plain(options),
        "cells": [_cell(comparison, cell, base_url, locale) for cell in comparison.rows()],
        "document": _plain(document),
    }
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def _cell(comparison: Comparison, cell: ComparedCell, base_url: str, locale: str) -> dict[str, Any]:
    return {
        "jurisdiction": cell.place.code,
        "jurisdiction_name": cell.place.name,
        "fictional": cell.place.fictional,
        "item": cell.item.key,
        "domain": cell.domain.value,
        "contested": cell.contested,
        "voices": [_voice(voice) for voice in cell.voices],
        "cell_url": base_url + cell_path(comparison, cell, locale),
    }


def _voice(voice: Standing) -> dict[str, Any]:
    return {
        "organisation": voice.organisation_key,
        "voice": voice.voice.value,
        **{
            axis.value: {
                "code": voice.on(axis).code,
                "claimed": voice.claimed(axis),
                "verification": voice.verification(axis),
            }
            for axis in Axis
        },
        "basis": voice.basis.value if voice.basis else "none",
        "scope": voice.scope.value if voice.scope else "none",
        "valid_from": voice.valid_from.isoformat() if voice.valid_from else "unknown",
        "valid_to": voice.valid_to.isoformat() if voice.valid_to else "open",
        "recorded_at": voice.recorded_at.isoformat(),
    }


def _plain(value: object) -> Any:
    """Dataclasses as objects that name their kind; days in ISO."""
    if is_dataclass(value) and not isinstance(value, type):
        told = {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
        return {"kind": type(value).__name__} | told if "kind" not in told else told
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    return value
